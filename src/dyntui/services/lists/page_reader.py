"""Reads the pages of a list as blocks of rows, by position or by cursor, for `services.lists.paged_view`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.api.pagination import PageCheck
from dyntui.resources.resource import Paging
from dyntui.services.lists.list_query import Fetch, ListQuery

if TYPE_CHECKING:
    from dyntui.api.pagination import RowPage
    from dyntui.services.lists.row_blocks import RowBlocks

__all__ = ["PageReader"]


class PageReader:
    """Reads one block of rows per request, and checks that the server really pages.

    With offsets, each page but the first begins with the last row of the page before, so that rows that were added or
    deleted meanwhile are detected. With cursors, a page is reached only through the pages before it.
    """

    def __init__(self, fetch: Fetch, paging: Paging, key: str, page_size: int) -> None:
        """key: the field that is the id of a row. page_size: rows per request."""
        self._fetch = fetch
        self._paging = paging
        self._key = key
        self._page_size = page_size
        self.restart()

    def restart(self) -> None:
        """Start again with the first page, for another query."""
        self._cursors: dict[int, str | None] = {0: None}
        """The cursor of each block that is reachable, by number."""
        self._check = PageCheck(self._key)
        self.is_at_end = False
        """Whether the last page of a list with cursors was read."""

    @property
    def initial_stride(self) -> int:
        """Rows per block: with offsets, one row of each page overlaps."""
        return self._page_size - (self._paging is Paging.OFFSET)

    def allow_changes(self) -> None:
        """Accept pages that differ from those before, because the list may have changed."""
        self._check.restart()

    def next_reachable(self, number: int) -> int | None:
        """Return the block to read on the way to block `number` of a list with cursors; None beyond its end."""
        reachable = max((known for known in self._cursors if known <= number), default=0)
        return reachable if number in self._cursors or not self.is_at_end else None

    async def read(self, query: ListQuery, number: int, blocks: RowBlocks) -> RowPage:
        """Read the page of a block. Raises RepeatedPage when the server returns the same rows or cursors again.

        With offsets, the first row of each page but the first is the last row of the block before.
        """
        if self._paging is Paging.OFFSET:
            start = max(0, number * blocks.stride - 1)
            page = await self._fetch(query, start, self._page_size - (number == 0), None)
            self._check.offset(start, page.rows)
            return page
        cursor = self._cursors.get(number) if self._paging is Paging.CURSOR else None
        page = await self._fetch(query, 0, self._page_size, cursor)
        if self._paging is Paging.CURSOR:
            before = blocks.get(number - 1)
            check = PageCheck(self._key)
            for earlier in range(number + 1):
                rows = before.rows if before is not None and earlier == number else ()
                check.cursor(self._cursors.get(earlier), rows)
            check.cursor(page.cursor, page.rows)
        return page

    def record_cursor(self, number: int, cursor: str | None) -> None:
        """Record the cursor after block `number`; None at the end of the list."""
        if cursor:
            self._cursors[number + 1] = cursor
        else:
            self.is_at_end = True
