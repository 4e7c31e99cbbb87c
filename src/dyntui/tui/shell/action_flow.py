"""The flow of a resource action: load the row, show a form, show the changes, confirm, perform, report the result.

A step that waits for the server is a worker that posts a message; a step that waits for the user is a dialog.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on
from textual.message import Message

from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.json_types import Row
from dyntui.resources import ActionTarget, Resource, ResourceAction
from dyntui.services.actions.write_types import (
    Confirmation,
    ConfirmationLevel,
    Target,
    WriteAction,
    WriteResults,
)
from dyntui.tui.kit.workers import start_worker
from dyntui.tui.shell.action_runner import (
    ProgressDialog,
    close_or_reopen_form,
    is_in_use,
    notify_results,
    run_assessment,
)
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.confirm_dialog import confirm

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.services.forms import FormField
    from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
    from dyntui.tui.shell.schema_form import SchemaForm

__all__ = ["ActionFlow", "ActionFlowMixin", "WorkerMixin"]


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
    changes: Sequence[str] = ()
    """The changed fields, one line each."""
    write: WriteAction | None = None
    """The action for the write gate; None until the form is filled in."""
    form: SchemaForm | None = None
    """The form; it stays open until the action has changed something."""
    targets: Sequence[Target] = ()
    """The targets of `write`."""


class WorkerMixin(ConsoleScreen):
    """A screen that waits for the server in workers and continues with their results."""

    class Next(Message):
        """Posted by a worker at its end. Runs `step` in the message loop of the screen."""

        def __init__(self, step: Callable[[], None]) -> None:
            super().__init__()
            self.step = step

    @on(Next)
    def _next(self, event: Next) -> None:
        event.step()

    def run_worker_then(
        self,
        work: Callable[[], Awaitable[Any]],
        then: Callable[[Any], None],
        group: str = "actions",
        form: BaseDialog[Any] | None = None,
    ) -> None:
        """Run `work` in a worker, then call `then` with its result. An error is shown and reopens `form`."""

        def failed(error: DyntuiError) -> None:
            self.console.notify_error(error)
            if form is not None:
                form.reopen(str(error))

        async def run() -> None:
            try:
                found = await work()
            except DyntuiError as error:
                problem = error
                self.post_message(self.Next(lambda: failed(problem)))
            else:
                self.post_message(self.Next(lambda: then(found)))

        start_worker(self, run, group=group)

    def run_write_worker(
        self,
        work: Callable[[], Awaitable[Any]],
        then: Callable[[Any], None],
        form: BaseDialog[Any] | None = None,
        after_switch: Callable[[Any], None] | None = None,
    ) -> None:
        """Do the same for a write, in a worker of the app, so that leaving the screen does not cancel the request.

        after_switch: called instead of `then` when another environment was opened meanwhile; None shows the results
        with the name of their environment.
        """
        console, connection = self.console, self.console.session.connection

        def show(found: Any) -> None:
            if connection is None or is_in_use(console, connection):
                then(found)
            elif after_switch is not None:
                after_switch(found)
            elif isinstance(found, WriteResults):
                notify_results(console, found, connection.profile.name)

        async def run() -> None:
            try:
                found = await work()
            except DyntuiError as error:
                console.call_next(console.notify_error, error)
                if form is not None:
                    console.call_next(form.reopen, str(error))
            else:
                console.call_next(show, found)

        console.run_worker(run, group="writes")


class ActionFlowMixin(WorkerMixin):
    """A screen that runs actions of records; `after` is called with the results."""

    def after(self, plan: ActionFlow, results: WriteResults) -> None:
        """Update the screen after an action, whatever its results are."""

    # Steps

    def begin(self, record: Resource, action: ResourceAction, rows: list[Row], parent: str, key: str = "") -> None:
        """Start `action` on `rows`, or on the list when there are none. key: the key that was pressed."""
        connection = self.console.session.connection
        if connection is None:
            self.console.notify("The environment is not connected yet.", "warning")
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
        name = plan.record.label_of(row) if row is not None else plan.record.singular
        if len(plan.rows) > 1:
            name = f"{len(plan.rows):,} × {plan.record.singular}"
        title = f"{plan.action.verb} {name}"
        form = plan.form = SchemaForm(
            title,
            plan.fields,
            start,
            verb="continue",
            suggestions=plan.suggestions,
            before=plan.initial_values,
            on_values=lambda values: self._on_filled(plan, values),
        )
        self.console.open_form(form, form.done)

    def _on_filled(self, plan: ActionFlow, values: dict[str, str]) -> None:
        from dyntui.services.actions.resource_actions import (
            check_values,
            describe_changes,
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
        plan.write = replace(write, reread=None)  # screens refresh on their own
        if plan.initial_values is not None:
            plan.changes = describe_changes(plan.fields, plan.initial_values, values)
        label = plan.record.label_of(values) or next((value for value in values.values() if value), "")
        plan.targets = [make_target(plan.record, row) for row in plan.rows]
        if plan.action.target is ActionTarget.LIST:
            plan.targets = [make_target(plan.record, None, label=label)]

        def failed(error: DyntuiError | str) -> None:
            if plan.form is not None:
                plan.form.reopen(str(error))

        run_assessment(self.console, partial(_assess, connection, plan), self._confirm, failed)

    def _confirm(self, plan: ActionFlow) -> None:
        connection = plan.connection
        assert plan.write is not None
        if not is_in_use(self.console, connection) or (plan.form is not None and plan.form.was_left):
            return
        requirement = connection.write_gate.requirement(plan.write, plan.targets)
        if requirement.level is ConfirmationLevel.NONE:
            self._perform(plan, Confirmation())
            return
        requirement = replace(requirement, target_lines=(*requirement.target_lines, *plan.changes))

        def on_confirmation(confirmation: Confirmation | None) -> None:
            if confirmation is not None:
                self._perform(plan, confirmation)
            elif plan.form is not None:
                plan.form.reopen()

        self.console.ask(confirm(requirement, verb=plan.action.verb_phrase, opening_key=plan.key), on_confirmation)

    def _perform(self, plan: ActionFlow, confirmation: Confirmation) -> None:
        connection = plan.connection
        write = plan.write
        assert write is not None
        if not is_in_use(self.console, connection):
            return
        stop, count = asyncio.Event(), len(plan.targets)
        dialog = ProgressDialog(f"{plan.action.verb} …", count, stop) if count > 1 else None

        def show_progress(done: int, total: int) -> None:
            if dialog is not None:
                dialog.show(done)

        async def perform() -> WriteResults:
            try:
                return await connection.write_gate.perform(
                    write, plan.targets, confirmation, on_progress=show_progress, cancel=stop
                )
            finally:
                if dialog is not None:
                    self.console.call_next(dialog.finish)

        if dialog is not None:
            self.console.ask(dialog)
        self.run_write_worker(
            perform,
            lambda results: self._on_results(plan, results),
            plan.form,
            lambda results: self._show_results(plan, results, connection.profile.name),
        )

    def _on_results(self, plan: ActionFlow, results: WriteResults) -> None:
        close_or_reopen_form(plan.form, results)
        self._show_results(plan, results)
        if self.is_attached:
            self.after(plan, results)

    def _show_results(self, plan: ActionFlow, results: WriteResults, environment: str = "") -> None:
        """Show the results, or the secret that is returned one time. environment: as for `notify_results`."""
        from dyntui.services.actions.resource_actions import one_time_value
        from dyntui.tui.kit.dialogs.secret_dialog import SecretDialog

        secret = one_time_value(plan.action, results.items[0].value) if results.items else None
        if secret is not None:
            self.console.ask(SecretDialog(*secret))
        if secret is None or environment:
            notify_results(self.console, results, environment)


async def _load_fields(connection: Connection, plan: ActionFlow) -> ActionFlow:
    """Load the fields of the form and the current state of a single row."""
    from dyntui.services.actions.resource_actions import form_fields, read_one

    client, action = connection.client, plan.action
    plan.fields = form_fields(client, action)
    needs_detail = bool(plan.fields) or action.replaces_all or action.body is not None
    if len(plan.rows) == 1 and needs_detail and plan.record.detail:
        row_id = str(plan.rows[0].get(plan.record.key, ""))
        detail = await read_one(client, plan.record, row_id, parent=plan.parent)
        plan.rows = [{**plan.rows[0], **detail}]
    if plan.record.name == "webhooks" and plan.fields:
        plan.suggestions = {"events": await _event_names(connection)}
    return plan


async def _event_names(connection: Connection) -> list[str]:
    try:
        page = await connection.client.page("getEventTypes", "")
    except DyntuiError:
        return []  # the names can be typed
    return [str(row.get("name")) for row in page.rows if row.get("name")]


async def _assess(connection: Connection, plan: ActionFlow) -> ActionFlow:
    from dyntui.services.actions.resource_actions import with_warnings

    assert plan.write is not None
    write = await with_warnings(connection, plan.record, plan.write, plan.targets)
    plan.write = await connection.write_gate.with_impact(write, plan.targets)
    return plan
