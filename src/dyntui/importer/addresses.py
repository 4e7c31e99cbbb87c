"""Check wallet addresses of each chain family: form and checksum."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import Literal, NamedTuple

__all__ = ["CHAIN_FAMILIES", "AddressCheck", "check_address", "eip55", "family_of", "keccak256"]

State = Literal["valid", "format", "one-case", "checksum", "malformed", "unknown"]


class AddressCheck(NamedTuple):
    """The result of checking an address."""

    state: State
    message: str = ""
    correct: str | None = None
    """The address with the right checksum, when only case is wrong."""


_VALID, _FORMAT = AddressCheck("valid"), AddressCheck("format")
_WRONG_CHECKSUM = AddressCheck("checksum", "its checksum is wrong")


def keccak256(data: bytes) -> bytes:
    """Return the Keccak-256 hash as Ethereum uses it. SHA3-256 differs in the padding."""
    from Crypto.Hash import keccak

    return keccak.new(digest_bits=256, data=data).digest()


def eip55(address: str) -> str:
    """Return an EVM address with its checksum, which is the case of its letters."""
    digits = address[2:].lower()
    digest = keccak256(digits.encode()).hex()
    cased = (char.upper() if int(nibble, 16) > 7 else char for char, nibble in zip(digits, digest, strict=False))
    return "0x" + "".join(cased)


_BECH32, _BECH32M = 1, 0x2BC830A3


def _base58(text: str) -> bytes | None:
    import base58

    try:
        return base58.b58decode(text) if text.isalnum() else None  # the library ignores space at the end
    except ValueError:
        return None


def _bech32(text: str) -> tuple[str, int, list[int]] | None:
    """Decode Bech32. Return the prefix, the checksum constant, and the values without the checksum."""
    from bech32 import CHARSET, bech32_hrp_expand, bech32_polymod

    if text != text.lower() and text != text.upper():
        return None
    prefix, _, data = text.lower().rpartition("1")
    if not prefix or len(data) < 6 or not set(CHARSET).issuperset(data):
        return None
    values = [CHARSET.index(char) for char in data]
    return prefix, bech32_polymod([*bech32_hrp_expand(prefix), *values]), values[:-6]


def _bytes_of(values: list[int]) -> int:
    """Return the number of whole bytes in five-bit values; -1 when the rest is not zero padding."""
    from bech32 import convertbits

    data = convertbits(values, 5, 8, pad=False)
    return -1 if data is None else len(data)


def _crc16(data: bytes) -> int:
    return binascii.crc_hqx(data, 0)


def _hex(low: int, high: int) -> Callable[[str], AddressCheck]:
    shape = re.compile(rf"0x[0-9a-fA-F]{{{low},{high}}}")
    expected = f"0x and {low} to {high} hex digits" if low != high else f"0x and {low} hex digits"
    return lambda text: _FORMAT if shape.fullmatch(text) else AddressCheck("malformed", f"not {expected}")


def _evm(text: str) -> AddressCheck:
    if not re.fullmatch(r"0x[0-9a-fA-F]{40}", text):
        return AddressCheck("malformed", "not 0x and 40 hex digits")
    digits = text[2:]
    if digits in (digits.lower(), digits.upper()):
        return _VALID if digits.isdigit() else AddressCheck("one-case", "in one case, so it has no checksum")
    correct = eip55(text)
    return _VALID if correct == text else AddressCheck("checksum", "the checksum in its mixed case is wrong", correct)


def _solana(text: str) -> AddressCheck:
    data = _base58(text) if 32 <= len(text) <= 44 else None
    return _FORMAT if data is not None and len(data) == 32 else AddressCheck("malformed", "not 32 bytes in base58")


def _base58check(text: str, versions: frozenset[int], what: str) -> AddressCheck:
    data = _base58(text) if 25 <= len(text) <= 36 else None
    if data is None or len(data) != 25:
        return AddressCheck("malformed", f"not {what}")
    if hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4] != data[-4:]:
        return _WRONG_CHECKSUM
    return _VALID if data[0] in versions else AddressCheck("malformed", f"its first byte is not that of {what}")


def _bitcoin_like(prefixes: frozenset[str], versions: frozenset[int], what: str) -> Callable[[str], AddressCheck]:
    def check(text: str) -> AddressCheck:
        if text.lower().partition("1")[0] not in prefixes:
            return _base58check(text, versions, what)
        decoded = _bech32(text) if len(text) <= 90 else None
        if decoded is None or not decoded[2]:
            return AddressCheck("malformed", f"not {what}")
        _, constant, values = decoded
        length, version = _bytes_of(values[1:]), values[0]
        if constant != (_BECH32 if version == 0 else _BECH32M):
            return _WRONG_CHECKSUM
        right = length in (20, 32) if version == 0 else 2 <= length <= 40 and version <= 16
        return _VALID if right else AddressCheck("malformed", f"not {what}")

    return check


def _bech32_of(
    prefixes: frozenset[str] | None, constant: int, lengths: frozenset[int], what: str
) -> Callable[[str], AddressCheck]:
    def check(text: str) -> AddressCheck:
        decoded = _bech32(text)
        if decoded is None or (prefixes is not None and decoded[0] not in prefixes):
            return AddressCheck("malformed", f"not {what}")
        if decoded[1] != constant:
            return _WRONG_CHECKSUM
        return _VALID if _bytes_of(decoded[2]) in lengths else AddressCheck("malformed", f"not as long as {what}")

    return check


def _base32_bytes(text: str, size: int) -> bytes | None:
    try:
        data = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        return None
    return data if len(data) == size and base64.b32encode(data).decode().rstrip("=") == text else None


def _algorand(text: str) -> AddressCheck:
    data = _base32_bytes(text, 36)
    if data is None:
        return AddressCheck("malformed", "not 58 characters of base32")
    if "sha512_256" not in hashlib.algorithms_available:
        return _FORMAT
    digest = hashlib.new("sha512_256", data[:32]).digest()
    return _VALID if digest[-4:] == data[32:] else _WRONG_CHECKSUM


def _stellar(text: str) -> AddressCheck:
    data = _base32_bytes(text, 35) if text[:1] == "G" else None
    if data is None or data[0] != 6 << 3:
        return AddressCheck("malformed", "not G and 55 characters of base32")
    return _VALID if _crc16(data[:33]).to_bytes(2, "little") == data[33:] else _WRONG_CHECKSUM


def _ton(text: str) -> AddressCheck:
    if re.fullmatch(r"(0|-1):[0-9a-fA-F]{64}", text):
        return _FORMAT
    if not re.fullmatch(r"[A-Za-z0-9_\-+/]{48}", text):
        return AddressCheck("malformed", "not 48 characters of base64")
    data = base64.b64decode(text, altchars=b"-_") if "+" not in text and "/" not in text else base64.b64decode(text)
    if data[0] & 0x7F not in (0x11, 0x51):
        return AddressCheck("malformed", "its first byte is not that of a TON address")
    return _VALID if _crc16(data[:34]).to_bytes(2, "big") == data[34:] else _WRONG_CHECKSUM


def _starknet(text: str) -> AddressCheck:
    if not re.fullmatch(r"0x[0-9a-fA-F]{50,64}", text) or int(text, 16) >= 2**251 + 17 * 2**192 + 1:
        return AddressCheck("malformed", "not 0x and up to 64 hex digits below the field's order")
    return _FORMAT


def _kadena(text: str) -> AddressCheck:
    return (
        _FORMAT if re.fullmatch(r"(k:)?[0-9a-f]{64}", text) else AddressCheck("malformed", "not k: and 64 hex digits")
    )


def _kaspa(text: str) -> AddressCheck:
    from bech32 import CHARSET

    prefix, mark, data = text.partition(":")
    if (
        not mark
        or prefix not in ("kaspa", "kaspatest")
        or not 61 <= len(data) <= 63
        or any(c not in CHARSET for c in data)
    ):
        return AddressCheck("malformed", "not kaspa: and 61 to 63 characters")
    check = 1
    for value in [ord(char) & 31 for char in prefix] + [0] + [CHARSET.index(char) for char in data]:
        top, check = check >> 35, (check & 0x07FFFFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)):
            check ^= generator if top >> bit & 1 else 0
    return _VALID if check == 1 else _WRONG_CHECKSUM


_SPARK = frozenset({"spark", "sparkt", "sparks", "sparkrt", "sparkl", "sp", "spt", "sps", "sprt", "spl"})
_TRON = frozenset({0x41})
CHAIN_FAMILIES: dict[str, Callable[[str], AddressCheck]] = {
    "EVM": _evm,
    "SOL": _solana,
    "BTC": _bitcoin_like(frozenset({"bc"}), frozenset({0x00, 0x05}), "a Bitcoin address"),
    "LTC": _bitcoin_like(frozenset({"ltc"}), frozenset({0x30, 0x32, 0x05}), "a Litecoin address"),
    "DOGE": lambda text: _base58check(text, frozenset({0x1E, 0x16}), "a Dogecoin address"),
    "TRON": lambda text: _base58check(text, _TRON, "a TRON address"),
    "COSMOS": _bech32_of(None, _BECH32, frozenset({20, 32}), "a Cosmos address"),
    "CKB": _bech32_of(frozenset({"ckb"}), _BECH32M, frozenset(range(21, 200)), "a Nervos address"),
    "SPARK": _bech32_of(_SPARK, _BECH32M, frozenset(range(32, 80)), "a Spark address"),
    "ALEO": _bech32_of(frozenset({"aleo"}), _BECH32M, frozenset({32}), "an Aleo address"),
    "ALGO": _algorand,
    "STELLAR": _stellar,
    "TON": _ton,
    "FLOW": _hex(16, 16),
    "SUI": _hex(64, 64),
    "APTOS": _hex(1, 64),
    "STARK": _starknet,
    "KDA": _kadena,
    "KAS": _kaspa,
}
_CHECKSUMMED = ("BTC", "TRON", "STELLAR", "ALGO", "TON", "SPARK", "ALEO")
_SAME = {"ETH": "EVM", "TEMPO": "EVM", "ECLIPSE": "SOL"}


def check_address(chain: str, address: str) -> AddressCheck:
    """Check an address by the rules of its chain. The result is `unknown` for a chain without rules."""
    rules = CHAIN_FAMILIES.get(_SAME.get(chain, chain))
    if rules is None:
        return AddressCheck("unknown")
    return rules(address) if address.isascii() else AddressCheck("malformed", "it has characters that no address has")


def family_of(address: str) -> str | None:
    """Return the chain that the form of an address shows; None when several are possible."""
    if not address.isascii():
        return None
    if re.fullmatch(r"0x[0-9a-fA-F]{40}", address):
        return "EVM"
    certain = next((chain for chain in _CHECKSUMMED if CHAIN_FAMILIES[chain](address).state == "valid"), None)
    return certain or ("SOL" if _solana(address).state == "format" else None)
