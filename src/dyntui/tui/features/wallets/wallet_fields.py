"""What a wallet's document says, as facts: whose it is, where it is, what kind of key signs for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dyntui.services.web_links import explorer_url
from dyntui.tui.kit.widgets.field_list import FieldLine

__all__ = ["EXPLORER", "SIGNER", "USER", "wallet_facts"]

USER, EXPLORER, SIGNER = "user", "explorer", "signed for by"

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
_RARE = ("hardwareWallet", "deletedAt")
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
_NAMED = {key for key, _ in (*_WALLET, *_EMBEDDED, *_SMART)}
_NAMED |= {"publicKey", "userId", "walletAdditionalAddresses", "properties", "waasWallet", "signerWalletId"}
_NAMED |= {"delegatedAccessWalletApiKeys", "lowerPublicKey", "deletedUserId"}


def wallet_facts(wallet: Mapping[str, Any], owner: str = "") -> list[FieldLine]:
    """Everything about a wallet. owner: what its owner is called, "" when nobody has said."""
    chain = wallet.get("chain")
    facts = [FieldLine("wallet", heading=True), FieldLine("address", wallet.get("publicKey"))]
    if url := explorer_url(chain, wallet.get("publicKey")):
        facts.append(FieldLine(EXPLORER, url))
    # A slim answer leaves things out: what it does not say is not shown as nothing.
    facts += [
        FieldLine(label, wallet[key]) for key, label in _WALLET if key in wallet and (key not in _RARE or wallet[key])
    ]
    facts += [FieldLine("owner", heading=True), FieldLine("name", owner or None), FieldLine(USER, wallet.get("userId"))]
    if wallet.get("deletedUserId"):
        facts.append(FieldLine("deleted user", wallet["deletedUserId"]))
    facts += _further(wallet)
    facts += _embedded(wallet)
    facts += _smart(wallet)
    facts += _delegated(wallet)
    rest = {key: value for key, value in wallet.items() if key not in _NAMED and value not in (None, "", [], {})}
    if rest:
        facts.append(FieldLine("more", heading=True))
        facts += [FieldLine(str(key), value) for key, value in rest.items()]
    return facts


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []


def _further(wallet: Mapping[str, Any]) -> list[FieldLine]:
    facts: list[FieldLine] = []
    for each in _dicts(wallet.get("walletAdditionalAddresses")):
        kind = str(each.get("type") or "further")
        facts.append(FieldLine(f"{kind} address", each.get("address")))
        chain = {"cosmos": "COSMOS", "evm": "EVM"}.get(kind, wallet.get("chain"))
        if url := explorer_url(chain, each.get("address")):
            facts.append(FieldLine(EXPLORER, url))
        if each.get("publicKey"):
            facts.append(FieldLine(f"{kind} public key", each["publicKey"]))
    return [FieldLine("further addresses", heading=True), *facts] if facts else []


def _embedded(wallet: Mapping[str, Any]) -> list[FieldLine]:
    """The properties of an embedded wallet, and its key shares: how many, where they are, whether they are locked."""
    properties, waas = _dict(wallet.get("properties")), _dict(wallet.get("waasWallet"))
    said = any(value is not None for key, value in properties.items() if key not in ("hardwareWallet", *dict(_SMART)))
    if not said and not waas:
        return []
    both = {**properties, **{key: value for key, value in waas.items() if value is not None}}
    version = both.get("version") or ("V3" if waas else None)
    facts = [FieldLine("embedded wallet", heading=True), FieldLine("version", _VERSIONS.get(str(version), version))]
    facts += [FieldLine(label, both[key]) for key, label in _EMBEDDED if both.get(key) is not None]
    if waas:
        facts += [FieldLine("WaaS chain", waas.get("chainName")), FieldLine("WaaS address", waas.get("accountAddress"))]
        facts += [FieldLine("WaaS wallet", waas.get("walletId"))]
    shares = _dicts(both.get("keyShares"))
    scheme = both.get("thresholdSignatureScheme")
    if shares or scheme:
        facts += [FieldLine("key shares", heading=True), FieldLine("needed to sign", _SCHEMES.get(str(scheme), scheme))]
        facts.append(FieldLine("derivation path", both.get("derivationPath")))
        for number, share in enumerate(shares, 1):
            locked = "locked with a password" if share.get("passwordEncrypted") else "no password"
            facts.append(FieldLine(f"share {number}", f"kept by {share.get('backupLocation') or '?'}, {locked}"))
    facts += [FieldLine(str(key), value) for key, value in _dict(both.get("settings")).items()]
    known = {key for key, _ in (*_EMBEDDED, *_SMART)} | {"version", "keyShares", "thresholdSignatureScheme"}
    known |= {"derivationPath", "settings", "hardwareWallet"}
    facts += [FieldLine(str(key), value) for key, value in properties.items() if key not in known and value is not None]
    return facts


def _smart(wallet: Mapping[str, Any]) -> list[FieldLine]:
    properties = _dict(wallet.get("properties"))
    values = [(label, wallet.get(key) or properties.get(key)) for key, label in _SMART]
    if not wallet.get("hardwareWallet"):
        values.append(("hardware", properties.get("hardwareWallet")))
    facts = [FieldLine(label, value) for label, value in values if value]
    if wallet.get("signerWalletId"):
        facts.append(FieldLine(SIGNER, wallet["signerWalletId"]))
    return [FieldLine("smart wallet and hardware", heading=True), *facts] if facts else []


def _delegated(wallet: Mapping[str, Any]) -> list[FieldLine]:
    keys = _dicts(wallet.get("delegatedAccessWalletApiKeys"))
    facts: list[FieldLine] = []
    for number, each in enumerate(keys, 1):
        key = _dict(each.get("encryptionPublicKey"))
        scopes = each.get("scopes")
        words = ", ".join(str(scope) for scope in scopes) if isinstance(scopes, list) else "?"
        facts.append(FieldLine(f"key {number}", f"{key.get('kid') or key.get('id') or '?'}: {words}"))
        facts.append(FieldLine(f"key {number} expires", each.get("expiresAt")))
    return [FieldLine("may sign for it", heading=True), *facts] if facts else []
