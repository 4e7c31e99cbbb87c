"""Step 7 of the wizard: progress of the job, which runs in its own thread. Pause, resume or cancel it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from dyntui.core.errors import DyntuiError
from dyntui.core.text import quantity
from dyntui.core.times import duration
from dyntui.services.imports.jobs import JobSummary
from dyntui.services.imports.progress import Progress
from dyntui.store.states import FINAL, JobState, RowState
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.formatting import draw_bar
from dyntui.tui.features.imports.report_view import ReportLine, ReportView, bullet, heading, text_line, value_line
from dyntui.tui.features.imports.running_job import RunningJob
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.confirm_dialog import ask_confirmation

if TYPE_CHECKING:
    from dyntui.store.journal import JournalOutcome
    from dyntui.tui.shell.background_job import BackgroundJob

__all__ = ["RunStep", "state_lines"]

STATES: tuple[tuple[RowState, str], ...] = (
    (RowState.CREATED, "new"),
    (RowState.UPDATED, "existing users"),
    (RowState.EXISTS, "exist already, unchanged"),
    (RowState.FAILED, "refused by the server"),
    (RowState.REVIEW, "need your review"),
    (RowState.UNKNOWN, "response lost; looked up before any retry"),
    (RowState.SENDING, "in the requests in flight"),
    (RowState.PENDING, "not sent yet"),
    (RowState.INVALID, "with problems, not sent"),
    (RowState.SKIPPED, "excluded or duplicate, not sent"),
)
_ALWAYS_SHOWN = (RowState.CREATED, RowState.FAILED, RowState.PENDING)


class RunStep(WizardStep):
    """Progress of the job, and pause, resume and cancel."""

    NAME = "run"
    BINDINGS = bindings(IMPORTS_ACTIONS, "run")
    BORDER_TITLES = {"run-report": "job"}

    summary: JobSummary | None = None

    def compose(self) -> ComposeResult:
        yield ReportView(id="run-report")

    @property
    def job(self) -> BackgroundJob | None:
        """The job of this wizard when it was started in this console."""
        running = self.console.session.running
        return running if running is not None and running.id == self.draft.job else None

    def on_step_shown(self) -> None:
        if self.job is not None:
            self.job.watch(self)
        self._load()

    def on_step_left(self) -> None:
        if self.job is not None:
            self.job.unwatch(self)

    def _load(self) -> None:
        job = self.draft.job
        self.wizard.submit(lambda service: service.summary(job), self._on_loaded, latest="run")

    def _on_loaded(self, summary: JobSummary) -> None:
        self.summary = summary
        self._show()
        if summary.is_over and not self._is_active:
            self.wizard.show_step("finish")

    @on(RunningJob.Changed)
    def _changed(self) -> None:
        if not self._is_active:
            self._load()
        self._show()

    @property
    def _is_active(self) -> bool:
        return self.job is not None and self.job.active

    # Display

    def _show(self) -> None:
        progress = self.job.progress if self.job is not None else None
        if self._is_active and progress is not None:
            lines = _progress_lines(progress)
        elif self._is_active:
            lines = [heading("starting"), text_line("comparing the rows with the server; nothing is sent yet")]
        elif self.summary is not None:
            lines = _stopped_lines(self.summary, progress.failures if progress is not None else ())
        else:
            lines = [text_line("···", "dim")]
        self.query_one(ReportView).set_lines(lines)
        self.changed()

    @property
    def state(self) -> JobState | None:
        return JobState.RUNNING if self._is_active else self.summary.state if self.summary is not None else None

    @property
    def note(self) -> str:
        if self._is_active:
            progress = self.job.progress if self.job is not None else None
            if progress is None or not progress.total:
                return ""
            return f"{100 * progress.finished_rows // progress.total} %"
        return "" if self.state is None or self.state.is_over else str(self.state)

    def status(self) -> Sequence[Piece]:
        if self._is_active and self.job is not None and self.job.progress is not None and self.job.progress.waiting:
            return [(self.job.progress.waiting, "warn")]
        return [(str(self.state or ""), "warn" if self.state is JobState.PAUSED else "")]

    def blocked_reason(self) -> str | None:
        if self._is_active:
            return "The job is running."
        return f"Press {key_of('run.resume')} to resume." if self.state is JobState.PAUSED else None

    # Reasons

    def pause_run_disabled_reason(self) -> str | None:
        return None if self._is_active else "The job is not running in this console."

    def resume_disabled_reason(self) -> str | None:
        if self._is_active:
            return "The job is running."
        if self.state is JobState.PAUSED or self.state is JobState.READY:
            return "Another process runs this job." if self.summary is not None and self.summary.is_busy else None
        return "There is nothing to resume."

    def cancel_disabled_reason(self) -> str | None:
        return None if self._is_active or self.state is JobState.PAUSED else "There is nothing to cancel."

    # Actions

    def action_pause(self) -> None:
        assert self.job is not None
        self.job.thread.pause()
        self.console.notify("The job pauses after the requests in flight.")

    def action_resume(self) -> None:
        self.wizard.resume_job()

    def action_users(self) -> None:
        """Open the users, or the entries of the allowlist; those of this job are the newest."""
        self.show_imported(self.draft.allowlist_id, self.draft.allowlist_name)

    def action_cancel(self) -> None:
        summary = self.summary
        left = summary.open_rows if summary is not None else 0
        ask_confirmation(
            self.console,
            "Cancel this import?",
            f"Imported rows stay. Remaining rows are not sent{f': {left:,} now' if left else ''}.",
            f"job {self.draft.job}",
            self._cancel,
            verb="Cancel import",
            opening_key="c",
        )

    def _cancel(self) -> None:
        if self._is_active and self.job is not None:
            self.job.thread.cancel()
        else:
            job = self.draft.job
            self.wizard.submit(lambda service: service.cancel(job), lambda done: self._load(), self._on_failed)

    def _on_failed(self, error: DyntuiError) -> None:
        self.console.notify_error(error)
        self._load()


def state_lines(counts: Mapping[RowState, int], total: int) -> list[ReportLine]:
    """Return the rows by state; they add up to the rows of the file."""
    lines = []
    for state, note in STATES:
        count = counts.get(state, 0)
        if count or state in _ALWAYS_SHOWN:
            is_failure = state in (RowState.FAILED, RowState.REVIEW, RowState.UNKNOWN)
            lines.append(value_line(str(state), f"{count:,}", note=note, style="warn" if is_failure and count else ""))
    return [*lines, value_line("total", f"{total:,}", note="rows")]


def _progress_lines(progress: Progress) -> list[ReportLine]:
    lines = [_bar_line(progress.finished_rows, progress.total)]
    parts = [f"{progress.finished_rows:,} of {quantity(progress.total, 'row')} done"]
    if progress.rows_per_second:
        parts.append(f"{progress.rows_per_second:,.0f} rows/s")
    if progress.eta_s is not None and progress.open_rows:
        left = duration(progress.eta_s)
        parts.append(f"{left} left" if left.startswith("under") else f"about {left} left")
    lines.append(text_line(" · ".join(parts)))
    sending = f"{quantity(progress.batch_rows, 'row')} per request" if progress.batch_rows else "sending"
    if progress.throughput is not None and (rate := str(progress.throughput)):
        sending += f" · {rate}"
    lines.append(text_line(progress.waiting, "warn") if progress.waiting else text_line(sending))
    lines += [value_line(""), heading("rows")]
    return lines + state_lines(progress.counts, progress.total) + _failure_lines(progress.failures)


def _bar_line(done: int, total: int) -> ReportLine:
    return text_line(f"{draw_bar(done, total)}  {100 * done / total if total else 0:.0f} %")


def _stopped_lines(summary: JobSummary, failures: Sequence[JournalOutcome]) -> list[ReportLine]:
    counts = dict(summary.counts or {})
    final = sum(count for state, count in counts.items() if state in FINAL)
    reason = f": {summary.reason}" if summary.reason and summary.reason != str(summary.state) else ""
    lines = [_bar_line(final, summary.total), text_line(f"{summary.state}{reason}", "warn")]
    if summary.state in (JobState.PAUSED, JobState.READY):
        look = f"{key_of('run.users')} to look at what was created, " if counts.get(RowState.CREATED) else ""
        lines.append(
            text_line(
                f"Press {look}{key_of('run.resume')} to send the remaining rows, or {key_of('run.cancel')} to cancel."
            )
        )
    lines += [value_line(""), heading("rows")]
    return lines + state_lines(counts, summary.total) + _failure_lines(failures)


def _failure_lines(failures: Sequence[JournalOutcome]) -> list[ReportLine]:
    if not failures:
        return []
    found: list[ReportLine] = [value_line(""), heading("last failures")]
    found += [bullet(f"row {item.number:,}  {item.code}  {item.field}  {item.message}") for item in failures]
    return found
