"""Undo that dies on the way: what it deleted is told as deleted, whoever was told so or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.services.imports.test_imports_jobs import prepared, profile, write

from dyntui.api.client import Client
from dyntui.api.in_flight import InFlightLimit
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.core.json_types import Row, as_object
from dyntui.importer.mapping_inference import propose_mapping
from dyntui.importer.source import open_source
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.server import RunningServer, serving
from dyntui.services.actions.write_types import Confirmation
from dyntui.services.connection import Connection
from dyntui.services.imports import jobs
from dyntui.services.imports.allowlist_destination import EntryDestination
from dyntui.services.imports.job_control import JobControl, StopRequest
from dyntui.services.imports.job_service import assess_job, authorize_job, run_job
from dyntui.services.imports.prepare import prepare_job
from dyntui.services.imports.runner import ImportRunner, JobOptions
from dyntui.services.imports.undo import assess_undo, authorize_undo, plan_undo, run_undo, undo_requirement
from dyntui.services.imports.undo_targets import UndoTarget, undo_target_for
from dyntui.store.journal import Journal
from dyntui.store.undo_journal import CreatedRow, UndoLine, UndoState, created_rows, undo_counts, write_undo

MAXIMUM = 8


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RunningServer]:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    with serving(SandboxOptions(users=5)) as running:
        yield running


async def imported(served: RunningServer, connection: Connection, file: Path) -> Journal:
    journal = prepared(file, jobs.JobLocation.of(profile(served)))
    action = await assess_job(journal, connection, connection.client)
    permit = authorize_job(journal, connection, Confirmation(yes=True), action)
    await run_job(journal, connection, connection.client, permit)
    return journal


async def users(client: Client) -> int:
    return int(str(as_object(await client.call("getEnvironmentUsers", query={"limit": 1}))["count"]))


async def test_users_deleted_by_a_killed_undo_are_reported_as_deleted(served: RunningServer, tmp_path: Path) -> None:
    async with Connection(profile(served), served.token) as connection:
        client = connection.client
        with await imported(served, connection, write(tmp_path / "p.csv", 4)) as journal:
            await plan_undo(journal, client)
            first, second, third, _ = created_rows(journal, -1, 10)
            # It died twice: once after the request was applied, once before it left. Somebody else deleted the third.
            write_undo(journal, [UndoLine(row.row, row.user_id, UndoState.SENDING, "") for row in (first, second)])
            for row in (first, third):
                await client.call("deleteUser", path={"userId": row.user_id}, permit=WritePermit("test"))
            plan = await plan_undo(journal, client)
            assert plan.counts == {UndoState.DELETED: 1, UndoState.PENDING: 2, UndoState.SKIPPED: 1}
            assert [line.row for line in plan.skipped] == [third.row]
            permit = authorize_undo(journal, connection, Confirmation(typed="test"))
            done = await run_undo(journal, connection, client, permit)
            assert done.counts == {UndoState.DELETED: 3, UndoState.SKIPPED: 1}
            assert await users(client) == 5


@pytest.mark.slow
async def test_deletions_with_lost_responses_are_checked_by_reading(served: RunningServer, tmp_path: Path) -> None:
    async with Connection(profile(served), served.token) as connection:
        with await imported(served, connection, write(tmp_path / "p.csv", 12)) as journal:
            await plan_undo(journal, connection.client)
            permit = authorize_undo(journal, connection, Confirmation(typed="test"))
            served.sandbox.faults.set({"502-after": 0.2, "cut-after": 0.1, "500-before": 0.1})
            done = await run_undo(journal, connection, connection.client, permit)
            served.sandbox.faults.set({})
            assert done.counts == {UndoState.DELETED: 12}
            assert await users(connection.client) == 5


async def test_users_imported_with_wallets_are_deleted_and_a_later_wallet_is_noticed(
    served: RunningServer, tmp_path: Path
) -> None:
    wallets = [
        ("EVM", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        ("SOL", "7GCihgDB8fe6KNjn2MYtkzZcRjQy3t9GHdC8uHYmW2hr"),
        ("BTC", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("EVM", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359"),
    ]
    parts = ("publicWalletAddress", "chain", "walletName", "walletProvider")
    lines = ["email," + ",".join(f"wallets.0.{part}" for part in parts)]
    lines += [f"w{n}@example.com,{address},{chain},w,browserExtension" for n, (chain, address) in enumerate(wallets)]
    file = tmp_path / "wallets.csv"
    file.write_text("\n".join(lines) + "\n")
    async with Connection(profile(served), served.token) as connection:
        with await imported(served, connection, file) as journal:
            last = created_rows(journal, -1, 10)[-1]
            wallet = {
                "publicWalletAddress": "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
                "chain": "EVM",
                "walletName": "w",
                "walletProvider": "browserExtension",
            }
            await connection.client.call(
                "createWallet", path={"userId": last.user_id}, body=wallet, permit=WritePermit("test")
            )
            plan = await plan_undo(journal, connection.client)
            assert plan.counts == {UndoState.PENDING: 3, UndoState.SKIPPED: 1}
            assert [(line.row, line.reason) for line in plan.skipped] == [(last.row, "has new wallets (1)")]


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@asynccontextmanager
async def planned_undo(tmp_path: Path, rows: int) -> AsyncIterator[tuple[RunningServer, Connection, Journal]]:
    """An import of `rows` users whose undo is planned, on a slow server without a rate limit."""
    limiters = RateLimiters(0, 0, InFlightLimit(MAXIMUM))
    with serving(SandboxOptions(users=5, latency_ms=20)) as served:
        async with Connection(profile(served), served.token, rate_limiters=limiters) as connection:
            with await imported(served, connection, write(tmp_path / "p.csv", rows)) as journal:
                await plan_undo(journal, connection.client)
                yield served, connection, journal


async def imported_entries(connection: Connection, tmp_path: Path, rows: int) -> Journal:
    """Import entries to a new list."""
    client = connection.client
    body = {"name": "Guests", "outcome": "siteAccess"}
    made = as_object(await client.call("createAllowlistByEnvironmentId", body=body, permit=WritePermit("test")))
    list_id = str(as_object(made.get("allowlist", made))["id"])
    location = jobs.JobLocation.of(connection.profile)
    file = tmp_path / "guests.csv"
    file.write_text("email\n" + "".join(f"guest{number}@example.com\n" for number in range(rows)))
    with open_source(file) as source:
        mapping = propose_mapping(source.info, source.sample(), kind="allowlist")
        journal = prepare_job(
            source.info, source.rows(), mapping, location, allowlist={"id": list_id, "name": "Guests"}
        )
    runner = ImportRunner(journal, client, EntryDestination(list_id), WritePermit("test"), JobOptions(settle=0.05))
    await runner.run()
    return journal


def deletions(served: RunningServer) -> int:
    """The number of requests that delete a user."""
    return served.sandbox.requests["deleteUser"]


async def test_several_users_are_deleted_at_a_time_and_each_one_time(home: Path, tmp_path: Path) -> None:
    async with planned_undo(tmp_path, 60) as (served, connection, journal):
        in_flight: list[int] = []
        progress: list[int] = []

        def on_progress(done: int, total: int, counts: Mapping[UndoState, int]) -> None:
            in_flight.append(connection.log.in_flight + 1)
            progress.append(done)

        permit = authorize_undo(journal, connection, Confirmation(typed="test"))
        result = await run_undo(journal, connection, connection.client, permit, on_progress=on_progress)
        assert 1 < max(in_flight) <= MAXIMUM
        assert progress == list(range(1, 61))
        assert result.counts == {UndoState.DELETED: 60}
        assert deletions(served) == 60
        assert await users(connection.client) == 5


async def test_a_pause_lets_the_deletions_in_flight_end_and_begins_no_others(home: Path, tmp_path: Path) -> None:
    async with planned_undo(tmp_path, 60) as (served, connection, journal):
        control = JobControl()

        def on_progress(done: int, total: int, counts: Mapping[UndoState, int]) -> None:
            if done == 20:
                control.request_stop(StopRequest.PAUSE, "paused")

        permit = authorize_undo(journal, connection, Confirmation(typed="test"))
        paused = await run_undo(
            journal, connection, connection.client, permit, control=control, on_progress=on_progress
        )
        deleted = paused.counts[UndoState.DELETED]
        assert paused.stop_reason == "paused"
        assert paused.counts == {UndoState.DELETED: deleted, UndoState.PENDING: 60 - deleted}
        assert 20 <= deleted == deletions(served) < 20 + MAXIMUM
        assert await users(connection.client) == 65 - deleted
        done = await run_undo(journal, connection, connection.client, permit)
        assert done.counts == {UndoState.DELETED: 60}
        assert deletions(served) == 60


async def test_a_refusal_stops_the_undo_after_the_deletions_in_flight(home: Path, tmp_path: Path) -> None:
    async with planned_undo(tmp_path, 60) as (served, connection, journal):

        def on_progress(done: int, total: int, counts: Mapping[UndoState, int]) -> None:
            if done == 20:
                connection.refuse_writes("test is read-only")

        permit = authorize_undo(journal, connection, Confirmation(typed="test"))
        stopped = await run_undo(journal, connection, connection.client, permit, on_progress=on_progress)
        deleted = stopped.counts[UndoState.DELETED]
        assert "test is read-only" in stopped.stop_reason
        assert stopped.counts == {UndoState.DELETED: deleted, UndoState.PENDING: 60 - deleted}
        assert deleted == deletions(served) < 20 + MAXIMUM


async def test_a_defect_is_raised_after_the_deletions_in_flight(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with planned_undo(tmp_path, 60) as (served, connection, journal):
        failing = created_rows(journal, -1, 60)[30].user_id

        def changed_reason(kind: UndoTarget, document: Row, row: CreatedRow) -> str:
            if row.user_id == failing:
                raise KeyError("defect")
            return ""

        monkeypatch.setattr(type(undo_target_for(journal)), "changed_reason", changed_reason)
        permit = authorize_undo(journal, connection, Confirmation(typed="test"))
        with pytest.raises(KeyError):
            await run_undo(journal, connection, connection.client, permit)
        counts = undo_counts(journal)
        assert counts == {UndoState.DELETED: deletions(served), UndoState.PENDING: 60 - deletions(served)}
        assert deletions(served) < 30 + MAXIMUM
        assert [line.outcome for line in connection.audit.lines()][-1] == "unknown"


async def test_entries_are_deleted_several_at_a_time_after_reading_the_list_one_time(
    home: Path, tmp_path: Path
) -> None:
    limiters = RateLimiters(0, 0, InFlightLimit(MAXIMUM))
    with serving(SandboxOptions(users=5, latency_ms=20)) as served:
        async with Connection(profile(served), served.token, rate_limiters=limiters) as connection:
            with await imported_entries(connection, tmp_path, 60) as journal:
                await plan_undo(journal, connection.client)
                reads = served.sandbox.requests["getEntriesByAllowlistId"]
                impact = await assess_undo(journal, connection, connection.client)
                needed = undo_requirement(journal, connection, impact)
                confirmation = Confirmation(typed=needed.accepted[0], read=needed.code)
                permit = authorize_undo(journal, connection, confirmation, impact)
                in_flight: list[int] = []
                result = await run_undo(
                    journal,
                    connection,
                    connection.client,
                    permit,
                    on_progress=lambda done, total, counts: in_flight.append(connection.log.in_flight + 1),
                )
                assert result.counts == {UndoState.DELETED: 60}
                assert 1 < max(in_flight) <= MAXIMUM
                assert served.sandbox.requests["deleteAllowlistEntryById"] == 60
                assert served.sandbox.requests["getEntriesByAllowlistId"] - reads <= 2
