"""Well-formed wallet addresses by chain, made from bytes: those of sample users and of pre-generated wallets."""

from __future__ import annotations

from base64 import b32encode, b64encode
from collections.abc import Callable, Mapping

from bech32 import bech32_encode, convertbits

__all__ = ["ADDRESS", "chain_family", "chain_namespace", "wallet_key"]

_BASE58 = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_OF = bytes(_BASE58[i % 58] for i in range(256))
_BASE58_HEAD = bytes(_BASE58[1 + i % 16] for i in range(256))  # so that 44 characters are always 32 bytes


def _bech32(prefix: str, data: bytes, version: tuple[int, ...] = ()) -> str:
    """Encode bytes as Bech32 (BIP 173), after 5-bit values such as the version of a SegWit address."""
    return bech32_encode(prefix, [*version, *(convertbits(data, 8, 5) or ())])


def _sol(data: bytes) -> str:
    spread = data + bytes((b * 167 + 13) & 255 for b in data[:12])
    return (spread[:1].translate(_BASE58_HEAD) + spread[1:44].translate(_BASE58_OF)).decode()


ADDRESS: Mapping[str, Callable[[bytes], str]] = {
    "EVM": lambda data: "0x" + data[:20].hex(),
    "SOL": _sol,
    "BTC": lambda data: _bech32("bc", data[:20], (0,)),
    "COSMOS": lambda data: _bech32("cosmos", data[:20]),
    "SUI": lambda data: "0x" + data.hex(),
    "APTOS": lambda data: "0x" + data.hex(),
    "FLOW": lambda data: "0x" + data[:8].hex(),
    "STARK": lambda data: "0x0" + data.hex()[1:],
    "TON": lambda data: "UQ" + b64encode(data + data[:1], b"AZ").decode()[:44] + "AA",
    "TRON": lambda data: "T" + (data + data[:1]).translate(_BASE58_OF).decode(),
    "STELLAR": lambda data: "G" + b32encode(data + data[:3]).decode()[:55],
    "ALEO": lambda data: _bech32("aleo", data),
    "TEMPO": lambda data: "0x" + data[:20].hex(),
    "MIDNIGHT": lambda data: _bech32("midnight", data),
}
"""Functions that make an address from 32 bytes, by chain."""

_NAMESPACES = {"EVM": "eip155", "SOL": "solana", "BTC": "bip122", "ALGO": "algorand", "STARK": "starknet"}


def chain_family(chain: str) -> str:
    """Return the chain family in capitals; ETH is the former name of EVM."""
    upper = chain.upper()
    return "EVM" if upper == "ETH" else upper


def chain_namespace(chain: str) -> str:
    """Return the name of a chain in a verified credential."""
    return _NAMESPACES.get(chain_family(chain), chain.lower())


def wallet_key(chain: str, address: str) -> str:
    """Return the unique key of a wallet. Hexadecimal addresses ignore case, others do not."""
    return f"w:{chain_family(chain)}:{address.lower() if address[:2] in ('0x', '0X') else address}"
