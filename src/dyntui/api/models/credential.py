"""Verified credentials. In the API, 15 of their fields have snake_case names.

Source: docs/vendor-api.md#credential-field-names.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from dyntui.api.models.common import Model, OpenEnum

__all__ = ["CredentialFormat", "VerifiedCredential"]


class CredentialFormat(OpenEnum):
    """What a credential proves."""

    BLOCKCHAIN = "blockchain"
    EMAIL = "email"
    OAUTH = "oauth"
    PASSKEY = "passkey"
    PHONE_NUMBER = "phoneNumber"
    EXTERNAL_USER = "externalUser"
    TOTP = "totp"


class VerifiedCredential(Model, schemas=("JwtVerifiedCredential",)):
    id: str = ""
    format: CredentialFormat = CredentialFormat("")
    sign_in_enabled: bool = False
    verified_at: datetime | None = None
    address: str | None = None
    chain: str | None = None
    email: str | None = None
    phone_number: str | None = None
    public_identifier: str | None = Field(None, alias="public_identifier")
    wallet_name: str | None = Field(None, alias="wallet_name")
    oauth_provider: str | None = Field(None, alias="oauth_provider")
    oauth_username: str | None = Field(None, alias="oauth_username")

    @property
    def identifier(self) -> str:
        """The value that identifies the user; "" for none."""
        identifiers = (self.email, self.address, self.oauth_username, self.public_identifier, self.phone_number)
        return next(filter(None, identifiers), "")

    @property
    def provider(self) -> str:
        """The social provider, the wallet or the chain; "" for none."""
        return self.oauth_provider or self.wallet_name or self.chain or ""
