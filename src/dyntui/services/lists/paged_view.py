"""PagedView: the rows of a list by position, for tables with up to millions of rows.

Pages are fetched when the viewport gets near them, with one page ahead. Rows are merged by id and refreshed in place.
An overlap of one row between pages detects rows that were added or deleted meanwhile. Memory is bounded. The view uses
plain asyncio: no Textual, and no HTTP of its own.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.core.times import now
from dyntui.resources.resource import Paging
from dyntui.services.lists.list_query import ListQuery, Row
from dyntui.services.lists.paged_rows import DRIFT_INTERVAL_S, PagedRows
from dyntui.services.lists.row_blocks import RowBlock
from dyntui.services.lists.tombstones import vanished

if TYPE_CHECKING:
    from dyntui.api.pagination import RowPage
    from dyntui.services.bulk import BulkRun

__all__ = ["PagedView"]

_PAINT_DELAY_S = 0.03
"""Seconds, about two frames, in which the console paints the rows it has before the next fetch."""
_FIRST_RETRY_S, _MAX_RETRY_S = 2.0, 30.0
"""Seconds until the first retry after an error, and the maximum between retries."""


class PagedView(PagedRows):
    """A window on a list. It belongs to the event loop in which it is used."""

    def set_viewport(self, first: int, last: int) -> None:
        """Set the lines in view, and fetch missing rows, then the next page in the direction of scrolling.

        Only the latest call counts, so a key that is held down does not queue requests. After a permanent error nothing
        is fetched until other lines are in view or `refresh` is called, because tables call this after every change.
        """
        first, last = self._tombstones.position(first), self._tombstones.position(last)
        may_fetch = self.error is None or (first, last) != self._viewport
        if first != self._viewport[0]:
            self._direction = 1 if first > self._viewport[0] else -1
        self._viewport = (first, last)
        self._clock += 1
        for number in self._blocks_to_load():
            self._load_cached(number)
            if number in self._blocks:
                self._blocks[number].used = self._clock
        if self._background is not None and self._is_row_missing():
            self._interrupt_background()
        if may_fetch and self._next_block() is not None:
            self._start()

    def _is_row_missing(self) -> bool:
        """Return whether a block in view was not loaded yet."""
        numbers = self._blocks.numbers(*self._viewport)
        return any(number not in self._blocks and not self._is_past_end(number) for number in numbers)

    def set_query(self, query: ListQuery) -> None:
        """Show another query from its first row."""
        if query != self.query:
            self.query = query
            self._restart()

    def invalidate(self) -> None:
        """Mark all rows as outdated, with those of a running request.

        Rows in memory are not fetched again before `reread` or `refresh`.
        """
        self.outdated = self._is_paused = True
        self._mark_stale()

    def _mark_stale(self) -> None:
        self._epoch += 1
        self._blocks.mark_stale()
        self._reader.allow_changes()
        if self.paging is not Paging.OFFSET:
            self._reader.is_at_end = False

    def refresh(self, *, shows_added: bool = True) -> None:
        """Fetch the rows in view again; the others when they come into view. Ends the wait after an error.

        shows_added: whether rows that were not in memory before count as new.
        """
        self._interrupt_background()
        self._forget_changes(shows_added=shows_added)
        self.error = None
        self._fetch_again()

    def refresh_in_background(self, run: BulkRun) -> None:
        """Fetch the rows in view again with requests of `run`, which give way to others. Not while a request runs.

        Rows that come into view and are not loaded end it, so that they do not wait for it.
        """
        if self._task is not None and not self._task.done():
            return
        self._forget_changes()
        self._background = run
        self._fetch_again()

    def _interrupt_background(self) -> None:
        """Cancel the requests of a background refresh, which may wait for the rate limit."""
        if self._background is not None:
            self.close()
            self.loading = False

    def _forget_changes(self, *, shows_added: bool = True) -> None:
        """Forget tombstones, and changed and new rows, before a refresh."""
        has_changes = bool(self._tombstones or self._changes)
        self._tombstones.clear()
        self._changes.begin(self._blocks.ids() if shows_added else None)
        if has_changes:
            self._notify()

    def forget_signs(self) -> None:
        """Forget which rows are changed and new."""
        if self._changes:
            self._changes.clear()
            self._notify()

    def reread(self) -> None:
        """Fetch rows again after a write. In lists with pages, tombstones stay."""
        if self.paging is not Paging.OFFSET:
            self._forget_changes(shows_added=False)
        self._interrupt_background()
        self.error = None
        self._fetch_again()

    def _fetch_again(self) -> None:
        self._is_paused = False
        self._mark_stale()
        self._retry_now.set()
        self._start()

    @property
    def is_idle(self) -> bool:
        """Whether no request is running or about to start; also True while a retry waits. The tests wait for this."""
        return not (self.loading or self._is_delaying)

    async def wait_until_idle(self) -> None:
        """Wait until no request is running or pending."""
        while self._task is not None and not self._task.done():
            await asyncio.wait({self._task})

    def close(self) -> None:
        """Stop fetching."""
        self._background = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    # Fetching

    def _restart(self) -> None:
        self.close()
        self._reset()
        self._notify()
        self._start()

    def _blocks_to_load(self) -> list[int]:
        """Return the blocks in view, and the one ahead."""
        numbers = self._blocks.numbers(*self._viewport)
        return [*numbers, numbers[-1] + 1 if self._direction > 0 else numbers[0] - 1]

    def _next_block(self) -> int | None:
        """Return the block to fetch now: one in view, else the one ahead; None for none."""
        if self.paging is Paging.NONE:
            block = self._blocks.get(0)
            return 0 if self._needs_fetch(block) else None
        for number in self._blocks_to_load()[: -1 if self._background is not None else None]:
            if self._is_past_end(number):
                continue
            if not self._needs_fetch(self._blocks.get(number)):
                continue
            return self._reader.next_reachable(number) if self.paging is Paging.CURSOR else number
        return None

    def _needs_fetch(self, block: RowBlock | None) -> bool:
        return block is None or (block.stale and not self._is_paused)

    async def _next_block_after_paint(self) -> int | None:
        """Return the block to fetch now. Refreshes and blocks ahead are delayed until loaded rows are painted."""
        number = self._next_block()
        if number is not None and self._blocks and (number in self._blocks or number == self._blocks_to_load()[-1]):
            self._is_delaying = True
            try:
                await asyncio.sleep(_PAINT_DELAY_S)
            finally:
                self._is_delaying = False
            next_number = self._next_block()
            if next_number is not None or not self._is_paused:  # an earlier request is done
                number = next_number
        return number

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._fetch_blocks())

    async def _fetch_blocks(self) -> None:
        delay = _FIRST_RETRY_S
        while (number := await self._next_block_after_paint()) is not None:
            generation, epoch = self._generation, self._epoch
            self.loading = True
            self._notify()
            try:
                page = await self._read(number)
            except DyntuiError as error:
                self.loading = False
                self.error = error
                self.failed_at = self.failed_at or now()
                self._notify()
                if not error.is_temporary:
                    self._background = None
                    return
                self._retry_now.clear()
                try:
                    async with asyncio.timeout(delay):
                        await self._retry_now.wait()
                    delay = _FIRST_RETRY_S
                except TimeoutError:
                    delay = min(_MAX_RETRY_S, delay * 2)
                continue
            delay = _FIRST_RETRY_S
            if generation == self._generation:
                self.error = self.failed_at = None
                self._store_page(number, page, stale=epoch != self._epoch)
        self._background = None
        if self.loading:
            self.loading = False
            self._notify()

    async def _read(self, number: int) -> RowPage:
        if self._background is None:
            return await self._reader.read(self.query, number, self._blocks)
        async with self._background.request():
            return await self._reader.read(self.query, number, self._blocks)

    def _store_page(self, number: int, page: RowPage, *, stale: bool = False) -> None:
        rows = list(page.rows)
        self.is_partly_filtered = page.is_partly_filtered
        if self.paging is Paging.OFFSET:
            before = rows[:1] if number else []
            rows = rows[len(before) :]
            self._check_drift(number, before, page.total)
            if page.total is not None:
                self._total = page.total
            elif len(rows) < self._blocks.stride:
                self._total = number * self._blocks.stride + len(rows)
        elif self.paging is Paging.CURSOR:
            self._record_cursor(number, rows, page.cursor)
        else:
            self._blocks.stride = max(1, len(rows))
            self._total = len(rows)
        self._record_changes(number, rows)
        self._tombstones.discard({str(row.get(self._key, "")) for row in rows}, self._key)
        if self._total is not None:
            self._tombstones.limit(self._total)
        self._blocks[number] = RowBlock(rows, now(), stale=stale, used=self._clock)
        self.outdated = self.outdated and any(block.stale for block in self._in_view())
        if self._cached is not None and self.paging is not Paging.CURSOR:
            self._cached.save(self.query, number * self._blocks.stride, rows, self._total)
        self._blocks.trim(self._max_blocks, self._blocks_to_load())
        self.version += 1
        self._notify()

    def _record_changes(self, number: int, rows: list[Row]) -> None:
        """Record rows that are changed or new, and keep rows that are gone as tombstones."""
        block = self._blocks.get(number)
        if block is None:
            return
        end = number * self._blocks.stride + len(rows)
        self._changes.record(block, rows, is_last=self._total is not None and end >= self._total)
        for index, row in vanished(block.rows, rows, self._key):
            self._tombstones.add(number * self._blocks.stride + index, row)

    def _load_cached(self, number: int) -> None:
        """Load a block from the row cache, to be read again immediately."""
        if self._cached is None or self._is_past_end(number) or number in self._blocks or self.paging is Paging.CURSOR:
            return
        count = self._blocks.stride if self.paging is Paging.OFFSET else 100_000
        cached = self._cached.load(self.query, number * self._blocks.stride, count)
        if cached is not None:
            self._blocks[number] = RowBlock(cached[0], cached[1], stale=True, from_cache=True)
            self._notify()

    def _check_drift(self, number: int, before: list[Row], total: int | None) -> None:
        """Mark the other blocks as stale when rows were added or deleted since they were read.

        before: the last row of the block before, from the new page; [] for none.
        """
        moved = self._total is not None and total is not None and total != self._total
        if before:
            last = self._row_at_position(number * self._blocks.stride - 1)
            moved = moved or (last is not None and last.get(self._key) != before[0].get(self._key))
        if moved and time.monotonic() - self._drift_read_at >= DRIFT_INTERVAL_S:
            self._drift_read_at = time.monotonic()
            self._blocks.mark_stale(but=number)
            self._reader.allow_changes()

    def _record_cursor(self, number: int, rows: list[Row], cursor: str | None) -> None:
        """Record the cursor of a page. The server chooses the page size, so the first page defines the block size."""
        if number == 0 and rows and cursor:
            self._blocks.stride = len(rows)
        self._reader.record_cursor(number, cursor)
        if not cursor:
            self._total = number * self._blocks.stride + len(rows)
