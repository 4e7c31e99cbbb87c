"""Whole lists are read with several pages at a time: each row once, in order, within the limits, whatever changes."""

from __future__ import annotations

import asyncio
import itertools
import random
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.families import examples

from dyntui.api.client import Client
from dyntui.api.errors import RepeatedPage, ServerError
from dyntui.api.in_flight import InFlightLimit, bulk_request
from dyntui.api.pagination import RowPage
from dyntui.api.rate_limiter import RateLimiters
from dyntui.core.errors import DyntuiError
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.users import USERS
from dyntui.services.bulk import BulkRun
from dyntui.services.lists.list_query import ListQuery
from dyntui.services.lists.list_source import scan_pages
from dyntui.services.lists.page_scan import scan_by_cursor, scan_by_offset

SIZE = 10
ENVIRONMENT = "26ff0bcf-34e3-43cd-9cd5-091f0c3c982d"


@pytest.fixture(autouse=True)
def any_response_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a server that responds at once get as many requests as a slow one."""
    monkeypatch.setattr("dyntui.services.bulk.UNLIMITED_PER_S", 1e9)


def client_with(app: Callable[..., Any] | None = None, in_flight: int = 8) -> Client:
    limiters = RateLimiters(0, 0, InFlightLimit(in_flight))
    return Client("http://127.0.0.1:9/api/v0", ENVIRONMENT, "dyn_" + "a" * 56, app=app, rate_limiters=limiters)


class ChangingList:
    """A list of ids that changes before the pages with these numbers are read. Pages come in any order."""

    def __init__(self, size: int, changes: Sequence[tuple[int, bool, int, int]] = (), seed: int | None = 1) -> None:
        """changes: page number, whether rows are deleted, position, count. seed: None for no delays."""
        self.ids = [f"u{n}" for n in range(size)]
        self.first_ids = list(self.ids)
        self.stayed = set(self.ids)
        self.changes = list(changes)
        self.random = random.Random(seed)
        self.delays = seed is not None
        self.total: Callable[[], int | None] = lambda: len(self.ids)
        self.offsets: list[int] = []
        self.reading = self.most = self.canceled = 0

    async def read(self, offset: int, limit: int) -> RowPage:
        self.offsets.append(offset)
        self.reading += 1
        self.most = max(self.most, self.reading)
        try:
            await self._delay()
            self._change(len(self.offsets))
            page = RowPage([{"id": row_id} for row_id in self.ids[offset : offset + limit]], self.total())
            await self._delay()
        except asyncio.CancelledError:
            self.canceled += 1
            raise
        finally:
            self.reading -= 1
        run = bulk_request.get()
        assert run is not None
        run.record_response(0.1)
        return page

    async def _delay(self) -> None:
        for _ in range(self.random.randrange(6) if self.delays else 0):
            await asyncio.sleep(0)

    def _change(self, number: int) -> None:
        due = [change for change in self.changes if change[0] <= number]
        self.changes = [change for change in self.changes if change[0] > number]
        for due_number, deletes, position, count in due:
            if deletes:
                self.stayed.difference_update(self.ids[position : position + count])
                del self.ids[position : position + count]
            else:
                self.ids[position:position] = [f"new{due_number}.{position}.{n}.{len(self.ids)}" for n in range(count)]

    def scan(self, in_flight: int = 8, **options: Any) -> Any:
        run = BulkRun(client_with(in_flight=in_flight), "getEnvironmentUsers")
        return scan_by_offset(run, self.read, **{"size": SIZE, **options})

    async def collect(self, **options: Any) -> list[str]:
        return [str(row["id"]) async for page in self.scan(**options) for row in page.rows]


changes = st.lists(st.tuples(st.integers(1, 60), st.booleans(), st.integers(0, 400), st.integers(1, 60)), max_size=10)


@settings(max_examples=examples(150), deadline=None)
@example(400, [(20, True, 0, 300)], 1)  # far more is gone than a page
@example(400, [(8, False, 0, 9), (9, False, 0, 9), (10, False, 0, 9)], 1)  # rows move by exactly a page
@example(95, [(12, True, 90, 5), (13, True, 0, 85)], 2)
@given(st.integers(0, 400), changes, st.integers(0, 1000))
def test_each_row_that_stays_comes_once_and_in_order(
    size: int, changes: list[tuple[int, bool, int, int]], seed: int
) -> None:
    server = ChangingList(size, changes, seed)
    found = asyncio.run(server.collect())
    assert len(found) == len(set(found))
    assert [row_id for row_id in found if row_id in server.stayed] == [
        row_id for row_id in server.first_ids if row_id in server.stayed
    ]


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 19, 95, 100])
async def test_no_page_beyond_the_total_is_requested(size: int) -> None:
    server = ChangingList(size)
    assert await server.collect() == server.first_ids
    assert len(server.offsets) == len(set(server.offsets))
    assert max(server.offsets) < max(1, size)


async def test_pages_are_read_at_the_same_time_up_to_the_limit() -> None:
    server = ChangingList(1000)
    assert await server.collect(in_flight=4) == server.first_ids
    assert server.most == 4


@pytest.mark.parametrize("total", [None, 0, -1, 15, 5000])
async def test_a_list_with_a_wrong_or_no_total_is_read_to_its_end(total: int | None) -> None:
    server = ChangingList(200)
    server.total = lambda: total
    assert await server.collect() == server.first_ids
    assert (server.most == 1) is (total != 5000)


@pytest.mark.parametrize("size", [1, 2, 7, 8, 200])
@pytest.mark.parametrize("rows_per_page", [2, 3, 7, 9, 11, 1000])
async def test_a_server_with_its_own_page_size_is_read_to_its_end(rows_per_page: int, size: int) -> None:
    server = ChangingList(size)

    async def read(offset: int, limit: int) -> RowPage:
        return await server.read(offset, min(limit, rows_per_page) if rows_per_page < SIZE else rows_per_page)

    run = BulkRun(client_with(), "getEnvironmentUsers")
    found = [str(row["id"]) async for page in scan_by_offset(run, read, size=SIZE) for row in page.rows]
    assert found == server.first_ids
    assert len(server.offsets) <= 2 * size // (min(rows_per_page, SIZE) - 1) + 8


async def test_a_list_that_grows_is_read_to_its_end() -> None:
    server = ChangingList(40, [(number, False, 10_000, 25) for number in range(2, 12)])
    assert await server.collect() == server.ids


async def test_only_the_first_rows_are_read() -> None:
    server = ChangingList(1000)
    assert await server.collect(max_rows=55) == server.first_ids[:55]
    assert max(server.offsets) < 55
    few = ChangingList(1000)
    assert await few.collect(max_rows=3) == few.first_ids[:3]
    assert few.offsets == [0]


async def test_leaving_a_scan_cancels_the_pages_that_are_read() -> None:
    server, run = ChangingList(1000), BulkRun(client_with(in_flight=4), "getEnvironmentUsers")
    async with aclosing(scan_by_offset(run, server.read, size=SIZE)) as pages:
        async for page in pages:
            if page.rows[0]["id"] == "u10":
                while server.reading < 2:
                    await asyncio.sleep(0)
                break
    assert server.canceled
    assert (server.reading, run._limit.free) == (0, 4)


async def test_a_list_that_changes_all_the_time_is_an_error() -> None:
    server = ChangingList(5000, [(number, True, 0, 1) for number in range(1, 3000)])
    with pytest.raises(DyntuiError, match="faster"):
        await server.collect()


async def test_more_rows_than_are_remembered_are_never_returned_twice() -> None:
    server = ChangingList(3000, [(100, False, 0, 2000)])
    found: list[str] = []
    with pytest.raises(DyntuiError, match="faster"):
        async for page in server.scan(in_flight=1):
            found += [str(row["id"]) for row in page.rows]
    assert len(found) == len(set(found))


async def test_a_scan_goes_on_after_half_of_the_list_was_deleted() -> None:
    server = ChangingList(3000, [(250, True, 0, 1500)])
    found = await server.collect(in_flight=1)
    assert len(found) == len(set(found))
    assert server.stayed <= set(found)
    assert len(server.offsets) < 400, "far back in few steps"


async def test_a_server_that_ignores_the_offset_is_an_error() -> None:
    server = ChangingList(1000)

    async def read(offset: int, limit: int) -> RowPage:
        return await server.read(0, limit)

    with pytest.raises(RepeatedPage):
        async for _ in scan_by_offset(BulkRun(client_with(), "getEnvironmentUsers"), read, size=SIZE):
            pass
    assert len(server.offsets) < 20


async def test_other_tasks_run_between_pages_that_are_ready() -> None:
    server, turns = ChangingList(1000, seed=None), 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(take_turns())
    pages = [page async for page in server.scan()]
    assert turns >= len(pages) > 100
    task.cancel()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_list() -> None:
    def peak(total: int) -> int:
        async def read(offset: int, limit: int) -> RowPage:
            await asyncio.sleep(0)
            run = bulk_request.get()
            assert run is not None
            run.record_response(0.1)
            last = min(total, offset + limit)
            return RowPage([{"id": f"{n:08}", "email": f"user{n}@example.com"} for n in range(offset, last)], total)

        async def count() -> int:
            run = BulkRun(client_with(in_flight=16), "getEnvironmentUsers")
            return sum([len(page.rows) async for page in scan_by_offset(run, read)])

        tracemalloc.start()
        try:
            assert asyncio.run(count()) == total
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(400_000) < 1.25 * peak(50_000)


# Cursors


async def pages_of(count: int, requested: list[str | None]) -> Callable[[str | None], Awaitable[RowPage]]:
    async def read(cursor: str | None) -> RowPage:
        requested.append(cursor)
        number = int(cursor or 0)
        return RowPage([{"id": f"e{number}"}], cursor=str(number + 1) if number + 1 < count else None)

    return read


async def test_the_next_page_is_read_while_the_caller_works() -> None:
    requested: list[str | None] = []
    found = []
    async for page in scan_by_cursor(await pages_of(4, requested)):
        found += [row["id"] for row in page.rows]
        await asyncio.sleep(0)
        assert len(requested) == min(4, len(found) + 1)
    assert found == ["e0", "e1", "e2", "e3"]


async def test_a_caller_that_leaves_at_once_causes_no_further_request() -> None:
    requested: list[str | None] = []
    async with aclosing(scan_by_cursor(await pages_of(4, requested))) as pages:
        async for _ in pages:
            break
    assert requested == [None]


async def test_a_cursor_that_comes_again_is_an_error() -> None:
    numbers = itertools.count()

    async def read(cursor: str | None) -> RowPage:
        number = next(numbers)
        return RowPage([{"id": f"e{number}"}], cursor=f"c{number % 3}")

    with pytest.raises(RepeatedPage):
        async for _ in scan_by_cursor(read):
            pass
    assert next(numbers) <= 5


# Over HTTP


class UserServer:
    """An API with users; `reading` is the number of requests that it is answering."""

    def __init__(self, size: int, failing: int | None = None) -> None:
        self.size = size
        self.failing = failing
        self.reading = self.most = 0
        self.queries: list[dict[str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = dict(part.split("=") for part in scope["query_string"].decode().split("&"))
        self.queries.append(query)
        self.reading += 1
        self.most = max(self.most, self.reading)
        for _ in range(20):
            await asyncio.sleep(0)
        self.reading -= 1
        offset, limit = int(query["offset"]), int(query["limit"])
        rows = [{"id": f"u{n}"} for n in range(offset, min(self.size, offset + limit))]
        status = 501 if offset == self.failing else 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": orjson.dumps({"count": self.size, "users": rows})})


async def ids_of(pages: AsyncIterator[RowPage]) -> list[object]:
    return [row["id"] async for page in pages for row in page.rows]


async def test_a_scan_of_a_resource_keeps_to_the_requests_in_flight() -> None:
    server = UserServer(3000)
    async with client_with(server, in_flight=5) as client:
        assert await ids_of(scan_pages(client, USERS)) == [f"u{n}" for n in range(3000)]
    assert server.most == 5
    assert {query["orderBy"] for query in server.queries} == {"createdAt-asc"}


async def test_the_first_rows_come_in_the_order_of_the_query() -> None:
    server = UserServer(3000)
    async with client_with(server) as client:
        found = scan_pages(client, USERS, query=ListQuery(order="email-asc"), max_rows=450)
        assert await ids_of(found) == [f"u{n}" for n in range(450)]
    assert {query["orderBy"] for query in server.queries} == {"email-asc"}
    assert server.most == 4
    assert len(server.queries) == 5


async def test_an_error_ends_a_scan_after_the_pages_before_it() -> None:
    server, found = UserServer(3000, failing=990), list[object]()
    async with client_with(server) as client:
        with pytest.raises(ServerError):
            async for page in scan_pages(client, USERS):
                found += [row["id"] for row in page.rows]
    assert found == [f"u{n}" for n in range(991)]


async def test_an_empty_list_has_one_page_with_its_total() -> None:
    async with client_with(UserServer(0)) as client:
        assert [page.total async for page in scan_pages(client, RESOURCES["users"])] == [0]
