"""Bulk work: as many requests in flight as needed, in order, behind the requests of screens, slower when it fails."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.families import examples

from dyntui.api.client import Client
from dyntui.api.in_flight import InFlightLimit, bulk_request
from dyntui.api.rate_limiter import RateLimiter, RateLimiters
from dyntui.api.waits import Waits
from dyntui.services.bulk import BulkRun, Constraint, Throughput


def client_with(per_minute: float = 0, in_flight: int = 16) -> Client:
    limiters = RateLimiters(per_minute, 0, InFlightLimit(in_flight))
    return Client("http://localhost/api/v0", "environment", "dyn_" + "a" * 56, rate_limiters=limiters)


def run_with(per_minute: float = 0, in_flight: int = 16) -> BulkRun:
    return BulkRun(client_with(per_minute, in_flight), "getEnvironmentUsers")


@pytest.mark.parametrize(
    ("per_minute", "response_time_s", "needed"),
    [(1500, 0.2, 8), (1500, 0.8, 16), (150, 0.8, 4), (150, 3.0, 11), (0, 0.2, 16), (0, 0.012, 3), (60, 0.01, 2)],
)
def test_the_rate_and_the_response_time_decide_how_many_are_in_flight(
    per_minute: float, response_time_s: float, needed: int
) -> None:
    run = run_with(per_minute)
    assert run.needed == 1, "the response time is not known yet"
    run.record_response(response_time_s)
    assert run.needed == needed


def test_without_a_limit_requests_that_wait_for_each_other_do_not_become_more() -> None:
    run = run_with()
    run.record_response(0.003)
    for _ in range(20):
        run.record_response(0.1)
    assert run.needed == 3


def test_without_a_limit_the_first_response_time_counts_little_because_it_opens_the_connection() -> None:
    run = run_with()
    run.record_response(0.05)
    assert run.needed == 9
    run.record_response(0.05)
    assert run.needed == 16


async def test_results_come_in_the_order_of_the_items_and_no_more_than_the_maximum_run() -> None:
    run, now, most = run_with(in_flight=4), 0, 0

    async def call(number: int) -> int:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.001 * (number % 3))
        now -= 1
        run.record_response(0.1)
        return number

    assert [number async for number in run.in_order(range(100), call)] == list(range(100))
    assert most == 4


async def test_few_results_wait_while_the_first_is_slow() -> None:
    run, first, begun = run_with(in_flight=4), asyncio.Event(), 0
    run.record_response(0.001)

    async def call(number: int) -> int:
        nonlocal begun
        begun += 1
        if number == 0:
            await first.wait()
        return number

    results = run.in_order(range(1000), call)
    got = asyncio.create_task(anext(results))
    while begun < 8:
        await asyncio.sleep(0)
    for _ in range(50):
        await asyncio.sleep(0)
    assert begun == 8
    first.set()
    assert await got == 0
    await results.aclose()


async def test_an_error_and_a_closed_generator_end_the_calls_that_run() -> None:
    run, canceled = run_with(in_flight=4), 0
    run.record_response(0.1)

    async def call(number: int) -> int:
        nonlocal canceled
        try:
            if number == 1:
                raise ValueError("one")
            if number > 1:
                await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            canceled += 1
            raise
        return number

    with pytest.raises(ValueError, match="one"):
        async for _ in run.in_order(range(10), call):
            pass
    assert canceled
    assert run._limit.free == 4


async def test_a_run_within_a_request_sends_one_at_a_time_and_is_not_counted_twice() -> None:
    client = client_with(in_flight=1)
    outer = BulkRun(client, "getEnvironmentUsers")

    async def inner(number: int) -> int:
        return number

    async def call(number: int) -> list[int]:
        nested = BulkRun(client, "getEnvironmentUsers")
        return [each async for each in nested.in_order(range(number), inner)]

    async with asyncio.timeout(5):
        assert [found async for found in outer.in_order([2, 3], call)] == [[0, 1], [0, 1, 2]]


async def test_failures_together_halve_once_and_responses_restore() -> None:
    limit = InFlightLimit(16)
    started = time.monotonic()
    for _ in range(16):
        limit.record_failure(started)
    assert limit.allowed == 8
    limit.record_failure(time.monotonic())
    assert limit.allowed == 4
    for _ in range(20):
        limit.record_success()
    assert limit.allowed == 16


def test_event_loops_share_the_maximum() -> None:
    limit, lock, now, most = InFlightLimit(3), threading.Lock(), 0, 0

    async def request() -> None:
        nonlocal now, most
        await limit.enter()
        with lock:
            now += 1
            most = max(most, now)
        await asyncio.sleep(0.001)
        with lock:
            now -= 1
        limit.leave()

    async def many() -> None:
        await asyncio.gather(*(request() for _ in range(50)))

    threads = [threading.Thread(target=lambda: asyncio.run(many())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (most, limit.free) == (3, 3)


async def test_a_canceled_request_gives_its_place_back() -> None:
    limit = InFlightLimit(1)
    await limit.enter()
    waiting = [asyncio.create_task(limit.enter()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    limit.leave()
    waiting[1].cancel()
    async with asyncio.timeout(5):
        await waiting[2]
    limit.leave()
    assert limit.free == 1


async def test_a_request_of_a_screen_waits_for_one_place_behind_any_number_of_bulk_requests() -> None:
    limiter, waits = RateLimiter(1200), Waits(lambda: None)
    while limiter.try_reserve() == 0:
        pass
    bulk = [asyncio.create_task(limiter.acquire(waits, is_bulk=True)) for _ in range(40)]
    await asyncio.sleep(0)
    assert limiter.reserve() <= 60 / 1200
    for task in bulk:
        task.cancel()
    await asyncio.gather(*bulk, return_exceptions=True)


async def test_bulk_requests_keep_to_the_rate() -> None:
    limiter, waits = RateLimiter(6000), Waits(lambda: None)
    while limiter.try_reserve() == 0:
        pass
    started = time.monotonic()
    await asyncio.gather(*(limiter.acquire(waits, is_bulk=True) for _ in range(20)))
    assert time.monotonic() - started >= 0.19


def failing() -> Iterator[tuple[BulkRun, Constraint]]:
    run = run_with(1500)
    run.record_response(0.2)
    yield run, Constraint.RATE_LIMIT
    run = run_with(1500)
    run.record_response(3.0)
    yield run, Constraint.RESPONSE_TIME
    run = run_with(0)
    run.record_response(0.1)
    yield run, Constraint.RESPONSE_TIME
    run = run_with(1500)
    run.record_response(0.4)
    run.record_failure(time.monotonic())
    yield run, Constraint.SERVER
    run = run_with(150)
    run.record_response(0.2)
    run.record_failure(time.monotonic())
    yield run, Constraint.RATE_LIMIT  # 8 may be in flight, more than the 2 that are needed


@pytest.mark.parametrize(("run", "constraint"), failing())
def test_a_run_tells_what_limits_it(run: BulkRun, constraint: Constraint) -> None:
    assert run.throughput().constraint is constraint


async def test_a_run_that_looks_after_its_own_responses_takes_turns_with_one_that_uses_the_maximum() -> None:
    client, sent = client_with(in_flight=4), 0
    run, other = (BulkRun(client, "getEnvironmentUsers") for _ in range(2))

    async def call(number: int) -> None:
        await asyncio.sleep(0.002)

    async def scan() -> None:
        other.record_response(1.0)
        async for _ in other.in_order(range(200), call):
            pass

    async def send() -> None:
        nonlocal sent
        async with run.request():
            await call(sent)
        sent += 1

    scanning = asyncio.create_task(scan())
    run.record_response(1.0)
    tasks: set[asyncio.Task[None]] = set()
    while not scanning.done():
        free = max(run.free, 0 if tasks else 1)
        tasks |= {asyncio.create_task(send()) for _ in range(free)}
        _, tasks = await asyncio.wait(tasks, timeout=0.001 if free else None, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.gather(*tasks)
    assert sent > 150, "about half of the requests, not one of four"


async def test_there_is_no_rate_before_a_second_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    run, now = run_with(150), 100.0
    monkeypatch.setattr("dyntui.services.bulk.time.monotonic", lambda: now)
    for _ in range(3):
        now += 0.001
        run.record_response(0.2)
    assert (run.throughput().per_minute, str(run.throughput()), run.throughput().seconds_for(10)) == (0, "", None)
    now += 1.0
    assert run.throughput().per_minute == pytest.approx(120, rel=0.01)


async def test_only_requests_of_bulk_work_have_a_listener() -> None:
    run = run_with()
    assert bulk_request.get() is None
    async with run.request():
        assert bulk_request.get() is run
    assert bulk_request.get() is None


@pytest.mark.parametrize(
    ("per_minute", "limit", "constraint", "text", "seconds"),
    [
        (148, 150, Constraint.RATE_LIMIT, "148 of 150 requests/min, at the rate limit", 24),
        (153, 150, Constraint.RATE_LIMIT, "150 of 150 requests/min, at the rate limit", 24),
        (90, 150, Constraint.RATE_LIMIT, "90 of 150 requests/min", 24),
        (30, 150, Constraint.SERVER, "30 of 150 requests/min, slower because the server fails", 120),
        (1200, 1500, Constraint.RESPONSE_TIME, "1,200 of 1,500 requests/min, limited by the response time", 3),
        (6000, 0, Constraint.RESPONSE_TIME, "6,000 requests/min, limited by the response time", 0.6),
        (0, 150, Constraint.RATE_LIMIT, "", None),
    ],
)
def test_the_rate_is_described_with_what_limits_it(
    per_minute: float, limit: float, constraint: Constraint, text: str, seconds: float | None
) -> None:
    throughput = Throughput(per_minute, limit, constraint)
    assert (str(throughput), throughput.seconds_for(60)) == (text, seconds)


@pytest.mark.parametrize("maximum", [1, 2, 5])
@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 60), st.lists(st.integers(0, 5), min_size=1, max_size=12), st.integers(0, 12), st.booleans())
def test_all_places_are_free_after_a_cancellation_at_any_step(
    maximum: int, steps: int, delays: list[int], failing: int, drain: bool
) -> None:
    """Two runs, one with runs within its requests, and a plain request; one task after the other is canceled."""
    client = client_with(in_flight=maximum)

    async def call(number: int) -> int:
        for _ in range(delays[number % len(delays)]):
            await asyncio.sleep(0)
        if number == failing:
            raise ValueError
        return number

    async def call_nested(number: int) -> list[int]:
        return [found async for found in BulkRun(client, "getEnvironmentUsers").in_order(range(2), call)]

    async def collect(call: Callable[[int], Awaitable[object]]) -> None:
        run = BulkRun(client, "getEnvironmentUsers")
        run.record_response(1.0)
        with suppress(ValueError):
            async with aclosing(run.in_order(range(12), call, drain=drain)) as results:
                async for _ in results:
                    await asyncio.sleep(0)

    async def work() -> None:
        tasks = [asyncio.create_task(collect(one)) for one in (call, call_nested, call)]
        for task in tasks:
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
        async with asyncio.timeout(20):
            await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(work())
    assert client.rate_limiters.in_flight.free == maximum


@pytest.mark.parametrize("turns", range(8))
def test_an_event_loop_that_is_closed_with_requests_in_flight_gives_their_places_back(turns: int) -> None:
    client = client_with(in_flight=2)
    limit = client.rate_limiters.in_flight

    async def request() -> None:
        async with BulkRun(client, "getEnvironmentUsers").request():
            await asyncio.get_running_loop().create_future()

    async def begin() -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(request()) for _ in range(5)]
        for _ in range(turns):
            await asyncio.sleep(0)
        return tasks

    loop = asyncio.new_event_loop()
    tasks = loop.run_until_complete(begin())
    loop.close()
    for task in tasks:
        with suppress(RuntimeError, ValueError):  # the loop is closed, and the context is another one
            task.get_coro().close()
        task._log_destroy_pending = False  # type: ignore[attr-defined]
    assert limit.free == 2

    async def enter() -> None:
        async with asyncio.timeout(5):
            await limit.enter()

    asyncio.run(enter())


async def test_a_run_that_was_made_before_works_within_a_request_of_another_run() -> None:
    client = client_with(in_flight=1)
    outer, inner = (BulkRun(client, "getEnvironmentUsers") for _ in range(2))

    async def call(number: int) -> int:
        return number

    async def call_inner(number: int) -> list[int]:
        return [found async for found in inner.in_order(range(number), call)]

    async with asyncio.timeout(5):
        assert [found async for found in outer.in_order([2], call_inner)] == [[0, 1]]
