"""Which entries of a list say what is asked: searched by the server and compared here, or read whole where that is
cheaper. The server's search alone is never believed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dyntui.resources import ALLOWLIST_ENTRIES
from dyntui.services.access.drafts import key_of, said_of
from dyntui.services.listing import scan

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["entries_of", "find_entries", "find_on_lists"]

Entry = Mapping[str, Any]

_PAGE = 100
_MOST_PAGES = 10
_AT_ONCE = 4
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


async def find_entries(client: Client, list_id: str, wanted: Iterable[Entry]) -> dict[str, dict[str, Any]]:
    """The entries of a list that say the same as one of `wanted`, by key."""
    by_key = {key: entry for entry in wanted if (key := key_of(entry))}
    if not by_key:
        return {}
    first = await client.allowlists.entries(list_id, limit=_PAGE)
    found = {key: row for row in first.items if (key := key_of(row)) in by_key}
    if len(first.items) < _PAGE or len(found) == len(by_key):
        return found
    pages = None if first.total is None else -(-first.total // _PAGE)
    if pages is not None and pages <= max(_READ_WHOLE, len(by_key)):
        async for row in entries_of(client, list_id):
            if (key := key_of(row)) in by_key:
                found[key] = row
        return found
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(key: str, entry: Entry) -> None:
        async with turn:
            row = await _search(client, list_id, key, said_of(entry))
            if row is not None:
                found[key] = row

    await asyncio.gather(*(one(key, entry) for key, entry in by_key.items() if key not in found))
    return found


async def _search(client: Client, list_id: str, key: str, text: str) -> dict[str, Any] | None:
    """The entry with that key; a server may compare exactly, so the lower-case form is asked for as well."""
    for form in dict.fromkeys((text, text.lower())):
        for page in range(_MOST_PAGES):
            rows = (await client.allowlists.entries(list_id, offset=page * _PAGE, query=form)).items
            for row in rows:
                if key_of(row) == key:
                    return row
            if len(rows) < _PAGE:
                break
    return None


async def find_on_lists(
    client: Client, lists: Sequence[Mapping[str, Any]], wanted: Sequence[Entry]
) -> list[tuple[Mapping[str, Any], dict[str, dict[str, Any]]]]:
    """The same for several lists: each list, and what was found on it by key."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(row: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, dict[str, Any]]]:
        async with turn:
            return row, await find_entries(client, str(row.get("id")), wanted)

    return list(await asyncio.gather(*(one(row) for row in lists)))
