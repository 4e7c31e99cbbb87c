"""Find an object by what identifies it: an email, a wallet address, an id, a username or a full name.

The jump bar uses this. What the server returns for a filter is compared again, because how it matches is undocumented
(docs/vendor-api.md#filter).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dyntui.core.json_types import Row, as_objects
from dyntui.resources import RESOURCES, USERS, WALLETS, Resource, Scope
from dyntui.resources.users import full_name

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["FoundObject", "IdentifierKind", "LookupResult", "find_objects", "identify"]

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MIN_ADDRESS_LENGTH = 25
_MAX_FOUND = 100
"""The number of users that are compared; the server finds more only for a text that is hardly an identifier."""


IdentifierKind = Literal["email", "address", "id", "name"]
"""What a text identifies an object by; `name` is a username or a full name: every other text."""


@dataclass(frozen=True, slots=True)
class FoundObject:
    """An object that a lookup found."""

    record: Resource
    row: Row


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The result of a lookup."""

    found: Sequence[FoundObject]
    searched: str
    """Where it was searched, for a sentence: `the emails of users`."""
    not_permitted: Sequence[str] = ()
    """The titles of the resources that the token may not read."""


def identify(text: str) -> IdentifierKind:
    """Return what `text` identifies an object by."""
    text = text.strip()
    if _UUID.fullmatch(text):
        return "id"
    if "@" in text or len(text) >= _MIN_ADDRESS_LENGTH:
        from dyntui.importer.column_inference import identifier_kind

        match identifier_kind(text):
            case "email":
                return "email"
            case "walletPublicKey":
                return "address"
    return "name"


async def find_objects(client: Client, text: str) -> LookupResult:
    """Find the objects that `text` identifies.

    An id is looked up as that of a user first; only when there is none, as that of every other kind of object that the
    API can read by its id. Raises DyntuiError when the server cannot be reached.
    """
    text = " ".join(text.split())
    match identify(text):
        case "id":
            return await _find_by_id(client, text)
        case "email":
            users = [row async for row in _find_users(client, "email", text) if _has_email(row, text)]
            return LookupResult([FoundObject(USERS, row) for row in users], "the emails of users")
        case "address":
            return LookupResult(await _find_by_address(client, text), "the wallets of users")
        case "name":
            return await _find_by_name(client, text)


async def _find_users(client: Client, column: str, text: str) -> AsyncGenerator[Row, None]:
    """Yield the users that the server finds for `text` and its lower-case form in a column, each one time."""
    from dyntui.services.lists.list_source import ListQuery, scan

    seen: set[object] = set()
    for value in dict.fromkeys((text, text.lower())):
        query = ListQuery(order=USERS.list.order, filter={"filterColumn": column, "filterValue": value})
        async with aclosing(scan(client, USERS, query=query, max_rows=_MAX_FOUND)) as rows:
            async for scanned in rows:
                if scanned.row.get("id") not in seen:
                    seen.add(scanned.row.get("id"))
                    yield scanned.row


def _has_email(user: Row, email: str) -> bool:
    values = (user.get("email"), *(part.get("email") for part in as_objects(user.get("verifiedCredentials"))))
    return any(str(value or "").casefold() == email.casefold() for value in values)


async def _find_by_address(client: Client, address: str) -> list[FoundObject]:
    """Return the wallets with this address; without one, the users of whom a credential has it."""
    from dyntui.services.lists.list_source import ListQuery, scan
    from dyntui.services.lists.row_match import Match, RowFilter

    fits = RowFilter(address, Match.EXACT, ("walletPublicKey",)).fits
    async with aclosing(scan(client, WALLETS, query=ListQuery(filter={"address": address}))) as rows:
        wallets = [found.row async for found in rows if fits(found.row)]
    if wallets:
        return [FoundObject(WALLETS, wallet) for wallet in wallets]
    return [FoundObject(USERS, row) async for row in _find_users(client, "walletPublicKey", address) if fits(row)]


async def _find_by_name(client: Client, text: str) -> LookupResult:
    from dyntui.services.lists.list_source import ListQuery, scan

    users = [row async for row in _find_users(client, "username", text)]
    users = [row for row in users if str(row.get("username") or "").casefold() == text.casefold()]
    if not users:
        query = ListQuery(order=USERS.list.order, filter={"filterColumn": "all", "filterValue": text})
        async with aclosing(scan(client, USERS, query=query, max_rows=_MAX_FOUND)) as rows:
            users = [found.row async for found in rows if full_name(found.row).casefold() == text.casefold()]
    return LookupResult([FoundObject(USERS, row) for row in users], "the usernames and full names of users")


async def _find_by_id(client: Client, object_id: str) -> LookupResult:
    records = [record for record in RESOURCES.values() if _is_read_by_id(client, record)]
    titles: dict[str, bool] = {}
    """The title of each resource that was searched, and whether the token may read it."""

    async def read(record: Resource) -> list[FoundObject]:
        from dyntui.api.errors import BadRequest, Forbidden, Invalid, NotFound
        from dyntui.services.actions.resource_actions import read_one

        titles[record.title] = True
        try:
            row = await read_one(client, record, object_id)
        except (NotFound, BadRequest, Invalid):
            return []
        except Forbidden:
            titles[record.title] = False
            return []
        return [FoundObject(record, {record.key: object_id, **row})]

    found = await read(USERS)
    if not found:
        others = await asyncio.gather(*(read(record) for record in records if record is not USERS))
        found = [match for matches in others for match in matches]
    searched = ", ".join(title.lower() for title, may_read in titles.items() if may_read)
    return LookupResult(found, f"the ids of {searched}", [title for title, may_read in titles.items() if not may_read])


def _is_read_by_id(client: Client, record: Resource) -> bool:
    """Return whether one object of `record` is read with its id alone."""
    if not record.detail or not record.route or record.scope is not Scope.ENVIRONMENT:
        return False
    names = [name for name in client.catalog.get(record.detail).path_names if name != "environmentId"]
    return len(names) == 1 and record.key.casefold().endswith("id")
