"""Users, and the objects that belong to one."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from dyntui.api.models.common import Model, Objects, OpenEnum
from dyntui.api.models.credential import VerifiedCredential
from dyntui.api.models.session import Session
from dyntui.api.models.wallet import Wallet
from dyntui.core.json_types import Row

__all__ = ["ChainalysisCheck", "CheckResult", "MfaDevice", "MfaDeviceType", "OAuthAccount", "User"]


class MfaDeviceType(OpenEnum):
    """The kind of a second factor."""

    TOTP = "totp"
    PASSKEY = "passkey"
    EMAIL = "email"


class MfaDevice(Model, schemas=("MFADevice",)):
    """A second factor."""

    id: str = ""
    type: MfaDeviceType | None = None
    alias: str | None = None
    verified: bool | None = None
    default: bool | None = None
    created_at: datetime | None = None


class OAuthAccount(Model):
    """A linked social account. Another operation reads its access token."""

    id: str = ""
    provider: str | None = None
    account_username: str | None = None


class CheckResult(OpenEnum):
    OK = "OK"
    BLOCKED = "BLOCKED"
    FAILED = "FAILED"


class ChainalysisCheck(Model):
    """A sanctions check of one wallet."""

    id: str = ""
    created_at: datetime | None = None
    result: CheckResult = CheckResult("")
    wallet_public_key: str = ""


class User(Model):
    """A user of the environment. Only `id` is certain to be there."""

    id: str = ""
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    alias: str | None = None
    username: str | None = None
    phone_number: str | None = None
    created_at: datetime | None = None
    wallet_public_key: str | None = None
    metadata: Row = Field(default_factory=dict)
    lists: list[str] = Field(default_factory=list)
    scope: str | None = None
    verified_credentials: Objects[VerifiedCredential] = Field(default_factory=list)
    wallets: Objects[Wallet] = Field(default_factory=list)
    sessions: Objects[Session] = Field(default_factory=list)
    oauth_accounts: Objects[OAuthAccount] = Field(default_factory=list)
    mfa_devices: Objects[MfaDevice] = Field(default_factory=list)
    chainalysis_checks: Objects[ChainalysisCheck] = Field(default_factory=list)
