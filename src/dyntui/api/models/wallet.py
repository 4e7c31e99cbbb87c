"""Wallets, as the API returns them in lists, in users and alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from dyntui.api.models.common import Model

__all__ = ["KeyShare", "WaasWallet", "Wallet", "WalletAddress"]


class WalletAddress(Model):
    """A further address of a wallet."""

    address: str = ""
    public_key: str | None = None
    type: str = ""
    """Kind of the address: ordinals, payment, cosmos, evm and others."""


class KeyShare(Model):
    """The location of one key share of an MPC wallet. The API does not return the share."""

    id: str = ""
    backup_location: str = ""
    password_encrypted: bool | None = None
    external_key_share_id: str | None = None


class WaasWallet(Model):
    """The MPC properties of an embedded wallet."""

    account_address: str = ""
    chain_name: str = ""
    threshold_signature_scheme: str = ""
    derivation_path: str | None = None
    key_shares: list[KeyShare] = Field(default_factory=list)


class Wallet(Model):
    """A wallet. Lists of a user have fewer fields than the list of the environment."""

    id: str = ""
    user_id: str = ""
    name: str = ""
    chain: str = ""
    public_key: str = ""
    provider: str = ""
    properties: dict[str, Any] = Field(default_factory=dict)
    wallet_additional_addresses: list[WalletAddress] = Field(default_factory=list)
    last_selected_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted_at: datetime | None = None
    deleted_user_id: str | None = None
    sign_in_enabled: bool | None = None
    waas_wallet: WaasWallet | None = None
