"""The query of a list, and the functions and caches that a paged view reads its rows from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from dyntui.core.json_types import Row

if TYPE_CHECKING:
    from dyntui.api.pagination import RowPage
    from dyntui.resources.resource import Resource
    from dyntui.store.cache import RowCache

__all__ = ["CachedList", "Fetch", "ListQuery", "Row"]


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which rows of a list are read, and in which order."""

    order: str = ""
    """`COLUMN-asc` or `COLUMN-desc`; "" for the order of the server."""
    filter: Mapping[str, str] = field(default_factory=dict)
    """The filter parameters of the endpoint; empty for all rows."""


Fetch = Callable[[ListQuery, int, int, str | None], Awaitable["RowPage"]]
"""(query, offset, limit, cursor) -> RowPage. offset for OFFSET, cursor for CURSOR, neither for NONE."""


@dataclass(frozen=True, slots=True)
class CachedList:
    """The rows of one list in the row cache."""

    cache: RowCache
    resource: Resource
    parent: str = ""
    """The id of the parent; "" for none."""

    @property
    def name(self) -> str:
        """The name of the list in the cache."""
        return f"{self.resource.name}/{self.parent}" if self.parent else self.resource.name

    def load(self, query: ListQuery, start: int, count: int) -> tuple[list[Row], datetime] | None:
        """Return up to `count` rows from position `start`, and when they were fetched; None for none."""
        page = self.cache.page(self.name, _key(query), start, count)
        return None if page is None else (page.rows, page.at)

    def save(self, query: ListQuery, start: int, rows: list[Row], total: int | None) -> None:
        """Save rows from position `start`, and the total of the server; None when it is unknown."""
        self.cache.put(self.name, _key(query), start, rows, total, key=self.resource.key)

    def total(self, query: ListQuery) -> int | None:
        """Return the total that was saved; None for none."""
        return self.cache.total(self.name, _key(query))

    def replace(self, row_id: str, row: Row) -> None:
        """Replace a row in all queries."""
        self.cache.replace(self.name, row_id, row)

    def forget(self, row_id: str) -> None:
        """Remove a row from all queries."""
        self.cache.forget(self.name, row_id)

    def find(self, query: ListQuery, text: str) -> Iterator[tuple[Row, datetime]]:
        """Yield the cached rows that contain every word of `text`, in any order, and when each was fetched."""
        return self.cache.matching(self.name, text, self._filtered(query))

    def count(self, query: ListQuery) -> int:
        """Return the number of cached rows."""
        return self.cache.count(self.name, self._filtered(query))

    def rows(self, ids: Sequence[str]) -> list[Row | None]:
        """Return the rows with these ids; None for a row that is not cached."""
        return self.cache.rows(self.name, ids)

    def _filtered(self, query: ListQuery) -> list[str] | None:
        """Return the cache names of the queries with the filter of `query`, in any order; None for no filter."""
        if not query.filter:
            return None
        filter_key = _key(ListQuery(filter=query.filter))
        return [name for name in self.cache.queries(self.name) if "".join(name.partition("&")[1:]) == filter_key]


def _key(query: ListQuery) -> str:
    return "&".join([query.order, *(f"{name}={value}" for name, value in sorted(query.filter.items()))])
