"""Wallets as a list, a user and a detail show them."""

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
    """Where one share of an MPC wallet's key is kept. Never the share itself."""

    id: str = ""
    backup_location: str = ""
    password_encrypted: bool | None = None
    external_key_share_id: str | None = None


class WaasWallet(Model):
    """The MPC side of an embedded wallet."""

    account_address: str = ""
    chain_name: str = ""
    threshold_signature_scheme: str = ""
    derivation_path: str | None = None
    key_shares: list[KeyShare] = Field(default_factory=list)


class Wallet(Model):
    """A wallet: the slim form of a user's list, and the whole detail of the environment's list."""

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
