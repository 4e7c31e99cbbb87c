"""Local search: select and sort loaded rows without a request, also by fields that the server cannot search.

The rows are those of the row cache for the list and its filter, else those in memory.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING

from dyntui.resources.resource import Column, Paging
from dyntui.services.lists.list_query import ListQuery, Row
from dyntui.services.lists.paged_view import PagedView

if TYPE_CHECKING:
    from dyntui.api.pagination import RowPage
    from dyntui.services.lists.list_query import CachedList

__all__ = ["LocalQuery", "LocalRows"]

_SortKey = tuple[int, float | str]
"""The kind of a value, so that only values of one kind are compared, and the value."""
_RUN_LENGTH = 5_000


@dataclass(frozen=True, slots=True)
class LocalQuery:
    text: str = ""
    """Words that are all in the values of a row, in upper or lower case; "" for all rows."""
    column: Column | None = None
    """The column to sort by; None keeps the order of the list."""
    descending: bool = False


class LocalRows:
    """The loaded rows of a list that match a query."""

    def __init__(self, source: PagedView, query: LocalQuery, key: str) -> None:
        """source: the list. key: the field that is the id of a row."""
        self.query = query
        self.is_complete = source.is_complete
        """Whether all rows of the list are loaded."""
        self.searched = 0
        """The number of rows that were searched."""
        self.oldest: datetime | None = None
        """When the oldest matching row was fetched; None for no rows."""
        self._source = source
        self._cache = source.cached
        self.cached = self._cache is not None
        """Whether the row cache was searched, not the rows in memory."""
        self._key = key
        self._ids: list[str] | None = None
        self._generation = 0
        self._is_closed = False
        self._rows: dict[str, Row] = {}
        self.view = PagedView(self._page, paging=Paging.OFFSET, key=key)
        """The matching rows, for a table."""

    async def load(self, row_count: int) -> None:
        """Search, and load the first `row_count` matching rows, so that a table can show them at once."""
        self.view.set_viewport(0, max(0, row_count - 1))
        await self.view.wait_until_idle()

    def close(self) -> None:
        """Stop a search that is running."""
        self._is_closed = True
        self.view.close()

    def search_again(self) -> None:
        """Search again after the loaded rows changed."""
        self._ids = None
        self._generation += 1
        self.view.refresh(shows_added=False)

    @property
    def ids(self) -> list[str]:
        """The ids of the matching rows, in order; [] before the search."""
        return self._ids or []

    async def _page(self, query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        from dyntui.api.pagination import RowPage

        while (ids := self._ids) is None:
            cache, generation = self._cache, self._generation
            if cache is None:
                rows, self.oldest = self._source.loaded_rows(), self._source.fetched_at
                found = await asyncio.to_thread(self._in_memory, rows)
            else:
                found = await asyncio.to_thread(self._in_cache, cache)
            if generation == self._generation:  # else the rows changed while they were searched
                self._ids = found
        part = ids[offset : offset + limit]
        return RowPage(await self._rows_of(part), total=len(ids))

    async def _rows_of(self, ids: Sequence[str]) -> list[Row]:
        if self._cache is None:
            return [self._rows[row_id] for row_id in ids]
        found = await asyncio.to_thread(self._cache.rows, ids)
        return [row if row is not None else {self._key: row_id} for row, row_id in zip(found, ids, strict=True)]

    def _in_memory(self, rows: Sequence[Row]) -> list[str]:
        self.searched = len(rows)
        self._rows = {self._id(row): row for row in rows if not self._is_closed and self._fits(row)}
        if self.query.column is None:
            return list(self._rows)
        return self._sorted_ids((self._sort_key(row), row_id) for row_id, row in self._rows.items())

    def _fits(self, row: Row) -> bool:
        from dyntui.store.cache import words_of

        words = self.query.text.casefold().split()
        return not words or all(map(words_of(row).__contains__, words))

    def _in_cache(self, cache: CachedList) -> list[str]:
        query = self._source.query
        self.searched, self.oldest = cache.count(query), None
        pairs: list[tuple[_SortKey | None, str]] = []
        for row, at in cache.find(query, self.query.text):
            if self._is_closed:
                break
            self.oldest = at if self.oldest is None else min(at, self.oldest)
            pairs.append((self._sort_key(row), self._id(row)))
        return self._sorted_ids(pairs)

    def _id(self, row: Row) -> str:
        return str(row.get(self._key, ""))

    def _sort_key(self, row: Row) -> _SortKey | None:
        return _comparable(self.query.column.value(row)) if self.query.column is not None else None

    def _sorted_ids(self, pairs: Iterable[tuple[_SortKey | None, str]]) -> list[str]:
        """Return the ids ordered by value; rows without a value are last in both directions."""
        all_pairs = list(pairs)
        valued = [(value, row_id) for value, row_id in all_pairs if value is not None]
        # A sort of all rows in one call would hold up the event loop, although it runs in another thread.
        runs = [valued[start : start + _RUN_LENGTH] for start in range(0, len(valued), _RUN_LENGTH)]
        for run in runs:
            run.sort(key=itemgetter(0), reverse=self.query.descending)
        ordered = heapq.merge(*runs, key=itemgetter(0), reverse=self.query.descending)
        return [row_id for _, row_id in ordered] + [row_id for value, row_id in all_pairs if value is None]


def _comparable(value: object) -> _SortKey | None:
    """Return a sort key: booleans, numbers, texts, lists by length; None for no value."""
    match value:
        case None | "":
            return None
        case bool():
            return 0, int(value)
        case int() | float():
            return 1, value
        case list() | dict():
            return 1, len(value)
        case _:
            return 2, str(value).casefold()
