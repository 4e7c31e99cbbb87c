"""Step 8: what became of every row, what to do about those that failed, and where the files are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widget import Widget

from dyntui.core.errors import DyntuiError
from dyntui.importer import CODES
from dyntui.resources import Column
from dyntui.resources.cell_formats import thousands
from dyntui.services.actions.resource_changes import JOBS
from dyntui.services.imports.failure_hints import failure_hint
from dyntui.services.imports.job_follow_up import reopen_failed, retry_failed
from dyntui.services.imports.jobs import JobSummary
from dyntui.services.imports.wizard_draft import draft_for
from dyntui.services.imports.wizard_service import ImportSummary
from dyntui.store.states import JobState, RowState
from dyntui.tui.features.imports import formatting
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.follow_up_actions import undo_disabled_reason
from dyntui.tui.features.imports.message_line import MessageLine
from dyntui.tui.features.imports.progress_bar import bar
from dyntui.tui.features.imports.report_view import ReportLine, ReportView, heading, line
from dyntui.tui.features.imports.run_step import STATES
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table

if TYPE_CHECKING:
    from dyntui.tui.features.imports.wizard_step import Wizard

__all__ = ["FinishStep"]

_BAR = 24
_WHY = (
    Column("rows", "rows", 7, right=True, priority=0, format=thousands),
    Column("state", "state", 8, priority=2),
    Column("code", "why", 22, priority=0),
    Column("todo", "what to do", 36, grow=True, priority=1),
)
_TRIED = (RowState.FAILED, RowState.REVIEW, RowState.UNKNOWN)
_GOOD = (RowState.CREATED, RowState.UPDATED, RowState.EXISTS)


class FinishStep(WizardStep):
    """The outcome."""

    NAME, TITLE = "finish", "Finish"
    BINDINGS = bindings(IMPORTS_ACTIONS, "finish")

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self.result: ImportSummary | None = None

    def compose(self) -> ComposeResult:
        yield ReportView(id="finish-sheet")
        yield Table(_WHY, StaticRows(is_loaded=False), empty=lambda: "Every row got through.", id="why")
        yield MessageLine()

    def on_mount(self) -> None:
        self.query_one("#finish-sheet").border_title = "outcome"
        self.query_one("#why").border_title = "rows that did not get through"

    def default_focus(self) -> Widget | None:
        return self.query_one("#finish-sheet")

    def current_input(self) -> None:
        job = self.draft.job
        seen = self.wizard.change_count

        def found(result: ImportSummary) -> None:
            self.wizard.mark_read(seen)
            self._show(result)

        self.wizard.hand(lambda bench: bench.load_outcome(job), found, latest="finish")

    @property
    def shown_resources(self) -> frozenset[str]:
        return frozenset({JOBS})

    def reload(self) -> None:
        self.current_input()

    def _show(self, result: ImportSummary) -> None:
        self.result = result
        self.query_one("#finish-sheet", ReportView).put(_lines(result))
        table = self.query_one("#why", Table)
        assert isinstance(table.view, StaticRows)
        table.view.set_rows(
            [
                {"rows": count, "state": state, "code": code, "todo": _todo(state, code)}
                for state, code, count in result.failures
            ]
        )
        table.view_changed()
        self.changed()

    @property
    def note(self) -> str:
        cancelled = self.result is not None and self.result.job.state is JobState.CANCELED
        return "cancelled" if cancelled else ""

    def status(self) -> Sequence[Piece]:
        if self.result is None:
            return []
        known = self.result.job
        good = sum((known.counts or {}).get(state, 0) for state in _GOOD)
        left = known.total - good
        parts: list[Piece] = [(f"{known.total:,} rows = {good:,} through + {left:,} not", "warn" if left else "")]
        return [*parts, (f"{known.undone_rows:,} undone", "warn")] if known.undone_rows else parts

    def lines_moved(self, lines: LineList) -> None:
        table = self.query_one("#why", Table)
        self.query_one(MessageLine).say(str(table.row["todo"]) if table.row is not None else "")

    # Actions

    def fix_disabled_reason(self) -> str | None:
        if self.console.session.connection is None:
            return "The environment is not open."
        return None if self.result is not None and self.result.failures else "Every row got through."

    def retry_disabled_reason(self) -> str | None:
        if reason := self.fix_disabled_reason():
            return reason
        counts = self.result.job.counts or {} if self.result is not None else {}
        tried = any(counts.get(state) for state in _TRIED)
        return None if tried else "No row failed at the server; f puts the others right."

    def undo_disabled_reason(self) -> str | None:
        if self.console.session.connection is None:
            return "The environment is not open."
        return undo_disabled_reason(self.result.job if self.result is not None else None)

    def action_mend(self) -> None:
        """Take the rows that did not get through back to the review."""
        connection, job = self.console.session.connection, self.draft.job
        assert connection is not None
        self.wizard.hand(lambda bench: reopen_failed(job, connection), self.wizard.start_over)

    def action_retry(self) -> None:
        """Try the rows that failed again, as they are."""
        connection, job = self.console.session.connection, self.draft.job
        assert connection is not None

        def made(known: JobSummary) -> None:
            draft = draft_for(known)
            draft.step = "check"
            self.wizard.start_over(draft)

        self.wizard.hand(lambda bench: retry_failed(job, connection), made)

    def action_undo(self) -> None:
        from dyntui.tui.features.imports.undo_screen import ImportUndoScreen

        self.console.visit(ImportUndoScreen(self.draft.job, self.draft.name, self.draft.kind))

    def copy_disabled_reason(self) -> str | None:
        here = self.query_one("#finish-sheet", ReportView).here
        return None if here is not None and here.copy else "Put the cursor on a file to send its path."

    def action_copy(self) -> None:
        here = self.query_one("#finish-sheet", ReportView).here
        assert here is not None
        send_to_clipboard(self.console, here.copy, "path")

    def action_users(self) -> None:
        """Look at the users, or at the entries of the list."""
        if self.draft.kind == "users":
            self.console.visit_first()
            return
        from dyntui.resources import RESOURCES

        to = self.result.allowlist if self.result is not None else {}
        record = RESOURCES["allowlist-entries"]
        self.console.open_list(record, to.get("id", ""), to.get("name", ""))

    def action_jobs(self) -> None:
        from dyntui.tui.features.imports.jobs_screen import JobsScreen

        self.console.visit(JobsScreen())

    def action_another(self) -> None:
        """Import another file."""
        self.console.open_route("import")

    def _failed(self, error: DyntuiError) -> None:
        self.console.say_error(error)


def _todo(state: str, code: str) -> str:
    """What to do about rows that failed with a code."""
    return failure_hint(state, code) or f"{CODES.get(code, '')} f takes them to the review.".strip()


def _lines(result: ImportSummary) -> list[ReportLine]:
    known = result.job
    counts = known.counts or {}
    most = max(counts.values(), default=0)
    lines = []
    for state, note in STATES:
        count = counts.get(state, 0)
        if count or state in (RowState.CREATED, RowState.FAILED):
            chart = bar(count / most, _BAR) if most else ""
            bad = count and state not in (*_GOOD, RowState.SKIPPED)
            lines.append(line(str(state), f"{count:,}", note=f"{chart}  {note}", style="warn" if bad else ""))
        if state is RowState.CREATED and known.undone_rows:
            lines.append(
                line("undone", f"{known.undone_rows:,}", note="of them were deleted again by an undo", style="warn")
            )
    lines.append(line("sum", f"{known.total:,}", note="rows in all"))
    if result.files:
        lines += [line(""), heading(f"files in {formatting.short_path(result.folder)}")]
        lines += [ReportLine(note=_file_words(name), copy=f"{result.folder}/{name}") for name in result.files]
    return lines


_FILES = {
    "report.json": "everything, for programs",
    "report.csv": "every row and what became of it",
    "report.html": "the same to read in a browser",
    "id-map.csv": "row of the file to user id",
}


def _file_words(name: str) -> str:
    words = _FILES.get(name, "rows to mend and import again" if name.startswith("failed-rows") else "")
    return f"{name:<18} {words}"
