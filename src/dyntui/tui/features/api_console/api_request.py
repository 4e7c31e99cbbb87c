"""One request of the API console: filled in on the left, what came of it on the right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult, SuspendNotSupported
from textual.containers import Horizontal, Vertical

from dyntui.api.catalog import Operation, catalog
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.text import safe
from dyntui.services import editor
from dyntui.services.actions.resource_changes import resources_of
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel, Requirement
from dyntui.services.api_console import (
    ConsoleRequest,
    ConsoleResponse,
    SavedRequests,
    as_command,
    as_curl,
    prepare,
    request_fields,
    send_request,
    warning_about,
)
from dyntui.services.forms import WHOLE, FormField, FormResult, ParameterLocation
from dyntui.tui.features.api_console.actions import API_CONSOLE_ACTIONS
from dyntui.tui.features.api_console.request_history import remember
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.clipboard import send_to_clipboard as to_clipboard
from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput, Values
from dyntui.tui.kit.dialogs.paste_dialog import Pasted, PasteTextDialog
from dyntui.tui.kit.widgets.cells import cut
from dyntui.tui.kit.widgets.field_list import FieldLine, FieldList
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.kit.widgets.search_tree import SearchTree
from dyntui.tui.shell.action_runner import lockout_preview
from dyntui.tui.shell.confirm_dialog import confirm
from dyntui.tui.shell.schema_form import SchemaForm
from dyntui.tui.shell.searchable_screen import SearchableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["ApiRequestScreen"]


class _Result(LineWidget):
    """Status, time and size of an answer; what went wrong."""

    answered: ConsoleResponse | None = None
    sending = False
    careful = ""

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        answered = self.answered
        if self.sending:
            return ([("  sending", "dim")] if y == 0 else []), ""
        if answered is None:
            words = (" Nothing has been sent yet. enter fills in, s sends.", "dim"), (f" {self.careful}", "warn")
            return ([(cut(words[y][0], width), words[y][1])] if y < len(words) else []), ""
        if y == 0:
            bad = answered.error is not None
            status = str(answered.status) if answered.status else "no answer"
            size = f"   {answered.size:,} bytes" if answered.size or not bad else ""
            rest = f"   {answered.ms:,.0f} ms{size}   {answered.at:%H:%M:%S} UTC"
            return [("  ● ", "bad" if bad else "good"), (status, "strong"), (rest, "dim")], ""
        if answered.error is not None:
            return [(cut(f"    {safe(answered.error.message, 400)}", width), "bad")], ""
        return [], ""


class ApiRequestScreen(SearchableScreen):
    """request: the operation and what is filled in. answered: what came of it before."""

    BINDINGS = bindings(API_CONSOLE_ACTIONS, "request")
    document_name = "response"
    hint = "a part of a name or value of the answer"

    def __init__(self, request: ConsoleRequest, answered: ConsoleResponse | None = None) -> None:
        super().__init__()
        self.request = self._saved = request
        self.answered_with = answered
        self.operation: Operation = catalog().get(request.operation)
        self.asked: list[FormField] = request_fields(catalog(), self.operation)

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("API", self.request.name or self.operation.id)

    def body(self) -> ComposeResult:
        with Horizontal(classes="api"):
            yield FieldList(self._facts(), id="request")
            with Vertical(id="answer"):
                yield _Result(id="result")
                yield SearchTree(id="answer-tree", unfolded=2)

    def connected(self, connection: Connection) -> None:
        self._from_context()
        self._show()

    def _from_context(self) -> None:
        """Ids that are known here, for the path: the user that was opened last, the organization."""
        values = dict(self.request.values)
        recent = list(self.console.session.recent)
        if "userId" in self.operation.path_names and recent:
            values.setdefault("userId", recent[-1])
        self._take_known(values)
        if "organizationId" in self.operation.path_names and "organizationId" not in values:
            connection = self.console.session.connection
            if connection is not None:
                self.run_worker(self._find_organization(connection), group="context")

    async def _find_organization(self, connection: Connection) -> None:
        from dyntui.services.actions.resource_actions import resolve_organization

        try:
            found = await resolve_organization(connection.client)
        except DyntuiError:
            return  # it is asked for like any other value
        self.post_message(self.Next(lambda: self._take_known({"organizationId": found})))

    def _take_known(self, values: dict[str, str]) -> None:
        """Fill in what is known here; leaving does not lose it."""
        self._saved = replace(self._saved, values={**self._saved.values, **values})
        self._put(values)

    def unsaved(self) -> str:
        changed = (self.request.values, self.request.body) != (self._saved.values, self._saved.body)
        return "what you filled in" if changed else ""

    def _put(self, values: dict[str, str]) -> None:
        self.request = replace(self.request, values={**self.request.values, **values})
        self._show()

    # What is shown

    def _facts(self) -> list[FieldLine]:
        operation, values = self.operation, self.request.values
        facts = [FieldLine(operation.group, heading=True), FieldLine("what it does", operation.summary)]
        facts += [FieldLine("method", operation.method), FieldLine("path", operation.path)]
        for where in ParameterLocation:
            fields = [each for each in self.asked if each.location is where]
            if not fields or (where is ParameterLocation.BODY and self.request.body.strip()):
                continue
            facts.append(FieldLine(where.value, heading=True))
            facts += [FieldLine(each.label, self._shown(each, values.get(each.name, ""))) for each in fields]
        if self.request.body.strip():
            facts.append(FieldLine("body, as written", heading=True))
            facts += [
                FieldLine("" if at else "JSON", line) for at, line in enumerate(self.request.body.strip().split("\n"))
            ]
        return facts

    def _shown(self, field: FormField, value: str) -> str:
        hidden = field.name.lower().endswith("secret")
        return ("set, not shown here" if hidden else value) if value else ""

    def _show(self) -> None:
        self.query_one("#request", FieldList).show(self._facts())
        result = self.query_one(_Result)
        result.answered, result.careful = self.answered_with, warning_about(self.operation)
        result.repaint()
        self.set_class(self.answered_with is None, "-unsent")
        self.tree_shown.display = self.answered_with is not None and self.answered_with.document is not None
        self.tree_shown.show(self.answered_with.document if self.answered_with is not None else None)
        self.refresh_status()

    @property
    def shown_resources(self) -> frozenset[str]:
        answered = self.answered_with is not None and self.operation.reads
        return resources_of(self.operation.id) if answered else frozenset()

    def status(self) -> Sequence[Piece]:
        if self.search_state:
            return [(self.search_state, "")]
        return [(self.tree_shown.path, "dim")] if self.focused is self.tree_shown and self.tree_shown.count else []

    # Filling in

    def fill_disabled_reason(self) -> str | None:
        return None if self.asked else "It takes nothing: s sends it."

    def action_fill(self) -> None:
        written = bool(self.request.body.strip())
        asked = [
            each
            for each in self.asked
            if not (each.location is ParameterLocation.BODY and (written or each.name == WHOLE))
        ]
        if not asked:
            self.action_body()
            return
        values = {each.name: self.request.values.get(each.name, "") for each in asked}
        form = SchemaForm(self.operation.id, asked, values, verb="keep", on_values=self._put)
        self.console.ask(form, form.done)

    def body_disabled_reason(self) -> str | None:
        return None if self.operation.body is not None else "It takes no body."

    def action_body(self) -> None:
        text = self.request.body or self._body_text()
        if editor.editor():
            try:
                with self.app.suspend():
                    changed = editor.edit(text)
            except SuspendNotSupported:
                pass  # no terminal to hand over: it is written here
            except UsageError as error:
                self.console.notify_error(error)
                return
            else:
                self._written(changed)
                return

        def pasted(found: Pasted | None) -> None:
            if found is not None:
                self._written(found.text)

        about = "JSON; ctrl+s keeps it. With EDITOR set, your editor opens instead."
        self.console.ask(PasteTextDialog(f"Body of {self.operation.id}", about, text=text, verb="keep"), pasted)

    def _body_text(self) -> str:
        filled = prepare(catalog(), self.request)
        body = filled.body if filled.body is not None else _skeleton(self.asked)
        return json.dumps(body, indent=2, ensure_ascii=False) + "\n"

    def _written(self, text: str) -> None:
        self.request = replace(self.request, body=text if text.strip() else "")
        if text.strip():
            try:
                json.loads(text)
            except ValueError as error:
                self.console.notify(f"The body is not JSON yet: {error}.", "warning")
        self._show()

    # Sending

    def _filled(self) -> FormResult:
        return prepare(catalog(), self.request)

    def request_disabled_reason(self) -> str | None:
        wrong = self._filled().errors
        if wrong:
            name, why = next(iter(wrong.items()))
            return f"{name}: {why}"
        if not self.operation.reads and getattr(self.app, "read_only", False):
            return "This environment is read-only."
        return None

    def action_send(self) -> None:
        connection = self.console.session.connection
        if connection is None:
            self.console.notify("The environment is not open yet.", "warning")
            return
        from dyntui.services.api_console import request_requirement

        work = request_requirement(connection, self.operation, self._filled())
        self.run_worker_then(work, lambda needed: self._confirm(connection, needed))

    def _confirm(self, connection: Connection, needed: Requirement) -> None:
        if needed.level is ConfirmationLevel.NONE:
            self._send(connection, Confirmation())
            return

        def answered(confirmation: Confirmation | None) -> None:
            if confirmation is not None:
                self._send(connection, confirmation)

        self.console.ask(
            confirm(needed, verb="send", opening_key="s", preview=lockout_preview(connection, needed)), answered
        )

    def _send(self, connection: Connection, confirmation: Confirmation) -> None:
        result = self.query_one(_Result)
        result.sending = True
        result.repaint()

        async def run() -> ConsoleResponse | DyntuiError:
            try:
                return await send_request(connection, self.request, confirmation)
            except DyntuiError as error:
                return error

        self.run_write_worker(run(), lambda found: self._came(connection, found))

    def _came(self, connection: Connection, found: ConsoleResponse | DyntuiError) -> None:
        if isinstance(found, DyntuiError):
            self.console.notify_error(found)
        else:
            self.answered_with = found
            self._saved = self.request
            self.mark_up_to_date(self.change_count)
            self.search_state = ""
            remember(connection, found)
        if self.is_attached:
            self.query_one(_Result).sending = False
            self._show()

    # The answer

    def response_disabled_reason(self) -> str | None:
        return None if self.answered_with is not None else "There is no answer yet."

    # To take along

    def action_curl(self) -> None:
        client = self.console.session.connection
        if client is not None:
            base, environment = client.profile.base_url, client.profile.environment_id
            to_clipboard(self.console, as_curl(base, environment, self.operation, self._filled()), "curl line")

    def action_line(self) -> None:
        to_clipboard(self.console, as_command(self.operation, self._filled()), "dyntui line")

    def action_keep(self) -> None:
        def named(values: Values | None) -> None:
            if values is not None:
                self.request = self._saved = SavedRequests().save(replace(self.request, name=values["name"].strip()))
                self.console.notify(f"Kept as {self.request.name}. Values that may be secrets were left out.")
                self._show()

        def check(values: Values) -> dict[str, str]:
            return {} if values["name"].strip() else {"name": "Give it a name."}

        field = FormInput("name", "name", self.request.name or self.operation.id)
        self.console.ask(FormDialog("Keep this request", [field], check=check, verb="keep"), named)


def _skeleton(asked: Sequence[FormField]) -> dict[str, Any]:
    """What must be in a body, to be filled in."""
    return {
        each.name: None
        for each in asked
        if each.location is ParameterLocation.BODY and each.required and "." not in each.name
    }
