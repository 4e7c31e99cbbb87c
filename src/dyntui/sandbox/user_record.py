"""What the sandbox keeps of a user, and what of that is searched, sorted and unique."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from dyntui.sandbox.addresses import family, wallet_key

__all__ = [
    "FIELDS",
    "PROFILE",
    "Record",
    "Row",
    "fold_case",
    "format_time",
    "live_wallets",
    "row_unique_keys",
    "to_row",
    "unique_keys",
]

Record = dict[str, Any]
"""id, createdAt, updatedAt, firstVisit, lastVisit, profile{}, wallets[], oauth[], and maybe emailVerifiedAt,
externalUserId, sessions[], mfa[], checks[], previousUsers[]. A wallet: id, chain, address, name, provider, createdAt,
updatedAt, lastSelectedAt, deletedAt, additional[], and maybe properties, waas, nameService, delegated[].
Times are milliseconds since 1970, emailVerifiedAt alone is the text that was sent."""

Row = tuple[int, str, int, int, int | None, int | None, int, str, bytes | None]
"""pos, id, created, updated, first, visited, wallets, search, doc."""

FIELDS = (
    "id", "email", "alias", "firstName", "lastName", "phoneNumber", "jobTitle", "username", "country", "team",
    "walletPublicKey", "wallet", "chain", "provider", "accountId",
)  # fmt: skip
"""What `search` holds, in this order, folded and separated by SEPARATOR."""

SEPARATOR = "\x1f"
PROFILE = (
    "alias", "country", "email", "firstName", "jobTitle", "lastName", "phoneNumber", "policiesConsent",
    "tShirtSize", "team", "username", "metadata", "mfaBackupCodeAcknowledgement", "btcWallet", "kdaWallet",
    "ltcWallet", "ckbWallet", "kasWallet", "dogeWallet", "emailNotification", "discordNotification",
    "newsletterNotification",
)  # fmt: skip
_NOT_PHONE = re.compile(r"[^\d+]")


@lru_cache(4096)  # everything made in one request has the same time
def format_time(ms: int) -> str:
    """Milliseconds since 1970 as the API writes a time."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC).isoformat()[:19]}.{ms % 1000:03d}Z"


def fold_case(text: str) -> str:
    """How texts are compared: without case."""
    return text.lower() if text.isascii() else text.casefold()


def live_wallets(record: Record) -> list[dict[str, Any]]:
    """The wallets that were not deleted."""
    return [wallet for wallet in record["wallets"] if not wallet["deletedAt"]]


def unique_keys(record: Record) -> list[str]:
    """What nobody else in the environment may have too."""
    return _collect_keys(
        record["profile"],
        [(wallet["chain"], wallet["address"]) for wallet in record["wallets"] if not wallet["deletedAt"]],
        record["oauth"],
        record.get("externalUserId", ""),
    )


def row_unique_keys(row: Mapping[str, Any]) -> list[str]:
    """The same for a row of a create request."""
    wallets = [(wallet["chain"], wallet["publicWalletAddress"]) for wallet in row.get("wallets") or ()]
    return _collect_keys(row, wallets, row.get("oauthAccounts") or ())


def _collect_keys(
    profile: Mapping[str, Any],
    wallets: Iterable[tuple[str, str]],
    accounts: Iterable[Mapping[str, Any]],
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
    """Every searched field in one text."""
    profile = record["profile"]
    wallets = live_wallets(record)
    get = profile.get
    text = SEPARATOR.join(
        (
            record["id"],
            get("email") or "",
            get("alias") or "",
            get("firstName") or "",
            get("lastName") or "",
            get("phoneNumber") or "",
            get("jobTitle") or "",
            get("username") or "",
            get("country") or "",
            get("team") or "",
            " ".join([wallet["address"] for wallet in wallets]),
            " ".join([wallet["name"] for wallet in wallets]),
            " ".join([family(wallet["chain"]) for wallet in wallets]),
            " ".join([account["provider"] for account in record["oauth"]]),
            " ".join([account["accountId"] for account in record["oauth"]]),
        )
    )
    return fold_case(text)


def to_row(record: Record, position: int, doc: bytes | None = b"") -> Row:
    """The row the store keeps; the record itself goes into it unless `doc` is None."""
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
