"""Read whole lists page by page: by offset with several pages at a time, by cursor with the next page ahead.

Lists, exports, imports and access checks all read their pages here. Interactive tables read theirs in `page_reader`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import Row
from dyntui.core.strict_json import dump_json

if TYPE_CHECKING:
    from dyntui.api.pagination import RowPage
    from dyntui.services.bulk import BulkRun

__all__ = ["PAGE_SIZE", "RecentRows", "scan_by_cursor", "scan_by_offset"]

PAGE_SIZE = 100
"""Rows of a page, the maximum of the API."""
_REMEMBERED_PAGES = 64
_MAX_STEP = _REMEMBERED_PAGES // 2
"""The maximum of pages that a scan goes back at once; fewer than are remembered, so that none is skipped."""
_MAX_REREADS = 200
"""The number of times that a scan goes back because rows moved, before it gives up."""
_MAX_REPEATS = 2
"""The number of times that a page like the one before is read again, before the server is known not to page."""


class RecentRows:
    """The ids of the last rows of a scan, to recognize rows that moved from page to page."""

    def __init__(self, key: str, capacity: int = _REMEMBERED_PAGES * PAGE_SIZE) -> None:
        """key: the field that is the id of a row. capacity: the maximum of ids."""
        self._key = key
        self._capacity = capacity
        self._ids: dict[str, None] = {}
        self.has_forgotten = False
        """Whether there were more rows than can be remembered."""

    def __contains__(self, row: Row) -> bool:
        return self._id_of(row) in self._ids

    def add(self, rows: Sequence[Row]) -> list[Row]:
        """Remember these rows, and return those that are new."""
        new: list[Row] = []
        for row in rows:
            if (row_id := self._id_of(row)) not in self._ids:
                self._ids[row_id] = None
                new.append(row)
        while len(self._ids) > self._capacity:
            del self._ids[next(iter(self._ids))]
            self.has_forgotten = True
        return new

    def _id_of(self, row: Row) -> str:
        return str(row.get(self._key) or "") or dump_json(row).decode()


async def scan_by_offset(
    run: BulkRun,
    read: Callable[[int, int], Awaitable[RowPage]],
    *,
    key: str = "id",
    size: int = PAGE_SIZE,
    max_rows: int | None = None,
) -> AsyncGenerator[RowPage, None]:
    """Yield the pages of a list, in order, each with the rows that were not on a page before.

    The first page tells the total; up to there, the next pages are read ahead, as many at a time as `run` needs. Beyond
    the total, or when the server reports none, one page is read at a time, until a page is not full. Before the total,
    a page of another length than requested shows how many rows the server sends; the next pages follow it.

    Each page begins with the last row of the one before. When its first row is unknown, rows were deleted: the pages
    that are being read are dropped, and an earlier page is read. So every row that exists all the time is yielded
    exactly one time, if the server keeps the order of the rows.

    run: the requests belong to it. read: reads the page at an offset with a limit. key: the field that is the id of a
    row. size: rows per request. max_rows: stop after this number of rows.
    Raises RepeatedPage when the server does not page, DyntuiError when the list changes faster than it can be read.
    """
    from dyntui.api.errors import RepeatedPage
    from dyntui.api.pagination import PageCheck, RowPage

    first_size, size = min(size, max_rows or size), max(2, size)
    stride = size - 1
    seen = start = rereads = repeats = 0
    step = 1
    total: int | None = None
    is_going_back = False
    recent, check = RecentRows(key, _REMEMBERED_PAGES * size), PageCheck(key)

    def offsets() -> Iterator[int]:
        """Return the offsets to read now: `start`, and those up to the total, which later pages may change."""
        offset = start
        yield offset
        while total is not None and offset + stride < min(total, max_rows or total) and not (is_going_back or repeats):
            offset += stride
            yield offset

    def is_last(offset: int, limit: int, page: RowPage) -> bool:
        """Return whether no page follows: it is not full, and ends at the total or has no row that is new."""
        if max_rows is not None and seen >= max_rows:
            return True
        end = offset + len(page.rows)
        return len(page.rows) < limit and (len(page.rows) < 2 or page.total is None or end >= page.total)

    async def read_at(offset: int) -> tuple[int, int, RowPage]:
        limit = size if offset else first_size
        return offset, limit, await read(offset, limit)

    while True:
        async with aclosing(run.in_order(offsets(), read_at)) as pages:
            async for offset, limit, page in pages:
                total = page.total
                try:
                    check.offset(offset, page.rows)
                    follows = not offset or (bool(page.rows) and page.rows[0] in recent)
                except RepeatedPage:
                    follows, repeats = False, repeats + 1  # rows may have moved by a page
                    if repeats > _MAX_REPEATS:
                        raise
                if not follows or (is_going_back and not offset and recent.has_forgotten):
                    rereads += 1
                    if rereads > _MAX_REREADS or not offset:
                        raise DyntuiError(
                            "The list changes faster than it can be read.", hint="Try again when it changes less."
                        )
                    check.restart()
                    start, step, is_going_back = max(0, offset - step * stride), min(_MAX_STEP, step * 2), True
                    break
                repeats = repeats if is_going_back else 0
                step, is_going_back = 1, False
                new = recent.add(page.rows)[: None if max_rows is None else max_rows - seen]
                seen += len(new)
                yield RowPage(new, total)
                if is_last(offset, limit, page):
                    return
                start = offset + len(page.rows) - 1
                if len(page.rows) != stride + 1:
                    size, stride = min(size, len(page.rows)), len(page.rows) - 1
                    break
                await asyncio.sleep(0)  # pages that wait for their turn must not delay keys


async def scan_by_cursor(
    read: Callable[[str | None], Awaitable[RowPage]], *, key: str = "id", cursor: str | None = None
) -> AsyncGenerator[RowPage, None]:
    """Yield the pages of a list with cursors. The next page is read while the caller works on a page.

    read: reads the page of a cursor; None is the first page. key: the field that is the id of a row. cursor: where to
    begin. Raises RepeatedPage when a page or a cursor comes again.
    """
    from dyntui.api.pagination import PageCheck

    async def read_page(cursor: str | None) -> RowPage:
        return await read(cursor)

    check = PageCheck(key)
    check.cursor(cursor)
    task: asyncio.Task[RowPage] | None = asyncio.create_task(read_page(cursor))
    try:
        while task is not None:
            page = await task
            check.cursor(page.cursor, page.rows)
            task = asyncio.create_task(read_page(page.cursor)) if page.cursor is not None else None
            yield page
    finally:
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
