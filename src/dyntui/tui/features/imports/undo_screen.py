"""Undo an import: what would be deleted and what is left alone, then the deletion, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from dyntui.core.errors import DyntuiError
from dyntui.resources import Column
from dyntui.resources.cell_formats import thousands
from dyntui.services.actions.write_types import Confirmation
from dyntui.services.imports.job_control import JobControl, StopRequest
from dyntui.services.imports.job_follow_up import UndoPlan, delete_created, plan_deletion
from dyntui.services.imports.undo import UndoResult
from dyntui.services.imports.undo_targets import undo_labels
from dyntui.store.undo_journal import UndoState
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.progress_bar import bar
from dyntui.tui.features.imports.report_view import ReportLine, ReportView, heading, line, words
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.confirm_dialog import confirm

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["ImportUndoScreen"]

_ROW = Column("row", "row", 7, right=True, priority=0, format=thousands)
_REASON = Column("reason", "left alone because it", 30, grow=True, priority=0)
_STATES: tuple[tuple[UndoState, str], ...] = (
    (UndoState.PENDING, "to be deleted"),
    (UndoState.SENDING, "being deleted"),
    (UndoState.DELETED, "gone"),
    (UndoState.SKIPPED, "left alone: changed since, or gone already"),
    (UndoState.FAILED, "the server refused"),
)


class ImportUndoScreen(ConsoleScreen):
    """The undo of one job. It can be stopped by leaving, and gone on with. kind: of the job, `users` or `allowlist`."""

    BINDINGS = bindings(IMPORTS_ACTIONS, "import-undo")

    class Planned(Message):
        """Everything was read."""

        def __init__(self, plan: UndoPlan) -> None:
            super().__init__()
            self.plan = plan

    class Further(Message):
        """So many of so many."""

        def __init__(self, done: int, total: int) -> None:
            super().__init__()
            self.done = done
            self.total = total

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, ImportUndoScreen.Further)

    class Ended(Message):
        """It is done, or was stopped."""

        def __init__(self, outcome: UndoResult) -> None:
            super().__init__()
            self.outcome = outcome

    class Failed(Message):
        """It could not be done."""

        def __init__(self, error: DyntuiError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, job: str, name: str, kind: str) -> None:
        super().__init__()
        self.job = job
        self.source_name = name
        self.words = undo_labels(kind)
        self.found: UndoResult | None = None
        self._plan: UndoPlan | None = None
        self._control: JobControl | None = None
        self._doing = ""
        self._done, self._total = 0, 0

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ("jobs", self.source_name, "undo")

    def body(self) -> ComposeResult:
        with Vertical(classes="step"):
            yield ReportView(id="undo-sheet")
            columns = (_ROW, Column("id", self.words.noun, 36, grow=True, priority=2), _REASON)
            yield Table(columns, StaticRows(is_loaded=False), empty=self._empty, id="left-alone")

    def on_mount(self) -> None:
        self.query_one("#undo-sheet").border_title = "undo"
        self.query_one("#left-alone").border_title = f"{self.words.plural} that are left alone"

    def default_focus(self) -> Widget | None:
        return self.query_one("#undo-sheet")

    def connected(self, connection: Connection) -> None:
        self.action_look()

    def on_unmount(self) -> None:
        if self._control is not None:
            self._control.request_stop(StopRequest.PAUSE, "the screen was left")

    # Looking

    def look_disabled_reason(self) -> str | None:
        if self.console.session.connection is None:
            return "The environment is not open."
        return "It is at work." if self._doing else None

    def action_look(self) -> None:
        """Read all that the job created."""
        connection, job = self.console.session.connection, self.job
        if connection is None or self._doing:
            return
        self._begin(f"reading the {self.words.plural}")

        def work() -> None:
            try:
                plan = plan_deletion(job, connection, self._tell)
            except DyntuiError as error:
                self.post_message(self.Failed(error))
            else:
                self.post_message(self.Planned(plan))

        self.run_worker(work, thread=True, group="undo")

    def _tell(self, done: int, total: int) -> None:
        self.post_message(self.Further(done, total))

    def _begin(self, doing: str) -> None:
        self._doing = doing
        self._done = self._total = 0
        self._show()

    @on(Further)
    def _further(self, event: Further) -> None:
        self._done, self._total = event.done, event.total
        self._show()

    @on(Planned)
    def _planned(self, event: Planned) -> None:
        self._doing = ""
        self._plan, self.found = event.plan, event.plan.result
        self._show()

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        self._doing = ""
        self._control = None
        self.console.say_error(event.error)
        self._show()

    # Deleting

    def delete_disabled_reason(self) -> str | None:
        if reason := self.look_disabled_reason():
            return reason
        if self._plan is None:
            return f"The {self.words.plural} have to be read first: r."
        return None if self._to_delete else "There is nothing to delete."

    @property
    def _to_delete(self) -> int:
        counts = self.found.counts if self.found is not None else {}
        return counts.get(UndoState.PENDING, 0) + counts.get(UndoState.SENDING, 0)

    def action_delete(self) -> None:
        plan, connection = self._plan, self.console.session.connection
        assert plan is not None and connection is not None

        def answered(confirmation: Confirmation | None) -> None:
            if confirmation is not None:
                self._delete(connection, plan, confirmation)

        self.console.ask(confirm(plan.requirement, verb="Delete them", opening_key="enter"), answered)

    def _delete(self, connection: Connection, plan: UndoPlan, confirmation: Confirmation) -> None:
        self._control = control = JobControl()
        job = self.job
        self._begin("deleting")

        def work() -> None:
            try:
                outcome = delete_created(job, connection, plan, confirmation, control, self._tell)
            except DyntuiError as error:
                self.post_message(self.Failed(error))
            else:
                self.post_message(self.Ended(outcome))

        self.run_worker(work, thread=True, group="undo")

    @on(Ended)
    def _ended(self, event: Ended) -> None:
        self._doing = ""
        self._control = None
        self.found = event.outcome
        if event.outcome.stop_reason:
            self.console.say(f"The undo stopped: {event.outcome.stop_reason}. Enter goes on.", "warning")
        self._show()

    def back_label(self) -> str | None:
        return "the undo" if self._control is not None else None

    def handle_back(self) -> None:
        assert self._control is not None
        self._control.request_stop(StopRequest.PAUSE, "stopped")

    # What is shown

    def _show(self) -> None:
        lines: list[ReportLine] = [words(self.words.warning, "warn"), line("")]
        if self._doing:
            share = self._done / self._total if self._total else 0.0
            lines += [words(f"{self._doing}: {self._done:,} of {self._total:,}"), words(bar(share, 40)), line("")]
        if self.found is not None:
            counts = self.found.counts
            lines.append(heading(f"{self.words.plural} that the job created"))
            lines += [line(str(state), f"{counts[state]:,}", note=note) for state, note in _STATES if counts.get(state)]
            lines.append(line("sum", f"{sum(counts.values()):,}"))
            if self._to_delete and not self._doing:
                lines += [line(""), words("enter deletes them; each is read again right before")]
        self.query_one(ReportView).put(lines)
        table = self.query_one("#left-alone", Table)
        assert isinstance(table.view, StaticRows)
        table.view.set_rows(self._rows())
        table.view_changed()
        self.changed()

    def _rows(self) -> list[dict[str, Any]]:
        skipped = self.found.skipped if self.found is not None else ()
        return [{"row": each.row, "id": each.user_id, "reason": each.reason} for each in skipped]

    def _empty(self) -> str:
        return "None was changed since." if self.found is not None else "···"

    def status(self) -> Sequence[Piece]:
        if self._doing:
            return [(self._doing, "warn")]
        return [(f"{self._to_delete:,} to delete", "")] if self.found is not None else []
