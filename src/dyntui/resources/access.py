"""Allowlists, their entries, and the API tokens."""

from __future__ import annotations

from dyntui.resources.formats import age, ident, since, words
from dyntui.resources.record import Column, Filter, Listing, Paging, Resource, Row, Scope

__all__ = ["ALLOWLISTS", "ALLOWLIST_ENTRIES", "TOKENS"]

_IDENTIFIERS = {
    "email": "email",
    "emailDomain": "e-mail domain",
    "walletPublicKey": "wallet",
    "phoneNumber": "phone",
    "discordUsername": "Discord",
    "twitterUsername": "Twitter",
    "farcasterUsername": "Farcaster name",
    "farcasterFid": "Farcaster id",
    "externalUserId": "external user id",
}


def _kind(row: Row) -> str:
    return next((title for field, title in _IDENTIFIERS.items() if row.get(field) not in (None, "")), "")


def _identifier(row: Row) -> str:
    return next((str(row[field]) for field in _IDENTIFIERS if row.get(field) not in (None, "")), "")


ALLOWLISTS = Resource(
    name="allowlists",
    aliases=("al", "lists", "access"),
    title="Allowlists",
    singular="allowlist",
    group="Allowlists",
    list=Listing("getAllowlistsByEnvironmentId"),
    columns=(
        Column("name", "name", 24, grow=True, priority=0),
        Column("outcome", "outcome", 12, priority=0),
        Column("scope", "scope", 20, priority=2),
        Column("enabledAt", "enabled", 18, as_=since, priority=1),
        Column("id", "id", 11, as_=ident, priority=3),
    ),
    detail="getAllowlistsById",
    detail_path="allowlistId",
    open="allowlist-entries",
    empty="There are no allowlists in this environment: everybody may sign in.",
    label=lambda row: str(row.get("name") or ""),
)

ALLOWLIST_ENTRIES = Resource(
    name="allowlist-entries",
    title="Entries",
    singular="allowlist entry",
    group="Allowlists",
    scope=Scope.PARENT,
    parent="allowlistId",
    list=Listing("getEntriesByAllowlistId", "entries", Paging.OFFSET),
    filter=Filter("query"),
    columns=(
        Column(title="identifier", width=34, grow=True, pick=_identifier, priority=0),
        Column(title="kind", width=16, pick=_kind, priority=1),
        Column("alias", "alias", 20, priority=2),
        Column("id", "id", 11, as_=ident, priority=3),
    ),
    empty="There are no entries on this list yet.",
    label=_identifier,
)

TOKENS = Resource(
    name="tokens",
    aliases=("token",),
    title="API tokens",
    singular="API token",
    group="Tokens",
    list=Listing("getTokens", "tokens"),
    columns=(
        Column("checksum", "ends in", 8, priority=0),
        Column("note", "note", 24, grow=True, priority=0),
        Column("scopes", "scopes", 30, as_=words, priority=2),
        Column("createdAt", "created", 12, as_=age, priority=1),
        Column("createdBy.email", "by", 22, priority=3),
    ),
    empty="The server lists no tokens.",
    cached=False,
    label=lambda row: str(row.get("note") or row.get("checksum") or ""),
)
