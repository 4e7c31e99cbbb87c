"""PagedRows: the rows of a list in memory, by position, with those that were deleted. `PagedView` fetches them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from collections.abc import Set as AbstractSet
from contextlib import aclosing
from datetime import datetime
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.resources.resource import Paging
from dyntui.services.lists.list_query import CachedList, Fetch, ListQuery, Row
from dyntui.services.lists.page_reader import PageReader
from dyntui.services.lists.row_blocks import RowBlock, RowBlocks
from dyntui.services.lists.row_changes import RowChanges
from dyntui.services.lists.tombstones import Tombstones

if TYPE_CHECKING:
    from dyntui.services.bulk import BulkRun

__all__ = ["DRIFT_INTERVAL_S", "PagedRows"]

DRIFT_INTERVAL_S = 5.0
"""Minimum seconds between reads because of drift, for lists that change all the time, as during an import."""


class PagedRows:
    """The state of a view on a list, and what tables read of it."""

    def __init__(
        self,
        fetch: Fetch,
        *,
        paging: Paging = Paging.OFFSET,
        key: str = "id",
        page_size: int = 100,
        keep: int = 24,
        cached: CachedList | None = None,
        query: ListQuery | None = None,
    ) -> None:
        """Make a view on the list that `fetch` reads.

        key: the field that is the id of a row.
        page_size: rows per request.
        keep: the maximum number of blocks in memory.
        cached: saves rows between runs; they are shown first, with their age, and read again immediately.
        """
        self.fetch = fetch
        self.paging = paging
        self._key = key
        self._reader = PageReader(fetch, paging, key, page_size)
        self._max_blocks = keep
        self._listeners: list[Callable[[], None]] = []
        self._task: asyncio.Task[None] | None = None
        """Fetches blocks until none is missing; None when nothing was fetched yet."""
        self._retry_now = asyncio.Event()
        """Ends the wait after an error."""
        self._clock = 0
        """Increases with every viewport, for the order in which blocks were used."""
        self._cached = cached
        self._generation = 0
        """Increases with every query; responses to earlier queries are ignored."""
        self.query = query or ListQuery()
        self._reset()

    def _reset(self) -> None:
        self._reader.restart()
        self._blocks = RowBlocks(self._key, self._reader.initial_stride)
        self._total: int | None = self._cached.total(self.query) if self._cached is not None else None
        self._viewport = (0, 0)
        self._direction = 1
        """The direction of the last scrolling: 1 or -1."""
        self._generation += 1
        self._drift_read_at = -DRIFT_INTERVAL_S
        self._tombstones = Tombstones()
        self._changes = RowChanges(self._key)
        self._background: BulkRun | None = None
        """What the requests of a background refresh belong to; None while there is none."""
        self.error: DyntuiError | None = None
        self.failed_at: datetime | None = None
        """When requests began to fail; None while they succeed."""
        self.loading = False
        """Whether a request is running."""
        self._is_delaying = False
        self._epoch = 0
        """Increases with every write; rows of a request that started before are stale."""
        self._is_paused = False
        """Whether stale rows are not fetched until `reread` or `refresh`."""
        self.outdated = False
        """Whether a write changed the rows in view since they were fetched."""
        self.is_partly_filtered = False
        """Whether rows were left out here, because the server applies only a part of the filter."""
        self.version = 0
        """Increases whenever rows are read, changed or deleted."""

    # Read by tables

    @property
    def total(self) -> int:
        """The number of lines, as far as it is known, with tombstones."""
        return self.reported + len(self._tombstones)

    @property
    def reported(self) -> int:
        """The number of rows that the server reports, or that are known."""
        if self._total is not None:
            return self._total
        return self._blocks.end

    @property
    def is_total_known(self) -> bool:
        """Whether `total` is final: reported by the server, or the end of the list was read."""
        return self._total is not None

    @property
    def is_loaded(self) -> bool:
        """Whether there is anything to show: a response, or cached rows."""
        return bool(self._blocks) or self._total is not None

    @property
    def fetched_at(self) -> datetime | None:
        """When the oldest of the rows in view was fetched; None without rows."""
        return min((block.fetched_at for block in self._in_view()), default=None)

    @property
    def shows_cached_rows(self) -> bool:
        """Whether rows in view are cached rows that were not read again yet."""
        return any(block.from_cache for block in self._in_view())

    def _in_view(self) -> list[RowBlock]:
        return [self._blocks[number] for number in self._blocks.numbers(*self._viewport) if number in self._blocks]

    def get(self, index: int) -> Row | None:
        """Return the row on a line; None when it is not loaded. This never fetches: `set_viewport` does."""
        tombstone = self._tombstones.at(index)
        return tombstone if tombstone is not None else self._row_at_position(self._tombstones.position(index))

    def is_tombstone(self, index: int) -> bool:
        return self._tombstones.at(index) is not None

    def id_at(self, index: int) -> str | None:
        """Return the id of the row on a line."""
        row = self.get(index)
        return None if row is None else str(row.get(self._key, ""))

    @property
    def changed(self) -> AbstractSet[str]:
        """Ids of rows that the last refresh found changed."""
        return self._changes.changed

    @property
    def added(self) -> AbstractSet[str]:
        """Ids of rows that the last refresh found new."""
        return self._changes.added

    def index_of(self, row_id: str) -> int | None:
        """Return the line of a row in memory."""
        position = self._blocks.position(row_id)
        return None if position is None else self._tombstones.line(position)

    def loaded_rows(self) -> list[Row]:
        """Return the rows in memory, in the order of the list."""
        return self._blocks.rows()

    async def ids(self, run: BulkRun, first: int, last: int) -> AsyncGenerator[str, None]:
        """Yield the ids of the rows on these lines. Rows that are not in memory are read by `run`, and not kept."""
        first, last = self._tombstones.position(first), self._tombstones.position(last)

        async def read_block(number: int) -> Sequence[Row]:
            block = self._blocks.get(number)
            if block is not None and not block.stale:
                return block.rows
            page = await self._reader.read(self.query, number, self._blocks)
            return page.rows[1:] if number and self.paging is Paging.OFFSET else page.rows

        start = first // self._blocks.stride * self._blocks.stride
        async with aclosing(run.in_order(self._blocks.numbers(first, last), read_block)) as blocks:
            async for rows in blocks:
                for row in rows[max(0, first - start) : last + 1 - start]:
                    yield str(row.get(self._key, ""))
                start += self._blocks.stride

    @property
    def cached(self) -> CachedList | None:
        """The row cache of the list, if it contains rows that are no longer in memory."""
        return self._cached if self.paging is Paging.OFFSET else None

    @property
    def is_complete(self) -> bool:
        """Whether the list has no pages, so that all its rows are in memory."""
        return self.paging is Paging.NONE

    def _row_at_position(self, position: int) -> Row | None:
        if self._total is not None and position >= self._total:
            return None  # read before the list became shorter
        return self._blocks.at(position)

    def replace(self, row: Row) -> None:
        """Replace a row that was read again after a write."""
        if self._blocks.replace(row):
            self.version += 1
            if self._cached is not None:
                self._cached.replace(str(row.get(self._key, "")), row)
            self._notify()

    def remove(self, row_id: str) -> None:
        """Replace a deleted row with a tombstone until the next refresh."""
        self.version += 1
        self._reader.allow_changes()
        if self._cached is not None:
            self._cached.forget(row_id)
        if self.paging is not Paging.CURSOR and (removed := self._blocks.remove(row_id)) is not None:
            self._tombstones.add(*removed, is_deleted=True)
            if self._total is not None:
                self._total -= 1
        self._notify()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change; returns the function that unsubscribes it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def _is_past_end(self, number: int) -> bool:
        """Return whether no row can be in that block. The first block is always fetched."""
        return number < 0 or (self._total is not None and number * self._blocks.stride >= max(1, self._total))

    def _notify(self) -> None:
        for listener in tuple(self._listeners):
            listener()
