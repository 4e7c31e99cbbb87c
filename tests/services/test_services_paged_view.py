"""PagedView: the right rows at the right places, few requests, bounded memory, and what happens when the list moves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.families import examples

from dyntui.api.client import Client
from dyntui.api.errors import Forbidden, NotSent
from dyntui.api.in_flight import InFlightLimit, bulk_request
from dyntui.api.pagination import RowPage
from dyntui.api.rate_limiter import RateLimiters
from dyntui.core.json_types import Row
from dyntui.resources.resource import Paging
from dyntui.services.bulk import BulkRun
from dyntui.services.lists import paged_view
from dyntui.services.lists.list_query import CachedList, ListQuery
from dyntui.services.lists.paged_view import PagedView


class Server:
    """A list on a server, counted."""

    def __init__(self, size: int) -> None:
        self.rows = [{"id": f"u{n}"} for n in range(size)]
        self.requests: list[tuple[int, int]] = []
        self.fails: list[Exception] = []
        self.reports_total = True

    async def fetch(self, query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        await asyncio.sleep(0)
        self.requests.append((offset, limit))
        if self.fails:
            raise self.fails.pop(0)
        rows = [row for row in self.rows if query.filter.get("q", "") in row["id"]]
        return RowPage(rows[offset : offset + limit], total=len(rows) if self.reports_total else None)

    async def by_cursor(self, query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        start = int(cursor or 0)
        self.requests.append((start, limit))
        rows = self.rows[start : start + 10]
        return RowPage(rows, cursor=str(start + 10) if start + 10 < len(self.rows) else None)


async def show(view: PagedView, first: int, last: int) -> list[str | None]:
    view.set_viewport(first, last)
    await view.wait_until_idle()
    return [view.id_at(index) for index in range(first, last + 1)]


async def test_the_first_screen_loads_its_page_and_the_next_one() -> None:
    server = Server(1000)
    view = PagedView(server.fetch)
    assert await show(view, 0, 39) == [f"u{n}" for n in range(40)]
    assert view.total == 1000 and view.is_total_known and view.error is None
    assert len(server.requests) == 2


async def test_any_position_shows_its_row() -> None:
    server = Server(1000)
    view = PagedView(server.fetch)
    for first in (0, 95, 199, 960, 500, 97):
        assert await show(view, first, first + 39) == [f"u{n}" for n in range(first, first + 40)]


async def test_the_ids_of_a_range_come_in_order_from_memory_and_from_pages_that_are_read_together() -> None:
    server, reading, most = Server(3000), 0, 0

    async def fetch(query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        nonlocal reading, most
        reading += 1
        most = max(most, reading)
        for _ in range(offset % 7):
            await asyncio.sleep(0)
        page = await server.fetch(query, offset, limit, cursor)
        reading -= 1
        if (run := bulk_request.get()) is not None:
            run.record_response(0.2)
        return page

    view = PagedView(fetch)
    await show(view, 0, 39)
    loaded = len(server.requests)
    limiters = RateLimiters(0, 0, InFlightLimit(4))
    client = Client("http://127.0.0.1:9/api/v0", "environment", "dyn_" + "a" * 56, rate_limiters=limiters)
    run = BulkRun(client, "getEnvironmentUsers")
    assert [row_id async for row_id in view.ids(run, 30, 2000)] == [f"u{n}" for n in range(30, 2001)]
    assert most == 4
    assert len(server.requests) == loaded + 19, "the first two pages are in memory"


@settings(max_examples=examples(60), deadline=None)
@given(
    st.integers(0, 400),
    st.integers(2, 20),
    st.lists(st.integers(0, 400), min_size=1, max_size=12),
    st.booleans(),
)
def test_visible_rows_are_right_for_any_size_and_scroll_path(
    size: int, page_size: int, visits: list[Any], reports: bool
) -> None:
    async def work() -> None:
        server = Server(size)
        server.reports_total = reports
        view = PagedView(server.fetch, page_size=page_size, keep=4)
        for first in visits:
            first = min(first, max(0, size - 1)) if reports else 0
            shown = await show(view, first, first + 5)
            assert shown == [f"u{n}" if n < size else None for n in range(first, first + 6)]
            assert len(view.loaded_rows()) <= (4 + 3) * page_size

    asyncio.run(work())


async def test_memory_is_bounded_while_scrolling() -> None:
    server = Server(50_000)
    view = PagedView(server.fetch, keep=10)
    for first in range(0, 50_000, 990):
        await show(view, first, first + 39)
    assert len(view.loaded_rows()) <= 12 * 99
    assert sum(view.index_of(f"u{n}") is not None for n in range(50_000)) == len(view.loaded_rows())


async def test_fast_scrolling_requests_the_last_position_only() -> None:
    server = Server(100_000)
    view = PagedView(server.fetch)
    await show(view, 0, 39)
    server.requests.clear()
    for first in range(0, 90_000, 500):
        view.set_viewport(first, first + 39)
    await view.wait_until_idle()
    assert len(server.requests) <= 3
    assert view.id_at(89_500) == "u89500"


async def test_a_refresh_keeps_positions_and_finds_a_row_by_its_id() -> None:
    server = Server(500)
    view = PagedView(server.fetch)
    await show(view, 0, 39)
    server.rows.insert(0, {"id": "new"})
    view.refresh()
    assert view.id_at(5) == "u5", "what was there stays until the answer is in"
    await view.wait_until_idle()
    assert view.id_at(0) == "new"
    assert view.index_of("u5") == 6


async def test_rows_that_moved_between_pages_are_detected_and_reloaded() -> None:
    server = Server(500)
    view = PagedView(server.fetch)
    await show(view, 60, 95)
    del server.rows[10:20]
    assert await show(view, 190, 230) == [f"u{n + 10}" for n in range(190, 231)]
    await show(view, 60, 95)
    assert view.is_tombstone(10) and view.id_at(10) == "u10", "what vanished is still there to be seen, dimmed"
    assert not view.is_tombstone(20) and view.id_at(20) == "u20"
    view.refresh()
    shown = await show(view, 60, 230)
    assert view.total == 490
    assert shown == [f"u{n + 10}" for n in range(60, 231)]


async def test_a_list_that_always_changes_is_not_reloaded_endlessly() -> None:
    server = Server(500)

    async def growing(query: ListQuery, offset: int, limit: int, cursor: str | None) -> Any:
        server.rows.append({"id": f"x{len(server.rows)}"})
        return await server.fetch(query, offset, limit, cursor)

    view = PagedView(growing)
    await show(view, 90, 130)
    assert len(server.requests) <= 6


async def test_a_new_query_starts_at_its_first_row() -> None:
    server = Server(500)
    view = PagedView(server.fetch)
    await show(view, 100, 139)
    view.set_query(ListQuery(filter={"q": "u49"}))
    assert await show(view, 0, 10) == ["u49", *(f"u{n}" for n in range(490, 500))]
    assert view.total == 11


async def test_an_unreachable_server_is_reported_and_loading_continues_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(paged_view, "_FIRST_RETRY_S", 0.01)
    server = Server(500)
    view = PagedView(server.fetch)
    await show(view, 0, 39)
    snapshots = []
    view.subscribe(lambda: snapshots.append(view.error))
    server.fails = [NotSent("gone"), NotSent("gone")]
    view.refresh()
    await view.wait_until_idle()
    assert any(isinstance(error, NotSent) for error in snapshots)
    assert view.error is None and view.id_at(3) == "u3"


async def test_a_refused_request_is_not_repeated() -> None:
    server = Server(500)
    server.fails = [Forbidden(403, "no scope")]
    view = PagedView(server.fetch)
    await show(view, 0, 39)
    assert isinstance(view.error, Forbidden) and len(server.requests) == 1


async def test_a_refused_refresh_is_repeated_only_by_the_user() -> None:
    server = Server(500)
    view = PagedView(server.fetch, paging=Paging.OFFSET)
    await show(view, 0, 39)
    requests = len(server.requests)
    view.subscribe(lambda: view.set_viewport(0, 39))  # a table says what it shows after every change
    server.fails = [Forbidden(403, "no scope")] * 100
    view.refresh()
    await view.wait_until_idle()
    assert [await show(view, 0, 39) for _ in range(20)]
    assert len(server.requests) == requests + 1
    assert isinstance(view.error, Forbidden) and not view.loading
    await show(view, 10, 49)
    assert len(server.requests) == requests + 2
    server.fails = []
    view.refresh()
    await view.wait_until_idle()
    assert view.error is None and view.id_at(3) == "u3"


async def test_pages_by_cursor_are_loaded_to_the_end() -> None:
    server = Server(35)
    view = PagedView(server.by_cursor, paging=Paging.CURSOR)
    assert await show(view, 0, 4) == [f"u{n}" for n in range(5)]
    assert not view.is_total_known
    assert (await show(view, 0, 34))[-1] == "u34"
    view.set_viewport(30, 40)
    await view.wait_until_idle()
    assert view.is_total_known and view.total == 35


async def test_an_unpaged_list_is_loaded_one_time() -> None:
    server = Server(7)

    async def whole(query: ListQuery, offset: int, limit: int, cursor: str | None) -> Any:
        return await server.fetch(query, 0, 1000, None)

    view = PagedView(whole, paging=Paging.NONE)
    assert (await show(view, 0, 39))[:8] == [f"u{n}" for n in range(7)] + [None]
    assert view.total == 7 and len(server.requests) == 1
    view.refresh()
    await view.wait_until_idle()
    assert len(server.requests) == 2


async def test_an_empty_list_has_a_total_of_zero() -> None:
    view = PagedView(Server(0).fetch)
    await show(view, 0, 39)
    assert view.is_loaded and view.is_total_known and view.total == 0


async def test_a_refresh_marks_changed_rows_and_keeps_deleted_ones_as_tombstones() -> None:
    server = Server(300)
    view = PagedView(server.fetch)
    await show(view, 0, 39)
    server.rows[5] = {"id": "u5", "name": "new"}
    del server.rows[10]
    view.refresh()
    await view.wait_until_idle()
    assert view.changed == {"u5"}
    await show(view, 60, 95)
    assert view.is_tombstone(10) and view.id_at(10) == "u10" and view.id_at(11) == "u11"
    assert view.index_of("u11") == 11 and view.total == 300 and view.reported == 299
    view.refresh()
    await view.wait_until_idle()
    assert view.changed == set() and view.id_at(10) == "u11" and view.total == 299


async def test_a_background_refresh_reads_what_is_in_view_and_gives_way_to_the_user() -> None:
    server, is_bulk = Server(1000), list[bool]()

    async def fetch(query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        page = await server.fetch(query, offset, limit, cursor)
        is_bulk.append(bulk_request.get() is not None)
        return page

    view = PagedView(fetch)
    await show(view, 0, 39)
    await show(view, 60, 99)
    server.rows[0:0] = [{"id": "new"}]
    del server.rows[50:53]
    is_bulk.clear()
    limit = InFlightLimit(1)
    client = Client(
        "http://127.0.0.1:9/api/v0", "environment", "dyn_" + "a" * 56, rate_limiters=RateLimiters(0, 0, limit)
    )
    view.refresh_in_background(BulkRun(client, "getEnvironmentUsers"))
    await view.wait_until_idle()
    assert is_bulk == [True, True], "the two pages in view, and none ahead"
    assert view.added == {"new"}, "rows that moved up are not new"
    await limit.enter()  # bulk work uses all requests in flight
    is_bulk.clear()
    view.refresh_in_background(BulkRun(client, "getEnvironmentUsers"))
    assert await show(view, 500, 539) == [str(row["id"]) for row in server.rows[500:540]]
    assert not any(is_bulk), "rows that come into view do not wait for the refresh"
    view.refresh_in_background(BulkRun(client, "getEnvironmentUsers"))
    view.refresh()
    await view.wait_until_idle()
    assert not any(is_bulk) and not view.loading
    limit.leave()


async def test_a_deleted_row_is_a_tombstone_immediately() -> None:
    server = Server(300)
    view = PagedView(server.fetch)
    await show(view, 0, 39)
    view.remove("u3")
    assert view.is_tombstone(3) and view.id_at(4) == "u4" and view.total == 300


@settings(max_examples=examples(50), deadline=None)
@given(deleted=st.permutations(range(40)), first=st.integers(0, 39))
def test_rows_deleted_in_any_order_stay_on_their_lines_also_after_a_reread(deleted: list[int], first: int) -> None:
    async def work() -> None:
        server = Server(40)
        view = PagedView(server.fetch)
        before = await show(view, 0, 39)
        for number in deleted[first:]:
            view.remove(f"u{number}")
            server.rows.remove({"id": f"u{number}"})
        assert [view.id_at(line) for line in range(view.total)] == before
        shown = {view.id_at(line) for line in range(view.total) if view.is_tombstone(line)}
        assert shown == {f"u{number}" for number in deleted[first:]}

        view.reread()
        assert await show(view, 0, 39) == before
        del server.rows[1:]
        view.reread()
        await view.wait_until_idle()
        assert all(view.id_at(line) is not None for line in range(view.total)), "no line is empty"

    asyncio.run(work())


class Memory:
    """Rows kept from before."""

    def __init__(self) -> None:
        self.pages: dict[int, Sequence[Row]] = {}
        self.at = datetime(2026, 1, 1, tzinfo=UTC)

    def load(self, query: ListQuery, start: int, count: int) -> Any:
        return (list(self.pages[start]), self.at) if start in self.pages else None

    def save(self, query: ListQuery, start: int, rows: Sequence[Row], total: int) -> None:
        self.pages[start] = rows

    def total(self, query: ListQuery) -> Any:
        return 300 if self.pages else None


async def test_cached_rows_are_shown_first_with_their_age_and_reloaded() -> None:
    cache = Memory()
    server = Server(300)
    await show(PagedView(server.fetch, cached=cast(CachedList, cache)), 0, 39)
    server.requests.clear()
    server.rows[7] = {"id": "u7", "name": "changed since"}
    view = PagedView(server.fetch, cached=cast(CachedList, cache))
    view.set_viewport(0, 39)
    assert view.id_at(20) == "u20" and view.total == 300 and view.fetched_at == cache.at
    await view.wait_until_idle()
    assert server.requests and view.changed == {"u7"} and view.fetched_at > cache.at


async def test_offline_views_show_cached_rows_with_their_age() -> None:
    cache = Memory()
    server = Server(300)
    await show(PagedView(server.fetch, cached=cast(CachedList, cache)), 0, 39)
    server.fails = [NotSent("gone")] * 1000
    view = PagedView(server.fetch, cached=cast(CachedList, cache))
    changed = asyncio.Event()
    view.subscribe(lambda: changed.set() if view.error else None)
    view.set_viewport(0, 39)
    await changed.wait()
    assert view.id_at(5) == "u5" and view.failed_at is not None
    view.close()


@pytest.mark.parametrize("paging", list(Paging))
async def test_closing_stops_fetching(paging: Paging) -> None:
    started = asyncio.Event()

    async def never(query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        started.set()
        await asyncio.Event().wait()
        raise AssertionError

    view = PagedView(never, paging=paging)
    view.set_viewport(0, 10)
    await started.wait()
    view.close()
    await view.wait_until_idle()
    assert not view.is_loaded
