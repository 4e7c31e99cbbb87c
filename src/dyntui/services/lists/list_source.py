"""The source of lists: make views for tables, and scan complete lists."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack

from dyntui.resources.resource import Paging, Resource
from dyntui.resources.users import USERS
from dyntui.services.bulk import BulkRun
from dyntui.services.lists.list_query import CachedList, Fetch, ListQuery, Row
from dyntui.services.lists.page_scan import PAGE_SIZE, RecentRows, scan_by_cursor, scan_by_offset
from dyntui.services.lists.response_rows import read_page

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.errors import FilterUnsupported
    from dyntui.api.pagination import RowPage
    from dyntui.services.lists.combined_search import CombinedSearch
    from dyntui.services.lists.paged_view import PagedView
    from dyntui.store.cache import RowCache

__all__ = ["CachedList", "ListQuery", "ScannedRow", "cached_view", "make_view", "scan", "scan_pages"]


@dataclass(frozen=True, slots=True)
class ScannedRow:
    """One row of a scan."""

    row: Row
    seen: int
    """The number of rows so far, with this one."""
    reported: int | None
    """The total that the server reports; None when it is unknown."""


def make_fetch(client: Client, resource: Resource, parent: str = "") -> Fetch:
    """Return the function that fetches a page of `resource`, for a view."""
    return _FilteredPages(client, resource, parent).fetch


class _FilteredPages:
    """The pages of a list: those of the server, or of the rows that this machine selects for a filter."""

    def __init__(self, client: Client, resource: Resource, parent: str) -> None:
        self._client, self._resource, self._parent = client, resource, parent
        self._fetch_page = _make_server_fetch(client, resource, parent)
        self._query: ListQuery | None = None
        """The query that the following is about; None before the first one with a filter."""
        self._found: list[Row] | None = None
        """The rows that this machine selected; None while the server selects them."""
        self._how = ""
        """What the server does with the filter instead of applying it; "" while it applies it."""

    async def fetch(self, query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        """Fetch a page, as `Fetch`. Rows that this machine selects are selected with the first page."""
        from dyntui.api.errors import FilterUnsupported
        from dyntui.api.pagination import RowPage
        from dyntui.services.lists.filter_check import PARTLY, filter_predicate

        if not query.filter:
            return await self._fetch_page(query, offset, limit, cursor)
        if self._query != query or not offset:
            self._how = self._how if self._query == query else ""
            self._query, self._found = query, None
            self._found = await self._select(query)
        if self._found is None:
            try:
                page = await self._fetch_page(query, offset, limit, cursor)
            except FilterUnsupported as problem:
                self._how = problem.how
            else:
                if all(map(filter_predicate(self._resource, query.filter), page.rows)):
                    return page
                self._how = PARTLY
            self._found = await self._select(query)
        found = self._found or []
        return RowPage(found[offset : offset + limit], len(found), is_partly_filtered=self._how == PARTLY)

    async def _select(self, query: ListQuery) -> list[Row] | None:
        """Return the rows that fit a filter; None when the server selects them, as far as it is known."""
        from dyntui.api.errors import FilterUnsupported
        from dyntui.services.lists.filter_check import PARTLY, filter_predicate

        if not self._how:
            try:
                found = await _make_search(self._client, self._resource, self._parent).find(query)
            except FilterUnsupported as problem:
                if self._resource.filter is not None and self._resource.filter.owner_column:
                    raise  # the rows do not have what their owners were searched for
                self._how = problem.how
            else:
                return None if found is None else [*filter(filter_predicate(self._resource, query.filter), found)]
        unsupported = FilterUnsupported(self._how)
        listed = query if self._how == PARTLY else None
        return await _compare_rows(self._client, self._resource, self._parent, query, unsupported, listed)


async def _compare_rows(
    client: Client,
    resource: Resource,
    parent: str,
    query: ListQuery,
    problem: FilterUnsupported,
    listed: ListQuery | None = None,
) -> list[Row]:
    """Return the rows that fit a filter that the server does not apply, compared here.

    listed: what the server is asked for; by default the whole list.
    """
    from dyntui.services.lists.filter_check import MAX_COMPARED, compare_rows, filter_predicate

    listed = listed or ListQuery(order=query.order)
    pages = _scan_server_pages(client, resource, parent, listed, MAX_COMPARED + 1)
    return await compare_rows(pages, filter_predicate(resource, query.filter), problem)


def _make_search(client: Client, resource: Resource, parent: str) -> CombinedSearch:
    """Return the search for filters that need several requests."""
    from dyntui.services.lists.combined_search import CombinedSearch
    from dyntui.services.lists.wallet_search import find_wallets

    fetch = _make_server_fetch(client, resource, parent)

    async def scan_server(
        query: ListQuery, resource: Resource = resource, parent: str = parent
    ) -> AsyncGenerator[Row, None]:
        async with aclosing(_scan_server_pages(client, resource, parent, query)) as pages:
            async for page in pages:
                for row in page.rows:
                    yield row

    async def scan_users(query: ListQuery) -> AsyncGenerator[Row, None]:
        from dyntui.api.errors import FilterUnsupported

        try:
            async with aclosing(scan_server(query, USERS, "")) as users:
                async for user in users:
                    yield user
        except FilterUnsupported as problem:
            for user in await _compare_rows(client, USERS, "", query, problem):
                yield user

    async def count_server(query: ListQuery) -> int | None:
        return (await fetch(query, 0, 1, None)).total

    return CombinedSearch(
        resource, scan_server, count_server, lambda address: find_wallets(client, scan_users, address)
    )


def _make_server_fetch(client: Client, resource: Resource, parent: str) -> Fetch:
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

    return fetch


def make_view(
    client: Client,
    resource: Resource,
    *,
    parent: str = "",
    cache: RowCache | None = None,
    page_size: int = PAGE_SIZE,
) -> PagedView:
    """Return a view of a list. parent: the id of the parent, for the path."""
    from dyntui.services.lists.paged_view import PagedView  # a scan does not need it

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
    from dyntui.services.lists.paged_view import PagedView  # a scan does not need it

    return PagedView(
        fetch, paging=resource.list.paging, key=resource.key, page_size=page_size, cached=cached, query=query
    )


class ScanOptions(TypedDict, total=False):
    """Which rows of a list are read; see `scan_pages`."""

    parent: str
    query: ListQuery | None
    max_rows: int | None


async def scan(client: Client, resource: Resource, **options: Unpack[ScanOptions]) -> AsyncGenerator[ScannedRow, None]:
    """Yield every row of a list one time; see `scan_pages`. Close it with `aclosing` when it is left early."""
    seen = 0
    async with aclosing(scan_pages(client, resource, **options)) as pages:
        async for page in pages:
            for row in page.rows:
                seen += 1
                yield ScannedRow(row, seen, page.total)


async def scan_pages(
    client: Client,
    resource: Resource,
    *,
    parent: str = "",
    query: ListQuery | None = None,
    max_rows: int | None = None,
) -> AsyncGenerator[RowPage, None]:
    """Yield the pages of a list, at least one, each with the rows that were not on a page before.

    Several pages are read at a time (`scan_by_offset`). Memory does not grow with the number of rows. The complete list
    is read oldest first where the API can order by creation, so that new rows are at the end.

    parent: the id of the parent, for the path. max_rows: read only the first rows, in the order of `query`.
    Raises RepeatedPage when the server does not page, DyntuiError when the list changes faster than it can be read,
    FilterUnsupported when the server does not apply the filter.
    """
    from dyntui.api.pagination import RowPage

    query = query or ListQuery()
    found = await _make_search(client, resource, parent).find(query) if query.filter else None
    if found is not None:
        yield RowPage(found[:max_rows], total=len(found))
        return
    async with aclosing(_scan_server_pages(client, resource, parent, query, max_rows)) as pages:
        async for page in pages:
            yield page


async def _scan_server_pages(
    client: Client, resource: Resource, parent: str, query: ListQuery, max_rows: int | None = None
) -> AsyncGenerator[RowPage, None]:
    """Yield the pages of what the server finds, as `scan_pages` does."""
    from dyntui.api.pagination import RowPage

    if max_rows is None and any(column.order == "createdAt" for column in resource.columns):
        query = ListQuery(order="createdAt-asc", filter=query.filter)
    fetch, run = _make_server_fetch(client, resource, parent), BulkRun(client, resource.list.operation)
    if resource.list.paging is Paging.OFFSET:
        pages = scan_by_offset(
            run, lambda offset, limit: fetch(query, offset, limit, None), key=resource.key, max_rows=max_rows
        )
        async with aclosing(pages):
            async for page in pages:
                yield page
        return

    async def read(cursor: str | None) -> RowPage:
        async with run.request():
            return await fetch(query, 0, PAGE_SIZE, cursor)

    recent, seen = RecentRows(resource.key), 0
    async with aclosing(scan_by_cursor(read, key=resource.key)) as pages:
        async for page in pages:
            rows = recent.add(page.rows)
            yield RowPage(rows[: None if max_rows is None else max_rows - seen], page.total)
            seen += len(rows)
            if max_rows is not None and seen >= max_rows:
                return
