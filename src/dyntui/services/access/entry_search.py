"""Find entries of an allowlist by identifier or id.

The `query` of the server searches the alias, the wallet and the email of an entry. Entries with other identifiers are
found by reading the list. The results of a search are compared with the identifiers again.

Source: docs/vendor-api.md#entry-search.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from dyntui.api.pagination import PageCheck
from dyntui.core.json_types import Row
from dyntui.importer import entry_keys
from dyntui.resources import ALLOWLIST_ENTRIES
from dyntui.services.access.drafts import entry_label, key_of
from dyntui.services.lists.list_source import scan

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["SEARCHED", "entries_of", "find_entries", "find_on_lists", "is_searched", "read_by_id"]

Entry = Row

SEARCHED = ("email", "walletPublicKey")
"""The identifiers that the `query` of the server searches."""

_PAGE = 100
_PARALLEL = 4
_READ_ALL_PAGES = 3
"""Lists up to this number of pages are always read completely."""


async def entries_of(client: Client, list_id: str) -> AsyncIterator[Row]:
    """Yield every entry of a list one time."""
    async for scanned in scan(client, ALLOWLIST_ENTRIES, parent=list_id):
        yield scanned.row


def is_searched(entry: Entry) -> bool:
    """Return whether the server searches the identifier of this entry."""
    return any(entry.get(name) not in (None, "") for name in SEARCHED)


async def read_by_id(client: Client, list_id: str, ids: Iterable[str]) -> dict[str, Row]:
    """Return the entries with these ids, by id. The list is read, because the API cannot read one entry."""
    searched_ids = set(ids)
    found: dict[str, Row] = {}
    if searched_ids:
        async for row in entries_of(client, list_id):
            if (row_id := str(row.get("id"))) in searched_ids:
                found[row_id] = row
                if len(found) == len(searched_ids):
                    break
    return found


async def find_entries(
    client: Client, list_id: str, entries: Iterable[Entry], *, search: bool = True
) -> dict[str, Row]:
    """Return the entries of a list with the identifiers of `entries`, by key.

    search: use the search of the server where that takes fewer requests than reading the list. Pass False where a
    missed entry would be dangerous, as for an undo.
    """
    by_key = {key: entry for entry in entries if (key := key_of(entry))}
    if not by_key:
        return {}
    first = await client.allowlists.entries(list_id, limit=_PAGE)
    found = _matching(first.rows, by_key)
    missing = [key for key in by_key if key not in found]
    if len(first.rows) < _PAGE or not missing:
        return found
    pages = None if first.total is None else -(-first.total // _PAGE)
    is_short = pages is not None and pages <= max(_READ_ALL_PAGES, len(missing))
    if is_short or not search or not all(is_searched(by_key[key]) for key in missing):
        async for row in entries_of(client, list_id):
            found |= _matching([row], by_key)
            if len(found) == len(by_key):
                break
        return found
    semaphore = asyncio.Semaphore(_PARALLEL)

    async def search_key(key: str) -> None:
        async with semaphore:
            row = await _search(client, list_id, key, entry_label(by_key[key]))
            if row is not None:
                found[key] = row

    await asyncio.gather(*map(search_key, missing))
    return found


def _matching(rows: Iterable[Row], by_key: Mapping[str, Entry]) -> dict[str, Row]:
    return {key: row for row in rows for key in entry_keys(row) if key in by_key}


async def _search(client: Client, list_id: str, key: str, text: str) -> Row | None:
    """Return the entry with that key. The lower-case form is searched as well, because servers may compare exactly."""
    for form in dict.fromkeys((text, text.lower())):
        check, offset = PageCheck(), 0
        while True:
            rows = (await client.allowlists.entries(list_id, offset=offset, query=form)).rows
            check.offset(offset, rows)
            for row in rows:
                if key in entry_keys(row):
                    return row
            if len(rows) < _PAGE:
                break
            offset += len(rows)
    return None


async def find_on_lists(
    client: Client, lists: Sequence[Row], entries: Sequence[Entry]
) -> list[tuple[Row, dict[str, Row]]]:
    """Return `find_entries` for several lists: each list, and the entries found by key."""
    semaphore = asyncio.Semaphore(_PARALLEL)

    async def find_on_list(row: Row) -> tuple[Row, dict[str, Row]]:
        async with semaphore:
            return row, await find_entries(client, str(row.get("id")), entries)

    return list(await asyncio.gather(*(find_on_list(row) for row in lists)))
