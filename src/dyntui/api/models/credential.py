"""Verified credentials. The API uses snake_case for 15 of their fields, unlike for all other objects.

Source: docs/vendor-api.md#credential-field-names.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from dyntui.api.models.common import Model
from dyntui.api.models.wallet import WalletAddress

__all__ = ["VerifiedCredential"]


class VerifiedCredential(Model):
    """A verified credential of a user."""

    id: str = ""
    format: str = ""
    """One of blockchain, email, oauth, passkey, phoneNumber, externalUser."""
    sign_in_enabled: bool | None = None
    verified_at: datetime | None = None
    last_selected_at: datetime | None = None
    address: str | None = None
    chain: str | None = None
    ref_id: str | None = None
    signer_ref_id: str | None = None
    email: str | None = None
    phone_number: str | None = None
    phone_country_code: str | None = None
    iso_country_code: str | None = None
    name_service: dict[str, Any] | None = Field(None, alias="name_service")
    public_identifier: str | None = Field(None, alias="public_identifier")
    wallet_name: str | None = Field(None, alias="wallet_name")
    wallet_provider: str | None = Field(None, alias="wallet_provider")
    wallet_properties: dict[str, Any] | None = Field(None, alias="wallet_properties")
    wallet_additional_addresses: list[WalletAddress] = Field(default_factory=list, alias="wallet_additional_addresses")
    embedded_wallet_id: str | None = Field(None, alias="embedded_wallet_id")
    oauth_provider: str | None = Field(None, alias="oauth_provider")
    oauth_username: str | None = Field(None, alias="oauth_username")
    oauth_display_name: str | None = Field(None, alias="oauth_display_name")
    oauth_account_id: str | None = Field(None, alias="oauth_account_id")
    oauth_account_photos: list[str] = Field(default_factory=list, alias="oauth_account_photos")
    oauth_emails: list[str] = Field(default_factory=list, alias="oauth_emails")
    oauth_metadata: dict[str, Any] | None = Field(None, alias="oauth_metadata")
    previous_users: list[str] = Field(default_factory=list, alias="previous_users")

    @property
    def identifier(self) -> str:
        """The identifier of the credential as one line: email, address, social account, phone number; "" for none."""
        oauth = self.oauth_username or self.oauth_display_name or self.oauth_account_id
        named = f"{self.oauth_provider} {oauth or ''}".strip() if self.oauth_provider else ""
        return self.email or self.address or named or self.phone_number or self.public_identifier or ""
