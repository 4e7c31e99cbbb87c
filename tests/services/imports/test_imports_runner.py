"""The table of docs/vendor-api.md#what-a-response-proves, row by row: what was answered decides what becomes of the
rows."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.families import slow_except
from tests.services.imports.imports_fixtures import (
    Cut,
    FakeServer,
    Reply,
    answer,
    applied_then,
    codes,
    cut,
    emails,
    job,
    people,
    run,
    states,
)
from tests.store.journal_rows import stored_row

from dyntui.services.imports import server_clock
from dyntui.services.imports.job_control import JobControl, StopRequest
from dyntui.services.imports.progress import Progress
from dyntui.store import job_queries
from dyntui.store.connection import JournalRefused
from dyntui.store.journal import Journal
from dyntui.store.states import JobState, RowState


async def test_every_row_is_created_one_time_and_stores_its_user_id(tmp_path: Path) -> None:
    server = FakeServer()
    with job(tmp_path, people(250)) as journal:
        ended = await run(journal, server, batch=100)
        assert (ended.state, ended.reason) == (JobState.DONE, "")
        assert [len(post) for post in server.posts] == [100, 100, 50]
        ids = {user["email"]: user["id"] for user in server.users}
        assert {row.number: row.user_id for row in job_queries.iterate_rows(journal)} == {
            n: ids[f"row{n}@example.com"] for n in range(1, 251)
        }


async def test_rows_are_recorded_as_sending_before_the_request(tmp_path: Path) -> None:
    server = FakeServer()
    with job(tmp_path, people(30)) as journal:

        def look() -> None:
            with Journal.read(journal.path) as other:
                sent = [row["email"] for row in server.posts[-1]]
                now = {row.number: row.state for row in job_queries.iterate_rows(other)}
                assert all(now[int(email[3:].split("@")[0])] is RowState.SENDING for email in sent)

        server.before_post = look
        await run(journal, server, batch=10)
        assert len(server.posts) == 3


@pytest.mark.parametrize(
    "lost",
    [
        applied_then(Reply(502, {"error": "bad gateway"})),
        applied_then(Reply(503, b"<html>busy</html>")),
        applied_then(Reply(201, b'{"created": [')),
        applied_then(Reply(201, b"<html>hello</html>")),
        applied_then(Reply(201, b'{"created": [}}')),
        applied_then(Reply(408, {"error": "too slow"})),
        applied_then(Cut()),
        applied_then(Cut(), share=0.5),
        answer(500),
        cut,
    ],
    ids=["502", "html", "truncated", "not json", "garbled", "408", "cut after", "half", "500 before", "cut before"],
)
@pytest.mark.parametrize("orders", slow_except([True, False], True))
async def test_a_lost_response_is_recovered_without_sending_rows_again(tmp_path: Path, lost: Any, orders: bool) -> None:
    """With one walk over the newest users, or, where the server does not sort, row by row."""
    server = FakeServer([lost])
    server.orders = orders
    server.add({"email": "later@example.com"}, at="2021-01-01T00:00:00.000Z")
    server.add({"email": "earlier@example.com"}, at="2020-01-01T00:00:00.000Z")
    with job(tmp_path, people(20), precheck={"at": 1}) as journal:
        ended = await run(journal, server, batch=20)
        assert ended.state is JobState.DONE
        assert states(journal) == ["created"] * 20
        sent = sorted(row["email"] for row in people(20))
        assert [email for email in emails(server) if email.startswith("row")] == sent
        assert 0 < len(server.lookups) <= (2 if orders else 21)


async def test_a_damaged_response_is_recovered_during_the_next_request(tmp_path: Path) -> None:
    garbled = applied_then(Reply(201, b'{"created": [}}'))
    server = FakeServer([garbled] * 3)
    waits: list[str] = []
    with job(tmp_path, people(40)) as journal:
        ended = await run(
            journal, server, batch=10, settle=0.5, on_progress=lambda progress: waits.append(progress.waiting)
        )
        assert ended.state is JobState.DONE
        assert states(journal) == ["created"] * 40
        assert emails(server) == sorted(row["email"] for row in people(40))
        assert any("no JSON" in words for words in waits), "it waits before the next request"
        outcomes = {outcome: n for _, outcome, n in job_queries.traffic(journal)}
        assert outcomes["maybe applied"] == 3


async def test_recovery_reads_several_pages(tmp_path: Path) -> None:
    server = FakeServer([applied_then(Cut(), share=0.7)])
    with job(tmp_path, people(400), precheck={"at": 1}) as journal:
        await run(journal, server, batch=400)
        assert states(journal) == ["created"] * 400
        assert sorted(emails(server)) == sorted(row["email"] for row in people(400))
        assert len(server.lookups) < 10


async def test_users_that_existed_before_are_not_attributed_to_the_job(tmp_path: Path) -> None:
    server = FakeServer([applied_then(Cut())])
    server.add({"email": "row2@example.com"}, at="2020-01-01T00:00:00.000Z")
    with job(tmp_path, people(3)) as journal:
        await run(journal, server)
        assert states(journal) == ["created", "exists", "created"]
        assert stored_row(journal, 1).code == "recovered"


@pytest.mark.parametrize("hours", [-3, 3])
async def test_a_wrong_server_clock_does_not_change_which_users_the_job_created(tmp_path: Path, hours: int) -> None:
    server = FakeServer([applied_then(Cut())])
    server.ahead = timedelta(hours=hours)
    with job(tmp_path, people(5), precheck={"at": 1}) as journal:
        await run(journal, server)
        assert (states(journal), set(codes(journal))) == (["created"] * 5, {"recovered"})


@pytest.mark.parametrize("hours", [-3, 3])
async def test_the_local_clock_may_be_set_between_two_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    """Created by us before, and by somebody else after: neither is taken for the other."""
    server = FakeServer([applied_then(Cut(), share=0.5)])
    control = JobControl()
    server.before_post = lambda: control.request_stop(StopRequest.PAUSE, "enough")
    with job(tmp_path, people(4), precheck={"at": 1}) as journal:
        assert (await run(journal, server, control=control, settle=30)).state is JobState.PAUSED
        assert states(journal) == ["unknown"] * 4
        set_by = server_clock._STARTED + hours * 3600 * 10**9
        monkeypatch.setattr(server_clock, "_STARTED", set_by)
        monkeypatch.setattr("dyntui.store.journal.now_ms", server_clock.steady_ms)
        server.before_post = None
        server.add({"email": "row3@example.com"}, at=(server.now() - timedelta(hours=1)).isoformat())
        assert (await run(journal, server)).state is JobState.DONE
        assert states(journal) == ["created", "created", "exists", "created"]
        assert len(server.users) == 4


async def test_times_in_whole_seconds_are_compared(tmp_path: Path) -> None:
    def applied(server: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        for row in rows:
            server.add(row, at=server.now().isoformat(timespec="seconds"))
        raise Cut

    server = FakeServer([applied])
    with job(tmp_path, people(5), precheck={"at": 1}) as journal:
        await run(journal, server)
        assert states(journal) == ["created"] * 5


async def test_a_full_disk_stops_the_job_and_it_continues_with_free_space(tmp_path: Path) -> None:
    server = FakeServer()

    def fill() -> None:
        if len(server.posts) == 5:
            (pages,) = journal.db.execute("PRAGMA page_count").fetchone()
            journal.db.execute(f"PRAGMA max_page_count = {pages}")

    server.before_post = fill
    with job(tmp_path, people(400)) as journal:
        with pytest.raises(JournalRefused, match="disk is full") as refused:
            await run(journal, server, batch=10)
        assert refused.value.exit_code == 5
        assert journal.id in refused.value.hint
    assert 5 <= len(server.posts) < 40
    server.before_post = None
    with Journal.open(journal.path) as reopened:
        assert reopened.state is JobState.PAUSED
        assert (await run(reopened, server, batch=10)).state is JobState.DONE
        assert states(reopened) == ["created"] * 400
        assert emails(server) == sorted(row["email"] for row in people(400))


async def test_a_job_is_canceled_during_recovery(tmp_path: Path) -> None:
    server = FakeServer([applied_then(Cut(), share=0.5)])
    control = JobControl()

    def ask() -> None:
        if server.lookups:
            control.request_stop(StopRequest.CANCEL, "enough")

    server.on_get = ask
    with job(tmp_path, people(20)) as journal:
        assert (await run(journal, server, control=control, batch=20)).state is JobState.CANCELED
        existing = set(emails(server))
        for number, state in enumerate(states(journal), 1):
            assert state in ("created", "unknown"), "what was sent is not said to be skipped"
            assert state != "created" or f"row{number}@example.com" in existing
        assert "unknown" in states(journal)


async def test_an_unreachable_server_during_recovery_pauses_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dyntui.services.imports.backoff.Backoff.next_delay", lambda self: None)
    server = FakeServer([applied_then(Cut(), share=0.5)])
    away = [False]

    def get() -> Reply | None:
        if away[0]:
            raise Cut
        return None

    def leave() -> None:
        away[0] = True

    server.on_get, server.before_post = get, leave
    with job(tmp_path, people(20)) as journal:
        ended = await run(journal, server, batch=20)
        assert (ended.state, ended.error is not None) == (JobState.PAUSED, True)
        assert set(states(journal)) == {"unknown"}
        away[0], server.before_post = False, None
        assert (await run(journal, server)).state is JobState.DONE
        assert states(journal) == ["created"] * 20
        assert len(server.users) == 20


async def test_an_email_that_contains_the_searched_one_is_not_a_match(tmp_path: Path) -> None:
    server = FakeServer([cut])
    server.add({"email": "grow1@example.com"})
    with job(tmp_path, people(1)) as journal:
        await run(journal, server)
        assert states(journal) == ["created"]
        assert emails(server) == ["grow1@example.com", "row1@example.com"]


async def test_unknown_rows_wait_for_the_settle_window(tmp_path: Path) -> None:
    """The server applies the rows after the connection broke, and after they were marked as unknown."""
    server = FakeServer()

    def late(fake: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        asyncio.get_running_loop().call_later(0.15, fake.apply, rows)
        raise Cut

    server.script = [late]
    with job(tmp_path, people(5)) as journal:
        await run(journal, server, settle=0.5)
        assert states(journal) == ["created"] * 5
        assert len(server.posts) == 1


async def test_already_exists_on_a_second_attempt_is_checked(tmp_path: Path) -> None:
    """Rule 6: the first attempt is applied only after it was found absent; the second meets it."""
    server = FakeServer()

    def very_late(fake: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        fake.script = [lambda other, retried: (other.apply(rows), other.apply(retried))[1]]
        raise Cut

    server.script = [very_late]
    with job(tmp_path, people(4)) as journal:
        await run(journal, server)
        assert states(journal) == ["created"] * 4
        assert emails(server) == sorted(row["email"] for row in people(4))


async def test_already_exists_on_the_first_attempt_is_accepted(tmp_path: Path) -> None:
    server = FakeServer()
    server.add({"email": "row1@example.com"}, at="2020-01-01T00:00:00Z")
    server.add({"email": "other@example.com", "username": "taken"}, at="2020-01-01T00:00:00Z")
    rows = [*people(2), {"email": "new@example.com", "username": "taken"}]
    with job(tmp_path, rows) as journal:
        await run(journal, server)
        assert states(journal) == ["exists", "created", "failed"]
        assert codes(journal) == ["email_already_exists", "", "username_already_exists"]
        assert not server.lookups


async def test_rows_without_a_key_are_sent_alone_with_a_generated_id(tmp_path: Path) -> None:
    def lost(fake: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        fake.add(rows[0])
        raise Cut

    server = FakeServer([lost, cut])
    with job(tmp_path, [{"firstName": "A"}, {"firstName": "B"}, {"firstName": "C"}]) as journal:
        await run(journal, server)
        assert states(journal) == ["created"] * 3
        assert sorted(user["firstName"] for user in server.users) == ["A", "B", "C"]
        ids = {user["firstName"]: user["id"] for user in server.users}
        assert [row.user_id for row in job_queries.iterate_rows(journal)] == [ids["A"], ids["B"], ids["C"]]
        assert [row.chosen_id for row in job_queries.iterate_rows(journal)] == [ids["A"], ids["B"], ids["C"]]


async def test_without_generated_ids_a_lost_row_without_a_key_needs_review(tmp_path: Path) -> None:
    def own_id(fake: FakeServer, rows: list[dict[str, Any]]) -> Reply:
        return Reply(201, {"user": fake.add({**rows[0], "id": "0b7e0c58-2b4e-4a53-9f5a-0e8b8b8b8b8b"})})

    server = FakeServer([own_id, cut])
    with job(tmp_path, [{"firstName": "A"}, {"firstName": "B"}]) as journal:
        await run(journal, server)
        assert states(journal) == ["created", "review"]


async def test_rows_with_the_same_key_are_in_separate_requests(tmp_path: Path) -> None:
    server = FakeServer()
    journal = Journal.create(tmp_path / "jobs" / "job.sqlite", kind="users", facts={})
    from dyntui.store.job_loader import NewRow, load

    rows = [NewRow(n, b"[[]]", b'{"email":"same@x.example"}', ("email:same@x.example",)) for n in (1, 2)]
    load(journal, rows, allow_duplicates=True)
    journal.move(JobState.READY)
    with journal:
        await run(journal, server)
        assert [len(post) for post in server.posts] == [1, 1]
        assert states(journal) == ["created", "exists"]


async def test_progress_sums_to_the_total(tmp_path: Path) -> None:
    updates: list[Progress] = []
    server = FakeServer([applied_then(Cut())])
    with job(tmp_path, people(50)) as journal:
        await run(journal, server, batch=10, on_progress=updates.append)
    assert updates
    assert all(sum(progress.counts.values()) == progress.total == 50 for progress in updates)
    assert updates[-1].state is JobState.DONE
    assert updates[-1].open_rows == 0


@pytest.mark.parametrize("filters", slow_except(["form", "ignored", "refused"], "ignored"))
async def test_recovery_loses_and_doubles_no_row_when_the_server_does_not_apply_filters(
    tmp_path: Path, filters: str
) -> None:
    server = FakeServer([applied_then(Cut(), 0.5)])
    server.filters, server.orders = filters, False
    for number in range(2500):  # more than a look-up compares
        server.add({"email": f"old{number}@example.com"}, at="2020-01-01T00:00:00.000Z")
    server.add({"email": "row6@example.com"}, at="2020-01-01T00:00:00.000Z")
    with job(tmp_path, people(6)) as journal:
        result = await run(journal, server)
        assert (result.state, states(journal)) == (JobState.DONE, ["created"] * 5 + ["exists"])
    assert [email for email in emails(server) if email.startswith("row")] == [
        f"row{n}@example.com" for n in range(1, 7)
    ]
