"""Step 7: the job at work. It runs in a thread of its own; this only watches, and asks it to pause or stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from dyntui.core.errors import DyntuiError
from dyntui.core.times import duration
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel, Requirement
from dyntui.services.imports.jobs import JobSummary
from dyntui.services.imports.progress import Progress, RowFailure
from dyntui.services.imports.wizard_service import WizardService
from dyntui.store.states import FINAL, JobState, RowState
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.progress_bar import bar
from dyntui.tui.features.imports.report_view import ReportLine, ReportView, heading, line, point, words
from dyntui.tui.features.imports.running_job import RunningJob, is_over
from dyntui.tui.features.imports.wizard_step import WizardStep
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.confirm_dialog import confirm

if TYPE_CHECKING:
    from dyntui.tui.features.imports.wizard_step import Wizard
    from dyntui.tui.shell.console_state import BackgroundJob

__all__ = ["RunStep", "state_lines"]

STATES: tuple[tuple[RowState, str], ...] = (
    (RowState.CREATED, "new"),
    (RowState.UPDATED, "there already, changed"),
    (RowState.EXISTS, "there already, left alone"),
    (RowState.FAILED, "refused by the server"),
    (RowState.REVIEW, "a person has to look"),
    (RowState.UNKNOWN, "answer lost: looked up first, never sent blindly"),
    (RowState.SENDING, "on their way now"),
    (RowState.PENDING, "still to send"),
    (RowState.INVALID, "problems, never sent"),
    (RowState.SKIPPED, "left out, never sent"),
)
_ALWAYS = (RowState.CREATED, RowState.FAILED, RowState.PENDING)


class RunStep(WizardStep):
    """Progress, and the three things one can do: pause, go on, cancel."""

    NAME, TITLE = "run", "Run"
    BINDINGS = bindings(IMPORTS_ACTIONS, "run")

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self.known: JobSummary | None = None

    def compose(self) -> ComposeResult:
        yield ReportView(id="run-sheet")

    def on_mount(self) -> None:
        self.query_one(ReportView).border_title = "the job"

    @property
    def job(self) -> BackgroundJob | None:
        """The job of this wizard, when it was started in this console."""
        running = self.console.session.running
        return running if running is not None and running.id == self.draft.job else None

    def current_input(self) -> None:
        if self.job is not None:
            self.job.watch(self)
        self._look()

    def left(self) -> None:
        if self.job is not None:
            self.job.unwatch(self)

    def _look(self) -> None:
        job = self.draft.job

        def look(bench: WizardService) -> JobSummary:
            return bench.summary(job)

        self.wizard.hand(look, self._known, latest="run")

    def _known(self, known: JobSummary) -> None:
        self.known = known
        self._show()
        if known.state is not None and is_over(known.state) and not self._active:
            self.wizard.show_step("finish")

    @on(RunningJob.Changed)
    def _changed(self) -> None:
        if not self._active:
            self._look()
        self._show()

    @property
    def _active(self) -> bool:
        return self.job is not None and self.job.active

    # What is shown

    def _show(self) -> None:
        progress = self.job.progress if self.job is not None else None
        if self._active and progress is not None:
            lines = _progress_lines(progress)
        elif self._active:
            lines = [heading("starting"), words("looking at the server before anything is sent")]
        elif self.known is not None:
            lines = _still_lines(self.known, progress.failures if progress is not None else ())
        else:
            lines = [words("···", "dim")]
        self.query_one(ReportView).put(lines)
        self.changed()

    @property
    def state(self) -> JobState | None:
        return JobState.RUNNING if self._active else self.known.state if self.known is not None else None

    @property
    def note(self) -> str:
        if self._active:
            progress = self.job.progress if self.job is not None else None
            if progress is None or not progress.total:
                return ""
            return f"{100 * progress.finished_rows // progress.total} %"
        return "" if self.state is None or is_over(self.state) else str(self.state)

    def status(self) -> Sequence[Piece]:
        if self._active and self.job is not None and self.job.progress is not None and self.job.progress.waiting:
            return [(self.job.progress.waiting, "warn")]
        return [(str(self.state or ""), "warn" if self.state is JobState.PAUSED else "")]

    def default_focus(self) -> Widget | None:
        return self.query_one(ReportView)

    def blocked(self) -> str | None:
        if self._active:
            return "The job is running."
        if self.state is JobState.PAUSED:
            return "enter sends the rest"
        return None

    # Reasons

    def pause_run_disabled_reason(self) -> str | None:
        return None if self._active else "It is not running in this console."

    def continue_disabled_reason(self) -> str | None:
        if self._active:
            return "It is running."
        if self.state is JobState.PAUSED or self.state is JobState.READY:
            return "Another process works on it." if self.known is not None and self.known.is_busy else None
        return "There is nothing to go on with."

    def cancel_disabled_reason(self) -> str | None:
        return None if self._active or self.state is JobState.PAUSED else "There is nothing to cancel."

    # Actions

    def action_pause(self) -> None:
        assert self.job is not None
        self.job.thread.pause()
        self.console.say("It pauses when the request that is under way is answered.")

    def action_go_on(self) -> None:
        self.wizard.go_on()

    def action_cancel(self) -> None:
        known = self.known
        left = known.open_rows if known is not None else 0
        needed = Requirement(
            ConfirmationLevel.CONFIRM,
            "Give up the rest of this import?",
            (),
            f"What was sent stays. Rows that were not sent are left out for good{f', {left:,} now' if left else ''}.",
            f"job {self.draft.job}",
        )

        def answered(confirmation: Confirmation | None) -> None:
            if confirmation is None or not confirmation.yes:
                return
            if self._active and self.job is not None:
                self.job.thread.cancel()
            else:
                job = self.draft.job
                self.wizard.hand(lambda bench: bench.cancel(job), lambda done: self._look(), self._failed)

        self.console.ask(confirm(needed, verb="Give it up", opening_key="c"), answered)

    def _failed(self, error: DyntuiError) -> None:
        self.console.say_error(error)
        self._look()


def state_lines(counts: Mapping[RowState, int], total: int) -> list[ReportLine]:
    """Rows by state; they sum to the rows of the file."""
    lines = []
    for state, note in STATES:
        count = counts.get(state, 0)
        if count or state in _ALWAYS:
            bad = state in (RowState.FAILED, RowState.REVIEW, RowState.UNKNOWN)
            lines.append(line(str(state), f"{count:,}", note=note, style="warn" if bad and count else ""))
    return [*lines, line("sum", f"{total:,}", note="rows in all")]


def _progress_lines(progress: Progress) -> list[ReportLine]:
    share = progress.finished_rows / progress.total if progress.total else 0.0
    lines = [words(f"{bar(share, 40)}  {100 * share:.0f} %")]
    said = [f"{progress.finished_rows:,} of {progress.total:,} rows final"]
    if progress.rows_per_second:
        said.append(f"{progress.rows_per_second:,.0f} rows/s")
    if progress.eta_s is not None and progress.open_rows:
        left = duration(progress.eta_s)
        said.append(f"{left} left" if left.startswith("under") else f"about {left} left")
    lines.append(words(" · ".join(said)))
    sending = f"sending {progress.batch_rows:,} rows a request" if progress.batch_rows else "sending"
    lines.append(words(progress.waiting, "warn") if progress.waiting else words(sending))
    lines += [line(""), heading("rows")]
    return lines + state_lines(progress.counts, progress.total) + _failure_lines(progress.failures)


def _still_lines(known: JobSummary, failures: Sequence[RowFailure]) -> list[ReportLine]:
    counts = dict(known.counts or {})
    final = sum(count for state, count in counts.items() if state in FINAL)
    share = final / known.total if known.total else 0.0
    reason = f": {known.reason}" if known.reason and known.reason != str(known.state) else ""
    lines = [words(f"{bar(share, 40)}  {100 * share:.0f} %"), words(f"{known.state}{reason}", "warn")]
    if known.state in (JobState.PAUSED, JobState.READY):
        lines.append(words("enter goes on with the rows that are left; c gives them up"))
    lines += [line(""), heading("rows")]
    return lines + state_lines(counts, known.total) + _failure_lines(failures)


def _failure_lines(failures: Sequence[RowFailure]) -> list[ReportLine]:
    if not failures:
        return []
    found: list[Any] = [line(""), heading("the last ones that failed")]
    found += [point(f"row {each.row:,}  {each.code}  {each.field}  {each.message}") for each in failures]
    return found
