"""The query of a list, and the functions and caches that a paged view reads its rows from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from dyntui.core.json_types import Row

if TYPE_CHECKING:
    from dyntui.api.pagination import RowPage

__all__ = ["CachedView", "Fetch", "ListQuery", "Row"]


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which rows of a list are read, and in which order."""

    order: str = ""
    """`COLUMN-asc` or `COLUMN-desc`; "" for the order of the server."""
    filter: Mapping[str, str] = field(default_factory=dict)
    """The filter parameters of the endpoint; empty for all rows."""


Fetch = Callable[[ListQuery, int, int, str | None], Awaitable["RowPage"]]
"""(query, offset, limit, cursor) -> RowPage. offset for OFFSET, cursor for CURSOR, neither for NONE."""


class CachedView(Protocol):
    """The rows of one list that are saved between runs: `services.lists.list_source.CachedList`."""

    def load(self, query: ListQuery, start: int, count: int) -> tuple[list[Row], datetime] | None:
        """Return up to `count` rows from position `start`, and when they were fetched; None for none."""

    def save(self, query: ListQuery, start: int, rows: list[Row], total: int | None) -> None:
        """Save rows from position `start`, and the total of the server; None when it is unknown."""

    def total(self, query: ListQuery) -> int | None:
        """Return the total that was saved; None for none."""

    def replace(self, row_id: str, row: Row) -> None:
        """Replace a row in all queries."""

    def forget(self, row_id: str) -> None:
        """Remove a row from all queries."""

    def find(self, query: ListQuery, text: str) -> Iterator[tuple[Row, datetime]]:
        """Yield the cached rows that contain `text`, in any order, and when each was fetched."""

    def count(self, query: ListQuery) -> int:
        """Return the number of cached rows."""

    def rows(self, ids: Sequence[str]) -> list[Row | None]:
        """Return the rows with these ids; None for a row that is not cached."""
