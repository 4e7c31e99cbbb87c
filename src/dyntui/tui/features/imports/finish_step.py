"""Step 8 of the wizard: the result of every row, what to do about failed rows, and the report files."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from dyntui.importer import CODES
from dyntui.resources.cell_formats import thousands
from dyntui.resources.resource import Column
from dyntui.services.actions.resource_changes import JOBS
from dyntui.services.imports.failure_hints import failure_hint
from dyntui.services.imports.import_summary import ImportSummary, load_import_summary
from dyntui.services.imports.job_follow_up import reopen_failed, retry_failed
from dyntui.services.imports.jobs import JobSummary
from dyntui.services.imports.wizard_draft import draft_for
from dyntui.store.states import IMPORTED, JobState, RowState
from dyntui.tui.features.imports import formatting
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.formatting import draw_bar
from dyntui.tui.features.imports.message_line import MessageLine
from dyntui.tui.features.imports.report_view import ReportLine, ReportView, heading, value_line
from dyntui.tui.features.imports.run_step import STATES
from dyntui.tui.features.imports.running_job import undo_disabled_reason
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.console_state import NOT_OPEN

__all__ = ["FinishStep"]

_BAR_WIDTH = 24
_FAILURE_COLUMNS = (
    Column("rows", "rows", 7, right=True, priority=0, format=thousands),
    Column("state", "state", 8, priority=2),
    Column("code", "reason", 22, priority=0),
    Column("advice", "next step", 36, grow=True, priority=1),
)
_RETRYABLE = (RowState.FAILED, RowState.REVIEW, RowState.UNKNOWN)


class FinishStep(WizardStep):
    """The result of the job."""

    NAME = "finish"
    BINDINGS = bindings(IMPORTS_ACTIONS, "finish")
    BORDER_TITLES = {"finish-report": "result", "failures": "rows not imported"}

    shown_resources = frozenset({JOBS})
    result: ImportSummary | None = None

    def compose(self) -> ComposeResult:
        yield ReportView(id="finish-report")
        yield Table(
            _FAILURE_COLUMNS, StaticRows(is_loaded=False), empty=lambda: "All rows were imported.", id="failures"
        )
        yield MessageLine()

    def on_step_shown(self) -> None:
        job = self.draft.job
        change_count = self.wizard.change_count

        def found(result: ImportSummary) -> None:
            self.wizard.mark_up_to_date(change_count)
            self._show(result)

        self.wizard.submit(lambda _: load_import_summary(job), found, latest="finish")

    def reload(self) -> None:
        self.on_step_shown()

    def _show(self, result: ImportSummary) -> None:
        self.result = result
        self.query_one("#finish-report", ReportView).set_lines(_lines(result))
        self.query_one("#failures", Table).set_rows(
            [
                {"rows": count, "state": state, "code": code, "advice": _advice(state, code)}
                for state, code, count in result.failures
            ]
        )
        self.changed()

    @property
    def note(self) -> str:
        is_canceled = self.result is not None and self.result.job.state is JobState.CANCELED
        return "canceled" if is_canceled else ""

    def status(self) -> Sequence[Piece]:
        if self.result is None:
            return []
        job = self.result.job
        imported = sum((job.counts or {}).get(state, 0) for state in IMPORTED)
        left = job.total - imported
        parts: list[Piece] = [
            (f"{imported:,} of {job.total:,} imported, {left:,} not imported", "warn" if left else "")
        ]
        return [*parts, (f"{job.undone_rows:,} undone", "warn")] if job.undone_rows else parts

    def lines_moved(self, lines: LineList) -> None:
        table = self.query_one("#failures", Table)
        self.query_one(MessageLine).show_text(str(table.row["advice"]) if table.row is not None else "")

    # Actions

    def fix_disabled_reason(self) -> str | None:
        if self.console.session.connection is None:
            return NOT_OPEN
        return None if self.result is not None and self.result.failures else "All rows were imported."

    def retry_disabled_reason(self) -> str | None:
        counts = self.result.job.counts or {} if self.result is not None else {}
        return self.fix_disabled_reason() or (
            None
            if any(counts.get(state) for state in _RETRYABLE)
            else f"No row failed at the server. Press {key_of('finish.fix_failed')} to fix the other rows."
        )

    def undo_disabled_reason(self) -> str | None:
        if self.console.session.connection is None:
            return NOT_OPEN
        return undo_disabled_reason(self.result.job if self.result is not None else None)

    def action_fix_failed(self) -> None:
        connection, job = self.console.session.connection, self.draft.job
        assert connection is not None
        self.wizard.submit(lambda service: reopen_failed(job, connection), self.wizard.replace_draft)

    def action_retry(self) -> None:
        connection, job = self.console.session.connection, self.draft.job
        assert connection is not None

        def on_created(job: JobSummary) -> None:
            draft = draft_for(job)
            draft.step = "check"
            self.wizard.replace_draft(draft)

        self.wizard.submit(lambda service: retry_failed(job, connection), on_created)

    def action_undo(self) -> None:
        from dyntui.tui.features.imports.undo_screen import ImportUndoScreen

        self.console.visit(ImportUndoScreen(self.draft.job, self.draft.name, self.draft.kind))

    def copy_disabled_reason(self) -> str | None:
        line = self.query_one("#finish-report", ReportView).current
        return None if line is not None and line.copy else "Put the cursor on a file to copy its path."

    def action_copy(self) -> None:
        line = self.query_one("#finish-report", ReportView).current
        assert line is not None
        send_to_clipboard(self.console, line.copy, "path")

    def action_users(self) -> None:
        to = self.result.allowlist if self.result is not None else {}
        self.show_imported(to.get("id", ""), to.get("name", ""))

    def action_jobs(self) -> None:
        from dyntui.tui.features.imports.jobs_screen import JobsScreen

        self.console.visit(JobsScreen())

    def action_another(self) -> None:
        self.console.open_route("import")


def _advice(state: str, code: str) -> str:
    return (
        failure_hint(state, code) or f"{CODES.get(code, '')} Press {key_of('finish.fix_failed')} to fix them.".strip()
    )


def _lines(result: ImportSummary) -> list[ReportLine]:
    job = result.job
    counts = job.counts or {}
    largest = max(counts.values(), default=0)
    lines = []
    for state, note in STATES:
        count = counts.get(state, 0)
        if count or state in (RowState.CREATED, RowState.FAILED):
            chart = draw_bar(count, largest, _BAR_WIDTH) if largest else ""
            is_failure = count and state not in (*IMPORTED, RowState.SKIPPED)
            lines.append(
                value_line(str(state), f"{count:,}", note=f"{chart}  {note}", style="warn" if is_failure else "")
            )
        if state is RowState.CREATED and job.undone_rows:
            lines.append(value_line("undone", f"{job.undone_rows:,}", note="of them deleted by an undo", style="warn"))
    lines.append(value_line("total", f"{job.total:,}", note="rows"))
    if result.files:
        lines += [value_line(""), heading(f"files in {formatting.short_path(result.folder)}")]
        lines += [ReportLine(note=_file_text(name), copy=f"{result.folder}/{name}") for name in result.files]
    return lines


_FILES = {
    "report.json": "all results, for programs",
    "report.csv": "result of every row",
    "report.html": "report for the browser",
    "id-map.csv": "user id of each row",
}


def _file_text(name: str) -> str:
    description = _FILES.get(name, "rows to fix and import again" if name.startswith("failed-rows") else "")
    return f"{name:<18} {description}"
