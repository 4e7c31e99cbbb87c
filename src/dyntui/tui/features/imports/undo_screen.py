"""Undo an import: preview what will be deleted and what is skipped, then delete it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from dyntui.core.errors import DyntuiError
from dyntui.resources.cell_formats import thousands
from dyntui.resources.resource import Column
from dyntui.services.actions.write_types import Confirmation
from dyntui.services.imports.job_control import JobControl, StopRequest
from dyntui.services.imports.job_follow_up import UndoPlan, delete_created, plan_deletion
from dyntui.services.imports.undo import UndoResult
from dyntui.services.imports.undo_targets import undo_labels
from dyntui.store.undo_journal import UndoState
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.formatting import draw_bar
from dyntui.tui.features.imports.report_view import ReportLine, ReportView, heading, text_line, value_line
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.progress import Progressed, progress_callback
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.kit.workers import run_in_thread
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.console_state import NOT_OPEN

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["ImportUndoScreen"]

T = TypeVar("T")

_ROW = Column("row", "row", 7, right=True, priority=0, format=thousands)
_REASON = Column("reason", "reason", 30, grow=True, priority=0)
_STATES = {
    UndoState.PENDING: "to be deleted",
    UndoState.SENDING: "being deleted",
    UndoState.DELETED: "deleted from the server",
    UndoState.SKIPPED: "changed since the import, or already deleted",
    UndoState.FAILED: "refused by the server",
}


@dataclass
class DeletionProgressed(Progressed):
    """Posted when an object was deleted or skipped."""

    counts: Mapping[UndoState, int] = field(default_factory=dict)
    """The objects by state."""


class ImportUndoScreen(ConsoleScreen):
    """The undo of one job. Leaving the screen pauses it. kind: `users` or `allowlist`."""

    BINDINGS = bindings(IMPORTS_ACTIONS, "import-undo")

    def __init__(self, job: str, name: str, kind: str) -> None:
        super().__init__()
        self.job = job
        self.source_name = name
        self.labels = undo_labels(kind)
        self.result: UndoResult | None = None
        self._plan: UndoPlan | None = None
        self._control: JobControl | None = None
        self._activity = ""
        self._progress = Progressed(0, 0)

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("jobs", self.source_name, "undo")

    def body(self) -> ComposeResult:
        with Vertical(classes="step"):
            yield ReportView(id="undo-report")
            columns = (_ROW, Column("id", self.labels.noun, 36, grow=True, priority=2), _REASON)
            yield Table(columns, StaticRows(is_loaded=False), empty=self._empty, id="skipped-rows")

    def on_mount(self) -> None:
        self.query_one("#undo-report").border_title = "undo"
        self.query_one("#skipped-rows").border_title = f"skipped {self.labels.plural}"

    def connected(self, connection: Connection) -> None:
        self.action_refresh()

    def on_unmount(self) -> None:
        if self._control is not None:
            self._control.request_stop(StopRequest.PAUSE, "the screen was closed")

    # The plan

    def refresh_disabled_reason(self) -> str | None:
        if self.console.session.connection is None:
            return NOT_OPEN
        return "The undo is running." if self._activity else None

    def action_refresh(self) -> None:
        """Read from the server what the job created."""
        connection, job = self.console.session.connection, self.job
        if connection is None or self._activity:
            return
        self._run(
            f"reading the {self.labels.plural}",
            lambda: plan_deletion(job, connection, progress_callback(self)),
            self._on_planned,
        )

    def _on_deleted(self, done: int, total: int, counts: Mapping[UndoState, int]) -> None:
        self.post_message(DeletionProgressed(done, total, counts))

    def _run(self, activity: str, work: Callable[[], T], then: Callable[[T], None]) -> None:
        """Run `work` in a thread, with its progress shown, and call `then` with its result."""
        self._activity = activity
        self._progress = Progressed(0, 0)
        self._show()
        run_in_thread(self, work, then, self._on_failed, group="undo")

    @on(Progressed)
    def _on_progressed(self, event: Progressed) -> None:
        self._progress = event
        if isinstance(event, DeletionProgressed) and self.result is not None:
            self.result = replace(self.result, counts=event.counts)
        self._show()

    def _on_planned(self, plan: UndoPlan) -> None:
        self._activity = ""
        self._plan, self.result = plan, plan.result
        self._show()

    def _on_failed(self, error: DyntuiError) -> None:
        self._activity = ""
        self._control = None
        self.console.notify_error(error)
        self._show()

    # Deleting

    def delete_disabled_reason(self) -> str | None:
        if reason := self.refresh_disabled_reason():
            return reason
        if self._plan is None:
            return f"Press {key_of('import-undo.refresh')} to read the {self.labels.plural} first."
        return None if self._to_delete else "There is nothing to delete."

    @property
    def _to_delete(self) -> int:
        counts = self.result.counts if self.result is not None else {}
        return counts.get(UndoState.PENDING, 0) + counts.get(UndoState.SENDING, 0)

    def action_delete(self) -> None:
        plan, connection = self._plan, self.console.session.connection
        assert plan is not None and connection is not None

        dialog = ConfirmDialog(plan.requirement, verb="Delete", opening_key="enter")
        self.console.ask_then(dialog, lambda confirmation: self._delete(connection, plan, confirmation))

    def _delete(self, connection: Connection, plan: UndoPlan, confirmation: Confirmation) -> None:
        self._control = control = JobControl()
        job = self.job
        self._run(
            "deleting",
            lambda: delete_created(job, connection, plan, confirmation, control, self._on_deleted),
            self._on_ended,
        )

    def _on_ended(self, result: UndoResult) -> None:
        self._activity = ""
        self._control = None
        self.result = result
        if result.stop_reason:
            self.console.notify(
                f"Undo stopped: {result.stop_reason}. Press {key_of('import-undo.delete')} to continue.", "warning"
            )
        self._show()

    def back_label(self) -> str | None:
        return "the undo" if self._control is not None else None

    def handle_back(self) -> None:
        assert self._control is not None
        self._control.request_stop(StopRequest.PAUSE, "stopped by you")

    # Display

    def _show(self) -> None:
        lines: list[ReportLine] = [text_line(self.labels.action.warning, "warn"), value_line("")]
        if self._activity:
            done, total = self._progress.done, self._progress.total
            lines += [
                text_line(f"{self._activity}: {done:,} of {total:,}"),
                text_line(draw_bar(done, total)),
                value_line(""),
            ]
        if self.result is not None:
            counts = self.result.counts
            lines.append(heading(f"{self.labels.plural} created by the job"))
            lines += [
                value_line(str(state), f"{counts[state]:,}", note=note)
                for state, note in _STATES.items()
                if counts.get(state)
            ]
            lines.append(value_line("total", f"{sum(counts.values()):,}"))
            if self._to_delete and not self._activity:
                lines += [
                    value_line(""),
                    text_line(
                        f"Press {key_of('import-undo.delete')} to delete them. Each is read again before it is deleted."
                    ),
                ]
        self.query_one(ReportView).set_lines(lines)
        self.query_one("#skipped-rows", Table).set_rows(self._rows())
        self.refresh_status()

    def _rows(self) -> list[dict[str, object]]:
        skipped = self.result.skipped if self.result is not None else ()
        return [{"row": row.row, "id": row.user_id, "reason": row.reason} for row in skipped]

    def _empty(self) -> str:
        return "Nothing is skipped." if self.result is not None else "···"

    def status(self) -> Sequence[Piece]:
        if self._activity:
            return [(self._activity, "warn")]
        return [(f"{self._to_delete:,} to delete", "")] if self.result is not None else []
