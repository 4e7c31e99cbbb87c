"""After a write every screen that shows what it changed shows the server's state, without a key: the one in front at
once, those behind it when they are returned to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.families import slow_except
from tests.services.command_writes import COMMAND_WRITES, ENTRIES_FILE, USERS_FILE
from tests.services.resource_fixtures import (
    DELETED_BEFORE,
    FIRST,
    FLAGS,
    actions,
    done,
    prepared,
    rows_of,
    sandbox_of,
)
from tests.tui.import_support import go_to, job_at_rest, step_of
from tests.tui.resource_support import confirm_it
from tests.tui.tui_support import console_of, demo, fill, is_out_of_date, jump, press, settled, text_of, until

from dyntui.core.effect import Effect
from dyntui.core.json_types import Row
from dyntui.resources.action import ActionTarget
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Resource, Scope
from dyntui.sandbox.behavior_flags import BehaviorFlags
from dyntui.services.access.policy_fields import with_counts
from dyntui.services.actions.registry import declarations
from dyntui.services.actions.resource_actions import find_action, read_one, resolve_parent
from dyntui.services.actions.result_sentence import result_sentence
from dyntui.services.actions.undo import is_undoable
from dyntui.services.actions.write_types import ACCEPTED_NOT_DONE, Target, WriteAction, WriteOutcome, WriteResults
from dyntui.services.connection import Connection
from dyntui.services.settings import leaf_at, read_settings
from dyntui.tui.features.access.compare_screen import CompareAllowlistScreen
from dyntui.tui.features.imports.undo_screen import ImportUndoScreen
from dyntui.tui.features.resources.resource_index import ResourceIndexScreen
from dyntui.tui.features.resources.settings_screen import SettingsScreen
from dyntui.tui.kit.dialogs.secret_dialog import SecretDialog
from dyntui.tui.shell.action_runner import run_action
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.detail_screen import DetailScreen
from dyntui.tui.shell.lists.resource_screen import ResourceScreen
from dyntui.tui.shell.routes import list_screen

SIZE = (120, 40)
WRITING = [each for each in actions() if find_action(RESOURCES[each[0]], each[1]).effect is not Effect.READ]
ONE_EACH = {name: (name, action) for name, action in reversed(WRITING)}
"""One write of each resource."""
FAST = ("users", "allowlists", "webhooks")
ENABLED = {(name, "disable"): (name, "enable") for name in ("allowlists", "gates")}
UNSEEN = {
    ("users", "revoke-sessions"),
    ("users", "reset-mfa"),
    ("users", "recover-wallets"),
    ("subscription", "apply-coupon"),
    ("delegation-keys", "revoke-delegated-access"),  # of wallets
}
"""What changes nothing that a list or a detail shows, with the sample data."""


def connection_of(pilot: Any) -> Connection:
    connection = console_of(pilot).session.connection
    assert connection is not None
    return connection


def visible_rows(screen: ResourceScreen) -> list[Row]:
    """The rows that the list shows as being on the server."""
    view = screen.view
    assert view is not None
    rows = [view.get(index) for index in range(view.total) if not view.is_tombstone(index)]
    assert None not in rows
    return [row for row in rows if row is not None]


def stable(first: Sequence[Row], second: Sequence[Row]) -> list[Row]:
    """Rows read twice, without what every reading changes (when the token was last used)."""
    return [{k: v for k, v in a.items() if b.get(k) == v} for a, b in zip(first, second, strict=True)]


async def on_server(connection: Connection, record: Resource, parent: str) -> list[Row]:
    """The rows of a list on the server, those of allowlists with their numbers of entries."""
    first, second = [await rows_of(connection, record.name, parent) for _ in range(2)]
    rows = stable(first, second)
    if record.name == "allowlists":
        rows = list(await with_counts(connection.client, rows))
    return rows


def is_contained(expected: Row, shown: Row) -> bool:
    return all(shown.get(name) == value for name, value in expected.items())


async def back(pilot: Any) -> Any:
    await console_of(pilot).action_back()
    await settled(pilot)
    return console_of(pilot).screen


async def back_to(pilot: Any, screen: object) -> None:
    while console_of(pilot).screen is not screen:
        await back(pilot)


def assert_current(console: Console) -> None:
    assert not is_out_of_date(console.screen)
    assert "out of date" not in text_of(console)


async def run_in_console(
    pilot: Any, write: WriteAction, *targets: Target, outcome: WriteOutcome = WriteOutcome.DONE
) -> None:
    """Do a write as its key does: confirmed in the dialog, with the result and its undo in a notification."""
    console, done = console_of(pilot), list[WriteResults]()
    run_action(console, write, targets, done=done.append)
    await settled(pilot)
    if write.effect is not Effect.READ:
        await confirm_it(pilot)
        await settled(pilot)
    (results,) = done
    assert results.count(outcome) == len(targets), results.first_error
    if isinstance(console.screen, SecretDialog):
        await press(pilot, "escape")
    else:
        text = console.session.notifications[-1].text
        more = f". {ACCEPTED_NOT_DONE}" if outcome is WriteOutcome.ACCEPTED else ""
        assert text == result_sentence(results) + (". Press Z to undo it" if is_undoable(results) else more)


async def press_import_keys(pilot: Any, file: Path) -> None:
    """Import a file with the wizard, for the list that is shown."""
    await go_to(pilot, file, "plan")
    await press(pilot, "full_stop")
    await confirm_it(pilot)
    await job_at_rest(pilot)
    assert step_of(pilot).NAME == "finish", text_of(console_of(pilot))


async def press_undo_keys(pilot: Any, folder: Path) -> None:
    """Undo the only job in the list of jobs."""
    await jump(pilot, "jobs")
    await press(pilot, "u")
    screen = console_of(pilot).screen
    assert isinstance(screen, ImportUndoScreen), text_of(console_of(pilot))
    await press(pilot, "enter")
    await confirm_it(pilot)
    await settled(pilot)
    assert "deleted from the server" in text_of(console_of(pilot))


async def press_sync_keys(pilot: Any, folder: Path) -> None:
    """Make the first allowlist like the second one."""
    await press(pilot, "D")
    await until(pilot, lambda: "Sanctioned wallets" in text_of(console_of(pilot)))
    await press(pilot, "enter")
    await until(pilot, lambda: isinstance(console_of(pilot).screen, CompareAllowlistScreen))
    screen = console_of(pilot).screen
    assert isinstance(screen, CompareAllowlistScreen)
    await until(pilot, lambda: screen.diff is not None)
    await press(pilot, "ctrl+s")
    await confirm_it(pilot)
    await settled(pilot)
    assert screen.diff is not None and screen.diff.is_equal
    assert_current(console_of(pilot))


OWN_KEYS: Mapping[str, Callable[[Any, Path], Awaitable[None]]] = {
    "users.import": lambda pilot, folder: press_import_keys(pilot, folder / USERS_FILE),
    "users.import-undo": press_undo_keys,
    "allowlists.import": lambda pilot, folder: press_import_keys(pilot, folder / ENTRIES_FILE),
    "allowlists.import-undo": press_undo_keys,
    "allowlists.sync": press_sync_keys,
}
"""The keys of the writes that have screens of their own, from the list that shows their result."""


async def assert_screens_follow(
    pilot: Any,
    record: Resource,
    row: Row | None,
    parent: str,
    run: Callable[[], Awaitable[object]],
    *,
    is_create: bool = False,
    deletes_row: bool = False,
    changes_nothing: bool = False,
) -> None:
    """Open overview, detail and list, run a write, and check that all show the server's state without a key.

    row: the row of the detail; the first one by default. is_create: whether a new row is to be selected.
    deletes_row: whether the row of the detail is gone afterwards. changes_nothing: whether nothing shown changes.
    """
    console, connection = console_of(pilot), connection_of(pilot)
    console.visit(ResourceIndexScreen())
    await settled(pilot)
    overview = console.screen
    rows = await on_server(connection, record, parent)
    row = row or (rows[0] if rows else None)
    detail = None
    if row is not None and console.open_row(record, row, parent):
        await settled(pilot)
        detail = console.screen if isinstance(console.screen, DetailScreen) else None
    console.open_list(record, parent, "its parent" if record.parent else "")
    await settled(pilot)
    listed = console.screen
    assert isinstance(listed, ResourceScreen)
    was = detail.document if detail is not None else None
    assert was is not None or detail is None

    await run()
    await back_to(pilot, listed)
    await settled(pilot)
    while is_out_of_date(listed):  # a job in the background makes it read again after two seconds
        await until(pilot, lambda: not is_out_of_date(listed))
        await settled(pilot)
    if record.name == "exports":  # the server goes on with them after the write, and the list reads them again
        await until(pilot, lambda: all(each.get("status") != "pending" for each in visible_rows(listed)))
        await settled(pilot)

    now = await on_server(connection, record, parent)
    shown = {row.get(record.key): row for row in visible_rows(listed)}
    assert shown.keys() == {row.get(record.key) for row in now}
    assert all(is_contained(expected, shown[expected.get(record.key)]) for expected in now)
    assert_current(console)
    if is_create and len(now) > len(rows):
        made = {row.get(record.key) for row in now} - {row.get(record.key) for row in rows}
        assert listed.table.row is not None and listed.table.row.get(record.key) in made, "it is not selected"

    changed = now != rows
    if detail is not None:
        await back_to(pilot, detail)
        if deletes_row and detail.document is was and detail.error is not None:
            assert "error" in text_of(console)
        elif not deletes_row or record.name == "wallets":
            row_id = str((row or {}).get(record.key, ""))
            fresh = [await read_one(connection.client, record, row_id, parent=parent) for _ in range(2)]
            expected = stable(fresh[:1], fresh[1:])[0]
            assert detail.document is not None
            assert is_contained({k: v for k, v in expected.items() if k not in record.secrets}, detail.document)
            assert_current(console)
            changed = changed or detail.document != was
    assert changed or changes_nothing, "nothing that is shown has changed: this proves nothing"
    await back_to(pilot, overview)
    assert_current(console)


@pytest.mark.parametrize(("name", "action_name"), slow_except(WRITING, *(ONE_EACH[name] for name in FAST)))
async def test_list_detail_and_overview_show_the_result_of_a_write(name: str, action_name: str) -> None:
    record, action = RESOURCES[name], find_action(RESOURCES[name], action_name)
    console = demo(40, flags=FLAGS)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection = connection_of(pilot)
        if kind := DELETED_BEFORE.get((name, action_name)):
            sandbox_of(connection).store.remove(kind, connection.client.environment_id)
        if before := {**FIRST, **ENABLED}.get((name, action_name)):
            assert (await done(connection, *before)).outcome is WriteOutcome.DONE
        ready = await prepared(connection, name, action_name)

        await assert_screens_follow(
            pilot,
            record,
            ready.row,
            ready.parent,
            lambda: run_in_console(pilot, ready.write, ready.target),
            is_create=action.target is ActionTarget.LIST,
            deletes_row=action_name == "delete",
            changes_nothing=(name, action_name) in UNSEEN,
        )


@pytest.mark.slow
@pytest.mark.parametrize(("name", "action_name"), ONE_EACH.values())
async def test_screens_show_nothing_of_a_write_that_the_server_only_accepts(name: str, action_name: str) -> None:
    record = RESOURCES[name]
    console = demo(40, flags=FLAGS)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection = connection_of(pilot)
        if kind := DELETED_BEFORE.get((name, action_name)):
            sandbox_of(connection).store.remove(kind, connection.client.environment_id)
        if before := {**FIRST, **ENABLED}.get((name, action_name)):
            assert (await done(connection, *before)).outcome is WriteOutcome.DONE
        ready = await prepared(connection, name, action_name)
        sandbox_of(connection).flags = BehaviorFlags({**FLAGS, "approvals": "denied"})

        await assert_screens_follow(
            pilot,
            record,
            ready.row,
            ready.parent,
            lambda: run_in_console(pilot, ready.write, ready.target, outcome=WriteOutcome.ACCEPTED),
            changes_nothing=True,
        )


@pytest.mark.parametrize(
    ("name", "shown"),
    slow_except(
        [(name, shown) for name, (_, records) in COMMAND_WRITES.items() for shown in records],
        ("users.set-metadata", "users"),
        ("allowlist-entries.create", "allowlists"),
        ("allowlist-entries.edit", "allowlist-entries"),
    ),
)
async def test_list_detail_and_overview_show_the_result_of_a_write_with_its_own_command(
    name: str, shown: str, tmp_path: Path
) -> None:
    record = RESOURCES[shown]
    console = demo(40, flags=FLAGS)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        connection = connection_of(pilot)
        prepare, _ = COMMAND_WRITES[name]
        ready = await prepare(connection, tmp_path)
        row, parent = ready.row if shown == "users" else None, ready.parent
        if shown == "allowlists":
            row = next(each for each in await rows_of(connection, shown) if each["id"] == parent)
        if record.scope is not Scope.PARENT:
            parent = await resolve_parent(connection.client, record)
        write = ready.write

        async def run() -> None:
            if write is not None:
                await run_in_console(pilot, write, *ready.targets)
            else:
                await OWN_KEYS[name](pilot, tmp_path)

        await assert_screens_follow(pilot, record, row, parent, run, deletes_row=ready.deletes_row)


async def test_list_tree_and_overview_show_a_changed_setting() -> None:
    console = demo(flags=FLAGS)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        console.visit(ResourceIndexScreen())
        await settled(pilot)
        overview = console.screen
        console.visit(list_screen(RESOURCES["settings"]))
        await settled(pilot)
        listed = console.screen
        assert isinstance(listed, ResourceScreen)
        await press(pilot, "enter")
        tree = console.screen
        assert isinstance(tree, SettingsScreen)
        console.visit(SettingsScreen())
        await settled(pilot)

        await press(pilot, "slash", *"displayname", "enter", "e")
        await fill(pilot, "Changed")
        await press(pilot, "ctrl+s")
        await confirm_it(pilot)
        await settled(pilot)

        path = ("general", "displayName")
        assert leaf_at(await read_settings(connection_of(pilot).client), path) == "Changed"
        front = console.screen
        assert isinstance(front, SettingsScreen)
        assert leaf_at(front.document, path) == "Changed"
        assert_current(console)
        await back_to(pilot, tree)
        assert leaf_at(tree.document, path) == "Changed"
        assert_current(console)
        await back_to(pilot, listed)
        (row,) = visible_rows(listed)
        assert leaf_at(row, ("settings", *path)) == "Changed"
        assert_current(console)
        await back_to(pilot, overview)
        assert_current(console)


def test_every_write_is_tested() -> None:
    tested = {f"{name}.{action_name}" for name, action_name in WRITING} | COMMAND_WRITES.keys() | {"settings.edit"}
    tested |= {"users.revoke-all-sessions"}  # in test_tui_users.py: what it changes is shown later
    assert tested == {each.name for each in declarations() if each.action.effect is not Effect.READ}
