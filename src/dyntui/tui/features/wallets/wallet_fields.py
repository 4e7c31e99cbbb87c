"""The fields of the wallet screen, made from the document of a wallet: address, owner, keys, delegated access."""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.core.json_types import Row
from dyntui.services.web_links import explorer_url
from dyntui.tui.kit.widgets.field_list import FieldLine

__all__ = ["EXPLORER", "SIGNER", "USER", "wallet_lines"]

USER, EXPLORER, SIGNER = "user", "explorer", "signer wallet"

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
    lines += [FieldLine("owner", heading=True), FieldLine("name", owner or None), FieldLine(USER, wallet.get("userId"))]
    if wallet.get("deletedUserId"):
        lines.append(FieldLine("deleted user", wallet["deletedUserId"]))
    lines += _additional_address_lines(wallet)
    lines += _embedded_wallet_lines(wallet)
    lines += _smart_wallet_lines(wallet)
    lines += _delegated_access_lines(wallet)
    other = {key: value for key, value in wallet.items() if key not in _SHOWN and value not in (None, "", [], {})}
    if other:
        lines.append(FieldLine("other fields", heading=True))
        lines += [FieldLine(str(key), value) for key, value in other.items()]
    return lines


def _object(value: object) -> Row:
    return value if isinstance(value, Mapping) else {}


def _objects(value: object) -> list[Row]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _additional_address_lines(wallet: Row) -> list[FieldLine]:
    lines: list[FieldLine] = []
    for item in _objects(wallet.get("walletAdditionalAddresses")):
        kind = str(item.get("type") or "additional")
        lines.append(FieldLine(f"{kind} address", item.get("address")))
        chain = {"cosmos": "COSMOS", "evm": "EVM"}.get(kind, wallet.get("chain"))
        if url := explorer_url(chain, item.get("address")):
            lines.append(FieldLine(EXPLORER, url))
        if item.get("publicKey"):
            lines.append(FieldLine(f"{kind} public key", item["publicKey"]))
    return [FieldLine("additional addresses", heading=True), *lines] if lines else []


def _embedded_wallet_lines(wallet: Row) -> list[FieldLine]:
    """Return the properties of an embedded wallet and its key shares: threshold, location, encryption."""
    properties, waas = _object(wallet.get("properties")), _object(wallet.get("waasWallet"))
    not_embedded = ("hardwareWallet", *dict(_SMART))
    if not waas and all(value is None for key, value in properties.items() if key not in not_embedded):
        return []
    merged = {**properties, **{key: value for key, value in waas.items() if value is not None}}
    version = merged.get("version") or ("V3" if waas else None)
    lines = [FieldLine("embedded wallet", heading=True), FieldLine("version", _VERSIONS.get(str(version), version))]
    lines += [FieldLine(label, merged[key]) for key, label in _EMBEDDED if merged.get(key) is not None]
    if waas:
        lines += [FieldLine("WaaS chain", waas.get("chainName")), FieldLine("WaaS address", waas.get("accountAddress"))]
        lines += [FieldLine("WaaS wallet", waas.get("walletId"))]
    shares = _objects(merged.get("keyShares"))
    scheme = merged.get("thresholdSignatureScheme")
    if shares or scheme:
        lines += [FieldLine("key shares", heading=True), FieldLine("threshold", _SCHEMES.get(str(scheme), scheme))]
        lines.append(FieldLine("derivation path", merged.get("derivationPath")))
        for number, share in enumerate(shares, 1):
            encryption = "encrypted with a password" if share.get("passwordEncrypted") else "no password"
            lines.append(FieldLine(f"share {number}", f"{share.get('backupLocation') or '?'}, {encryption}"))
    lines += [FieldLine(str(key), value) for key, value in _object(merged.get("settings")).items()]
    shown = {key for key, _ in (*_EMBEDDED, *_SMART)} | {"version", "keyShares", "thresholdSignatureScheme"}
    shown |= {"derivationPath", "settings", "hardwareWallet"}
    lines += [FieldLine(str(key), value) for key, value in properties.items() if key not in shown and value is not None]
    return lines


def _smart_wallet_lines(wallet: Row) -> list[FieldLine]:
    properties = _object(wallet.get("properties"))
    values = [(label, wallet.get(key) or properties.get(key)) for key, label in _SMART]
    if not wallet.get("hardwareWallet"):
        values.append(("hardware", properties.get("hardwareWallet")))
    lines = [FieldLine(label, value) for label, value in values if value]
    if wallet.get("signerWalletId"):
        lines.append(FieldLine(SIGNER, wallet["signerWalletId"]))
    return [FieldLine("smart wallet and hardware", heading=True), *lines] if lines else []


def _delegated_access_lines(wallet: Row) -> list[FieldLine]:
    lines: list[FieldLine] = []
    for number, item in enumerate(_objects(wallet.get("delegatedAccessWalletApiKeys")), 1):
        key = _object(item.get("encryptionPublicKey"))
        scopes = item.get("scopes")
        scope_text = ", ".join(str(scope) for scope in scopes) if isinstance(scopes, list) else "?"
        lines.append(FieldLine(f"key {number}", f"{key.get('kid') or key.get('id') or '?'}: {scope_text}"))
        lines.append(FieldLine(f"key {number} expires", item.get("expiresAt")))
    return [FieldLine("delegated access", heading=True), *lines] if lines else []
