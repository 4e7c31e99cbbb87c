"""One request of the API console: its fields on the left, the response on the right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from textual.app import ComposeResult, SuspendNotSupported
from textual.containers import Horizontal, Vertical

from dyntui.api.catalog import Operation, catalog
from dyntui.api.operation_groups import group_title
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.json_types import Row
from dyntui.core.masking import HIDDEN, is_masked_name
from dyntui.core.text import quantity, safe
from dyntui.core.times import exact_text
from dyntui.core.typed_path import PathRule, free_name, to_path
from dyntui.services import editor
from dyntui.services.actions.resource_changes import resources_of
from dyntui.services.actions.write_types import ACCEPTED_NOT_DONE, Confirmation, ConfirmationLevel, Requirement
from dyntui.services.api_console import (
    ConsoleRequest,
    ConsoleResponse,
    as_command,
    as_curl,
    prepare,
    request_fields,
    request_of_path,
    save_request,
    send_request,
    warning_about,
)
from dyntui.services.forms import WHOLE, FormField, FormResult
from dyntui.tui.features.api_console.actions import API_CONSOLE_ACTIONS
from dyntui.tui.features.api_console.request_history import add_to_history, load_history
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.text_dialog import TextDialog
from dyntui.tui.kit.widgets.cells import cut
from dyntui.tui.kit.widgets.field_list import FieldLine, FieldList
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.kit.workers import run_in_thread
from dyntui.tui.shell.action_runner import is_in_use, lockout_preview
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.console_state import NOT_OPEN
from dyntui.tui.shell.schema_form import SchemaForm
from dyntui.tui.shell.searchable_screen import SearchableScreen

if TYPE_CHECKING:
    from pathlib import Path

    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["ApiRequestScreen"]


class _ResponseHeader(LineWidget):
    """Two lines above the response: status, time and size, and the error if there is one."""

    response: ConsoleResponse | None = None
    is_sending = False
    instruction = ""
    """How to send the request, shown before there is a response."""
    warning = ""

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        response = self.response
        if self.is_sending:
            return ([("  sending", "dim")] if y == 0 else []), ""
        if response is None:
            lines: tuple[Piece, ...] = ((f"  {self.instruction}", "dim"), (f"  {self.warning}", "warn"))
            return ([(cut(lines[y][0], width), lines[y][1])] if y < len(lines) else []), ""
        if y == 0 and response.is_from_history:
            return [("  ● ", "dim"), (str(response.status or "no response"), "strong")], ""
        if response.is_from_history:
            return [(cut(f"    Sent {exact_text(response.at)}; the response was not kept.", width), "dim")], ""
        if y == 0:
            failed = response.error is not None
            status = str(response.status) if response.status else "no response"
            size = f"   {quantity(response.size, 'byte')}" if response.size or not failed else ""
            details = f"   {response.ms:,.0f} ms{size}   {exact_text(response.at)}"
            is_done = response.status != HTTPStatus.ACCEPTED
            role = "bad" if failed else "good" if is_done else "warn"
            return [("  ● ", role), (status, "strong"), (details, "dim")], ""
        if response.error is None and response.status == HTTPStatus.ACCEPTED:
            return [(cut(f"    {ACCEPTED_NOT_DONE}", width), "warn")], ""
        if response.error is not None:
            return [(cut(f"    {safe(response.error.message, 400)}", width), "bad")], ""
        return [], ""


class ApiRequestScreen(SearchableScreen):
    """A request for one operation, and its response once it was sent."""

    BINDINGS = bindings(API_CONSOLE_ACTIONS, "request")
    document_name = "response"
    hint = "a part of a name or value of the response"

    def __init__(
        self, request: ConsoleRequest, response: ConsoleResponse | None = None, *, sends_read: bool = False
    ) -> None:
        """request: the operation and the values of its fields. response: an earlier response, from the history.

        sends_read: whether to send the request at once, if it is a read.
        """
        super().__init__()
        self._sends_read = sends_read
        self.request = self._saved_request = request
        self.response = response
        self.operation: Operation = catalog().get(request.operation)
        self.fields: list[FormField] = request_fields(catalog(), self.operation)

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        """Send a read again: the row of the target has its `method` and `path`."""
        try:
            request = request_of_path(catalog(), str(target.row["method"]), str(target.row["path"]))
        except UsageError as error:
            console.notify_error(error)
            return
        console.visit(cls(request, sends_read=True))

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("API", self.request.name or self.operation.id)

    def body(self) -> ComposeResult:
        with Horizontal(classes="api"):
            yield FieldList(self._field_lines(), id="request")
            with Vertical(id="response"):
                yield _ResponseHeader(id="response-header")
                yield JsonTree(id="response-tree", unfolded=2)

    def connected(self, connection: Connection) -> None:
        self._fill_known_ids(connection)
        load_history(self, connection)
        self._update()
        if self._sends_read and self.operation.method == "GET" and self.request_disabled_reason() is None:
            self._sends_read = False
            self.action_send()

    # Values that the console knows

    def _fill_known_ids(self, connection: Connection) -> None:
        """Fill in the id of the last opened user and the id of the organization, where the path has them."""
        values = dict(self.request.values)
        recent = list(self.console.session.recent)
        if "userId" in self.operation.path_names and recent:
            values.setdefault("userId", recent[-1])
        self._set_known_values(values)
        if "organizationId" in self.operation.path_names and "organizationId" not in values:
            from dyntui.services.actions.organization_choice import resolve_organization

            self.run_worker_then(
                partial(resolve_organization, connection.client),
                lambda organization_id: self._set_known_values({"organizationId": organization_id}),
                lambda error: None,  # the user can enter it
                group="context",
            )

    def _set_known_values(self, values: dict[str, str]) -> None:
        """Set values that do not count as unsaved changes."""
        self._saved_request = replace(self._saved_request, values={**self._saved_request.values, **values})
        self._set_values(values)

    def unsaved(self) -> str:
        saved = self._saved_request
        has_changes = (self.request.values, self.request.body) != (saved.values, saved.body)
        return "the entered values" if has_changes else ""

    def _set_values(self, values: dict[str, str]) -> None:
        self.request = replace(self.request, values={**self.request.values, **values})
        self._update()

    # Display

    def _field_lines(self) -> list[FieldLine]:
        operation, values = self.operation, self.request.values
        lines = [
            FieldLine(group_title(operation.group), heading=True),
            FieldLine("summary", operation.summary),
            FieldLine("method", operation.method),
            FieldLine("path", operation.path),
        ]
        body = self.request.body.strip()
        for location in ("path", "query", "header", "body"):
            fields = [field for field in self.fields if field.location == location]
            if not fields or (location == "body" and body):
                continue
            lines.append(FieldLine(location, heading=True))
            lines += [FieldLine(field.label, _masked(field, values.get(field.name, ""))) for field in fields]
        if body:
            lines.append(FieldLine("body", heading=True))
            lines += [FieldLine("" if index else "JSON", line) for index, line in enumerate(body.split("\n"))]
        if self.response is not None and self.response.headers:
            lines.append(FieldLine("response headers", heading=True))
            lines += [FieldLine(name.lower(), value) for name, value in self.response.headers.items()]
        return lines

    def _update(self) -> None:
        response = self.response
        self.query_one("#request", FieldList).show(self._field_lines())
        header = self.query_one(_ResponseHeader)
        header.response, header.warning = response, warning_about(self.operation)
        edit = f"{key_of('request.fill')} to edit the fields, " if self.fields else ""
        header.instruction = f"Press {edit}{key_of('request.send')} to send."
        header.repaint()
        self.set_class(response is None, "-unsent")
        self.tree_shown.display = response is not None and response.document is not None
        self.tree_shown.show(response.document if response is not None else None)
        self.refresh_status()

    @property
    def shown_resources(self) -> frozenset[str]:
        has_read = self.response is not None and self.operation.reads
        return resources_of(self.operation.id) if has_read else frozenset()

    def status(self) -> Sequence[Piece]:
        if self.search_state:
            return [(self.search_state, "")]
        return [(self.tree_shown.path, "dim")] if self.focused is self.tree_shown and self.tree_shown.count else []

    # Editing

    def edit_disabled_reason(self) -> str | None:
        return None if self.fields else f"This operation has no fields. Press {key_of('request.send')} to send it."

    def action_edit_fields(self) -> None:
        has_json_body = bool(self.request.body.strip())
        fields = [
            field for field in self.fields if field.location != "body" or (not has_json_body and field.name != WHOLE)
        ]
        if not fields:
            self.action_edit_body()
            return
        values = {field.name: self.request.values.get(field.name, "") for field in fields}
        self.console.ask_then(SchemaForm(self.operation.id, fields, values, verb="apply"), self._set_values)

    def body_disabled_reason(self) -> str | None:
        return None if self.operation.body is not None else "This operation has no body."

    def action_edit_body(self) -> None:
        """Edit the body in the editor of the user; in a dialog when there is none."""
        text = self.request.body or self._body_text()
        if editor.editor():
            try:
                with self.app.suspend():
                    edited = editor.edit(text)
            except SuspendNotSupported:
                pass  # no terminal for the editor: use the dialog
            except UsageError as error:
                self.console.notify_error(error)
                return
            else:
                self._set_body(edited)
                return

        about = "The body as JSON. If $EDITOR is set, that editor is opened instead."
        self.console.ask_then(TextDialog(f"Body of {self.operation.id}", about, text, verb="apply"), self._set_body)

    def _body_text(self) -> str:
        """Return the body of the form values, or an empty body with the required fields."""
        result = prepare(catalog(), self.request)
        body = result.body if result.body is not None else _required_fields(self.fields)
        return json.dumps(body, indent=2, ensure_ascii=False) + "\n"

    def _set_body(self, text: str) -> None:
        self.request = replace(self.request, body=text if text.strip() else "")
        if text.strip():
            try:
                json.loads(text)
            except ValueError as error:
                self.console.notify(f"The body is not valid JSON: {error}.", "warning")
        self._update()

    # Sending

    def _form_result(self) -> FormResult:
        return prepare(catalog(), self.request)

    def request_disabled_reason(self) -> str | None:
        errors = self._form_result().errors
        if errors:
            name, message = next(iter(errors.items()))
            return f"{name}: {message}"
        if not self.operation.reads and getattr(self.app, "read_only", False):
            return "This environment is read-only."
        return None

    def action_send(self) -> None:
        connection = self.console.session.connection
        if connection is None:
            self.console.notify(NOT_OPEN, "warning")
            return
        from dyntui.services.api_console import request_requirement

        work = partial(request_requirement, connection, self.operation, self._form_result())
        self.run_worker_then(work, partial(self._confirm, connection, self.console.typed_keys))

    def _confirm(self, connection: Connection, typed_before: int, requirement: Requirement) -> None:
        if requirement.level is ConfirmationLevel.NONE:
            self._send(connection, Confirmation())
            return
        preview = lockout_preview(connection, requirement)
        dialog = ConfirmDialog(
            requirement, verb="send", opening_key="ctrl+s", preview=preview, typed_before=typed_before
        )
        self.console.ask_then(dialog, partial(self._send, connection))

    def _send(self, connection: Connection, confirmation: Confirmation) -> None:
        header = self.query_one(_ResponseHeader)
        header.is_sending = True
        header.repaint()

        async def send() -> None:
            result: ConsoleResponse | DyntuiError
            try:
                result = await send_request(connection, self.request, confirmation)
            except DyntuiError as error:
                result = error
            self.console.call_next(self._on_sent, connection, result)

        self.console.run_worker(send, group="writes")  # of the app: leaving the screen must not cancel the request

    def _on_sent(self, connection: Connection, result: ConsoleResponse | DyntuiError) -> None:
        if isinstance(result, DyntuiError):
            self.console.notify_error(result)
        elif not is_in_use(self.console, connection):
            add_to_history(self.app, connection, result)
            self.console.notify(f"{connection.profile.name}: {self.operation.id}: response {result.status}")
        else:
            self.response = result
            self._saved_request = self.request
            self.mark_up_to_date(self.change_count)
            self.search_state = ""
            add_to_history(self.app, connection, result)
        if self.is_attached:
            self.query_one(_ResponseHeader).is_sending = False
            self._update()

    def response_disabled_reason(self) -> str | None:
        return None if self.response is not None else "There is no response yet."

    # Copying and saving

    def action_copy(self) -> None:
        """Copy the field under the cursor, or the value of the response."""
        fields = self.query_one("#request", FieldList)
        if self.focused is fields and fields.current_field is not None:
            send_to_clipboard(self.console, fields.current_field.raw, "value")
        else:
            super().action_copy()

    def save_response_disabled_reason(self) -> str | None:
        if self.response is None:
            return "There is no response yet."
        if self.response.is_from_history:
            return (
                "The response of an earlier start is not kept. "
                f"Press {key_of('request.send')} to send the request again."
            )
        return None

    def action_save_response(self) -> None:
        from dyntui.services.api_history import save_response

        response = self.response
        assert response is not None
        fields = (
            FormInput("what", "content", "body", {"body": "body", "all": "request, status, headers and body"}),
            FormInput("path", "file", free_name(self.operation.id, ".json"), path=PathRule(is_new=True)),
        )

        def on_saved(path: Path, hidden: int) -> None:
            left_out = f", {quantity(hidden, 'value')} that may be secret left out" if hidden else ""
            self.console.notify(f"Response saved to {path}{left_out}")

        def on_submit(values: Values) -> None:
            path = to_path(values["path"])
            save = partial(save_response, path, response, with_headers=values["what"] == "all")
            run_in_thread(self, save, partial(on_saved, path), self.console.notify_error, group="save")

        self.console.ask_then(FormDialog("Save Response", fields, verb="save"), on_submit)

    def action_copy_curl(self) -> None:
        connection = self.console.session.connection
        if connection is not None:
            profile = connection.profile
            text = as_curl(profile.base_url, profile.environment_id, self.operation, self._form_result())
            send_to_clipboard(self.console, text, "curl command")

    def action_copy_command(self) -> None:
        send_to_clipboard(self.console, as_command(self.operation, self._form_result()), "dyntui command")

    def action_save(self) -> None:
        def on_submit(values: Values) -> None:
            named = replace(self.request, name=values["name"].strip())
            self.request = self._saved_request = save_request(named)
            self.console.notify(f"Request saved as {self.request.name}, without values that may be secrets")
            self._update()

        field = FormInput("name", "name", self.request.name or self.operation.id, required="Enter a name.")
        self.console.ask_then(FormDialog("Save Request", [field]), on_submit)


def _masked(field: FormField, value: str) -> str:
    """Return the value of a field as it may be shown."""
    return HIDDEN if value and is_masked_name(field.name) else value


def _required_fields(fields: Sequence[FormField]) -> Row:
    """Return a body with the required fields, without values."""
    return {
        field.name: None for field in fields if field.location == "body" and field.required and "." not in field.name
    }
