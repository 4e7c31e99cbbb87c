"""Find private keys and seed phrases in the cells of a source file, so that none is stored, shown or sent.

`Source.rows` replaces each of them by `REMOVED` before anything else sees the row, which gets the error `private_key`.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from dyntui.core.strict_json import parse_json
from dyntui.importer.problems import Problem
from dyntui.importer.source_types import Cell, SourceRow, normalize_name

__all__ = ["REMOVED", "SecretFilter", "is_private_key"]

REMOVED = "[private key removed]"

_SECRET_NAMES = (
    *("privatekey", "privkey", "secretkey", "seedphrase", "seedwords", "mnemonic", "recoveryphrase", "recoverywords"),
    *("secretphrase", "secretrecovery", "walletsecret", "keystorejson"),
)
_SHORT_SECRET_NAMES = frozenset({"seed", "priv", "sk"})
_WALLET_NAMES = (
    *("wallet", "address", "key", "account", "eth", "evm", "identifier", "value", "entry", "crypto", "column", "seed"),
    *("secret", "owner", "holder", "backup", "recovery", "priv"),
    *("note", "comment", "memo", "remark", "bio", "about", "description", "info", "name", "misc", "other", "extra"),
    *("phone", "mobile"),
)
_SHORT_WALLET_NAMES = frozenset({"pk", "sk", "w"})
"""Names that are too short to look for inside others."""
_LONG_HEX_NAMES = (
    *("hash", "tx", "transaction", "signature", "sui", "aptos", "stark", "near", "kadena", "kda", "objectid", "root"),
    *("password", "digest", "checksum", "token", "fuel", "aztec"),
    *("block", "salt", "nonce", "proof", "commitment", "merkle", "order"),
)
"""Parts of the names of columns whose values may have 64 hex digits: hashes, and addresses of some chains."""
_LONG_HEX_CHAINS = frozenset({"sui", "apt", "aptos", "stark", "starknet", "near", "kda", "kadena", "movement"})
_SHORTEST_SECRET = 16
"""Shorter texts in a column with a name such as `seed` are no secrets."""
_SHORTEST = 50
"""Every key and phrase is longer than this."""

_LONG_RUN = re.compile(r"[0-9A-Za-z:+/\-]{50}")
"""Part of every key that is one word; most long texts have none."""
_SEPARATOR = re.compile(r"[\s,;|/_.+\-]+")
_BYTES_START = frozenset("[0123456789")
_BASE58 = "[1-9A-HJ-NP-Za-km-z]"
_HEX_KEY = re.compile(r"(?<![0-9A-Za-z])(?<!\bk:)(?<!0:)(?<!-1:)(?:0[xX])?[0-9a-fA-F]{64}(?![0-9A-Za-z])")
_PREFIXED_KEY = re.compile(r"(?<![0-9A-Za-z])0[xX][0-9a-fA-F]{64}(?![0-9A-Za-z])")
_MARKED = re.compile(
    rf"(?<![0-9A-Za-z])(?:[xyztuvYZUV]prv{_BASE58}{{90,}}|(?:suiprivkey|nsec)1[0-9a-z]{{50,}}"
    rf"|APrivateKey1{_BASE58}{{40,}}|ed25519-priv-0x[0-9a-f]{{60,}}|edsk{_BASE58}{{50,}}|ed25519:{_BASE58}{{85,90}}"
    r"|AGE-SECRET-KEY-1[0-9A-Z]{50,}|secret-extended-key-[a-z]+1[0-9a-z]{50,})"
)
_WIF = re.compile(rf"(?<![0-9A-Za-z])[5KLTQc69]{_BASE58}{{50,51}}(?![0-9A-Za-z])")
_WIF_VERSIONS = frozenset({0x80, 0xEF, 0xB0, 0x9E})
_KEY_PAIR = re.compile(rf"(?<![0-9A-Za-z]){_BASE58}{{85,88}}(?![0-9A-Za-z])")
_STELLAR = re.compile(r"(?<![0-9A-Za-z])S[A-Z2-7]{55}(?![0-9A-Za-z])")
_BYTES = re.compile(r"\[?\s*\d{1,3}(?:\s*,\s*\d{1,3}){63}\s*\]?")
_JSON_STARTS = frozenset("{[")
_LARGEST_NUMBER_BITS = 64
_HASH_WORDS = frozenset({"tx", "txn", "txid", "hash", "transaction", "block", "signature"})
"""Words in a text that say that its hex digits are no key."""
_WORD = re.compile(r"[a-z]+")
_PHRASE_WORDS = 12


_normal_key = lru_cache(4096)(normalize_name)


@cache
def _seed_words() -> frozenset[str]:
    lines = files("dyntui.importer").joinpath("data", "seed_words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def is_private_key(text: str, *, hex_key: bool = False) -> bool:
    """Return whether a text contains a private key or a seed phrase.

    hex_key: whether 64 hex digits are a key here. They are not in a column of hashes or of Sui addresses.
    """
    if len(text) <= _SHORTEST:
        return False
    text = _plain(text)
    if _LONG_RUN.search(text) and _has_key(text, hex_key=hex_key):
        return True
    if "PRIVATE KEY-----" in text or (text.lstrip()[:1] in _BYTES_START and _BYTES.fullmatch(text.strip())):
        return True
    return len(_SEPARATOR.findall(text)) >= _PHRASE_WORDS - 1 and _has_phrase(text)


def _plain(text: str) -> str:
    """Return a text without invisible characters, and with full-width letters as ASCII."""
    if text.isascii():
        return text
    return "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")


def _has_key(text: str, *, hex_key: bool) -> bool:
    if _MARKED.search(text) or (hex_key and _HEX_KEY.search(text)):
        return True
    if any(_is_wif(match[0]) for match in _WIF.finditer(text)):
        return True
    if any(_is_stellar_seed(match[0]) for match in _STELLAR.finditer(text)):
        return True
    return hex_key and any(_decodes_to(match[0], 64) for match in _KEY_PAIR.finditer(text))


def _is_wif(text: str) -> bool:
    data = _base58(text)
    if data is None or len(data) not in (37, 38) or data[0] not in _WIF_VERSIONS:
        return False
    return hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4] == data[-4:]


def _base58(text: str) -> bytes | None:
    import base58

    try:
        return base58.b58decode(text)
    except ValueError:
        return None


def _decodes_to(text: str, size: int) -> bool:
    data = _base58(text)
    return data is not None and len(data) == size


def _is_stellar_seed(text: str) -> bool:
    import base64
    import binascii

    data = base64.b32decode(text)
    return data[0] == 18 << 3 and binascii.crc_hqx(data[:33], 0).to_bytes(2, "little") == data[33:]


def _has_phrase(text: str) -> bool:
    """Return whether twelve words in a row are those of seed phrases, with numbers or punctuation between them."""
    words = _WORD.findall(text.lower())
    if len(words) < _PHRASE_WORDS:
        return False
    run = 0
    for word in words:
        run = run + 1 if word in _seed_words() else 0
        if run >= _PHRASE_WORDS:
            return True
    return False


class SecretFilter:
    """Removes secrets from the rows of one file."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self._names = [normalize_name(column) for column in columns]
        self._secret_columns = [place for place, name in enumerate(self._names) if _is_secret_name(name)]
        self._word_columns = _numbered_columns(self._names)

    def apply(self, row: SourceRow) -> SourceRow:
        """Return the row without secrets, with the error `private_key` for each column that had one."""
        suspects = self._suspects(row.cells)
        if not suspects and not row.extra and not self._word_columns:
            return row
        found = [place for place in suspects if _has_secret(self._names[place], row.cells[place], row.cells)]
        if self._word_columns and _has_phrase(" ".join(str(row.cells[place]) for place in self._word_columns)):
            found += self._word_columns
        surplus = [
            place
            for place, (key, cell) in enumerate(row.extra)
            if _has_secret(normalize_name(key) or "value", cell, row.cells)
        ]
        if not found and not surplus:
            return row
        cells = tuple(REMOVED if place in found else cell for place, cell in enumerate(row.cells))
        extra = tuple((key, REMOVED if place in surplus else cell) for place, (key, cell) in enumerate(row.extra))
        problems = [
            Problem("error", "private_key", self._columns[place], _message(row.cells[place])) for place in found
        ]
        problems = problems or [Problem("error", "private_key", "", _MESSAGE)]
        return SourceRow(row.number, cells, (*row.problems, *problems), extra)

    def _suspects(self, cells: Sequence[Cell]) -> list[int]:
        """Return the places of cells that are long enough for a secret; fast, because most rows have none."""
        found = [
            place
            for place, cell in enumerate(cells)
            if (len(cell) > _SHORTEST if cell.__class__ is str else isinstance(cell, (dict, list)))
        ]
        return found + [place for place in self._secret_columns if cells[place] and place not in found]


_MESSAGE = "Private keys and seed phrases are never imported. Delete it from the file; others may know it."


def _message(cell: Cell) -> str:
    if isinstance(cell, str) and _HEX_KEY.fullmatch(cell.strip()):
        advice = "If it is an address of Sui, Aptos or Starknet, name the chain in the column name, such as sui_wallet."
        return f"{_MESSAGE} {advice}"
    return _MESSAGE


def _numbered_columns(names: Sequence[str]) -> list[int]:
    """Return the places of twelve or more columns whose names differ only by a number: word1, word2, ..."""
    stems = Counter(name.strip("0123456789") for name in names if name[-1:].isdigit())
    return [
        place
        for place, name in enumerate(names)
        if name[-1:].isdigit() and stems[name.strip("0123456789")] >= _PHRASE_WORDS
    ]


def _is_secret_name(name: str) -> bool:
    return name in _SHORT_SECRET_NAMES or any(part in name for part in _SECRET_NAMES)


def _has_secret(name: str, cell: object, siblings: Collection[object]) -> bool:
    """Return whether a cell, or a value inside it, is a secret. siblings: the other values of its row or object."""
    if isinstance(cell, str) and cell.lstrip()[:1] in _JSON_STARTS and len(cell) > _SHORTEST:
        cell = _json_value(cell)
    if isinstance(cell, dict):
        return _is_secret_object(cell) or any(
            (len(key) > _SHORTEST and is_private_key(key, hex_key=True))
            or (not _is_short(value) and _has_secret(_normal_key(key), value, cell.values()))
            for key, value in cell.items()
        )
    if isinstance(cell, list):
        if len(cell) == 64 and all(isinstance(each, int) and 0 <= each < 256 for each in cell):
            return True
        if cell and all(isinstance(each, str) for each in cell) and _has_phrase(" ".join(map(str, cell))):
            return True
        return any(_has_secret(name, value, siblings) for value in cell)
    if isinstance(cell, int) and cell.bit_length() > _LARGEST_NUMBER_BITS:
        return _is_secret_name(name)
    if not isinstance(cell, str) or len(cell) < _SHORTEST_SECRET or cell == REMOVED:
        return False
    if _is_secret_name(name):
        return True
    if len(cell) <= _SHORTEST:
        return False
    text = _plain(cell)
    hex_key = _LONG_RUN.search(text) is not None and _is_hex_key(name, text, siblings)
    return is_private_key(text, hex_key=hex_key)


def _is_short(value: object) -> bool:
    """Return whether a value cannot be a secret; fast, because most values are such."""
    return value is None or (value.__class__ is str and len(value) < _SHORTEST_SECRET)


def _json_value(text: str) -> object:
    """Return the value of JSON text; the text itself when it is not JSON."""
    try:
        return parse_json(text)
    except ValueError:
        return text


def _is_secret_object(value: Mapping[str, object]) -> bool:
    """Return whether an object is an encrypted key file of a wallet, or has the words of a phrase one by one."""
    if len(value) < _PHRASE_WORDS and "ciphertext" not in value:
        return False
    if "ciphertext" in value and "kdf" in value:
        return True
    words = [each for each in value.values() if isinstance(each, str)]
    return len(words) >= _PHRASE_WORDS and _has_phrase(" ".join(words))


def _is_hex_key(name: str, text: str, siblings: Collection[object]) -> bool:
    """Return whether 64 hex digits in a text are a key, by the names around them. They can be a hash, or an address."""
    is_named = name in _SHORT_WALLET_NAMES or any(part in name for part in _WALLET_NAMES)
    if not is_named and not _PREFIXED_KEY.search(text):
        return False
    words = _WORD.findall(text.lower())
    if any(part in name for part in _LONG_HEX_NAMES) or not _HASH_WORDS.isdisjoint(words):
        return False
    return _LONG_HEX_CHAINS.isdisjoint(value.strip().casefold() for value in siblings if isinstance(value, str))
