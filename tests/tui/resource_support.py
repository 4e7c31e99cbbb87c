"""The console with every resource, and what tests of its lists and forms do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.services.resource_fixtures import FLAGS, parent_for
from tests.tui.tui_support import console_of, demo, paste, press, settled, text_of

from dyntui.config.paths import paths
from dyntui.resources.action import ResourceAction
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Scope
from dyntui.services.actions.audit import Audit
from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.write_types import Confirmation, Target
from dyntui.tui.kit.dialogs.form_dialog import FormChoice
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.lists.resource_screen import ResourceScreen
from dyntui.tui.shell.record_actions import offered_actions
from dyntui.tui.shell.routes import list_screen
from dyntui.tui.shell.schema_form import SchemaForm

OWN = [name for name, record in RESOURCES.items() if offered_actions(record)]
"""The records with actions of their own."""


def resource_console(users: int = 40, **options: Any) -> Console:
    """A console that reaches everything."""
    return demo(users, **{"flags": FLAGS, **options})


def audited() -> list[tuple[str, str]]:
    return [(line.action, line.outcome) for line in Audit(paths().audit_file).lines()]


async def open_record(pilot: Any, name: str, action: ResourceAction | None = None) -> ResourceScreen:
    """Go to the list of a record, below something that has rows the action fits."""
    console, record = console_of(pilot), RESOURCES[name]
    connection = console.session.connection
    assert connection is not None
    if record.scope is Scope.PARENT:
        console.open_list(record, await parent_for(connection, record, action), "its parent")
    else:
        console.visit(list_screen(record))
    await settled(pilot)
    screen = console.screen
    assert isinstance(screen, ResourceScreen)
    return screen


async def fill_form(pilot: Any, values: Mapping[str, str]) -> None:
    """Fill in a schema form by its fields, and go on."""
    console = console_of(pilot)
    form = console.screen
    assert isinstance(form, SchemaForm), text_of(console)
    for name, field in form.schema_fields.items():
        if field.name not in values:
            continue
        widget = form.query_one(f"#field-{name}")
        form.set_focus(widget)
        await pilot.pause()
        if isinstance(widget, FormChoice):
            for _ in widget.options:
                if widget.value == values[field.name]:
                    break
                await press(pilot, "space")
            assert widget.value == values[field.name]
        else:
            await press(pilot, "home", "shift+end", "backspace")
            await paste(pilot, values[field.name])
    await press(pilot, "ctrl+s")


async def confirm_it(pilot: Any) -> None:
    screen = console_of(pilot).screen
    assert isinstance(screen, ConfirmDialog), text_of(console_of(pilot))
    if screen.requirement.accepted:
        await paste(pilot, screen.requirement.accepted[0])
        await press(pilot, "enter")
    else:
        await press(pilot, screen.key)


def last_note(console: Console) -> str:
    return console.session.notifications[-1].text


async def make_user(console: Console, name: str) -> None:
    connection = console.session.connection
    assert connection is not None
    fields = {"fields": {"email": f"{name}@example.com"}}
    results = await connection.write_gate.perform(
        write_action("users.create"), [Target("", name, fields)], Confirmation(yes=True)
    )
    assert results.first_error is None
