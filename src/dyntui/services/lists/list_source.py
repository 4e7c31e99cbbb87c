"""The source of lists: make views for tables, and scan complete lists."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.resources import Paging, Resource
from dyntui.services.lists.list_query import CachedList, Fetch, ListQuery, Row
from dyntui.services.lists.paged_view import PagedView
from dyntui.services.lists.response_rows import read_page

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.pagination import RowPage
    from dyntui.store.cache import RowCache

__all__ = ["CachedList", "ListQuery", "PagedView", "ScannedRow", "cached_view", "make_view", "scan", "scan_pages"]

_PAGE_SIZE = 100
_MAX_RECENT_IDS = 20 * _PAGE_SIZE
"""The number of ids that a scan remembers to recognize rows that moved between pages."""
_MAX_REREADS = 200
"""The number of pages that a scan reads again because rows moved, before it gives up."""


@dataclass(frozen=True, slots=True)
class ScannedRow:
    """One row of a scan."""

    row: Row
    seen: int
    """The number of rows so far, with this one."""
    reported: int | None
    """The total that the server reports; None when it is unknown."""


def make_fetch(client: Client, resource: Resource, parent: str = "") -> Fetch:
    """Return the function that fetches a page of `resource`."""
    listing = resource.list
    path = {resource.parent: parent} if resource.parent else None

    async def fetch(query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        parameters: dict[str, object] = dict(listing.query)
        if query.filter and resource.filter is not None:
            key = resource.filter.key
            parameters[resource.filter.parameter] = query.filter if key else next(iter(query.filter.values()))
        if listing.paging is Paging.OFFSET:
            parameters |= {"offset": offset, "limit": limit}
        elif listing.paging is Paging.CURSOR:
            parameters["cursor"] = cursor
        if query.order:
            parameters["orderBy"] = query.order
        return await read_page(client, listing, path=path, query=parameters)

    return (
        _searched_locally(fetch, resource)
        if resource.filter is not None and resource.filter.searched_locally
        else fetch
    )


def _searched_locally(fetch: Fetch, resource: Resource) -> Fetch:
    """Wrap `fetch` with a local filter: the first page reads the complete list, the others use its result."""
    spec = resource.filter
    assert spec is not None
    found: list[Row] = []
    read: ListQuery | None = None

    async def search(query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        from dyntui.api.pagination import RowPage
        from dyntui.services.lists.row_match import Match, RowFilter

        nonlocal found, read
        if not query.filter:
            return await fetch(query, offset, limit, cursor)
        if not offset or read != query:
            row_filter = RowFilter(query.filter[spec.key or spec.parameter], Match.CONTAINS, spec.searched_locally)
            scanned = scan_pages(fetch, resource, resource.list.paging, ListQuery(order=query.order))
            found, read = [each.row async for each in scanned if row_filter.fits(each.row)], query
        return RowPage(found[offset : offset + limit], total=len(found))

    return search


def make_view(
    client: Client,
    resource: Resource,
    *,
    parent: str = "",
    cache: RowCache | None = None,
    page_size: int = _PAGE_SIZE,
) -> PagedView:
    """Return a view of a list. parent: the id of the parent, for the path."""
    return PagedView(
        make_fetch(client, resource, parent),
        paging=resource.list.paging,
        key=resource.key,
        page_size=page_size,
        cached=CachedList(cache, resource, parent) if cache is not None and resource.cached else None,
        query=ListQuery(order=resource.list.order),
    )


def cached_view(
    cache: RowCache, resource: Resource, *, parent: str = "", query: ListQuery, page_size: int
) -> PagedView:
    """Return a view of the cached rows of a list, to show until there is a client."""

    async def fetch(query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        await asyncio.get_running_loop().create_future()
        raise AssertionError("the future is never set")

    cached = CachedList(cache, resource, parent) if resource.cached else None
    return PagedView(
        fetch, paging=resource.list.paging, key=resource.key, page_size=page_size, cached=cached, query=query
    )


def scan(
    client: Client,
    resource: Resource,
    *,
    parent: str = "",
    query: ListQuery | None = None,
    limit: int | None = None,
) -> AsyncIterator[ScannedRow]:
    """Yield every row of a list one time, or the first `limit` rows; see `scan_pages`."""
    fetch = make_fetch(client, resource, parent)
    return scan_pages(fetch, resource, resource.list.paging, query or ListQuery(), limit=limit)


async def scan_pages(
    fetch: Fetch,
    resource: Resource,
    paging: Paging,
    query: ListQuery,
    *,
    size: int = _PAGE_SIZE,
    limit: int | None = None,
) -> AsyncIterator[ScannedRow]:
    """Yield every row of a list one time. fetch: reads a page. size: rows per page.

    limit: the number of rows to read, in the order of `query`; None for all.
    Complete offset lists are read oldest first where the API can order by creation, so that new rows are at the end.
    Rows that are deleted meanwhile shift the pages: each page begins with the last row of the one before, and when its
    first row is unknown, an earlier page is read. Memory does not grow with the number of rows.
    Raises RepeatedPage when the server does not page, DyntuiError when the list changes faster than it can be read.
    """
    sent_query = query
    if limit is None and any(column.order == "createdAt" for column in resource.columns):
        sent_query = ListQuery(order="createdAt-asc", filter=sent_query.filter)
    from dyntui.api.pagination import PageCheck

    recent: dict[str, None] = {}
    check = PageCheck(resource.key)
    seen = offset = rereads = 0
    cursor: str | None = None
    offsets = paging is Paging.OFFSET
    size = size if limit is None else min(size, limit)
    while True:
        start = max(0, offset - 1)
        page = await fetch(sent_query, start, size, cursor)
        ids = [str(row.get(resource.key, "")) for row in page.rows]
        if offsets:
            check.offset(start, page.rows)
        else:
            check.cursor(page.cursor, page.rows)
        if offsets and start and (not ids or ids[0] not in recent):
            rereads += 1
            if rereads > _MAX_REREADS:
                raise DyntuiError(
                    "The list changes faster than it can be read.", hint="Try again when it changes less."
                )
            offset = max(0, offset - size)
            check.restart()
            continue
        for row, row_id in zip(page.rows, ids, strict=True):
            if row_id not in recent:
                recent[row_id] = None
                seen += 1
                yield ScannedRow(row, seen, page.total)
                if seen == limit:
                    return
        while len(recent) > _MAX_RECENT_IDS:
            del recent[next(iter(recent))]
        cursor = page.cursor
        if len(page.rows) < size if offsets else cursor is None:
            return
        offset = start + len(page.rows)
