"""Wallets, as the lists of an environment and of a user and the detail operation return them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from dyntui.api.models.common import Model, Objects
from dyntui.core.json_types import Row

__all__ = ["DelegatedAccess", "EncryptionKey", "KeyShare", "WaasWallet", "Wallet", "WalletAddress"]


class WalletAddress(Model, schemas=("WalletAdditionalAddress",)):
    """A further address of a wallet."""

    address: str = ""
    public_key: str | None = None
    type: str = ""
    """Kind of the address: ordinals, payment, cosmos, evm and others."""


class KeyShare(Model, schemas=("WalletKeyShareInfo",)):
    """Where one share of the key of an MPC wallet is stored. It never contains the share."""

    backup_location: str = ""
    password_encrypted: bool = False


class WaasWallet(Model):
    """The MPC part of an embedded wallet."""

    account_address: str = ""
    chain_name: str = ""
    wallet_id: str = ""


class EncryptionKey(Model, schemas=("DelegatedAccessEncryptionPublicKey",)):
    """The key with which the shares for a delegate are encrypted."""

    id: str = ""
    kid: str = ""


class DelegatedAccess(Model, schemas=("DelegatedAccessWalletApiKey",)):
    """Another party that may sign for a wallet."""

    encryption_public_key: EncryptionKey = Field(default_factory=EncryptionKey)
    scopes: list[str] = Field(default_factory=list)
    expires_at: datetime | None = None


class Wallet(Model, schemas=("WalletDetail", "Wallet")):
    """A wallet. The list of the environment returns all fields, the detail operation some of them."""

    id: str = ""
    user_id: str | None = None
    name: str = ""
    chain: str = ""
    public_key: str = ""
    provider: str = ""
    properties: Row = Field(default_factory=dict)
    wallet_additional_addresses: Objects[WalletAddress] = Field(default_factory=list)
    created_at: datetime | None = None
    signer_wallet_id: str | None = None
    waas_wallet: WaasWallet | None = None
    delegated_access_wallet_api_keys: Objects[DelegatedAccess] = Field(default_factory=list)
