"""Requests and rows that the server refuses: rate limits, too large requests, bad rows, missing responses."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.services.imports.imports_fixtures import (
    FakeServer,
    Reply,
    Step,
    answer,
    cut,
    job,
    people,
    run,
    states,
)
from tests.store.journal_rows import stored_row

from dyntui.api.errors import NotSent, Unauthorized
from dyntui.store.states import JobState


async def test_too_many_requests_delays_all_queues_and_counts_no_attempt(tmp_path: Path) -> None:
    server = FakeServer([answer(429, {"error": "slow down"}, **{"retry-after": "1"})])
    waits: list[str] = []
    with job(tmp_path, people(3)) as journal:
        await run(journal, server, on_progress=lambda progress: waits.append(progress.waiting))
        assert states(journal) == ["created"] * 3
        assert len(server.posts) == 2
        assert not server.lookups
        assert any("slow down" in text for text in waits)


async def test_many_429_responses_do_not_use_up_the_attempts_of_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dyntui.services.imports.backoff.Backoff.next_delay", lambda self: 0.001)
    storm = answer(429, {"code": "too_many_requests"}, **{"retry-after": "0"})

    def locked(server: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        return Reply(201, {"created": [], "failed": [{"user": row, "code": "lock_timeout"} for row in rows]})

    server = FakeServer([*[storm] * 60, locked, *[storm] * 5, cut, *[storm] * 5])
    with job(tmp_path, people(3)) as journal:
        assert (await run(journal, server)).state is JobState.DONE
        assert states(journal) == ["created"] * 3
        assert len(server.users) == 3


async def test_a_429_with_a_retry_after_of_zero_is_delayed(tmp_path: Path) -> None:
    server = FakeServer([answer(429, None, **{"retry-after": "0"})] * 3)
    with job(tmp_path, people(3)) as journal:
        start = asyncio.get_running_loop().time()
        await run(journal, server)
        assert asyncio.get_running_loop().time() - start > 0.75 * (0.2 + 0.4 + 0.8)
        assert states(journal) == ["created"] * 3


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_token_pauses_the_job_with_the_reason(tmp_path: Path, status: int) -> None:
    server = FakeServer([answer(status, {"error": "the token lacks a scope"})])
    with job(tmp_path, people(30)) as journal:
        ended = await run(journal, server, batch=10)
        assert (ended.state, ended.reason) == (JobState.PAUSED, "the token lacks a scope")
        assert ended.error is not None
        assert ended.error.exit_code == Unauthorized.exit_code
        assert states(journal) == ["pending"] * 30
        assert journal.reason == "the token lacks a scope"
        assert (await run(journal, server)).state is JobState.DONE


async def test_too_large_halves_the_batch(tmp_path: Path) -> None:
    server = FakeServer([answer(413), answer(413)])
    with job(tmp_path, people(80)) as journal:
        await run(journal, server, batch=80)
        assert [len(post) for post in server.posts] == [80, 40, 20, 20, 20, 20]
        assert states(journal) == ["created"] * 80


def at_most(limit: int, status: int, message: str) -> Step:
    """Refuse more rows than `limit` in a request."""

    def step(server: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        server.script.insert(0, step)
        return Reply(status, {"error": message}) if len(rows) > limit else server.apply(rows)

    return step


@pytest.mark.parametrize(
    ("status", "message", "posts"),
    [
        (400, "body must NOT have more than 25 items", 9),
        (422, "A request may contain at most 25 users", 9),
        (400, "maxItems: 25", 9),
        (400, "Too many rows", 10),
        (413, "request entity too large", 10),
        (400, "Validation failed", 11),
    ],
)
async def test_a_refused_number_of_rows_is_never_sent_again(
    tmp_path: Path, status: int, message: str, posts: int
) -> None:
    server = FakeServer([at_most(25, status, message)])
    with job(tmp_path, people(200)) as journal:
        await run(journal, server, batch=100)
        assert states(journal) == ["created"] * 200
        assert len(server.posts) == posts
        assert journal.facts["max_rows"] == 25


async def test_a_half_that_is_too_large_is_halved_again(tmp_path: Path) -> None:
    server = FakeServer([answer(400), answer(413), answer(413)])
    with job(tmp_path, people(40)) as journal:
        await run(journal, server, batch=40)
        assert states(journal) == ["created"] * 40
        assert [len(post) for post in server.posts[:5]] == [40, 20, 10, 5, 5]


async def test_a_message_about_a_field_of_a_row_is_not_about_the_number_of_rows(tmp_path: Path) -> None:
    message = "body/1/wallets must NOT have more than 3 items"
    server = FakeServer([answer(400, {"error": message}), answer(400, {"error": message})])
    with job(tmp_path, people(2)) as journal:
        await run(journal, server)
        assert states(journal) == ["failed", "created"]
        assert "max_rows" not in journal.facts


@pytest.mark.parametrize("status", [400, 404, 409, 422])
async def test_a_bad_row_is_found_by_bisection_and_fails_alone(tmp_path: Path, status: int) -> None:
    def picky(fake: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        fake.script.insert(0, picky)
        if any(row["email"].startswith(("row7@", "row20@")) for row in rows):
            return Reply(status, {"error": "body has a bad row", "code": "invalid_user"})
        return fake.apply(rows)

    server = FakeServer([picky])
    with job(tmp_path, people(25)) as journal:
        ended = await run(journal, server, batch=25)
        assert ended.state is JobState.DONE
        assert [n for n, state in enumerate(states(journal), 1) if state == "failed"] == [7, 20]
        row = stored_row(journal, 7)
        assert row is not None
        assert (row.code, row.message) == ("invalid_user", "body has a bad row")
        assert len(server.users) == 23


async def test_a_server_that_refuses_every_row_pauses_the_job(tmp_path: Path) -> None:
    server = FakeServer([answer(404, {"error": "Path not found", "code": "not_found"})] * 5000)
    with job(tmp_path, people(400)) as journal:
        ended = await run(journal, server)
        assert ended.state is JobState.PAUSED
        assert "refuses every row" in ended.reason
        assert len(server.posts) < 30


async def test_requests_that_were_not_sent_are_retried(tmp_path: Path) -> None:
    def unreachable(fake: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        raise NotSent("no route")

    server = FakeServer([unreachable, unreachable])
    with job(tmp_path, people(3)) as journal:
        await run(journal, server)
        assert states(journal) == ["created"] * 3
        assert not server.lookups
        row = stored_row(journal, 1)
        assert row is not None
        assert row.attempts == 1


@pytest.mark.parametrize("code", ["lock_timeout", "lock_too_many_attempts", "too_many_requests"])
async def test_retryable_row_codes_are_retried(tmp_path: Path, code: str) -> None:
    def busy(fake: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        reply = fake.apply(rows[1:])
        reply.body["failed"].append({"user": rows[0], "code": code, "error": "busy"})
        return reply

    server = FakeServer([busy])
    with job(tmp_path, people(3)) as journal:
        await run(journal, server)
        assert states(journal) == ["created"] * 3
        assert [len(post) for post in server.posts] == [3, 1]


async def test_a_row_missing_from_the_response_is_recovered(tmp_path: Path) -> None:
    def forgetful(fake: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        reply = fake.apply(rows)
        reply.body["created"] = reply.body["created"][1:]
        return reply

    def blind(fake: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        return Reply(201, {"created": [], "updated": [], "failed": [{"code": "x"}] * len(rows), "total": len(rows)})

    server = FakeServer([forgetful, blind])
    with job(tmp_path, people(6)) as journal:
        await run(journal, server, batch=3)
        # Rows 4 to 6 are not there; each is sent again alone, and created then.
        assert states(journal) == ["created"] * 6
        assert [len(post) for post in server.posts] == [3, 3, 1, 1, 1]


async def test_rows_missing_from_every_response_need_review(tmp_path: Path) -> None:
    nothing = answer(201, {"created": [], "updated": [], "failed": [], "total": 0})
    server = FakeServer([nothing] * 10)
    with job(tmp_path, people(2)) as journal:
        ended = await run(journal, server)
        assert ended.state is JobState.DONE
        assert states(journal) == ["review", "review"]


async def test_an_existing_row_that_cannot_be_found_needs_review(tmp_path: Path) -> None:
    def insists(fake: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        failed = [{"user": row, "code": "email_already_exists", "error": "there"} for row in rows]
        return Reply(201, {"created": [], "updated": [], "failed": failed, "total": len(rows)})

    server = FakeServer([cut, insists])
    with job(tmp_path, people(1)) as journal:
        await run(journal, server)
        assert states(journal) == ["review"]
