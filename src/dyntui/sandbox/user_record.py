"""The stored record of a user, and its searched, sorted and unique values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

import orjson

from dyntui.sandbox.addresses import chain_family, wallet_key
from dyntui.sandbox.store import Document

__all__ = [
    "FIELDS",
    "PROFILE",
    "Record",
    "UserRow",
    "fold_case",
    "format_time",
    "live_wallets",
    "row_unique_keys",
    "to_row",
    "unique_keys",
]

Record = Document
"""A user: id, createdAt, updatedAt, firstVisit, lastVisit, profile{}, wallets[] and oauth[]; optionally
emailVerifiedAt, externalUserId, deletedAt, sessions[], mfa[], checks[] and previousUsers[].

A wallet: id, chain, address, name, provider, createdAt, updatedAt, lastSelectedAt, deletedAt and additional[];
optionally properties, waas, nameService and delegated[].

Times are in ms since 1970, except emailVerifiedAt, which is the text of the request.
"""

UserRow = tuple[int, str, int, int, int | None, int | None, int, str, bytes | None]
"""A row of the table `people`: pos, id, created, updated, first, visited, wallets, search, doc."""

_SEARCHED_PROFILE = (
    "email", "alias", "firstName", "lastName", "phoneNumber", "jobTitle", "username", "country", "team",
)  # fmt: skip
FIELDS = ("id", *_SEARCHED_PROFILE, "walletPublicKey", "wallet", "chain", "provider", "accountId")
"""The fields in the column `search`, in this order, case-folded and separated by SEPARATOR."""

SEPARATOR = "\x1f"
PROFILE = (
    "alias", "country", "email", "firstName", "jobTitle", "lastName", "phoneNumber", "policiesConsent",
    "tShirtSize", "team", "username", "metadata", "mfaBackupCodeAcknowledgement", "btcWallet", "kdaWallet",
    "ltcWallet", "ckbWallet", "kasWallet", "dogeWallet", "emailNotification", "discordNotification",
    "newsletterNotification",
)  # fmt: skip
_NOT_PHONE = re.compile(r"[^\d+]")


@lru_cache(4096)  # the objects of one request have the same times
def format_time(ms: int) -> str:
    """Format milliseconds since 1970 as the API does."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC).isoformat()[:19]}.{ms % 1000:03d}Z"


def fold_case(text: str) -> str:
    """Return a text for comparison without case."""
    return text.lower() if text.isascii() else text.casefold()


def live_wallets(record: Record) -> list[Document]:
    """Return the wallets that are not deleted."""
    return [wallet for wallet in record["wallets"] if not wallet["deletedAt"]]


def unique_keys(record: Record) -> list[str]:
    """Return the keys that no other user of the environment may have."""
    return _collect_keys(
        record["profile"],
        [(wallet["chain"], wallet["address"]) for wallet in record["wallets"] if not wallet["deletedAt"]],
        record["oauth"],
        record.get("externalUserId", ""),
    )


def row_unique_keys(row: Document) -> list[str]:
    """Return the unique keys of a row of a create request."""
    wallets = [(wallet["chain"], wallet["publicWalletAddress"]) for wallet in row.get("wallets") or ()]
    return _collect_keys(row, wallets, row.get("oauthAccounts") or ())


def _collect_keys(
    profile: Document,
    wallets: Iterable[tuple[str, str]],
    accounts: Iterable[Document],
    external: str = "",
) -> list[str]:
    keys: list[str] = []
    if email := profile.get("email"):
        keys.append("e:" + fold_case(email))
    if phone := profile.get("phoneNumber"):
        keys.append("p:" + _NOT_PHONE.sub("", phone))
    if username := profile.get("username"):
        keys.append("u:" + fold_case(username))
    keys += [wallet_key(chain, address) for chain, address in wallets]
    keys += [f"o:{account['provider']}:{account['accountId']}" for account in accounts]
    if external:
        keys.append("x:" + external)
    return keys


def search_text(record: Record) -> str:
    """Return the text of the column `search`."""
    get, wallets, accounts = record["profile"].get, live_wallets(record), record["oauth"]
    text = SEPARATOR.join(
        [
            record["id"],
            *[get(name) or "" for name in _SEARCHED_PROFILE],
            " ".join([wallet["address"] for wallet in wallets]),
            " ".join([wallet["name"] for wallet in wallets]),
            " ".join([chain_family(wallet["chain"]) for wallet in wallets]),
            " ".join([account["provider"] for account in accounts]),
            " ".join([account["accountId"] for account in accounts]),
        ]
    )
    return fold_case(text)


def to_row(record: Record, position: int, doc: bytes | None = b"") -> UserRow:
    """Return the row for the store. It contains the record unless `doc` is None."""
    return (
        position,
        record["id"],
        record["createdAt"],
        record["updatedAt"],
        record["firstVisit"],
        record["lastVisit"],
        len(record["wallets"]),
        search_text(record),
        None if doc is None else orjson.dumps(record),
    )
