"""Find an object by what identifies it: an email, a phone number, a wallet address, an id, a username or a full name.

The jump bar and the targets of commands use this. What the server returns for a filter is compared again, because how
it matches is undocumented (docs/vendor-api.md#filter).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import Row, as_objects
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Resource, Scope
from dyntui.resources.users import USERS, WALLETS, full_name

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.services.lists.list_source import ScannedRow

__all__ = [
    "FoundObject",
    "IdentifierKind",
    "LookupResult",
    "TooManyMatches",
    "find_matching_users",
    "find_objects",
    "find_users",
    "find_wallets",
    "identify",
]

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MIN_ADDRESS_LENGTH = 25
_MAX_FOUND = 100
"""The number of users that the jump bar compares; more are found only for a text that is hardly an identifier."""
_MAX_COMPARED = 5_000
"""The number of users that are compared to find each one that a text identifies."""


IdentifierKind = Literal["email", "phone", "address", "id", "name"]
"""What a text identifies an object by; `name` is a username or a full name: every other text."""


class TooManyMatches(DyntuiError):
    """The server found so many objects that those which a text identifies are unknown."""


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
    if "@" in text or text.startswith("+") or len(text) >= _MIN_ADDRESS_LENGTH:
        from dyntui.importer.column_inference import identifier_kind

        match identifier_kind(text):
            case "email":
                return "email"
            case "phoneNumber":
                return "phone"
            case "walletPublicKey":
                return "address"
    return "name"


async def find_objects(client: Client, text: str) -> LookupResult:
    """Find the objects that `text` identifies.

    An id is looked up as that of a user first; only when there is none, as that of every other kind of object that the
    API can read by its id. Raises DyntuiError when the server cannot be reached.
    """
    text = " ".join(text.split())
    kind = identify(text)
    if kind == "id":
        return await _find_by_id(client, text)
    if kind == "address" and (wallets := await find_wallets(client, text)):
        return LookupResult([FoundObject(WALLETS, wallet) for wallet in wallets], "the wallets of users")
    users = await find_users(client, text, max_rows=_MAX_FOUND)
    if not users and kind == "name":
        async with aclosing(_scan_users(client, "all", text, _MAX_FOUND)) as rows:
            users = [found.row async for found in rows if full_name(found.row).casefold() == text.casefold()]
    return LookupResult([FoundObject(USERS, user) for user in users], _SEARCHED[kind])


async def find_matching_users(client: Client, text: str) -> list[Row]:
    """Return the users that `text` identifies: an email, phone number, address, id, username or full name."""
    if identify(text) == "address":
        return await find_users(client, text, max_rows=_MAX_FOUND)
    return [match.row for match in (await find_objects(client, text)).found if match.record is USERS]


_SEARCHED = {
    "email": "the emails of users",
    "phone": "the phone numbers of users",
    "address": "the wallets of users",
    "name": "the usernames and full names of users",
}


async def find_users(client: Client, text: str, *, max_rows: int | None = None) -> list[Row]:
    """Return the users that an email, a phone number, a wallet address or a username identifies, each one time.

    max_rows: how many users to compare of those that the server finds; None compares all of them, and raises
    TooManyMatches when they are too many, as when a server ignores the filter.
    """
    from dyntui.importer.phones import normal_phone

    kind = identify(text)
    column, fits = _user_column(text, kind)
    values = (text, normal_phone(text)) if kind == "phone" else (text, text.lower())
    found: dict[object, Row] = {}
    for value in dict.fromkeys(values):
        async with aclosing(_scan_users(client, column, value, max_rows or _MAX_COMPARED)) as rows:
            async for scanned in rows:
                if fits(scanned.row):
                    found.setdefault(scanned.row.get("id"), scanned.row)
                if max_rows is None and scanned.seen >= _MAX_COMPARED:
                    raise TooManyMatches(
                        f"The server found {_MAX_COMPARED:,} users or more for {text!r}, so it may ignore the filter.",
                        hint="Give the id of the user.",
                    )
    return [*found.values()]


async def _scan_users(client: Client, column: str, value: str, max_rows: int) -> AsyncGenerator[ScannedRow, None]:
    """Yield the first users that the server finds; all users when it does not apply the filter. Compare them.

    Raises TooManyMatches when it does not apply the filter and there are too many users.
    """
    from dyntui.api.errors import FilterUnsupported
    from dyntui.services.lists.list_source import ListQuery, scan

    query = ListQuery(order=USERS.list.order, filter={"filterColumn": column, "filterValue": value})
    try:
        async with aclosing(scan(client, USERS, query=query, max_rows=max_rows)) as rows:
            async for scanned in rows:
                yield scanned
    except FilterUnsupported as problem:
        how = problem.how
    else:
        return
    whole = ListQuery(order=USERS.list.order)
    async with aclosing(scan(client, USERS, query=whole, max_rows=_MAX_COMPARED)) as rows:
        async for scanned in rows:
            if scanned.seen >= _MAX_COMPARED:
                raise TooManyMatches(
                    f"The server {how} the filter and has {_MAX_COMPARED:,} users or more: {value!r} was not found.",
                    hint="Give the id of the user.",
                )
            yield scanned


def _user_column(text: str, kind: IdentifierKind) -> tuple[str, Callable[[Row], bool]]:
    """Return the column that the server searches for a text, and whether a row has exactly that value."""
    from dyntui.services.lists.row_match import Match, RowFilter

    match kind:
        case "email":
            return "email", lambda user: _has_email(user, text)
        case "phone":
            from dyntui.services.access.drafts import key_of
            from dyntui.services.access.user_identifiers import keys_for

            key = key_of({"phoneNumber": text})
            return "phoneNumber", lambda user: key in keys_for(user)
        case "address":
            return "walletPublicKey", RowFilter(text, Match.EXACT, ("walletPublicKey",)).fits
        case _:
            return "username", lambda user: str(user.get("username") or "").casefold() == text.casefold()


def _has_email(user: Row, email: str) -> bool:
    values = (user.get("email"), *(part.get("email") for part in as_objects(user.get("verifiedCredentials"))))
    return any(str(value or "").casefold() == email.casefold() for value in values)


async def find_wallets(client: Client, address: str) -> list[Row]:
    """Return the wallets with exactly this address."""
    from dyntui.services.lists.list_source import ListQuery, scan
    from dyntui.services.lists.row_match import Match, RowFilter

    fits = RowFilter(address, Match.EXACT, ("walletPublicKey",)).fits
    async with aclosing(scan(client, WALLETS, query=ListQuery(filter={"address": address}))) as rows:
        return [found.row async for found in rows if fits(found.row)]


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
