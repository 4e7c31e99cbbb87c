"""Users with their MFA devices, social accounts and checks, and the results of bulk requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from dyntui.api.models.common import Model
from dyntui.api.models.credential import VerifiedCredential
from dyntui.api.models.session import Session
from dyntui.api.models.wallet import Wallet

__all__ = ["BulkFailure", "BulkResult", "ChainalysisCheck", "MfaDevice", "OAuthAccount", "User"]


class MfaDevice(Model):
    """An MFA device."""

    id: str = ""
    type: str = ""
    """One of totp, passkey, email."""
    alias: str | None = None
    verified: bool | None = None
    default: bool | None = None
    created_at: datetime | None = None
    verified_at: datetime | None = None


class OAuthAccount(Model):
    """A linked social account, without its access token, which has its own operation."""

    id: str = ""
    provider: str = ""
    account_username: str | None = None
    account_id: str | None = None


class ChainalysisCheck(Model):
    """A sanctions check of one wallet."""

    id: str = ""
    created_at: datetime | None = None
    result: str = ""
    """One of OK, BLOCKED, FAILED."""
    wallet_public_key: str = ""


class User(Model):
    """A user of an environment. Only `id` is always present."""

    id: str = ""
    project_environment_id: str = ""
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    alias: str | None = None
    username: str | None = None
    phone_number: str | None = None
    country: str | None = None
    job_title: str | None = None
    team: str | None = None
    t_shirt_size: str | None = Field(None, alias="tShirtSize")
    policies_consent: bool | None = None
    new_user: bool | None = None
    first_visit: datetime | None = None
    last_visit: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    lists: list[str] = Field(default_factory=list)
    scope: str | None = None
    missing_fields: list[dict[str, Any]] = Field(default_factory=list)
    verified_credentials: list[VerifiedCredential] = Field(default_factory=list)
    wallets: list[Wallet] = Field(default_factory=list)
    sessions: list[Session] = Field(default_factory=list)
    oauth_accounts: list[OAuthAccount] = Field(default_factory=list)
    mfa_devices: list[MfaDevice] = Field(default_factory=list)
    chainalysis_checks: list[ChainalysisCheck] = Field(default_factory=list)

    @property
    def name(self) -> str:
        """First and last name, or the alias, or ""."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.alias or ""

    @property
    def label(self) -> str:
        """The user as one line: email, username, name or phone number, else the id."""
        return self.email or self.username or self.name or self.phone_number or self.id


class BulkFailure(Model):
    """A user that a bulk request did not create. user: the user as it was sent; the API returns no index."""

    user: dict[str, Any] = Field(default_factory=dict)
    error: str = ""
    code: str = ""


class BulkResult(Model):
    """The response to a bulk request."""

    created: list[User] = Field(default_factory=list)
    updated: list[User] = Field(default_factory=list)
    failed: list[BulkFailure] = Field(default_factory=list)
    total: int = 0
