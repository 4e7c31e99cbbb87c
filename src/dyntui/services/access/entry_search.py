"""Find entries of an allowlist by what they identify, or by id.

The server's `query` searches the alias, the wallet and the e-mail of an entry and nothing else
(docs/vendor-api.md#entry-search): entries with any other identifier are found by reading the list.
Whatever a search returns is compared here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dyntui.api.pagination import PageCheck
from dyntui.importer import entry_keys
from dyntui.resources import ALLOWLIST_ENTRIES
from dyntui.services.access.drafts import entry_label, key_of
from dyntui.services.lists.list_source import scan

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["SEARCHED", "entries_of", "find_entries", "find_on_lists", "is_searched", "read_by_id"]

Entry = Mapping[str, Any]

SEARCHED = ("email", "walletPublicKey")
"""The identifiers that the server's `query` of allowlist entries looks at."""

_PAGE = 100
_PARALLEL = 4
_READ_WHOLE = 3
"""Pages up to which a list is read whole, however little is asked."""


async def entries_of(
    client: Client, list_id: str, on_progress: Callable[[int, int | None], None] | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Every entry of a list, once."""
    async for scanned in scan(client, ALLOWLIST_ENTRIES, parent=list_id):
        if on_progress is not None:
            on_progress(scanned.seen, scanned.reported)
        yield scanned.row


def is_searched(entry: Entry) -> bool:
    """Whether the server's search looks at the identifier of this entry."""
    return any(entry.get(name) not in (None, "") for name in SEARCHED)


async def read_by_id(client: Client, list_id: str, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The entries of a list that have one of these ids, by id. The API reads no entry by its id: the list is read."""
    wanted = set(ids)
    found: dict[str, dict[str, Any]] = {}
    if wanted:
        async for row in entries_of(client, list_id):
            if (row_id := str(row.get("id"))) in wanted:
                found[row_id] = row
                if len(found) == len(wanted):
                    break
    return found


async def find_entries(
    client: Client, list_id: str, wanted: Iterable[Entry], *, search: bool = True
) -> dict[str, dict[str, Any]]:
    """The entries of a list that identify the same as one of `wanted`, by key.

    search: use the server's search for what it covers, where that takes fewer requests than reading the list. Without
    it the list is read: for answers on which it depends whether somebody is let in or kept out.
    """
    by_key = {key: entry for entry in wanted if (key := key_of(entry))}
    if not by_key:
        return {}
    first = await client.allowlists.entries(list_id, limit=_PAGE)
    found = _matching(first.items, by_key)
    left = [key for key in by_key if key not in found]
    if len(first.items) < _PAGE or not left:
        return found
    pages = None if first.total is None else -(-first.total // _PAGE)
    few = pages is not None and pages <= max(_READ_WHOLE, len(left))
    if few or not search or not all(is_searched(by_key[key]) for key in left):
        async for row in entries_of(client, list_id):
            found |= _matching([row], by_key)
            if len(found) == len(by_key):
                break
        return found
    turn = asyncio.Semaphore(_PARALLEL)

    async def one(key: str) -> None:
        async with turn:
            row = await _search(client, list_id, key, entry_label(by_key[key]))
            if row is not None:
                found[key] = row

    await asyncio.gather(*map(one, left))
    return found


def _matching(rows: Iterable[dict[str, Any]], by_key: Mapping[str, Entry]) -> dict[str, dict[str, Any]]:
    return {key: row for row in rows for key in entry_keys(row) if key in by_key}


async def _search(client: Client, list_id: str, key: str, text: str) -> dict[str, Any] | None:
    """The entry with that key; a server may compare exactly, so the lower-case form is asked for as well."""
    for form in dict.fromkeys((text, text.lower())):
        check, offset = PageCheck(), 0
        while True:
            rows = (await client.allowlists.entries(list_id, offset=offset, query=form)).items
            check.offset(offset, rows)
            for row in rows:
                if key in entry_keys(row):
                    return row
            if len(rows) < _PAGE:
                break
            offset += len(rows)
    return None


async def find_on_lists(
    client: Client, lists: Sequence[Mapping[str, Any]], wanted: Sequence[Entry]
) -> list[tuple[Mapping[str, Any], dict[str, dict[str, Any]]]]:
    """The same for several lists: each list, and what was found on it by key."""
    turn = asyncio.Semaphore(_PARALLEL)

    async def one(row: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, dict[str, Any]]]:
        async with turn:
            return row, await find_entries(client, str(row.get("id")), wanted)

    return list(await asyncio.gather(*(one(row) for row in lists)))
