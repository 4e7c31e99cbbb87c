"""Several requests of a job in flight: every row is accounted for, whatever becomes of one of them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path
from typing import Any, cast

import pytest
from tests.families import slow_except
from tests.services.imports.imports_fixtures import (
    ENVIRONMENT,
    FakeServer,
    Reply,
    Step,
    emails,
    job,
    people,
    run,
    states,
)
from tests.store.journal_rows import stored_row

from dyntui.api.client import Client
from dyntui.api.errors import ConnectionLost
from dyntui.api.in_flight import InFlightLimit
from dyntui.api.pagination import RowPage
from dyntui.api.rate_limiter import RateLimiter, RateLimiters
from dyntui.services.bulk import BulkRun
from dyntui.services.imports.job_control import JobControl, StopRequest
from dyntui.services.imports.runner import RunResult
from dyntui.services.lists.page_scan import scan_by_offset
from dyntui.store import job_queries
from dyntui.store.job_loader import NewRow, load
from dyntui.store.journal import Journal
from dyntui.store.states import JobState, RowState


@pytest.fixture(autouse=True)
def any_response_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a server that responds at once get as many requests as a slow one."""
    monkeypatch.setattr("dyntui.services.bulk.UNLIMITED_PER_S", 1e9)


class BusyServer(FakeServer):
    """Answers when `together` requests are in flight, or no more come. answer: replies to a request by its number."""

    def __init__(self, together: int, answer: Callable[[int, list[dict[str, Any]]], Reply] | None = None) -> None:
        super().__init__()
        self.together = together
        self.answer = answer
        self.now_in_flight: list[list[dict[str, Any]]] = []
        self.most = 0
        self.in_flight_at: list[int] = []
        """How many were in flight when each request arrived, with it."""

    def _reply(self, method: str, path: str, query: dict[str, str], body: bytes) -> Any:
        if method == "GET":
            return super()._reply(method, path, query, body)
        return self._reply_later(super()._reply(method, path, query, b"[]"), path, query, body)

    def _reply_later(self, _: Any, path: str, query: dict[str, str], body: bytes) -> Awaitable[Reply]:
        import orjson

        rows = orjson.loads(body)
        self.posts[-1] = rows
        number = len(self.posts)
        self.now_in_flight.append(rows)
        self.most = max(self.most, len(self.now_in_flight))
        self.in_flight_at.append(len(self.now_in_flight))

        async def reply() -> Reply:
            for _ in range(200):
                if len(self.now_in_flight) >= self.together:
                    break
                await asyncio.sleep(0)
            self.now_in_flight.remove(rows)
            return self.answer(number, rows) if self.answer is not None else self.apply(rows)

        return reply()


async def test_several_requests_are_in_flight_after_the_first_was_accepted(tmp_path: Path) -> None:
    server = BusyServer(16)
    with job(tmp_path, people(400)) as journal:
        assert (await run(journal, server, batch=10)).state is JobState.DONE
        assert states(journal) == ["created"] * 400
    assert emails(server) == sorted(row["email"] for row in people(400))
    assert server.in_flight_at[:2] == [1, 1]
    assert server.most == 16


async def test_requests_start_when_the_rate_permits_and_not_only_after_a_response(tmp_path: Path) -> None:
    """Ten requests may be sent at once at this rate, and the others while these are in flight."""
    now = most = 0

    async def reply(server: FakeServer, rows: list[dict[str, Any]]) -> Any:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(1.2)
        now -= 1
        return server.apply(rows)

    server = FakeServer()
    server.script = [cast(Step, reply)] * 20
    with job(tmp_path, people(20)) as journal:
        ended = await run(journal, server, batch=1, rate_limiters=RateLimiters(0, 600))
        assert ended.state is JobState.DONE
    assert most > 10


async def test_a_pause_waits_for_all_responses_and_sends_nothing_more(tmp_path: Path) -> None:
    control = JobControl()
    server = BusyServer(8)

    def stop() -> None:
        if len(server.posts) == 6:
            control.request_stop(StopRequest.PAUSE, "enough")

    server.before_post = stop
    with job(tmp_path, people(400)) as journal:
        assert (await run(journal, server, control=control, batch=10)).state is JobState.PAUSED
        sent = len(server.posts)
        assert 6 <= sent <= 1 + 16
        rows = list(job_queries.iterate_rows(journal))
        assert [row.state.value for row in rows] == ["created"] * 10 * sent + ["pending"] * (400 - 10 * sent)
        assert {(row.attempts, row.first_sent) for row in rows[10 * sent :]} == {(0, None)}
        assert (await run(journal, server, batch=10)).state is JobState.DONE
        assert emails(server) == sorted(row["email"] for row in people(400))


async def test_rows_with_the_same_key_are_never_in_flight_together(tmp_path: Path) -> None:
    server = BusyServer(4)
    journal = Journal.create(tmp_path / "jobs" / "job.sqlite", kind="users", facts={})
    names = [f"row{n % 30}" for n in range(120)]
    bodies = [f'{{"email":"{name}@x.example"}}'.encode() for name in names]
    rows = [NewRow(n, b"[[]]", body, (f"email:{names[n - 1]}@x.example",)) for n, body in enumerate(bodies, 1)]
    load(journal, rows, allow_duplicates=True)
    journal.move(JobState.READY)
    shared: list[set[str]] = []

    def compare() -> None:
        others = [{row["email"] for row in each} for each in server.now_in_flight]
        shared.extend(one & other for number, one in enumerate(others) for other in others[:number])

    server.before_post = compare
    with journal:
        assert (await run(journal, server, batch=7)).state is JobState.DONE
        assert states(journal).count("created") == 30
        assert states(journal).count("exists") == 90
    assert server.most > 1
    assert not any(shared)


async def test_a_failure_delays_the_next_requests_and_one_tries_alone(tmp_path: Path) -> None:
    """Those that were in flight with it count: created rows stay created, and lost rows are looked up."""

    def answer(number: int, rows: list[dict[str, Any]]) -> Reply:
        if 5 <= number <= 8:
            server.apply(rows[:3])
            raise ConnectionLost("gone")
        return server.apply(rows)

    server = BusyServer(8, answer)
    waits: list[str] = []
    with job(tmp_path, people(400)) as journal:
        ended = await run(journal, server, batch=10, on_progress=lambda progress: waits.append(progress.waiting))
        assert ended.state is JobState.DONE
        assert states(journal) == ["created"] * 400
        assert emails(server) == sorted(row["email"] for row in people(400))
    assert any("gone" in reason for reason in waits)
    assert server.in_flight_at[17 if server.most == 16 else 9 :].count(1), "one request alone after the failure"


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_token_stops_the_job_after_the_other_responses(tmp_path: Path, status: int) -> None:
    def answer(number: int, rows: list[dict[str, Any]]) -> Reply:
        return Reply(status, {"error": "the token lacks a scope"}) if number == 4 else server.apply(rows)

    server = BusyServer(8, answer)
    with job(tmp_path, people(400)) as journal:
        ended = await run(journal, server, batch=10)
        assert (ended.state, ended.reason) == (JobState.PAUSED, "the token lacks a scope")
        assert journal.counts[RowState.CREATED] == 10 * (len(server.posts) - 1) == len(server.users)
        assert not journal.counts.get(RowState.SENDING)
        row = stored_row(journal, 31)
        assert row is not None
        assert row.state is RowState.PENDING


async def test_a_refused_number_of_rows_is_learned_with_one_request(tmp_path: Path) -> None:
    def answer(number: int, rows: list[dict[str, Any]]) -> Reply:
        return Reply(400, {"error": "Validation failed"}) if len(rows) > 25 else server.apply(rows)

    server = BusyServer(8, answer)
    with job(tmp_path, people(800)) as journal:
        assert (await run(journal, server, batch=100)).state is JobState.DONE
        assert states(journal) == ["created"] * 800
    assert sum(len(post) > 25 for post in server.posts) == 3, "100, and its two halves"


async def test_refused_rows_are_found_while_other_requests_are_in_flight(tmp_path: Path) -> None:
    bad = {f"row{number}@example.com" for number in range(15, 400, 20)}

    def answer(number: int, rows: list[dict[str, Any]]) -> Reply:
        if any(row["email"] in bad for row in rows):
            return Reply(400, {"error": "body has a bad row", "code": "invalid_user"})
        return server.apply(rows)

    server = BusyServer(4, answer)
    with job(tmp_path, people(400)) as journal:
        assert (await run(journal, server, batch=10)).state is JobState.DONE
        assert [n for n, state in enumerate(states(journal), 1) if state == "failed"] == list(range(15, 400, 20))
        assert len(server.users) == 380
        assert "max_rows" not in journal.facts
    assert server.most > 1


async def test_rows_that_are_sent_alone_are_limited_by_their_own_rate(tmp_path: Path) -> None:
    """The limit of bulk requests, one a minute here, does not apply to single creates."""
    server = FakeServer()
    with job(tmp_path, [{"firstName": f"A{number}"} for number in range(20)]) as journal:
        async with asyncio.timeout(20):
            ended = await run(journal, server, rate_limiters=RateLimiters(0, 1))
        assert ended.state is JobState.DONE
    assert len(server.posts) == 20


class BusyLimiter(RateLimiter):
    """A limiter at which the requests with these numbers wait for a minute, because others took the places."""

    def __init__(self, waiting: range) -> None:
        super().__init__(0)
        self.waiting_numbers = waiting
        self.attempts = 0

    def try_reserve(self) -> float:
        self.attempts += 1
        return 60.0 if self.attempts in self.waiting_numbers else 0.0


def limiters_with(bulk: RateLimiter) -> RateLimiters:
    limiters = RateLimiters(0, 0)
    limiters.bulk = bulk
    return limiters


async def test_requests_that_wait_for_the_rate_limit_are_not_sent_after_a_pause(tmp_path: Path) -> None:
    control, limiter = JobControl(), BusyLimiter(range(4, 100))
    server = BusyServer(3)

    def stop() -> None:
        if len(server.posts) == 3:
            control.request_stop(StopRequest.PAUSE, "enough")

    server.before_post = stop
    with job(tmp_path, people(200)) as journal:
        async with asyncio.timeout(8):
            ended = await run(journal, server, control=control, batch=10, rate_limiters=limiters_with(limiter))
        assert (ended.state, ended.reason) == (JobState.PAUSED, "enough")
        assert limiter.attempts > 3
        assert states(journal) == ["created"] * 30 + ["pending"] * 170
        assert {row.attempts for row in list(job_queries.iterate_rows(journal))[30:]} == {0}


@pytest.mark.parametrize("status", [401, 429, 503])
async def test_requests_that_wait_for_the_rate_limit_are_not_sent_after_a_failure(tmp_path: Path, status: int) -> None:
    def answer(number: int, rows: list[dict[str, Any]]) -> Reply:
        if number == 3:
            return Reply(status, {"error": "no"}, {"retry-after": "0"})
        return server.apply(rows)

    limiter = BusyLimiter(range(4, 5))
    server = BusyServer(3, answer)
    with job(tmp_path, people(200)) as journal:
        async with asyncio.timeout(30):
            ended = await run(journal, server, batch=10, rate_limiters=limiters_with(limiter))
        assert limiter.attempts > 3
        if status == 401:
            assert ended.state is JobState.PAUSED
            assert states(journal) == ["created"] * 20 + ["pending"] * 180
            return
        assert ended.state is JobState.DONE
        assert states(journal) == ["created"] * 200
    assert emails(server) == sorted(row["email"] for row in people(200))


async def test_a_lost_response_to_a_half_does_not_slow_the_rest_of_the_job(tmp_path: Path) -> None:
    def answer(number: int, rows: list[dict[str, Any]]) -> Reply:
        if any(row["email"] == "row15@example.com" for row in rows) and number < 4:
            return Reply(400, {"error": "body has a bad row", "code": "invalid_user"})
        reply = server.apply(rows)
        if number == 5:
            raise ConnectionLost("gone")
        return reply

    server = BusyServer(8, answer)
    with job(tmp_path, people(400)) as journal:
        ended = await run(journal, server, batch=20, settle=0.5)
        assert ended.state is JobState.DONE
        assert states(journal) == ["created"] * 400
    assert server.most > 1


@pytest.mark.parametrize("maximum", slow_except([1, 2], 1))
def test_a_job_and_scans_in_two_event_loops_end_with_few_requests_in_flight(tmp_path: Path, maximum: int) -> None:
    """The server fails now and then; one scan is left early, and one is within requests of another run."""
    limiters = RateLimiters(0, 0, InFlightLimit(maximum))
    failures = random.Random(7)

    def answer(number: int, rows: list[dict[str, Any]]) -> Reply:
        if failures.random() < 0.2:
            return Reply(failures.choice([429, 503]), {"error": "no"}, {"retry-after": "0"})
        return server.apply(rows)

    server = BusyServer(1, answer)

    def import_rows() -> RunResult:
        with job(tmp_path, people(100)) as journal:
            return asyncio.run(run(journal, server, batch=10, rate_limiters=limiters))

    async def scan() -> None:
        client = Client("http://localhost/api/v0", ENVIRONMENT, "dyn_test", rate_limiters=limiters)

        async def read(offset: int, limit: int) -> RowPage:
            await asyncio.sleep(0)
            return RowPage([{"id": str(n)} for n in range(offset, min(1000, offset + limit))], 1000)

        async def collect(leave: bool = False) -> int:
            count = 0
            async with aclosing(scan_by_offset(BulkRun(client, "getEnvironmentUsers"), read, size=20)) as pages:
                async for page in pages:
                    count += len(page.rows)
                    if leave:
                        break
            return count

        async def collect_nested(number: int) -> int:
            return await collect()

        async def collect_several() -> list[int]:
            run = BulkRun(client, "getEnvironmentUsers")
            return [count async for count in run.in_order(range(3), collect_nested)]

        whole, left_early, several = await asyncio.gather(collect(), collect(leave=True), collect_several())
        assert (whole, left_early, several) == (1000, 20, [1000] * 3)

    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(import_rows)

        async def work() -> None:
            async with asyncio.timeout(60):
                while not ended.done():
                    await scan()

        asyncio.run(work())
        assert ended.result().state is JobState.DONE
    assert emails(server) == sorted(row["email"] for row in people(100))
    assert limiters.in_flight.free >= 1
    assert limiters.in_flight.allowed - limiters.in_flight.free == 0
