"""Each action of each record by its key in the generated screens, in a sandbox and in a live environment.

A key demands what `dyntui api` demands for the same operation, asks what the command asks, and the action is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.families import slow_except
from tests.services.resource_fixtures import DELETED_BEFORE, FILLED, FIRST, filled_values, sandbox_of
from tests.tui.access_support import pretend_live
from tests.tui.resource_support import OWN, audited, confirm_it, fill_form, open_record, resource_console
from tests.tui.tui_support import press, settled, text_of

from dyntui.api.catalog import catalog
from dyntui.core.effect import Effect
from dyntui.core.json_types import Row
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.actions.raw_writes import raw_write_action
from dyntui.services.actions.resource_actions import make_new_target, make_target, make_write_action
from dyntui.services.actions.result_sentence import result_sentence
from dyntui.services.actions.write_types import Impact, Target, TargetResult, WriteOutcome, WriteResults
from dyntui.tui.kit.dialogs.secret_dialog import SecretDialog
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.lists.resource_actions_screen import ResourceActionsScreen
from dyntui.tui.shell.lists.resource_screen import ResourceScreen
from dyntui.tui.shell.record_actions import TOGGLE, offered_actions

ACTIONS: list[tuple[str, str]] = [(name, which) for name in OWN for which, _ in offered_actions(RESOURCES[name])]


async def rows(screen: ResourceScreen) -> list[Row]:
    assert screen.view is not None
    found = [screen.view.get(index) for index in range(screen.view.total)]
    return [row for row in found if row is not None]


async def move_to_fitting(pilot: Any, screen: ResourceScreen, action: ResourceAction) -> None:
    found = await rows(screen)
    expected = [
        index
        for index, row in enumerate(found)
        if action.disabled_reason is None or action.disabled_reason(row) is None
    ]
    assert expected, f"nothing to {action.name}"
    screen.table.move_to(expected[-1])
    await settled(pilot)


@pytest.mark.parametrize(
    ("name", "which", "kind"),
    slow_except([(*action, kind) for action in ACTIONS for kind in ("sandbox", "live")], ("origins", "delete", "live")),
)
async def test_every_action_runs_by_its_key(name: str, which: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    record = RESOURCES[name]
    actions = dict(offered_actions(record))[which]
    action = actions[0]
    if kind == "live":
        pretend_live(monkeypatch)
    console = resource_console()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        connection = console.session.connection
        assert connection is not None
        sandbox = sandbox_of(connection)
        if document_kind := DELETED_BEFORE.get((name, which)):
            sandbox.store.remove(document_kind, connection.client.environment_id)
        before = FIRST.get((name, which))
        screen = await open_record(pilot, name, None if which == TOGGLE else action)
        if before and which != TOGGLE and before[1] == "create":
            await press(pilot, RESOURCES[before[0]].action(before[1]).key)  # type: ignore[union-attr]
            if FILLED.get(before):
                await fill_form(pilot, FILLED[before])
            await confirm_it(pilot)
            assert isinstance(console.screen, ResourceActionsScreen)
        if action.target is ActionTarget.ROWS and which != TOGGLE:
            await move_to_fitting(pilot, screen, action)
        if action.target is ActionTarget.ROWS and which == TOGGLE:
            row = screen.table.row
            assert row is not None
            action = next(each for each in actions if each.disabled_reason is None or each.disabled_reason(row) is None)
        await press(pilot, "t" if which == TOGGLE else action.key)
        values = await filled_values(connection, name, action.name, screen.parent_id)
        if action.fields:
            await fill_form(pilot, values)
        result = ""
        if action.effect is not Effect.READ or action.sensitive:
            assert audited() == [] or before
            await assert_same_as_api(console, screen, action, values)
            result = await assert_same_texts_as_command(console, screen, action, values)
            await confirm_it(pilot)
            await settled(pilot)
        assert audited()[-1] == (f"{name}.{action.name}", "done"), text_of(console)
        if action.reveals[0]:
            assert isinstance(console.screen, SecretDialog)
            await press(pilot, "c", "escape")
        elif result and action.target is ActionTarget.ROWS:
            assert console.session.notifications[-1].text.startswith(result)
        assert console.screen is screen


async def assert_same_texts_as_command(
    console: Console, screen: ResourceScreen, action: ResourceAction, values: Mapping[str, str]
) -> str:
    """The dialog asks what the command asks for the same row. Returns the sentence that the command ends with."""
    dialog, connection = console.screen, console.session.connection
    assert isinstance(dialog, ConfirmDialog)
    assert connection is not None
    write = make_write_action(screen.record, action, parent=screen.parent_id)
    is_new = action.target is ActionTarget.LIST
    target = make_new_target(screen.record, values) if is_new else make_target(screen.record, screen.table.row)
    needed = connection.write_gate.requirement(replace(write, impact=Impact(())), [target])
    assert dialog.requirement.question == needed.question
    assert dialog.requirement.warning.startswith(needed.warning)
    return result_sentence(WriteResults(write, (TargetResult(target, WriteOutcome.DONE),)))


async def assert_same_as_api(
    console: Console, screen: ResourceScreen, action: ResourceAction, values: Mapping[str, str]
) -> None:
    """The dialog demands what `dyntui api` demands for the same operation on the same thing."""
    dialog, connection = console.screen, console.session.connection
    assert isinstance(dialog, ConfirmDialog), text_of(console)
    assert connection is not None
    operation = catalog().get(action.operation)
    row_id = str((screen.table.row or {}).get(screen.record.key, ""))
    path = {name: row_id for name in operation.path_names if name != "environmentId"}
    by_api = raw_write_action(
        operation, path=path, query={"includeSecret": "true"} if action.sensitive else {}, body=values
    )
    targets = [Target(row_id)]
    needed = connection.write_gate.requirement(await connection.write_gate.with_impact(by_api, targets), targets)
    shown = dialog.requirement
    assert (shown.level, shown.accepted, shown.destructive) == (needed.level, needed.accepted, needed.destructive)
    assert (shown.environment, shown.code) == (needed.environment, needed.code)
    if connection.write_gate.is_live and action.effect is Effect.DESTRUCTIVE:
        assert shown.accepted == (connection.profile.name,)
