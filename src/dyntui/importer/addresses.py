"""Check wallet addresses of each chain family: form and checksum, with the standard library only."""

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
_ROTATIONS = [[0, 36, 3, 41, 18], [1, 44, 10, 45, 2], [62, 6, 43, 15, 61], [28, 55, 25, 21, 56], [27, 20, 39, 8, 14]]
_MASK = (1 << 64) - 1


def _round_constants() -> list[int]:
    constants, state = [], 1
    for _ in range(24):
        value = 0
        for bit in range(7):
            if state & 1:
                value |= 1 << ((1 << bit) - 1)
            state = (state << 1) ^ (0x171 if state & 0x80 else 0)
        constants.append(value)
    return constants


_CONSTANTS = _round_constants()


def _rotate(value: int, by: int) -> int:
    return ((value << by) | (value >> (64 - by))) & _MASK


def _permute(a: list[list[int]]) -> list[list[int]]:
    for constant in _CONSTANTS:
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        d = [c[x - 1] ^ _rotate(c[(x + 1) % 5], 1) for x in range(5)]
        b = [[0] * 5 for _ in range(5)]
        for x in range(5):
            for y in range(5):
                b[y][(2 * x + 3 * y) % 5] = _rotate(a[x][y] ^ d[x], _ROTATIONS[x][y])
        a = [[b[x][y] ^ (~b[(x + 1) % 5][y] & b[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
        a[0][0] ^= constant
    return a


def keccak256(data: bytes) -> bytes:
    """Return the Keccak-256 hash as Ethereum uses it. SHA3-256 differs in the padding."""
    rate = 136
    padded = bytearray(data + b"\1" + bytes(rate - 1 - len(data) % rate))
    padded[-1] |= 0x80
    a = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), rate):
        for lane in range(rate // 8):
            a[lane % 5][lane // 5] ^= int.from_bytes(padded[start + lane * 8 : start + lane * 8 + 8], "little")
        a = _permute(a)
    return b"".join(a[lane % 5][lane // 5].to_bytes(8, "little") for lane in range(4))


def eip55(address: str) -> str:
    """Return an EVM address with its checksum, which is the case of its letters."""
    digits = address[2:].lower()
    digest = keccak256(digits.encode()).hex()
    cased = (char.upper() if int(nibble, 16) > 7 else char for char, nibble in zip(digits, digest, strict=False))
    return "0x" + "".join(cased)


_B58 = {char: value for value, char in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")}
_B32 = {char: value for value, char in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_BECH32, _BECH32M = 1, 0x2BC830A3


def _base58(text: str) -> bytes | None:
    value = 0
    for char in text:
        if char not in _B58:
            return None
        value = value * 58 + _B58[char]
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + value.to_bytes((value.bit_length() + 7) // 8, "big")


def _bech32(text: str) -> tuple[str, int, list[int]] | None:
    """Decode Bech32. Return the prefix, the checksum constant, and the values without the checksum."""
    if text != text.lower() and text != text.upper():
        return None
    prefix, mark, data = text.lower().rpartition("1")
    if not mark or not prefix or len(data) < 6 or any(char not in _B32 for char in data):
        return None
    values = [_B32[char] for char in data]
    check = 1
    for value in [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return prefix, check, values[:-6]


def _bytes_of(values: list[int]) -> int:
    """Return the number of whole bytes in five-bit values; -1 when the rest is not zero padding."""
    rest = len(values) * 5 % 8
    return -1 if rest >= 5 or (values and values[-1] & ((1 << rest) - 1)) else len(values) * 5 // 8


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
        return AddressCheck("checksum", "its checksum is wrong")
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
            return AddressCheck("checksum", "its checksum is wrong")
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
            return AddressCheck("checksum", "its checksum is wrong")
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
    return _VALID if digest[-4:] == data[32:] else AddressCheck("checksum", "its checksum is wrong")


def _stellar(text: str) -> AddressCheck:
    data = _base32_bytes(text, 35) if text[:1] == "G" else None
    if data is None or data[0] != 6 << 3:
        return AddressCheck("malformed", "not G and 55 characters of base32")
    return (
        _VALID
        if _crc16(data[:33]).to_bytes(2, "little") == data[33:]
        else AddressCheck("checksum", "its checksum is wrong")
    )


def _ton(text: str) -> AddressCheck:
    if re.fullmatch(r"(0|-1):[0-9a-fA-F]{64}", text):
        return _FORMAT
    if not re.fullmatch(r"[A-Za-z0-9_\-+/]{48}", text):
        return AddressCheck("malformed", "not 48 characters of base64")
    data = base64.b64decode(text, altchars=b"-_") if "+" not in text and "/" not in text else base64.b64decode(text)
    if data[0] & 0x7F not in (0x11, 0x51):
        return AddressCheck("malformed", "its first byte is not that of a TON address")
    return (
        _VALID
        if _crc16(data[:34]).to_bytes(2, "big") == data[34:]
        else AddressCheck("checksum", "its checksum is wrong")
    )


def _starknet(text: str) -> AddressCheck:
    if not re.fullmatch(r"0x[0-9a-fA-F]{50,64}", text) or int(text, 16) >= 2**251 + 17 * 2**192 + 1:
        return AddressCheck("malformed", "not 0x and up to 64 hex digits below the field's order")
    return _FORMAT


def _kadena(text: str) -> AddressCheck:
    return (
        _FORMAT if re.fullmatch(r"(k:)?[0-9a-f]{64}", text) else AddressCheck("malformed", "not k: and 64 hex digits")
    )


def _kaspa(text: str) -> AddressCheck:
    prefix, mark, data = text.partition(":")
    if (
        not mark
        or prefix not in ("kaspa", "kaspatest")
        or not 61 <= len(data) <= 63
        or any(c not in _B32 for c in data)
    ):
        return AddressCheck("malformed", "not kaspa: and 61 to 63 characters")
    check = 1
    for value in [ord(char) & 31 for char in prefix] + [0] + [_B32[char] for char in data]:
        top, check = check >> 35, (check & 0x07FFFFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)):
            check ^= generator if top >> bit & 1 else 0
    return _VALID if check == 1 else AddressCheck("checksum", "its checksum is wrong")


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
    return next(
        (chain for chain in ("BTC", "TRON", "STELLAR", "ALGO") if CHAIN_FAMILIES[chain](address).state == "valid"), None
    )
