"""Allowlist entries on the same machine: one request each, duplicates are there, lost answers are looked into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dyntui.api.client import Client
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.config.profile import Profile
from dyntui.core.json_types import as_object
from dyntui.importer import open_source, propose_mapping
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.server import RunningServer, serving
from dyntui.services.actions.write_types import Confirmation
from dyntui.services.connection import Connection
from dyntui.services.imports import backoff
from dyntui.services.imports.allowlist_destination import EntryDestination
from dyntui.services.imports.jobs import JobLocation
from dyntui.services.imports.precheck import run_precheck
from dyntui.services.imports.prepare import prepare_job
from dyntui.services.imports.runner import ImportRunner, JobOptions
from dyntui.services.imports.server_reader import make_reader
from dyntui.services.imports.undo import assess_undo, authorize_undo, plan_undo, run_undo, undo_requirement
from dyntui.store import job_queries
from dyntui.store.states import JobState
from dyntui.store.undo_journal import UndoState

FAULTS = {"cut-after": 0.15, "502-after": 0.1, "cut-before": 0.1}


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RunningServer]:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(backoff, "_FIRST_DELAY_S", 0.01)
    with serving(SandboxOptions(users=5)) as running:
        yield running


async def run(served: RunningServer, list_id: str, file: Path, *, check: bool = True) -> list[tuple[str, str]]:
    location = JobLocation("test", served.base_url, served.environment_id, "sandbox")
    with open_source(file) as source:
        mapping = propose_mapping(source.info, source.sample(), kind="allowlist")
        journal = prepare_job(source.info, source.rows(), mapping, location, allowlist={"id": list_id, "name": ""})
    with journal:
        async with Client(
            served.base_url, served.environment_id, served.token, rate_limiters=RateLimiters(0, 0)
        ) as client:
            destination = EntryDestination(list_id)
            if check:
                await run_precheck(journal, make_reader(client, patient=True), destination)
            runner = ImportRunner(journal, client, destination, WritePermit("test"), JobOptions(settle=0.05))
            assert (await runner.run()).state is JobState.DONE
        return [(row.state.value, row.code) for row in job_queries.iterate_rows(journal)]


async def entries(served: RunningServer, list_id: str) -> list[dict[str, Any]]:
    async with Client(served.base_url, served.environment_id, served.token, rate_limiters=RateLimiters(0, 0)) as client:
        pages = EntryDestination(list_id).list_all(make_reader(client, patient=True))
        return [dict(entry) async for page in pages for entry in page]


async def a_list(served: RunningServer) -> str:
    async with Client(served.base_url, served.environment_id, served.token, rate_limiters=RateLimiters(0, 0)) as client:
        made = as_object(
            await client.call(
                "createAllowlistByEnvironmentId",
                body={"name": "Mine", "outcome": "siteAccess"},
                permit=WritePermit("test"),
            )
        )
        return str(made["id"])


async def test_entries_are_created_and_duplicates_count_as_exists(served: RunningServer, tmp_path: Path) -> None:
    list_id = await a_list(served)
    file = tmp_path / "entries.csv"
    file.write_text("email,alias\none@example.com,One\ntwo@example.com,Two\nTWO@example.com,Again\nnot an address,X\n")
    states = await run(served, list_id, file)
    assert [state for state, _ in states] == ["created", "created", "skipped", "invalid"]
    assert [entry["email"] for entry in await entries(served, list_id)] == ["one@example.com", "two@example.com"]
    # Again: found before anything is sent; and without looking first, by the server's own word.
    assert [state for state, _ in await run(served, list_id, file)] == ["exists", "exists", "skipped", "invalid"]
    unchecked = await run(served, list_id, file, check=False)
    assert unchecked[:2] == [("exists", "allowlist_entry_already_exists")] * 2


async def test_many_duplicates_do_not_stop_the_job(served: RunningServer, tmp_path: Path) -> None:
    list_id = await a_list(served)
    file = tmp_path / "entries.csv"
    file.write_text("email\n" + "".join(f"many{n}@example.com\n" for n in range(60)))
    await run(served, list_id, file)
    assert {state for state, _ in await run(served, list_id, file, check=False)} == {"exists"}


async def test_entries_with_lost_responses_are_not_repeated(served: RunningServer, tmp_path: Path) -> None:
    list_id = await a_list(served)
    file = tmp_path / "entries.csv"
    file.write_text("walletPublicKey\n" + "".join(f"0x{n:040x}\n" for n in range(1, 21)))
    served.sandbox.faults.set(FAULTS)
    states = await run(served, list_id, file)
    served.sandbox.faults.set({})
    assert {state for state, _ in states} == {"created"}
    identifiers = [entry["walletPublicKey"] for entry in await entries(served, list_id)]
    assert sorted(identifiers) == [f"0x{n:040x}" for n in range(1, 21)]


async def filled(served: RunningServer, list_id: str, count: int = 240) -> None:
    """Entries that stand before those of a test, so that a list has several pages."""
    async with Client(served.base_url, served.environment_id, served.token, rate_limiters=RateLimiters(0, 0)) as client:
        for n in range(count):
            body, path = {"email": f"filler{n}@example.org"}, {"allowlistId": list_id}
            await client.call("postEntryByAllowlistId", path=path, body=body, permit=WritePermit("test"))


OTHERS = "phoneNumber,discordUsername,externalUserId\n+4915112345678,,\n,ada#1234,\n,,u-1\n"


async def test_existing_identifiers_of_every_kind_are_found_first(served: RunningServer, tmp_path: Path) -> None:
    list_id = await a_list(served)
    await filled(served, list_id)
    file = tmp_path / "others.csv"
    file.write_text(OTHERS)
    assert [state for state, _ in await run(served, list_id, file)] == ["created"] * 3
    assert await run(served, list_id, file) == [("exists", "exists_before")] * 3


async def test_entries_of_unsearchable_kinds_with_lost_responses_are_not_repeated(
    served: RunningServer, tmp_path: Path
) -> None:
    list_id = await a_list(served)
    await filled(served, list_id)
    file = tmp_path / "entries.csv"
    file.write_text("externalUserId\n" + "".join(f"u-{n}\n" for n in range(20)))
    served.sandbox.faults.set(FAULTS)
    states = await run(served, list_id, file)
    served.sandbox.faults.set({})
    assert {state for state, _ in states} == {"created"}
    identifiers = [entry["externalUserId"] for entry in await entries(served, list_id) if entry.get("externalUserId")]
    assert sorted(identifiers) == sorted(f"u-{n}" for n in range(20))


async def test_undoing_an_import_deletes_every_kind_of_entry(served: RunningServer, tmp_path: Path) -> None:
    list_id = await a_list(served)
    await filled(served, list_id)
    file = tmp_path / "others.csv"
    file.write_text(OTHERS)
    location = JobLocation("test", served.base_url, served.environment_id, "sandbox")
    with open_source(file) as source:
        mapping = propose_mapping(source.info, source.sample(), kind="allowlist")
        journal = prepare_job(source.info, source.rows(), mapping, location, allowlist={"id": list_id, "name": "Mine"})
    profile = Profile("test", served.base_url, served.environment_id, "sandbox")
    with journal:
        async with Connection(profile, served.token, rate_limiters=RateLimiters(0, 0)) as connection:
            client = connection.client
            runner = ImportRunner(
                journal, client, EntryDestination(list_id), WritePermit("test"), JobOptions(settle=0.05)
            )
            assert (await runner.run()).state is JobState.DONE
            assert (await plan_undo(journal, client)).counts == {UndoState.PENDING: 3}
            impact = await assess_undo(journal, connection, client)
            needed = undo_requirement(journal, connection, impact)
            confirmed = Confirmation(yes=True, typed=needed.accepted[0], read=needed.code)
            permit = authorize_undo(journal, connection, confirmed, impact)
            assert (await run_undo(journal, connection, client, permit)).counts == {UndoState.DELETED: 3}
    assert {next(iter(set(entry) - {"id", "allowListId"})) for entry in await entries(served, list_id)} == {"email"}
