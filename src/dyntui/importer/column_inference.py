"""Recognize fields by values: columns whose name is unknown, and pasted lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dyntui.importer.addresses import CHAIN_FAMILIES, family_of
from dyntui.importer.fields import FULL_NAME, MappingKind
from dyntui.importer.handles import network_of_url
from dyntui.importer.source_types import Cell
from dyntui.importer.wallet_checks import is_ens_name

__all__ = ["identifier_kind", "looks_like"]

_ENOUGH = 0.8
_ENOUGH_WITH_NAME = 0.5
"""For a column whose name could mean the field."""
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]{2,}")
_PHONE = re.compile(r"\+\d[\d\s().\-/]{6,18}\d")
_EVM = re.compile(r"0x[0-9a-fA-F]{40}")
_LONG_HEX = re.compile(r"0x[0-9a-fA-F]{60,64}|0x[0-9a-fA-F]{16}")
_WORD = r"[^\W\d_]+(?:['’.\-][^\W\d_]+)*\.?"
_FULL_NAME = re.compile(rf"{_WORD}(?: {_WORD}){{1,4}}|{_WORD}, {_WORD}(?: {_WORD})*")
_DOMAIN = re.compile(
    r"(?:https?://|\*?@)?(?:[^\W_](?:[\w\-]*[^\W_])?\.)+[^\W\d_]{2,24}\.?(?::\d+)?(?:/.*)?", re.IGNORECASE
)
_BARE_EVM = re.compile(r"[0-9a-fA-F]{40}|0x[0-9a-zA-Z]{30,50}|0X[0-9a-fA-F]{30,50}")
_EVM_INSIDE = re.compile(r"(?<![0-9A-Za-z])0x[0-9a-fA-F]{40}(?![0-9A-Za-z])")
_DISCORD = re.compile(r"[^\s#@:]{2,32}#\d{4}")
_CHECKED = ("TON", "COSMOS", "SOL")


def looks_like(
    values: Sequence[Cell], kind: MappingKind = "users", *, names: Sequence[str] = ()
) -> tuple[str, str] | None:
    """Return the field that a column's values look like, and a description of them; None for no field.

    names: the fields that the name of the column could mean.
    """
    texts = [value.strip() for value in values if isinstance(value, str) and value.strip()]
    if not texts:
        return None
    if kind == "allowlist":
        recognized = sum(identifier_kind(text) is not None for text in texts) / len(texts)
        return ("identifier", "identifiers of several kinds") if recognized >= _ENOUGH else None
    looks = (
        ("email", "email addresses", _EMAIL),
        ("phoneNumber", "phone numbers", _PHONE),
        ("wallets.0.publicWalletAddress", "EVM addresses", _EVM),
    )
    for field, what, pattern in looks:
        if sum(bool(pattern.fullmatch(text)) for text in texts) / len(texts) >= _ENOUGH:
            return field, what
    enough = _ENOUGH_WITH_NAME if "wallets.0.publicWalletAddress" in names else _ENOUGH
    if sum(family_of(text) is not None for text in texts) / len(texts) >= enough:
        return "wallets.0.publicWalletAddress", "wallet addresses"
    if FULL_NAME in names and sum(bool(_FULL_NAME.fullmatch(text)) for text in texts) / len(texts) >= _ENOUGH:
        return FULL_NAME, "first and last names"
    return None


def identifier_kind(text: str) -> str | None:
    """Return the kind of allowlist identifier of a text; None when several are possible (`ada`, `12345`, `@ada`)."""
    text = text.strip()
    if _EMAIL.fullmatch(text) and not text.startswith(("@", "*@")):
        return "email"
    if _PHONE.fullmatch(text):
        return "phoneNumber"
    if _EVM.fullmatch(text) or _LONG_HEX.fullmatch(text) or family_of(text):
        return "walletPublicKey"
    if network := network_of_url(text):
        return f"{network}Username"
    if _BARE_EVM.fullmatch(text) or _EVM_INSIDE.search(text) or (is_ens_name(text) and not text.startswith("@")):
        return "walletPublicKey"  # whose check says what is missing
    if _DISCORD.fullmatch(text):
        return "discordUsername"
    if _DOMAIN.fullmatch(text):
        return "emailDomain"
    if len(text) >= 32 and any(CHAIN_FAMILIES[chain](text).state in ("valid", "format") for chain in _CHECKED):
        return "walletPublicKey"
    return None
