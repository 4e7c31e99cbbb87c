"""Check wallet addresses of users and allowlist entries by the rules of their chain; used by the validators."""

from __future__ import annotations

import re

from dyntui.core.text import quantity
from dyntui.importer.addresses import CHAIN_FAMILIES, check_address, family_of
from dyntui.importer.problems import Problem
from dyntui.importer.secrets import is_private_key

__all__ = ["ALTERNATIVE_PATTERNS", "check_address_text", "check_chain_address", "check_entry_address", "is_ens_name"]

_ADDRESS = re.compile(r"[A-Za-z0-9]{18,100}")
_HEX = re.compile(r"0[xX][0-9a-fA-F]+")
_EVM_INSIDE = re.compile(r"(?<![0-9A-Za-z])0x[0-9a-fA-F]{40}(?![0-9A-Za-z])")
_BARE_EVM = re.compile(r"[0-9a-fA-F]{40}")
_LONG_HEX = 64
_NAMES = (
    r"eth|sol|bnb|arb|crypto|nft|wallet|bitcoin|dao|blockchain|zil|lens|stark|near|apt|sui|bit|avax|tez|polygon|888|x|"
    r"hi|klever|unstoppable|go|base|linea|stx|btc|ton|ada|algo|cosmos|osmo|atom"
)
_ENS = re.compile(rf"(?:[^\s.@/:]+\.)+(?:{_NAMES})", re.IGNORECASE)
_LONG_HEX_CHAINS = ("SUI", "APTOS", "STARK")
"""Chains whose addresses have 64 hex digits, like a private key of others."""
_BARE = ("EVM", "BTC", "SOL", "TRON", "COSMOS", "STELLAR", "ALGO", "TON", "FLOW", "SPARK", "ALEO", "LTC", "DOGE", "CKB")

ALTERNATIVE_PATTERNS = {
    "btcWallet": re.compile(r"(bc1|[13])[a-zA-HJ-NP-Z0-9]{25,59}"),
    "kdaWallet": re.compile(r"k:[0-9a-fA-F]{64}"),
    "ltcWallet": re.compile(r"[LM3][a-km-zA-HJ-NP-Z1-9]{26,53}"),
    "ckbWallet": re.compile(r"(ckb1q|ckt1q)[0-9a-z]{25,111}"),
    "kasWallet": re.compile(r"kaspa:[0-9A-Za-z]{56,}"),
    "dogeWallet": re.compile(r"D[a-zA-Z0-9_.-]{33}"),
}
"""What the API accepts in the fields of alternative wallets (docs/vendor-api.md#field-values)."""


def is_ens_name(text: str) -> bool:
    """Return whether a text is a name of ENS or of a similar service, such as vitalik.eth."""
    return bool(_ENS.fullmatch(text))


def check_address_text(text: str, name: str) -> Problem | None:
    """Return why the API refuses a wallet address of any chain; None when it accepts the characters and the length."""
    if is_private_key(text, hex_key=False):
        return _private_key(name)
    if _ADDRESS.fullmatch(text):
        return None
    if is_ens_name(text):
        return _ens_name(text, name)
    inside = {match[0] for match in _EVM_INSIDE.finditer(text)}
    if len(inside) > 1:
        message = f"The value has {len(inside)} addresses, and one is allowed here. Map the column to wallets."
        return Problem("error", "wallet_address_refused", name, message)
    if inside:
        message = f"“{text[:80]}” has other text around the address."
        return Problem("error", "wallet_address_refused", name, message, inside.pop())
    return Problem("error", "wallet_address_refused", name, _refusal(text))


def _private_key(name: str) -> Problem:
    message = "The value is a private key or a seed phrase. Delete it from the file; others may know it."
    return Problem("error", "private_key", name, message)


def _ens_name(text: str, name: str) -> Problem:
    message = f"“{text}” is a name, not an address. Look up its address first, for ENS at app.ens.domains."
    return Problem("error", "ens_name", name, message)


def _refusal(text: str) -> str:
    prefix, colon, _ = text.partition(":")
    if colon and prefix in ("kaspa", "kaspatest"):
        return "The API refuses “:” in wallet addresses, although Kaspa uses it. Map the column to kasWallet."
    if colon and prefix in ("k", "w", "r", "u"):
        return "The API refuses “:” in wallet addresses, although Kadena uses it. Map the column to kdaWallet."
    if colon or ("-" in text and len(text) == 48):
        return "The API refuses “:”, “-” and “_” in wallet addresses, although TON uses them."
    if not 18 <= len(text) <= 100:
        return f"{quantity(len(text), 'character')}; the API accepts 18 to 100."
    odd = next((char for char in text if not re.fullmatch(r"[A-Za-z0-9]", char)), "")
    return f"“{odd}” is not allowed in an address. The API accepts letters and digits."


def check_chain_address(chain: str, address: str, name: str, problems: list[Problem]) -> None:
    """Check an address by the rules of its chain. A wrong form is an error, a wrong checksum a warning."""
    if chain not in _LONG_HEX_CHAINS and is_private_key(address, hex_key=True):
        problems.append(_private_key(name))
        return
    result = check_address(chain, address)
    if result.state == "format":
        message = f"{chain}: valid format; there is no checksum to verify."
        problems.append(Problem("info", "wallet_format_ok", name, message))
    elif result.state == "one-case":
        problems.append(Problem("info", "wallet_no_checksum", name, f"{chain}: valid format; {result.message}."))
    elif result.state == "checksum":
        problems.append(Problem("warning", "wallet_checksum", name, f"{chain}: {result.message}.", result.correct))
    elif result.state == "malformed":
        other = family_of(address)
        if other and other != chain:
            message = f"{chain}: {result.message}; it has the format of {other}."
            problems.append(Problem("warning", "wallet_chain_mismatch", name, message))
        elif problem := _without_prefix(address, name):
            problems.append(problem)
        else:
            message = f"{chain}: {result.message}{_digits(address)}."
            problems.append(Problem("error", "wallet_address_malformed", name, message))


def _without_prefix(address: str, name: str) -> Problem | None:
    """Return the problem of an EVM address without 0x; None for another text."""
    digits = address.removeprefix("0X").removeprefix("x")
    if digits.startswith("0x") or not _BARE_EVM.fullmatch(digits):
        return None
    message = f"“{address}” lacks the 0x at the start of an EVM address."
    return Problem("error", "wallet_prefix_missing", name, message, f"0x{digits}")


def _digits(address: str) -> str:
    return f", but {len(address) - 2}" if _HEX.fullmatch(address) else ""


def check_entry_address(address: str, name: str, problems: list[Problem]) -> None:
    """Check the address of an allowlist entry, whose chain is not stated, by the rules of the chain that it shows."""
    digits = len(address) - 2 if _HEX.fullmatch(address) else 0
    if digits == _LONG_HEX or (digits and digits in (16, 62, 63)):
        message = "An address of Sui, Aptos, Starknet or Flow; there is no checksum to verify."
        problems.append(Problem("info", "wallet_format_ok", name, message))
    elif digits or _BARE_EVM.fullmatch(address) or address[:2] in ("0x", "0X"):
        check_chain_address("EVM", address, name, problems)
    elif chain := family_of(address):
        check_chain_address(chain, address, name, problems)
    else:
        results = {chain: CHAIN_FAMILIES[chain](address) for chain in _BARE}
        wrong = next((chain for chain, result in results.items() if result.state == "checksum"), None)
        if wrong is not None:
            problems.append(Problem("warning", "wallet_checksum", name, f"{wrong}: {results[wrong].message}."))
        elif not any(result.state in ("valid", "format") for result in results.values()):
            message = f"“{address}” has the format of no known chain."
            problems.append(Problem("warning", "wallet_address_malformed", name, message))
