"""What makes two rows the same person: natural keys, and who had them first in the file."""

from __future__ import annotations

import os
import re
import struct
import sys
import tempfile
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

from dyntui.importer.email_phone import normal_phone
from dyntui.importer.problems import Problem

__all__ = ["DuplicateIndex", "describe_key", "entry_keys", "field_of_key", "natural_keys", "wallet_key"]

_HEX = re.compile(r"0[xX][0-9a-fA-F]+")
_EVM = frozenset({"ETH", "EVM", "TEMPO"})
_LEFT_ZEROS = frozenset({"SUI", "APTOS", "STARK"})
_BECH32 = re.compile(r"[A-Za-z]{2,20}1[02-9ac-hj-np-zAC-HJ-NP-Z]{6,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def wallet_key(chain: str, address: str) -> str:
    """`wallet:EVM:0x…`: ETH and EVM are one family, hex and bech32 have no case, everything else keeps its own."""
    chain = chain.strip().upper()
    address = _CONTROL.sub("", address.strip())
    family = "EVM" if chain in _EVM else chain
    if _HEX.fullmatch(address):
        digits = address[2:].lower()
        address = "0x" + ((digits.lstrip("0") or "0") if family in _LEFT_ZEROS else digits)
    elif _BECH32.fullmatch(address) and (address.islower() or address.isupper()):
        address = address.lower()
    return f"wallet:{family}:{address}"


def natural_keys(user: Mapping[str, Any]) -> tuple[str, ...]:
    """Every key by which a user of the API can be told from another one; works on a row's body and on an answer.

    `email:ada@example.com`, `phone:+4915…`, `username:ada`, `wallet:EVM:0x…`, `oauth:github:123`.
    """
    keys: list[str] = []
    email = user.get("email")
    if email and isinstance(email, str):
        keys.append(
            "email:" + (email if email.isascii() and email.islower() else _CONTROL.sub("", email.strip().casefold()))
        )
    phone = user.get("phoneNumber")
    if phone and isinstance(phone, str):
        keys.append("phone:" + _CONTROL.sub("", normal_phone(phone)))
    username = user.get("username")
    if username and isinstance(username, str):
        keys.append("username:" + _CONTROL.sub("", username.strip()))
    if wallets := user.get("wallets"):
        keys += _wallets(wallets)
    if accounts := user.get("oauthAccounts"):
        keys += _accounts(accounts)
    return tuple(dict.fromkeys(keys)) if len(keys) > 1 else tuple(keys)


def _wallets(wallets: Any) -> Iterable[str]:
    for wallet in wallets if isinstance(wallets, list) else ():
        if isinstance(wallet, Mapping):
            address = wallet.get("publicWalletAddress") or wallet.get("publicKey")
            if address and isinstance(address, str):
                yield wallet_key(str(wallet.get("chain") or ""), address)


def _accounts(accounts: Any) -> Iterable[str]:
    for account in accounts if isinstance(accounts, list) else ():
        if isinstance(account, Mapping) and account.get("provider") and account.get("accountId"):
            provider, number = str(account["provider"]).strip().casefold(), str(account["accountId"]).strip()
            yield _CONTROL.sub("", f"oauth:{provider}:{number}")


_ENTRY_KEYS = ("discordUsername", "twitterUsername", "farcasterUsername", "farcasterFid", "externalUserId")


def entry_keys(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """The key of an allowlist entry: `entry:email:ada@example.com`, `entry:walletPublicKey:0x…`."""
    keys: list[str] = []
    if isinstance(email := entry.get("email"), str) and email:
        keys.append("entry:email:" + email.strip().casefold())
    if isinstance(domain := entry.get("emailDomain"), str) and domain:
        keys.append("entry:emailDomain:" + re.sub(r"^https?://|/.*$", "", domain.strip().casefold()))
    if isinstance(phone := entry.get("phoneNumber"), str) and phone:
        keys.append("entry:phoneNumber:" + normal_phone(phone))
    if isinstance(address := entry.get("walletPublicKey"), str) and address:
        keys.append("entry:walletPublicKey:" + wallet_key("", address).removeprefix("wallet::"))
    for name in _ENTRY_KEYS:
        if (value := entry.get(name)) not in (None, ""):
            text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
            keys.append(f"entry:{name}:{text.casefold() if name.endswith('Username') else text}")
    return tuple(_CONTROL.sub("", key) for key in keys)


_FIELDS = {"phone": "phoneNumber", "wallet": "wallets", "oauth": "oauthAccounts"}
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def field_of_key(key: str) -> str:
    """The field of the API that a natural key is made from: `phoneNumber`, `wallets`, `externalUserId`."""
    kind = key.removeprefix("entry:").partition(":")[0]
    return _FIELDS.get(kind, kind)


def describe_key(key: str) -> str:
    """A natural key in words, its kind and its value: `phone +4915…`, `EVM wallet 0x…`, `github account 123`."""
    kind, _, value = key.removeprefix("entry:").partition(":")
    part, _, rest = value.partition(":")
    if kind == "wallet" and rest:
        return f"{part} wallet {rest}".strip()
    if kind == "oauth" and rest:
        return f"{part} account {rest}"
    words = _CAPITAL.sub(" ", kind).lower() if key.startswith("entry:") else kind
    return f"{words} {value}"


_SLOT = struct.Struct("<QI")
_SIZE = _SLOT.size
_FIRST_SLOTS = 1 << 14
_MASK64 = (1 << 64) - 1


if sys.platform == "win32":

    def _read_at(descriptor: int, size: int, place: int) -> bytes:
        os.lseek(descriptor, place, os.SEEK_SET)
        return os.read(descriptor, size)

    def _write_at(descriptor: int, data: bytes, place: int) -> int:
        os.lseek(descriptor, place, os.SEEK_SET)
        return os.write(descriptor, data)

else:
    _read_at, _write_at = os.pread, os.pwrite


class DuplicateIndex:
    """Finds keys that came before, in memory that does not grow with the file: a hash table in an unnamed file.

    Only salted 64-bit hashes go to the file, never a key. Two different keys are taken for one with a chance of
    about n*n / 2**65: one in 37 million for a million keys.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # closed by close()
        self._slots = _FIRST_SLOTS
        self._count = 0
        self._file.truncate(self._slots * _SIZE)

    def __len__(self) -> int:
        return self._count

    def seen(self, number: int, key: str) -> int | None:
        """The row that had `key` first; None when `number` is the first, which is then remembered."""
        digest = hash(key) & _MASK64 or 1
        descriptor, slots = self._file.fileno(), self._slots
        place = digest % slots
        while True:
            found, row = _SLOT.unpack(_read_at(descriptor, _SIZE, place * _SIZE))
            if found == digest:
                return int(row)
            if not found:
                break
            place = (place + 1) % slots
        _write_at(descriptor, _SLOT.pack(digest, number), place * _SIZE)
        self._count += 1
        if self._count * 3 > slots * 2:
            self._grow()
        return None

    def check(self, number: int, keys: Iterable[str]) -> Problem | None:
        """Remember a row's keys; the error duplicate_in_file, naming the first row, when one of them came before."""
        problem: Problem | None = None
        for key in keys:
            first = self.seen(number, key)
            if first is not None and first != number and problem is None:
                kind, _, value = key.removeprefix("entry:").partition(":")
                problem = Problem("error", "duplicate_in_file", kind, f"Row {first} has the same {kind}: {value}")
        return problem

    def _grow(self) -> None:
        old, old_slots = self._file, self._slots
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # closed by close()
        self._slots = old_slots * 4
        self._file.truncate(self._slots * _SIZE)
        descriptor, slots = self._file.fileno(), self._slots
        old.seek(0)
        while block := old.read(_SIZE * 4096):
            for digest, row in _SLOT.iter_unpack(block):
                if digest:
                    place = digest % slots
                    while _read_at(descriptor, 8, place * _SIZE) != bytes(8):
                        place = (place + 1) % slots
                    _write_at(descriptor, _SLOT.pack(digest, row), place * _SIZE)
        old.close()

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> DuplicateIndex:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()
