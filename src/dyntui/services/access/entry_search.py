"""Find entries of an allowlist by identifier or id.

The `query` of the server searches the alias, the wallet and the email of an entry. Entries with other identifiers are
found by reading the list. The results of a search are compared with the identifiers again.

Source: docs/vendor-api.md#entry-search.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.importer import entry_keys
from dyntui.resources.allowlists import ALLOWLIST_ENTRIES
from dyntui.services.access.drafts import entry_label, key_of
from dyntui.services.bulk import BulkRun
from dyntui.services.lists.list_source import scan
from dyntui.services.lists.page_scan import scan_by_offset

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.pagination import RowPage

__all__ = ["SEARCHED", "entries_of", "find_entries", "find_on_lists", "is_searched", "read_by_id"]

Entry = Row

SEARCHED = ("email", "walletPublicKey")
"""The identifiers that the `query` of the server searches."""

_OPERATION = "getEntriesByAllowlistId"
_PAGE = 100
_READ_ALL_PAGES = 3
"""Lists up to this number of pages are always read completely."""


async def entries_of(client: Client, list_id: str) -> AsyncGenerator[Row, None]:
    """Yield every entry of a list one time. Close it with `aclosing` when it is left early."""
    async with aclosing(scan(client, ALLOWLIST_ENTRIES, parent=list_id)) as found:
        async for scanned in found:
            yield scanned.row


def is_searched(entry: Entry) -> bool:
    """Return whether the server searches the identifier of this entry."""
    return any(entry.get(name) not in (None, "") for name in SEARCHED)


async def read_by_id(client: Client, list_id: str, ids: Iterable[str]) -> dict[str, Row]:
    """Return the entries with these ids, by id. The list is read, because the API cannot read one entry."""
    searched_ids = set(ids)
    found: dict[str, Row] = {}
    if searched_ids:
        async with aclosing(entries_of(client, list_id)) as entries:
            async for row in entries:
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
    from dyntui.api.errors import FilterUnsupported

    by_key = {key: entry for entry in entries if (key := key_of(entry))}
    if not by_key:
        return {}
    run = BulkRun(client, _OPERATION)
    async with run.request():
        first = await client.allowlists.entries(list_id, limit=_PAGE)
    found = _matching(first.rows, by_key)
    missing = [key for key in by_key if key not in found]
    if len(first.rows) < _PAGE or not missing:
        return found
    pages = None if first.total is None else -(-first.total // _PAGE)
    is_short = pages is not None and pages <= max(_READ_ALL_PAGES, len(missing))
    if not is_short and search and all(is_searched(by_key[key]) for key in missing):

        async def search_key(key: str) -> tuple[str, Row | None]:
            return key, await _search(client, list_id, key, entry_label(by_key[key]))

        with suppress(FilterUnsupported):  # then the list is read
            searched = {key: row async for key, row in run.in_order(missing, search_key) if row is not None}
            return found | searched
    async with aclosing(entries_of(client, list_id)) as rows:
        async for row in rows:
            found |= _matching([row], by_key)
            if len(found) == len(by_key):
                break
    return found


def _matching(rows: Iterable[Row], by_key: Mapping[str, Entry]) -> dict[str, Row]:
    return {key: row for row in rows for key in entry_keys(row) if key in by_key}


async def _search(client: Client, list_id: str, key: str, text: str) -> Row | None:
    """Return the entry with that key. The lower-case form is searched as well, because servers may compare exactly."""
    for form in dict.fromkeys((text, text.lower())):

        async def read(offset: int, limit: int, form: str = form) -> RowPage:
            return await client.allowlists.entries(list_id, offset=offset, limit=limit, query=form)

        async with aclosing(scan_by_offset(BulkRun(client, _OPERATION), read)) as pages:
            async for page in pages:
                for row in page.rows:
                    if key in entry_keys(row):
                        return row
    return None


async def find_on_lists(
    client: Client, lists: Sequence[Row], entries: Sequence[Entry]
) -> list[tuple[Row, dict[str, Row]]]:
    """Return `find_entries` for several lists: each list, and the entries found by key."""

    async def find_on_list(row: Row) -> tuple[Row, dict[str, Row]]:
        return row, await find_entries(client, str(row.get("id")), entries)

    return [found async for found in BulkRun(client, _OPERATION).scans_in_order(lists, find_on_list)]
