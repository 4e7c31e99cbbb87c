"""An import that is paused, canceled or stopped."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.services.imports.imports_fixtures import (
    Cut,
    FakeServer,
    Reply,
    answer,
    applied_then,
    job,
    people,
    run,
    states,
)

from dyntui.services.imports.job_control import JobControl, StopRequest
from dyntui.services.imports.progress import Progress
from dyntui.store.journal import Journal
from dyntui.store.states import JobState, RowState


async def test_the_first_rows_are_sent_and_then_the_others(tmp_path: Path) -> None:
    server = FakeServer()
    with job(tmp_path, people(25)) as journal:
        ended = await run(journal, server, first=10)
        assert (ended.state, ended.is_planned) == (JobState.PAUSED, True)
        assert states(journal) == ["created"] * 10 + ["pending"] * 15
        assert (await run(journal, server)).state is JobState.DONE
        assert len(server.users) == 25


async def test_a_pause_waits_for_the_response_in_progress(tmp_path: Path) -> None:
    control = JobControl()
    server = FakeServer()
    server.before_post = lambda: control.request_stop(StopRequest.PAUSE, "because")
    with job(tmp_path, people(30)) as journal:
        ended = await run(journal, server, batch=10, control=control)
        assert (ended.state, ended.reason) == (JobState.PAUSED, "because")
        assert states(journal) == ["created"] * 10 + ["pending"] * 20


async def test_a_second_stop_request_abandons_the_response_and_the_rows_are_unknown(tmp_path: Path) -> None:
    control = JobControl()

    def hangs(fake: FakeServer, rows: list[dict[str, Any]]) -> Any:
        fake.apply(rows)
        control.request_stop(StopRequest.PAUSE, "first")
        control.request_stop(StopRequest.PAUSE, "second")
        return asyncio.sleep(60, Reply(201))

    server = FakeServer([hangs])
    with job(tmp_path, people(5)) as journal:
        ended = await run(journal, server, control=control)
        assert ended.state is JobState.PAUSED
        assert states(journal) == ["unknown"] * 5
        assert (await run(journal, server)).state is JobState.DONE
        assert states(journal) == ["created"] * 5
        assert len(server.posts) == 1


async def test_a_cancel_skips_rows_that_were_not_sent(tmp_path: Path) -> None:
    control = JobControl()
    server = FakeServer()
    server.before_post = lambda: control.request_stop(StopRequest.CANCEL, "no more")
    with job(tmp_path, people(30)) as journal:
        ended = await run(journal, server, batch=10, control=control)
        assert ended.state is JobState.CANCELED
        assert states(journal) == ["created"] * 10 + ["skipped"] * 20


async def test_another_process_can_request_a_stop(tmp_path: Path) -> None:
    server = FakeServer()

    def slow(fake: FakeServer, rows: list[dict[str, Any]]) -> Any:
        with Journal.read(journal.path) as other:
            other.request_stop("pause")
        return asyncio.sleep(1, fake.apply(rows))

    server.script = [slow]
    with job(tmp_path, people(30)) as journal:
        ended = await run(journal, server, batch=10)
        assert ended.state is JobState.PAUSED
        assert journal.counts[RowState.CREATED] == 10


async def test_a_stop_request_ends_a_wait(tmp_path: Path) -> None:
    control = JobControl()
    server = FakeServer([answer(429, None, **{"retry-after": "3000"})])

    def on_progress(progress: Progress) -> None:
        if progress.waiting:
            control.request_stop(StopRequest.PAUSE, "while it waits")

    with job(tmp_path, people(3)) as journal:
        ended = await asyncio.wait_for(run(journal, server, control=control, on_progress=on_progress), 10)
        assert ended.reason == "while it waits"
        assert states(journal) == ["pending"] * 3


async def test_a_refused_lookup_pauses_the_job(tmp_path: Path) -> None:
    server = FakeServer([applied_then(Cut())])
    server.on_get = lambda: Reply(403, {"error": "no users.read"})
    with job(tmp_path, people(3)) as journal:
        ended = await run(journal, server)
        assert ended.state is JobState.PAUSED
        assert "no users.read" in ended.reason
        assert states(journal) == ["unknown"] * 3
        server.on_get = lambda: None
        await run(journal, server)
        assert states(journal) == ["created"] * 3
