"""Jobs as people meet them: prepared from a file, planned, run in a thread, only where they belong, reported."""

from __future__ import annotations

import asyncio
import csv
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.store.journal_rows import stored_row

from dyntui.api.rate_limiter import RateLimiter
from dyntui.config.profile import Profile
from dyntui.config.settings import Settings
from dyntui.core.errors import UsageError
from dyntui.importer import SourceChanged, open_source, propose_mapping
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.server import RunningServer, serving
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel
from dyntui.services.connection import Connection
from dyntui.services.imports import jobs
from dyntui.services.imports.job_service import (
    action_for,
    assess_job,
    authorize_job,
    job_requirement,
    load_confirmation,
    set_request_rate,
)
from dyntui.services.imports.job_thread import JobThread
from dyntui.services.imports.plan import check_plan, make_plan, plan_lines, read_plan, save_plan
from dyntui.services.imports.prepare import prepare_job
from dyntui.services.imports.reports import result_document, write_reports
from dyntui.services.imports.runner import JobOptions
from dyntui.store import job_queries
from dyntui.store.journal import Journal
from dyntui.store.lock import JobBusy
from dyntui.store.states import JobState, RowState

OPTIONS = JobOptions(batch=10, settle=0.1, rate=0).facts()


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def served() -> Iterator[RunningServer]:
    with serving(SandboxOptions(users=5, latency_ms=5)) as running:
        yield running


def profile(served: RunningServer, **changes: Any) -> Profile:
    return replace(Profile("test", served.base_url, served.environment_id, "sandbox"), **changes)


def write(path: Path, rows: int, name: str = "person") -> Path:
    path.write_text("email,firstName\n" + "".join(f"{name}{n}@example.com,N{n}\n" for n in range(1, rows + 1)))
    return path


def prepared(file: Path, location: jobs.JobLocation, **facts: Any) -> Journal:
    with open_source(file) as source:
        mapping = propose_mapping(source.info, source.sample()).with_constant("emailVerifiedAt", "unverified")
        return prepare_job(
            source.info, source.rows(), mapping, location, options={**OPTIONS, **facts.pop("options", {})}, **facts
        )


def place(**changes: str) -> jobs.JobLocation:
    return replace(jobs.JobLocation("test", "http://127.0.0.1:1/api/v0", "e-1", "sandbox"), **changes)


def test_the_source_file_is_not_needed_after_it_is_in_the_journal(tmp_path: Path) -> None:
    file = write(tmp_path / "people.csv", 3)
    with prepared(file, place()) as journal:
        file.unlink()
        assert (journal.state, journal.total) == (JobState.READY, 3)
        row = stored_row(journal, 2)
        assert row is not None
        assert row.raw == [["person2@example.com", "N2"]]
        assert json.loads(row.body or b"")["email"] == "person2@example.com"
        assert row.keys == ("email:person2@example.com",)


def test_a_file_that_changes_while_it_is_read_leaves_no_job(tmp_path: Path, home: Path) -> None:
    file = write(tmp_path / "people.csv", 50_000)

    def change(_: int) -> None:
        with file.open("a") as more:
            more.write("late@example.com,Late\n")

    with open_source(file) as source:
        mapping = propose_mapping(source.info, source.sample()).with_constant("emailVerifiedAt", "unverified")
        change(0)
        with pytest.raises(SourceChanged):
            prepare_job(source.info, source.rows(), mapping, place(), on_rows=change)
    assert list((home / "state" / "jobs").iterdir()) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"environment_id": "e-2"}, "environment"),
        ({"base_url": "http://127.0.0.1:2/api/v0"}, "base URL"),
        ({"organization_id": "o-2"}, "organization"),
    ],
)
def test_a_job_is_refused_in_another_environment(tmp_path: Path, change: dict[str, str], named: str) -> None:
    with prepared(write(tmp_path / "p.csv", 1), place(organization_id="o-1")) as journal:
        jobs.check_location(journal, place(organization_id="o-1"))
        jobs.check_location(journal, place(organization_id=""))  # a token that may not see it
        jobs.check_location(journal, place(organization_id="o-1", profile="renamed"))
        with pytest.raises(UsageError, match=named):
            jobs.check_location(journal, replace(place(organization_id="o-1"), **change))


def test_jobs_are_found_by_the_start_of_their_id(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no job yet"):
        jobs.find_job("last")
    with prepared(write(tmp_path / "p.csv", 2), place()) as first:
        assert jobs.find_job(first.id[:15]) == first.path == jobs.find_job("last")
        assert jobs.find_job(f"/somewhere/{first.id}.plan.json") == first.path
        (listed,) = jobs.list_jobs()
        assert (listed.id, listed.is_busy, listed.state, listed.total, listed.open_rows) == (
            first.id,
            True,
            "ready",
            2,
            2,
        )
        with prepared(write(tmp_path / "q.csv", 2), place()), pytest.raises(UsageError, match="2 jobs start"):
            jobs.find_job(first.id[:6])


@pytest.mark.parametrize(
    ("rate", "now"), [(100, [100, 1500]), (3000, [3000, 3000]), (0, [0, 0])], ids=["slower", "faster", "no limit"]
)
def test_the_rate_of_a_job_applies_behind_any_other_limiter(rate: float, now: list[float]) -> None:
    gates = [RateLimiter(150), RateLimiter(1500)]
    set_request_rate(gates, rate)
    assert [gate.per_minute for gate in gates] == now


def test_a_plan_estimates_the_time_from_the_rates_and_runs_at_any_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "p.csv"
    file.write_text("email,country\n" + "".join(f"p{n}@example.com,DE\n" for n in range(25)) + ",FR\n")
    with prepared(file, place(), options={"rate": None}) as journal:
        plan = make_plan(journal)
        assert plan["seconds_at_rate_limit"] == 2, "3 of 150 a minute, 1 of 1500"
        monkeypatch.setattr(Settings, "load", lambda: Settings(rate_per_minute=30, bulk_per_minute=6))
        assert make_plan(journal)["seconds_at_rate_limit"] == 32
        check_plan(journal, plan)


def test_a_plan_describes_the_job_and_runs_only_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("email,country\n" + "".join(f"p{n}@example.com,Germany\n" for n in range(25)) + "bad,DE\n,FR\n")
    with prepared(file, place(), options={"rate": 60.0}) as journal:
        plan = make_plan(journal)
        assert plan["outcomes"]["create"] == 26
        assert plan["outcomes"]["invalid"] == 1
        assert plan["requests"] == {"bulkCreateUser": 3, "createUser": 1}
        assert plan["seconds_at_rate_limit"] == 4
        assert {each["code"]: each["rows"] for each in plan["problems"] if each["level"] == "error"} == {
            "email_invalid": 1
        }
        assert any("stay unverified" in line for line in plan["side_effects"])
        assert any("1 are invalid" in line for line in plan_lines(plan))
        path = save_plan(journal, plan)
        assert read_plan(path) == plan
        check_plan(journal, plan)
        journal.note(options={**journal.facts["options"], "upsert": True})
        with pytest.raises(UsageError, match="changed after the plan"):
            check_plan(journal, plan)
        path.write_bytes(path.read_bytes().replace(b'"create": 26', b'"create": 9'))
        with pytest.raises(UsageError, match="changed"):
            read_plan(path)


async def test_live_needs_the_environment_name_and_read_only_refuses(served: RunningServer, tmp_path: Path) -> None:
    with prepared(write(tmp_path / "p.csv", 1), place()) as journal:
        live = profile(served, kind="live", name="prod")
        async with Connection(live, served.token) as connection:
            assert job_requirement(journal, connection, action_for(journal)).level is ConfirmationLevel.TYPED
            with pytest.raises(UsageError, match="not confirmed"):
                authorize_job(journal, connection, Confirmation(yes=True), action_for(journal))
            assert load_confirmation(journal) is None
            authorize_job(journal, connection, Confirmation(typed="prod"), action_for(journal))
            assert load_confirmation(journal) == Confirmation(typed="prod")
        async with Connection(profile(served, read_only=True), served.token) as connection:
            with pytest.raises(UsageError, match="read-only"):
                authorize_job(journal, connection, Confirmation(yes=True), action_for(journal))


def authorized(journal: Journal, connection: Connection, confirmation: Confirmation) -> Any:
    """The permit for a run, as the wizard gets it: in a thread that has no event loop."""

    async def work() -> Any:
        async with connection.new_client() as client:
            return authorize_job(journal, connection, confirmation, await assess_job(journal, connection, client))

    return asyncio.run(work())


def started(served: RunningServer, journal: Journal, **options: Any) -> tuple[Connection, JobThread]:
    connection = Connection(profile(served), served.token)
    permit = authorized(journal, connection, Confirmation(yes=True))
    path = journal.path
    journal.close()
    return connection, JobThread(path, connection, permit, **options)


def test_a_job_runs_in_a_separate_thread(served: RunningServer, tmp_path: Path) -> None:
    location = jobs.JobLocation.of(profile(served))
    finished = threading.Event()
    connection, job = started(served, prepared(write(tmp_path / "p.csv", 35), location), on_change=finished.set)
    job.start()
    assert job.join(30)
    assert job.error is None
    assert job.result is not None
    assert job.result.state is JobState.DONE
    assert finished.is_set()
    assert job.progress is not None
    assert job.progress.count(RowState.CREATED) == 35
    lines = [json.loads(line) for line in connection.audit.file.read_text().splitlines()]
    assert [line["outcome"] for line in lines] == ["started", "done"]
    assert "35 created" in lines[-1]["detail"]


def test_a_paused_job_is_continued_by_another_thread(served: RunningServer, tmp_path: Path) -> None:
    location = jobs.JobLocation.of(profile(served))
    some = threading.Event()
    connection, job = started(served, prepared(write(tmp_path / "p.csv", 400), location), on_change=some.set)
    job.start()
    assert some.wait(20)
    job.pause("for lunch")
    assert job.join(30)
    assert job.result is not None
    assert (job.result.state, job.result.reason) == (JobState.PAUSED, "for lunch")
    path = jobs.find_job("last")
    with Journal.open(path) as journal:
        permit = authorized(journal, connection, Confirmation(yes=True))
        busy = JobThread(path, connection, permit)
        busy.start()
        assert busy.join(20)
        assert isinstance(busy.error, JobBusy)
    resumed = JobThread(path, connection, permit)
    resumed.start()
    assert resumed.join(60)
    assert resumed.error is None
    with Journal.read(path) as journal:
        assert result_document(journal, None)["rows"]["created"] == 400


def test_a_canceled_job_reports_the_rows_that_were_not_sent(served: RunningServer, tmp_path: Path) -> None:
    location = jobs.JobLocation.of(profile(served))
    some = threading.Event()
    _, job = started(served, prepared(write(tmp_path / "p.csv", 400), location), on_change=some.set)
    job.start()
    assert some.wait(20)
    job.cancel()
    assert job.join(30)
    assert job.result is not None
    assert job.result.state is JobState.CANCELED
    with Journal.read(jobs.find_job("last")) as journal:
        document = result_document(journal, None)
        folder = Path(journal.facts["report"])
    assert sum(document["rows"].values()) == 400
    with (folder / "failed-rows.csv").open(encoding="utf-8-sig", newline="") as file:
        assert sum(1 for _ in csv.DictReader(file)) == document["rows"]["skipped"]


def test_failed_rows_are_imported_again_as_the_same_rows(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(
        'email,firstName,note\nbad@@x,"a ""quoted"", name",=1+1\nalso bad,Zoë,"two\nlines"\nok@example.com,A,b\n'
    )
    with prepared(file, place()) as journal:
        folder = write_reports(journal)
        before = [row.raw for row in job_queries.iterate_rows(journal, {RowState.INVALID})]
    with prepared(folder / "failed-rows.csv", place()) as resumed:
        assert [row.raw for row in job_queries.iterate_rows(resumed)] == before
        assert resumed.counts == {RowState.INVALID: 2}
