"""What the console does with a job or a form of its own, by its keys and by the command: the same confirmation and the
same lines in the audit log. They are the writes of the registry that tests/cli/test_cli_and_console.py leaves out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.cli.cli_support import Run
from tests.cli.test_cli_and_console import PROFILES, WAYS, Seen, audited, demand, seen, served, use
from tests.families import slow_except
from tests.services.resource_fixtures import actions
from tests.tui.access_support import LAUNCH_PARTY, LAUNCH_PARTY_ENTRIES, go, pretend_live, to
from tests.tui.conftest import still
from tests.tui.import_support import go_to, job_at_rest
from tests.tui.resource_support import confirm_it
from tests.tui.tui_support import SIZE, demo, fill, press, settled, text_of

from dyntui.sandbox.server import RunningServer
from dyntui.services.actions.registry import declarations
from dyntui.services.actions.write_types import ConfirmationLevel, Requirement
from dyntui.services.imports.jobs import list_jobs
from dyntui.tui.features.imports.undo_screen import ImportUndoScreen
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.declared_actions import CUSTOM_SCREEN_RECORDS

__all__ = ["seen", "served", "still"]

MANY = 12
"""Rows of a file: more than a live environment accepts without its name."""
SETTING = ("general", "displayName")


@dataclass(frozen=True)
class Files:
    """The files of a test."""

    users: Path
    entries: Path
    folder: Path


async def open_import(pilot: Any, files: Files) -> None:
    await go_to(pilot, files.users, "plan")


async def open_entry_import(pilot: Any, files: Files) -> None:
    await go(pilot, *LAUNCH_PARTY_ENTRIES)
    await go_to(pilot, files.entries, "plan")


async def run_then_open_undo(pilot: Any) -> None:
    """Run the import whose plan is shown, and open its undo."""
    await press(pilot, "full_stop")
    await confirm_it(pilot)
    await job_at_rest(pilot)
    await press(pilot, "u")
    assert isinstance(pilot.app.screen, ImportUndoScreen)


async def open_undo(pilot: Any, files: Files) -> None:
    await open_import(pilot, files)
    await run_then_open_undo(pilot)


async def open_entry_undo(pilot: Any, files: Files) -> None:
    await open_entry_import(pilot, files)
    await run_then_open_undo(pilot)


async def open_setting(pilot: Any, files: Files) -> None:
    await go(pilot, *to("settings"), "slash", *SETTING[-1].lower(), "enter")


async def open_export(pilot: Any, files: Files) -> None:
    await go(pilot, *to("exports"), "plus", "space", "ctrl+s")
    await confirm_it(pilot)
    await settled(pilot)


IMPORT = ("import", "{users}", "--set", "emailVerifiedAt=unverified")
IMPORT_ENTRIES = ("allowlists", "import", LAUNCH_PARTY, "{entries}")


@dataclass(frozen=True)
class JobWay:
    """How a job or another write with a form of its own is done."""

    open_screen: Callable[[Any, Files], Awaitable[None]]
    """Opens the screen with the key, and makes what it is done to."""
    key: str
    command: tuple[str, ...]
    first: tuple[str, ...] = ()
    """The command that makes the job which the command undoes."""
    field: str = ""
    """The text for the form that the key opens; "" for no form."""


JOB_WAYS: Mapping[str, JobWay] = {
    "users.import": JobWay(open_import, "full_stop", IMPORT),
    "users.import-undo": JobWay(open_undo, "enter", ("jobs", "undo", "{job}"), first=IMPORT),
    "allowlists.import": JobWay(open_entry_import, "full_stop", IMPORT_ENTRIES),
    "allowlists.import-undo": JobWay(open_entry_undo, "enter", ("jobs", "undo", "{job}"), first=IMPORT_ENTRIES),
    "settings.edit": JobWay(open_setting, "e", ("settings", "set", "general.displayName=Changed"), field="Changed"),
}

DOWNLOAD = JobWay(open_export, "x", ("exports", "download", "{export}", "-O", "{output}"))
"""The way of `exports.download`, a read, which nothing asks to confirm."""


@pytest.fixture
def files(tmp_path: Path) -> Files:
    found = Files(tmp_path / "people.csv", tmp_path / "guests.csv", tmp_path)
    found.users.write_text("email\n" + "".join(f"imported{n}@x.example\n" for n in range(MANY)))
    found.entries.write_text("email\n" + "".join(f"guest{n}@x.example\n" for n in range(MANY)))
    return found


async def by_keys(way: JobWay, files: Files) -> tuple[Requirement, str]:
    """Do a write by its keys. Returns what the dialog demanded, and the settings that were sent."""
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection = console.session.connection
        assert connection is not None
        settings: Any = await connection.client.call("getEnvironmentById")
        settings["settings"]["general"]["displayName"] = way.field
        await way.open_screen(pilot, files)
        await press(pilot, way.key)
        if way.field:
            await fill(pilot, way.field)
            await press(pilot, "ctrl+s")
        dialog = console.screen
        assert isinstance(dialog, ConfirmDialog), text_of(console)
        await confirm_it(pilot)
        if console.session.running is not None:
            await job_at_rest(pilot)
        await settled(pilot)
        return dialog.requirement, json.dumps(settings["settings"])


@pytest.mark.parametrize(
    ("name", "kind"),
    slow_except([(name, kind) for name in JOB_WAYS for kind in PROFILES], ("users.import", "live")),
)
def test_the_keys_and_the_command_of_a_job_demand_the_same_and_have_the_same_audit_lines(
    name: str, kind: str, files: Files, run: Run, seen: Seen, served: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    way = JOB_WAYS[name]
    with monkeypatch.context() as patch:
        if kind == "live":
            pretend_live(patch)
        dialog, settings = asyncio.run(by_keys(way, files))
    by_console, lines = seen.requirements[-1][0], audited()
    assert lines[-1].action == name, lines
    assert demand(dialog) == demand(by_console)
    assert kind == "sandbox" or by_console.level is ConfirmationLevel.TYPED

    use(served, monkeypatch, kind)
    values = {"users": files.users, "entries": files.entries, "settings": settings}
    typed = ["--yes", "--profile", PROFILES[kind], "--confirm-environment", PROFILES[kind]]
    if way.first:
        done = run(*(part.format(**values) for part in way.first), *typed)
        assert done.code == 0, done.err
        values["job"] = max(list_jobs(), key=lambda job: job.created_at).id
    command = [part.format(**values) for part in way.command]
    if by_console.accepted:
        assert run(*command, "--yes", "--profile", PROFILES[kind]).code == 2
    done = run(*command, *typed)
    assert done.code == 0, done.err
    by_command = seen.requirements[-1][0]
    assert demand(by_command) == demand(by_console)
    outcomes = [(line.action, line.operation, line.outcome, line.detail) for line in lines]
    assert [(line.action, line.operation, line.outcome, line.detail) for line in audited()[len(lines) :]] == outcomes


@pytest.mark.slow
@pytest.mark.parametrize("kind", PROFILES)
def test_neither_the_key_nor_the_command_of_a_download_asks_for_a_confirmation(
    kind: str, files: Files, run: Run, seen: Seen, served: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def download() -> None:
        console = demo(flags={"export-delay-ms": "0"})
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await DOWNLOAD.open_screen(pilot, files)
            await press(pilot, DOWNLOAD.key)
            await fill(pilot, str(files.folder / "console.csv"))
            assert not isinstance(console.screen, ConfirmDialog)

    with monkeypatch.context() as patch:
        if kind == "live":
            pretend_live(patch)
        asyncio.run(download())
    assert (seen.names[-1], seen.requirements[-1][0].level) == ("exports.download", ConfirmationLevel.NONE)
    assert (files.folder / "console.csv").is_file()
    lines = audited()

    use(served, monkeypatch, kind)
    profile = ("--profile", PROFILES[kind])
    created = run("exports", "create", "model=users", "format=csv", "--yes", *profile, "--json")
    export = created.document["items"][0]["id"]
    made = len(audited())
    values = {"export": export, "output": files.folder / "command.csv"}
    done = run(*(part.format(**values) for part in DOWNLOAD.command), "--wait", *profile)
    assert done.code == 0, done.err
    assert (seen.names[-1], seen.requirements[-1][0].level) == ("exports.download", ConfirmationLevel.NONE)
    assert [(line.action, line.outcome) for line in audited()[made:]] == [
        (line.action, line.outcome) for line in lines if line.action == "exports.download"
    ]


def test_every_action_is_compared_with_its_command() -> None:
    """The others are done by keys of generated screens: tests/tui/test_tui_record_keys.py compares them with `api`."""
    generated = {f"{record}.{action}" for record, action in actions() if record not in CUSTOM_SCREEN_RECORDS}
    own = JOB_WAYS.keys() | {"exports.download"}
    assert WAYS.keys() | own | generated == {each.name for each in declarations()}
    assert not own & (WAYS.keys() | generated)
