"""The fields of the wallet screen, made from the document of a wallet: address, owner, keys, delegated access."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.core.json_types import Row, as_object, as_objects
from dyntui.services.web_links import explorer_url
from dyntui.tui.kit.widgets.field_list import FieldLine

if TYPE_CHECKING:
    from dyntui.api.models import Wallet

__all__ = ["EXPLORER", "SIGNER", "USER", "USER_ID", "wallet_lines"]

USER, USER_ID, EXPLORER, SIGNER = "user", "user id", "explorer", "signer wallet"

_WALLET = (
    ("chain", "chain"),
    ("name", "wallet"),
    ("provider", "provider"),
    ("hardwareWallet", "hardware"),
    ("signInEnabled", "sign-in"),
    ("lastSelectedAt", "last selected"),
    ("createdAt", "created"),
    ("updatedAt", "updated"),
    ("deletedAt", "deleted"),
)
_OPTIONAL = ("hardwareWallet", "deletedAt")
"""The fields that are shown only when they have a value."""
_EMBEDDED = (
    ("claimed", "claimed"),
    ("source", "password set by"),
    ("isAuthenticatorAttached", "passkey attached"),
    ("isSessionKeyCompatible", "session keys"),
    ("turnkeyHDWalletId", "Turnkey HD wallet"),
    ("turnkeySubOrganizationId", "Turnkey sub-org"),
    ("turnkeyPrivateKeyId", "Turnkey key"),
    ("turnkeyUserId", "Turnkey user"),
)
_SMART = (
    ("kernelVersion", "kernel"),
    ("entryPointVersion", "entry point"),
    ("ecdsaProviderType", "validator"),
)
_VERSIONS = {"V1": "V1 (legacy)", "V2": "V2 (legacy)", "V3": "V3 (TSS-MPC)"}
_SCHEMES = {"TWO_OF_TWO": "2 of 2", "TWO_OF_THREE": "2 of 3", "THREE_OF_FIVE": "3 of 5"}
_SHOWN = {key for key, _ in (*_WALLET, *_EMBEDDED, *_SMART)}
_SHOWN |= {"publicKey", "userId", "walletAdditionalAddresses", "properties", "waasWallet", "signerWalletId"}
_SHOWN |= {"delegatedAccessWalletApiKeys", "lowerPublicKey", "deletedUserId"}


def wallet_lines(wallet: Row, owner: str = "") -> list[FieldLine]:
    """Return the fields of a wallet in groups. owner: the label of its owner; "" if it is not loaded."""
    chain = wallet.get("chain")
    lines = [FieldLine("wallet", heading=True), FieldLine("address", wallet.get("publicKey"))]
    if url := explorer_url(chain, wallet.get("publicKey")):
        lines.append(FieldLine(EXPLORER, url))
    # A response may leave out fields. They are not shown, because an empty value would be wrong.
    lines += [
        FieldLine(label, wallet[key])
        for key, label in _WALLET
        if key in wallet and (key not in _OPTIONAL or wallet[key])
    ]
    lines += [
        FieldLine("owner", heading=True),
        FieldLine(USER, owner or None),
        FieldLine(USER_ID, wallet.get("userId")),
    ]
    if wallet.get("deletedUserId"):
        lines.append(FieldLine("deleted user", wallet["deletedUserId"]))
    from dyntui.api.models import Wallet

    model = Wallet.of(wallet)
    lines += _additional_address_lines(model)
    lines += _embedded_wallet_lines(model)
    lines += _smart_wallet_lines(model)
    lines += _delegated_access_lines(model)
    other = {key: value for key, value in wallet.items() if key not in _SHOWN and value not in (None, "", [], {})}
    if other:
        lines.append(FieldLine("other fields", heading=True))
        lines += [FieldLine(str(key), value) for key, value in other.items()]
    return lines


def _additional_address_lines(wallet: Wallet) -> list[FieldLine]:
    lines: list[FieldLine] = []
    for item in wallet.wallet_additional_addresses:
        kind = item.type or "additional"
        lines.append(FieldLine(f"{kind} address", item.address))
        chain = {"cosmos": "COSMOS", "evm": "EVM"}.get(kind, wallet.chain)
        if url := explorer_url(chain, item.address):
            lines.append(FieldLine(EXPLORER, url))
        if item.public_key:
            lines.append(FieldLine(f"{kind} public key", item.public_key))
    return [FieldLine("additional addresses", heading=True), *lines] if lines else []


def _embedded_wallet_lines(wallet: Wallet) -> list[FieldLine]:
    """Return the properties of an embedded wallet and its key shares: threshold, location, encryption."""
    properties, waas = wallet.properties, wallet.waas_wallet
    not_embedded = ("hardwareWallet", *dict(_SMART))
    if not waas and all(value is None for key, value in properties.items() if key not in not_embedded):
        return []
    merged = {**properties, **{key: value for key, value in (waas.raw if waas else {}).items() if value is not None}}
    version = merged.get("version") or ("V3" if waas else None)
    lines = [FieldLine("embedded wallet", heading=True), FieldLine("version", _VERSIONS.get(str(version), version))]
    lines += [FieldLine(label, merged[key]) for key, label in _EMBEDDED if merged.get(key) is not None]
    if waas:
        lines += [FieldLine("WaaS chain", waas.chain_name), FieldLine("WaaS address", waas.account_address)]
        lines += [FieldLine("WaaS wallet", waas.wallet_id)]
    from dyntui.api.models.wallet import KeyShare

    shares = [KeyShare.of(share) for share in as_objects(merged.get("keyShares"))]
    scheme = merged.get("thresholdSignatureScheme")
    if shares or scheme:
        lines += [FieldLine("key shares", heading=True), FieldLine("threshold", _SCHEMES.get(str(scheme), scheme))]
        lines.append(FieldLine("derivation path", merged.get("derivationPath")))
        for number, share in enumerate(shares, 1):
            encryption = "encrypted with a password" if share.password_encrypted else "no password"
            lines.append(FieldLine(f"share {number}", f"{share.backup_location or '?'}, {encryption}"))
    lines += [FieldLine(str(key), value) for key, value in as_object(merged.get("settings")).items()]
    shown = {key for key, _ in (*_EMBEDDED, *_SMART)} | {"version", "keyShares", "thresholdSignatureScheme"}
    shown |= {"derivationPath", "settings", "hardwareWallet"}
    lines += [FieldLine(str(key), value) for key, value in properties.items() if key not in shown and value is not None]
    return lines


def _smart_wallet_lines(wallet: Wallet) -> list[FieldLine]:
    values = [(label, wallet.raw.get(key) or wallet.properties.get(key)) for key, label in _SMART]
    if not wallet.raw.get("hardwareWallet"):
        values.append(("hardware", wallet.properties.get("hardwareWallet")))
    lines = [FieldLine(label, value) for label, value in values if value]
    if wallet.signer_wallet_id:
        lines.append(FieldLine(SIGNER, wallet.signer_wallet_id))
    return [FieldLine("smart wallet and hardware", heading=True), *lines] if lines else []


def _delegated_access_lines(wallet: Wallet) -> list[FieldLine]:
    lines: list[FieldLine] = []
    for number, access in enumerate(wallet.delegated_access_wallet_api_keys, 1):
        key = access.encryption_public_key
        lines.append(FieldLine(f"key {number}", f"{key.kid or key.id or '?'}: {', '.join(access.scopes) or '?'}"))
        lines.append(FieldLine(f"key {number} expires", access.raw.get("expiresAt")))
    return [FieldLine("delegated access", heading=True), *lines] if lines else []
