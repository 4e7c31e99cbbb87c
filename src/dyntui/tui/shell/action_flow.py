"""The flow of a resource action: load the row, show a form, show the changes, confirm, perform, report the result.

A step that waits for the server is a worker; a step that waits for the user is a dialog.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_list, as_object
from dyntui.core.text import title_case
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.resource import Resource
from dyntui.services.actions.write_types import WriteResults
from dyntui.tui.shell.action_runner import is_in_use, run_action
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.console_state import NOT_OPEN

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.services.forms import FormField
    from dyntui.tui.shell.schema_form import SchemaForm

__all__ = ["ActionFlow", "ActionFlowMixin"]


@dataclass(slots=True)
class ActionFlow:
    """The state of one action, from the key that starts it to its result."""

    record: Resource
    action: ResourceAction
    rows: list[Row]
    """The rows to act on; empty for an action on the list."""
    parent: str
    """The id of the object that the list belongs to, "" for none."""
    connection: Connection
    """The connection of the environment that the rows are from."""
    key: str = ""
    """The key that started the action."""
    suggestions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Values to choose from, by field name."""
    fields: Sequence[FormField] = ()
    """The fields of the form."""
    initial_values: dict[str, str] | None = None
    """The values of the fields before the form was filled in; None unless there is exactly one row."""
    form: SchemaForm | None = None
    """The form; it stays open until the action has changed something."""


class ActionFlowMixin(ConsoleScreen):
    """A screen that runs actions of records; `after` is called with the results."""

    def after(self, plan: ActionFlow, results: WriteResults) -> None:
        """Update the screen after an action, whatever its results are."""

    @staticmethod
    def reason_for(actions: Sequence[ResourceAction], row: Row) -> str | None:
        """Return why none of these actions is available for the row; None when one is."""
        reasons = [action.disabled_reason(row) if action.disabled_reason is not None else None for action in actions]
        return None if None in reasons else reasons[0]

    # Steps

    def begin(self, record: Resource, action: ResourceAction, rows: list[Row], parent: str, key: str = "") -> None:
        """Start `action` on `rows`, or on the list when there are none. key: the key that was pressed."""
        connection = self.console.session.connection
        if connection is None:
            self.console.notify(NOT_OPEN, "warning")
            return
        plan = ActionFlow(record, action, rows, parent, connection, key)
        self.run_worker_then(partial(_load_fields, connection, plan), self._show_form)

    def _show_form(self, plan: ActionFlow) -> None:
        if not plan.fields:
            self._on_filled(plan, {})
            return
        from dyntui.services.actions.resource_actions import starting_values
        from dyntui.tui.shell.schema_form import SchemaForm

        row = plan.rows[0] if len(plan.rows) == 1 else None
        start = starting_values(plan.action, plan.fields, row)
        plan.initial_values = start if row is not None else None
        title = f"{title_case(plan.action.verb)} {title_case(plan.action.noun or plan.record.singular)}"
        if row is not None:
            title = f"{title} {plan.record.label_of(row)}"
        elif plan.rows:
            title = f"{title_case(plan.action.verb)} {len(plan.rows):,} {title_case(plan.record.plural)}"
        form = plan.form = SchemaForm(
            title,
            plan.fields,
            start,
            verb="continue",
            suggestions=plan.suggestions,
            before=plan.initial_values,
        )
        self.console.open_form(form, lambda values: self._on_filled(plan, values))

    def _on_filled(self, plan: ActionFlow, values: dict[str, str]) -> None:
        from dyntui.services.actions.resource_actions import (
            check_values,
            describe_changes,
            make_new_target,
            make_target,
            make_write_action,
        )

        connection = plan.connection
        if not is_in_use(self.console, connection):
            return
        try:
            filled = (
                check_values(connection.client, plan.action, values, before=plan.initial_values)
                if plan.fields
                else None
            )
        except UsageError as error:
            self.console.notify(str(error), "warning")
            if plan.form is not None:
                plan.form.reopen(str(error))
            return
        write = make_write_action(plan.record, plan.action, filled, parent=plan.parent)
        changes: Sequence[str] = ()
        if plan.initial_values is not None:
            changes = describe_changes(plan.fields, plan.initial_values, values)
        for warning in _unknown_values(plan, as_object(filled.body)) if filled is not None else ():
            self.console.notify(warning, "warning")
        targets = [make_target(plan.record, row) for row in plan.rows]
        if plan.action.target is ActionTarget.LIST:
            targets = [make_new_target(plan.record, values)]
        if filled is not None:
            targets = [replace(target, data={**target.data, "fields": filled.body or {}}) for target in targets]
        run_action(
            self.console,
            write,
            targets,
            opening_key=plan.key,
            summary_lines=changes,
            form=plan.form,
            done=lambda results: self.after(plan, results) if self.is_attached else None,
        )


def _unknown_values(plan: ActionFlow, body: Mapping[str, object]) -> list[str]:
    """Return a warning for each value of a list field that is not one of its suggestions, as the command line does."""
    from dyntui.services.body_check import value_warnings

    return [
        line
        for name, known in plan.suggestions.items()
        for line in value_warnings(name, as_list(body.get(name)), known)
    ]


async def _load_fields(connection: Connection, plan: ActionFlow) -> ActionFlow:
    """Load the fields of the form and the current state of a single row."""
    from dyntui.services.actions.resource_actions import form_fields, read_one
    from dyntui.services.webhooks import read_event_names

    client, action = connection.client, plan.action
    plan.fields = form_fields(client, action)
    needs_detail = bool(plan.fields) or action.replaces_all or action.body is not None
    if len(plan.rows) == 1 and needs_detail and plan.record.detail:
        row_id = str(plan.rows[0].get(plan.record.key, ""))
        detail = await read_one(client, plan.record, row_id, parent=plan.parent)
        plan.rows = [{**plan.rows[0], **detail}]
    if plan.record.name == "webhooks" and plan.fields:
        plan.suggestions = {"events": await read_event_names(client)}
    return plan
