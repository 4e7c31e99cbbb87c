"""Local search: select and order loaded rows without a request, also by what the server cannot search.

The rows are those of the row cache for the list and its filter, else those in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dyntui.resources import Column
from dyntui.services.lists.paged_view import ListQuery, PagedView, Paging, Row

if TYPE_CHECKING:
    from dyntui.api.pagination import Page
    from dyntui.services.lists.paged_view import CachedView

__all__ = ["LocalQuery", "LocalRows"]


@dataclass(frozen=True, slots=True)
class LocalQuery:
    """A local search: text in any value, in any case, and the column of the order; None keeps the order of the list."""

    text: str = ""
    column: Column | None = None
    descending: bool = False


class LocalRows:
    """The loaded rows of a list that match a query.

    view: for a table. is_complete: whether all rows of the list are loaded. cached: whether the row cache was searched.
    searched: number of rows that were searched. oldest: when the oldest row of the result was fetched.
    """

    def __init__(self, of: PagedView, wanted: LocalQuery, key: str) -> None:
        self.query = wanted
        self.is_complete = of.is_complete
        self.searched = 0
        self.oldest: datetime | None = None
        self._of = of
        self._kept = of.cached
        self.cached = self._kept is not None
        self._key = key
        self._ids: list[str] | None = None
        self._generation = 0
        self._rows: dict[str, Row] = {}
        self.view = PagedView(self._page, paging=Paging.OFFSET, key=key)

    def search_again(self) -> None:
        """Search again after the loaded rows changed."""
        self._ids = None
        self._generation += 1
        self.view.refresh()

    @property
    def ids(self) -> list[str]:
        """The ids of the matching rows, in order; [] before the search."""
        return self._ids or []

    async def _page(self, query: ListQuery, offset: int, limit: int, cursor: str | None) -> Page:
        from dyntui.api.pagination import Page

        while (ids := self._ids) is None:
            kept, generation = self._kept, self._generation
            found = self._in_memory() if kept is None else await asyncio.to_thread(self._in_cache, kept)
            if generation == self._generation:  # else the rows changed while they were searched
                self._ids = found
        part = ids[offset : offset + limit]
        return Page(self._rows_of(part), total=len(ids))

    def _rows_of(self, ids: Sequence[str]) -> list[Row]:
        if self._kept is None:
            return [self._rows[row_id] for row_id in ids]
        found = self._kept.rows(ids)
        return [row if row is not None else {self._key: row_id} for row, row_id in zip(found, ids, strict=True)]

    def _in_memory(self) -> list[str]:
        rows = self._of.loaded_rows()
        self.searched, self.oldest = len(rows), self._of.fetched_at
        self._rows = {self._id(row): row for row in rows if self._fits(row)}
        if self.query.column is None:
            return list(self._rows)
        return self._ordered((self._sort_key(row), row_id) for row_id, row in self._rows.items())

    def _fits(self, row: Row) -> bool:
        from dyntui.store.cache import words_of

        return not self.query.text or self.query.text.casefold() in words_of(row)

    def _in_cache(self, kept: CachedView) -> list[str]:
        query = self._of.query
        self.searched, self.oldest = kept.count(query), None
        pairs: list[tuple[Any, str]] = []
        for row, at in kept.find(query, self.query.text):
            self.oldest = at if self.oldest is None else min(at, self.oldest)
            pairs.append((self._sort_key(row), self._id(row)))
        return self._ordered(pairs)

    def _id(self, row: Row) -> str:
        return str(row.get(self._key, ""))

    def _sort_key(self, row: Row) -> Any:
        return _comparable(self.query.column.value(row)) if self.query.column is not None else None

    def _ordered(self, pairs: Iterable[tuple[Any, str]]) -> list[str]:
        """Return the ids ordered by value; rows without a value are last in both directions."""
        every = list(pairs)
        valued = [pair for pair in every if pair[0] is not None]
        valued.sort(key=lambda pair: pair[0], reverse=self.query.descending)
        return [row_id for _, row_id in valued] + [row_id for value, row_id in every if value is None]


def _comparable(value: Any) -> tuple[int, Any] | None:
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
