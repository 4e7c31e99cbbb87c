"""Well-formed wallet addresses by chain, made from bytes: those of sample users and of pre-generated wallets."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import reduce
from operator import xor

__all__ = ["ADDRESS", "chain_family", "chain_namespace", "wallet_key"]

_BASE58 = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_OF = bytes(_BASE58[i % 58] for i in range(256))
_BASE58_HEAD = bytes(_BASE58[1 + i % 16] for i in range(256))  # so that 44 characters are always 32 bytes
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_TERMS = [reduce(xor, (g for bit, g in enumerate(_BECH32_GENERATOR) if top >> bit & 1), 0) for top in range(32)]
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def _bech32(prefix: str, values: list[int]) -> str:
    """Encode 5-bit values as Bech32 (BIP 173): `prefix`, `1`, the values and a checksum."""

    def polymod(data: list[int]) -> int:
        check = 1
        for value in data:
            check = (check & 0x1FFFFFF) << 5 ^ value ^ _BECH32_TERMS[check >> 25]
        return check

    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = polymod(expanded + values + [0] * 6) ^ 1
    return prefix + "1" + "".join(_BECH32[v] for v in [*values, *((check >> 5 * (5 - i)) & 31 for i in range(6))])


def _five_bits(data: bytes) -> list[int]:
    number = int.from_bytes(data, "big")
    bits = len(data) * 8
    return [number >> (bits - 5 * (i + 1)) & 31 for i in range(bits // 5)]


def _sol(data: bytes) -> str:
    spread = data + bytes((b * 167 + 13) & 255 for b in data[:12])
    return (spread[:1].translate(_BASE58_HEAD) + spread[1:44].translate(_BASE58_OF)).decode()


ADDRESS: Mapping[str, Callable[[bytes], str]] = {
    "EVM": lambda data: "0x" + data[:20].hex(),
    "SOL": _sol,
    "BTC": lambda data: _bech32("bc", [0, *_five_bits(data[:20])]),
    "COSMOS": lambda data: _bech32("cosmos", _five_bits(data[:20])),
    "SUI": lambda data: "0x" + data.hex(),
    "APTOS": lambda data: "0x" + data.hex(),
    "FLOW": lambda data: "0x" + data[:8].hex(),
    "STARK": lambda data: "0x0" + data.hex()[1:],
    "TON": lambda data: "UQ" + b64encode(data + data[:1], b"AZ").decode()[:44] + "AA",
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
