"""After a write every screen that shows what it changed shows the server's state, without a key: the one in front at
once, those behind it when they are returned to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from tests.families import slow_except
from tests.services.resource_fixtures import (
    DELETED_BEFORE,
    FIRST,
    FLAGS,
    actions,
    done,
    perform,
    prepared,
    rows_of,
    sandbox_of,
)
from tests.tui.tui_support import console_of, demo, settled, text_of

from dyntui.core.effect import Effect
from dyntui.core.json_types import Row
from dyntui.resources import RESOURCES, ActionTarget, Resource
from dyntui.services.actions.resource_actions import find_action, read_one
from dyntui.services.actions.write_types import WriteOutcome
from dyntui.services.connection import Connection
from dyntui.tui.features.resources.resource_index import ResourceIndexScreen
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.detail_screen import DetailScreen
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

SIZE = (120, 40)
WRITING = [each for each in actions() if find_action(RESOURCES[each[0]], each[1]).effect is not Effect.READ]
ONE_EACH = {name: (name, action) for name, action in reversed(WRITING)}
"""One write of each resource."""
FAST = ("users", "allowlists", "gates", "webhooks", "origins", "members", "custom-fields", "tokens")
ENABLED = {(name, "disable"): (name, "enable") for name in ("allowlists", "gates")}
UNSEEN = {
    ("users", "revoke-sessions"),
    ("users", "reset-mfa"),
    ("users", "recover-wallets"),
    ("subscription", "apply-coupon"),
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
    first, second = [await rows_of(connection, record.name, parent) for _ in range(2)]
    return stable(first, second)


def is_contained(expected: Row, shown: Row) -> bool:
    return all(shown.get(name) == value for name, value in expected.items())


async def back(pilot: Any) -> Any:
    await console_of(pilot).action_back()
    await settled(pilot)
    return console_of(pilot).screen


def assert_current(console: Console) -> None:
    assert not console.screen.out_of_date  # type: ignore[attr-defined]
    assert "out of date" not in text_of(console)


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
        console.visit(ResourceIndexScreen())
        await settled(pilot)
        overview = console.screen
        rows = await on_server(connection, record, ready.parent)
        row = ready.row or (rows[0] if rows else None)
        detail = None
        if row is not None and console.open_row(record, row, ready.parent):
            await settled(pilot)
            detail = console.screen if isinstance(console.screen, DetailScreen) else None
        console.open_list(record, ready.parent, "its parent" if record.parent else "")
        await settled(pilot)
        listed = console.screen
        assert isinstance(listed, ResourceScreen)
        was = detail.document if detail is not None else None
        assert was is not None or detail is None

        (result,) = await perform(connection, ready.write, ready.target)
        assert result.outcome is WriteOutcome.DONE, result.error
        await settled(pilot)

        now = await on_server(connection, record, ready.parent)
        shown = {row.get(record.key): row for row in visible_rows(listed)}
        assert shown.keys() == {row.get(record.key) for row in now}
        assert all(is_contained(expected, shown[expected.get(record.key)]) for expected in now)
        assert_current(console)
        if action.target is ActionTarget.LIST and len(now) > len(rows):
            made = {row.get(record.key) for row in now} - {row.get(record.key) for row in rows}
            assert listed.table.row is not None and listed.table.row.get(record.key) in made, "it is not selected"

        changed = now != rows
        if detail is not None:
            while console.screen is not detail:
                await back(pilot)
            if action_name == "delete" and detail.document is was and detail.error is not None:
                assert "error" in text_of(console)
            elif not (action_name == "delete" and name not in ("wallets",)):
                row_id = str((row or {}).get(record.key, ""))
                fresh = [await read_one(connection.client, record, row_id, parent=ready.parent) for _ in range(2)]
                expected = stable(fresh[:1], fresh[1:])[0]
                assert detail.document is not None
                assert is_contained({k: v for k, v in expected.items() if k not in record.secrets}, detail.document)
                assert_current(console)
                changed = changed or detail.document != was
        assert changed or (name, action_name) in UNSEEN, "nothing that is shown has changed: this proves nothing"
        while console.screen is not overview:
            await back(pilot)
        assert_current(console)
