"""One change of the audit log: who, what, when, the values before and after as a diff, and whether it can be undone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from textual.app import ComposeResult

from dyntui.core.meanings import role_of_change
from dyntui.services.actions.audit_log import AuditEntry
from dyntui.services.actions.registry import find_declaration
from dyntui.services.actions.undo import undo_disabled_reason
from dyntui.services.text_diff import leaf_diff
from dyntui.tui.features.audit.actions import AUDIT_ACTIONS
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.widgets.field_list import FieldLine, FieldList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["ChangeScreen", "entry_text", "environment_of", "undo_entry"]


def environment_of(console: ConsoleApp) -> tuple[str, str]:
    """Return base URL and id of the environment in use; empty texts when none is open."""
    connection = console.session.connection
    return (connection.profile.base_url, connection.profile.environment_id) if connection is not None else ("", "")


def entry_text(entry: AuditEntry) -> str:
    """Return a change as JSON, for the clipboard."""
    if entry.line is None:
        return f"line {entry.number} is damaged"
    return json.dumps(asdict(entry.line), ensure_ascii=False, default=str)


def undo_entry(console: ConsoleApp, entry: AuditEntry) -> None:
    """Undo a change that `undo_disabled_reason` has no reason against, after a confirmation."""
    from dyntui.tui.shell.undo import undo_line

    assert entry.line is not None
    undo_line(console, entry.line, opening_key="Z")


class ChangeScreen(ConsoleScreen):
    """One change in full."""

    BINDINGS = bindings(AUDIT_ACTIONS, "change")

    def __init__(self, entry: AuditEntry) -> None:
        super().__init__()
        self.entry = entry

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        line = self.entry.line
        return ("audit log", line.action if line is not None else f"line {self.entry.number:,}")

    def body(self) -> ComposeResult:
        yield FieldList(self._field_lines(), id="change")

    def connected(self, connection: object) -> None:
        self.query_one(FieldList).show(self._field_lines())

    def status(self) -> Sequence[Piece]:
        return [(f"line {self.entry.number:,} of the audit log", "dim")]

    def _field_lines(self) -> list[FieldLine]:
        line = self.entry.line
        reason = self.undo_disabled_reason()
        if line is None:
            text = f"Line {self.entry.number:,} cannot be read; the other lines are not affected."
            return [FieldLine("Damaged line", heading=True), FieldLine("problem", text)]
        declared = find_declaration(line.action)
        undo = reason or f"{key_of('change.undo')} shows what undoing it does now, and asks for a confirmation"
        fields = [
            FieldLine("Change", heading=True),
            FieldLine("action", line.action),
            FieldLine("meaning", declared.action.help if declared is not None else ""),
            FieldLine("time", line.time),
            FieldLine("profile", line.profile),
            FieldLine("outcome", self.entry.outcome),
            FieldLine("reason", line.detail),
            FieldLine("undo", undo),
            FieldLine("Target", heading=True),
            *(FieldLine("" if index else "id", target) for index, target in enumerate(line.object_ids)),
            *(FieldLine("" if index else "name", label) for index, label in enumerate(filter(None, line.labels))),
            FieldLine("parent", line.scope),
            FieldLine("environment", line.environment),
            FieldLine("base URL", line.base_url),
            FieldLine("Request", heading=True),
            FieldLine("operation", line.operation),
            FieldLine("request id", line.request_id),
            FieldLine("change id", line.job),
            FieldLine("undo of", line.undoes),
        ]
        shown = [field for field in fields if field.heading or field.value]
        return [*shown, FieldLine("Before and after", heading=True), *self._diff_lines()]

    def _diff_lines(self) -> list[FieldLine]:
        line = self.entry.line
        if line is None or (line.before is None and line.after is None):
            return [FieldLine("", "The audit log has no values of this change, only its ids.")]
        found = []
        for sign, name, value in leaf_diff(line.before, line.after if line.outcome == "done" else None):
            style = role_of_change(f"{sign} {name}") or "dim"
            found.append(FieldLine(sign, f"{name}: {value}" if name else value, style=style))
        return found or [FieldLine("", "Nothing differs.")]

    # Actions

    def undo_disabled_reason(self) -> str | None:
        return undo_disabled_reason(self.entry, environment_of(self.console))

    def action_undo(self) -> None:
        undo_entry(self.console, self.entry)

    def action_copy(self) -> None:
        field = self.query_one(FieldList).current_field
        send_to_clipboard(self.console, field.raw if field is not None else entry_text(self.entry), "value")
