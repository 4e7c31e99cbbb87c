"""With a read-only profile, the console's keys are refused for the same writes as the commands, before any request."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from tests.cli.cli_support import CLOSED_PORT_URL, TOKEN, Run
from tests.cli.test_cli_and_console import DO, WAYS, Fill, press_steps
from tests.cli.test_cli_and_console_jobs import DOWNLOAD, JOB_WAYS, Files, files
from tests.cli.test_cli_read_only import ENVIRONMENT, JOBS, SOME_ID, create_job
from tests.families import slow_except
from tests.services.resource_fixtures import FILLED
from tests.tui.access_support import LAUNCH_PARTY_ENTRIES
from tests.tui.conftest import still
from tests.tui.resource_support import OWN, open_record, resource_console
from tests.tui.tui_support import SIZE, demo, press, settled

from dyntui.core.effect import Effect
from dyntui.resources.action import ActionTarget
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Scope
from dyntui.services.actions.registry import declaration
from dyntui.services.actions.resource_actions import find_action
from dyntui.tui.kit.action_registry import ACTIONS, ActionMixin
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.record_actions import TOGGLE, offered_actions

__all__ = ["files", "still"]

CONFIRMED = ("--yes", "--confirm-environment", ENVIRONMENT)
REFUSAL = "This environment is read-only."
OWN_STEPS: dict[str, tuple[str | Fill, ...]] = {"allowlists.undo": (*LAUNCH_PARTY_ENTRIES, "u")}
"""Keys of a write whose steps do another write first, which is refused as well."""


@pytest.fixture
def run_offline(run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command with a read-only profile where no server listens: a request would make the exit code 4."""

    def call(*words: str) -> Any:
        return run(*words, "--read-only")

    with monkeypatch.context() as patch:
        patch.setenv("DYNTUI_BASE_URL", CLOSED_PORT_URL)
        patch.setenv("DYNTUI_ENVIRONMENT_ID", ENVIRONMENT)
        patch.setenv("DYNTUI_TOKEN", TOKEN)
        yield call


def is_refused_command(run_offline: Run, *words: str, confirmed: tuple[str, ...] = CONFIRMED) -> bool:
    """Return whether a command is refused because of the profile; else it sends a request."""
    done = run_offline(*words, *confirmed)
    refused = "is read-only" in done.err
    assert done.code == (2 if refused else 4), (words, done.err)
    return refused


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the actions whose keys were pressed."""
    ids: list[str] = []
    action_do = ActionMixin.action_do

    async def on_action(node: ActionMixin, action_id: str, *arguments: str) -> None:
        ids.append(action_id)
        await action_do(node, action_id, *arguments)

    monkeypatch.setattr(ActionMixin, "action_do", on_action)
    return ids


def was_refused(console: Console, before: int = 0) -> bool:
    """Return whether the last key was refused because of the profile. before: the earlier notifications."""
    notes = list(console.session.notifications)[before:]
    return bool(notes) and notes[-1].text == REFUSAL


def assert_nothing_was_written(console: Console, before: int = 0) -> None:
    """before: the earlier requests."""
    connection = console.session.connection
    assert connection is not None
    assert {entry.method for entry in connection.log.entries()[before:]} <= {"GET"}


def values_of(words: tuple[str, ...], **values: object) -> list[str]:
    return [part.format(id=SOME_ID, first_id=SOME_ID, rules="[]", **values) for part in words]


@pytest.mark.parametrize("name", slow_except(WAYS, "users.delete"))
def test_a_key_is_refused_when_its_command_is(name: str, run_offline: Run, pressed: list[str]) -> None:
    async def is_refused_key() -> bool:
        console = demo(read_only=True)
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            for step in OWN_STEPS.get(name, WAYS[name].steps):
                await press_steps(pilot, [step])
                if was_refused(console) or isinstance(console.screen, ConfirmDialog):
                    break
            assert_nothing_was_written(console)
            return was_refused(console)

    by_key = asyncio.run(is_refused_key())
    assert by_key is (declaration(name).action.effect is not Effect.READ)
    if by_key:
        declared = {find.partition(".")[0] for find in ACTIONS[pressed[-1]].declarations}
        assert name.partition(".")[0] in declared, pressed[-1]
    assert is_refused_command(run_offline, *values_of(WAYS[name].command, job="entries-1")) is by_key
    if name in DO:
        assert is_refused_command(run_offline, "do", *name.split("."), *values_of(DO[name])) is by_key


JOB_COMMANDS = {
    **{name: way.command for name, way in JOB_WAYS.items()},
    "exports.download": DOWNLOAD.command,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", JOB_COMMANDS)
def test_a_key_of_a_job_is_refused_when_its_command_is(name: str, files: Files, run_offline: Run) -> None:
    way = JOB_WAYS.get(name, DOWNLOAD)

    async def is_refused_key() -> bool:
        console = demo()
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await way.open_screen(pilot, files)
            connection = console.session.connection
            assert connection is not None
            console.session.read_only = connection.client.read_only = True
            notes, requests = len(console.session.notifications), len(connection.log.entries())
            await press(pilot, way.key)
            assert_nothing_was_written(console, requests)
            assert not isinstance(console.screen, ConfirmDialog)
            return was_refused(console, notes)

    values = {"users": files.users, "entries": files.entries, "settings": "{}", "export": SOME_ID}
    job = create_job(*JOBS["DONE"]) if "{job}" in way.command else ""
    words = values_of(way.command, **values, job=job, output=files.folder / "new.csv")
    is_write = name != "exports.download"
    assert is_refused_command(run_offline, *words, confirmed=CONFIRMED if is_write else ()) is is_write
    assert asyncio.run(is_refused_key()) is is_write


@pytest.mark.parametrize("name", slow_except(OWN, "webhooks"))
def test_the_keys_of_a_generated_list_are_refused_when_its_commands_are(name: str, run_offline: Run) -> None:
    record = RESOURCES[name]

    async def find_refused_keys() -> dict[str, bool]:
        refused: dict[str, bool] = {}
        console = resource_console(5, read_only=True)
        async with console.run_test(size=SIZE) as pilot:
            await settled(pilot)
            await open_record(pilot, name)
            for which, actions in offered_actions(record):
                notes = len(console.session.notifications)
                await press(pilot, "t" if which == TOGGLE else actions[0].key)
                refused |= {action.name: was_refused(console, notes) for action in actions}
                assert len(console.screen_stack) == 1 or not refused[actions[0].name]
                while len(console.screen_stack) > 1:
                    await press(pilot, "escape")
            assert_nothing_was_written(console)
        return refused

    by_key = asyncio.run(find_refused_keys())
    assert by_key
    parent = ["--of", SOME_ID] if record.scope is Scope.PARENT else []
    for action in (find_action(record, action_name) for action_name in by_key):
        target = [] if action.target is ActionTarget.LIST else [SOME_ID]
        fields = [f"{field}={value}" for field, value in FILLED.get((name, action.name), {}).items()]
        assert (
            is_refused_command(run_offline, "do", name, action.name, *target, *fields, *parent) is by_key[action.name]
        )
        assert by_key[action.name] is (action.effect is not Effect.READ)
