"""The jobs screen: all imports of this machine. Open, resume, pause, fix, retry, undo, report or remove one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from textual import on

from dyntui.config.list_preferences import ListPreferences
from dyntui.core.errors import DyntuiError
from dyntui.core.text import quantity
from dyntui.services.actions.resource_changes import JOBS
from dyntui.store.states import JobState
from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.features.imports.job_rows import COLUMNS, draft_row, job_row, with_progress
from dyntui.tui.features.imports.running_job import RunningJob, undo_disabled_reason
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.workers import run_in_thread
from dyntui.tui.shell.auto_refresh import AutoRefreshMixin
from dyntui.tui.shell.confirm_dialog import ask_confirmation
from dyntui.tui.shell.console_state import NOT_OPEN, environment_key
from dyntui.tui.shell.error_hints import errors_shown
from dyntui.tui.shell.table_screen import TableScreen

if TYPE_CHECKING:
    from pathlib import Path

    from dyntui.api.permit import WritePermit
    from dyntui.services.connection import Connection
    from dyntui.services.imports.jobs import JobLocation, JobSummary
    from dyntui.services.imports.wizard_draft import ImportDraft
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["JobsScreen"]

T = TypeVar("T")


_BUSY_INTERVAL_S = 2
"""Seconds between refreshes while another process runs a job, when no interval was chosen."""


class JobsScreen(AutoRefreshMixin, TableScreen):
    """All jobs on this machine, of all environments."""

    BINDINGS = bindings(IMPORTS_ACTIONS, "jobs")
    open_action = "jobs.open"
    breadcrumbs = ("jobs",)
    shown_resources = frozenset({JOBS})
    COLUMNS = COLUMNS
    KEY = "id"
    EMPTY = "No jobs yet. Press {jobs.new} to import a file."
    NO_SELECTION = "There is no job under the cursor."
    REFRESH_NEEDS_SERVER = False
    refresh_name = "jobs"

    def __init__(self) -> None:
        super().__init__()
        self._jobs: dict[str, JobSummary] = {}
        self._drafts: dict[str, ImportDraft] = {}

    def on_mount(self) -> None:
        with errors_shown(self.console):
            self.load_refresh_interval(ListPreferences.load())
        self.reload()

    def on_unmount(self) -> None:
        if (job := self.console.session.running) is not None:
            job.unwatch(self)

    def update_ages(self) -> None:
        self.reload()
        self.table.update_ages()

    def status(self) -> Sequence[Piece]:
        return [*super().status(), *self.refresh_parts()]

    # Automatic refresh

    def refresh_in_background(self) -> None:
        self.reload()

    def needed_interval_s(self) -> float:
        running = self.console.session.running
        own_id = running.id if running is not None else ""
        return _BUSY_INTERVAL_S if any(job.is_busy and job.id != own_id for job in self._jobs.values()) else 0

    # Loading

    def jobs_changed(self) -> None:
        self.reload()

    def reload(self) -> None:
        """Load the jobs in a thread."""
        if (job := self.console.session.running) is not None:
            job.watch(self)
        change_count = self.change_count

        def on_loaded(stored: tuple[list[JobSummary], list[ImportDraft]]) -> None:
            self.mark_up_to_date(change_count)
            self._show(*stored)

        run_in_thread(self, self._read_stored, on_loaded, group="jobs", exclusive=True)

    def _read_stored(self) -> tuple[list[JobSummary], list[ImportDraft]]:
        """Return the jobs on this machine, newest first, and the drafts."""
        from dyntui.services.imports.jobs import list_jobs
        from dyntui.services.imports.wizard_draft import list_drafts

        drafts = list(list_drafts())
        job_by_draft = {draft.id: draft.job for draft in drafts}
        found = (job for job in list_jobs() if not self._purge_abandoned(job))
        # A journal that its draft no longer uses is deleted when the draft loads its rows again.
        own = [job for job in found if job.has_begun or job_by_draft.get(job.draft_id, job.id) == job.id]
        return own, drafts

    def _purge_abandoned(self, job: JobSummary) -> bool:
        """Delete a job whose loading was interrupted, and return whether it was deleted."""
        from dyntui.services.imports.jobs import find_job
        from dyntui.services.imports.purge import purge_job

        if not job.is_abandoned:
            return False
        try:
            purge_job(find_job(job.id))
        except DyntuiError:  # another process has just opened it
            return False
        return True

    def _show(self, jobs: list[JobSummary], drafts: list[ImportDraft]) -> None:
        self._jobs = {job.id: job for job in jobs}
        self._drafts = {draft.job or draft.id: draft for draft in drafts}
        running = self.console.session.running
        rows = [draft_row(draft) for draft in drafts if draft.job not in self._jobs]
        rows += [job_row(job, self._drafts.get(job.id), running) for job in jobs]
        self.set_rows(rows)
        self.schedule_refresh()
        self.refresh_status()

    @on(RunningJob.Changed)
    def _on_job_changed(self) -> None:
        job = self.console.session.running
        if job is not None and not job.active:
            self.reload()
            return
        self.set_rows([with_progress(row, job) for row in self.rows_view.rows])

    # Reasons

    @property
    def job(self) -> JobSummary | None:
        return self._jobs.get(self.table.row_id or "")

    @property
    def _draft(self) -> ImportDraft | None:
        return self._drafts.get(self.table.row_id or "")

    def environment_disabled_reason(self, job: JobSummary) -> str | None:
        """Return why the job cannot be changed in the open environment."""
        if job.problem:
            return f"The job cannot be read: {job.problem}"
        if job.location is None or self.console.session.connection is None:
            return NOT_OPEN
        return self._elsewhere_reason("job", job.location)

    def _elsewhere_reason(self, noun: str, location: JobLocation | ImportDraft) -> str | None:
        """Return why a job or draft of another environment than the open one is not available."""
        if (location.base_url, location.environment_id) == environment_key(self.console.session.profile):
            return None
        return f"The {noun} belongs to {location.profile}. Switch to that environment first."

    def selection_disabled_reason(self) -> str | None:
        if self.job is None and self._draft is None:
            return self.NO_SELECTION
        return self.job.problem or None if self.job is not None else None

    def open_disabled_reason(self) -> str | None:
        if reason := self.selection_disabled_reason():
            return reason
        if (draft := self._draft) is not None and (self.job is None or not self.job.problem):
            return self._elsewhere_reason("draft", draft)
        job = self.job
        assert job is not None
        return None if job.is_over else self.environment_disabled_reason(job)

    def resume_disabled_reason(self) -> str | None:
        job = self.job
        if job is None:
            return (
                f"This is a draft. Press {key_of('jobs.open')} to continue it."
                if self._draft is not None
                else self.selection_disabled_reason()
            )
        running = self.console.session.running
        if running is not None and running.active:
            return "Another job is running in this console."
        if job.is_busy:
            return "Another process runs this job."
        if job.state is not JobState.PAUSED:
            return f"Only a paused job can be resumed. Press {key_of('jobs.open')} to open it."
        return self.environment_disabled_reason(job)

    def pause_disabled_reason(self) -> str | None:
        running = self.console.session.running
        job = self.job
        is_own_job = job is not None and running is not None and running.id == job.id and running.active
        is_other_process = job is not None and job.is_busy and job.state is JobState.RUNNING
        return None if is_own_job or is_other_process else "The job is not running."

    def report_disabled_reason(self) -> str | None:
        job = self.job
        if job is None:
            return self.selection_disabled_reason() or "A draft has no report."
        return "The job is running; the report is written at its end." if job.is_busy else job.problem or None

    def remove_disabled_reason(self) -> str | None:
        if reason := self.selection_disabled_reason():
            return reason
        return "Another process uses this job." if self.job is not None and self.job.is_busy else None

    def follow_up_disabled_reason(self) -> str | None:
        """Return why there is no follow-up action for the job."""
        job = self.job
        if job is None:
            return self.selection_disabled_reason() or "A draft has not sent anything."
        if not job.is_over:
            return "The job has not ended yet."
        return self.environment_disabled_reason(job)

    def failed_rows_disabled_reason(self) -> str | None:
        return self.follow_up_disabled_reason() or (
            None if self.job is not None and self.job.failed_rows else "All rows were imported."
        )

    def undo_disabled_reason(self) -> str | None:
        return self.follow_up_disabled_reason() or undo_disabled_reason(self.job)

    # Actions

    def action_open(self) -> None:
        from dyntui.tui.features.imports.entry_points import open_draft, open_job

        if self._draft is not None:
            open_draft(self.console, self._draft)
        elif self.job is not None:
            open_job(self.console, self.job)

    def action_new(self) -> None:
        self.console.open_route("import")

    def new_job_disabled_reason(self) -> str | None:
        return self.console.import_disabled_reason()

    def action_resume(self) -> None:
        job, connection = self.job, self.console.session.connection
        assert job is not None and connection is not None

        def resume() -> tuple[Path, WritePermit]:
            from dyntui.services.imports.wizard_service import WizardService

            return WizardService().resume_job(job.id, connection)

        def start(released: tuple[Path, WritePermit]) -> None:
            running = RunningJob(self.console, released[0], connection, released[1])
            running.watch(self)
            running.start()

        self._run(resume, start)

    def action_pause(self) -> None:
        running, job = self.console.session.running, self.job
        assert job is not None
        if running is not None and running.id == job.id and running.active:
            running.thread.pause()
        else:
            self._request_pause(job.id)

    def _request_pause(self, job: str) -> None:
        def request() -> None:
            from dyntui.services.imports.jobs import find_job
            from dyntui.store.journal import Journal

            with Journal.read(find_job(job)) as journal:
                journal.request_stop("pause")

        self._run(request, lambda _: self.console.notify("Pause requested from the other process."))

    def action_fix_failed(self) -> None:
        from dyntui.services.imports.job_follow_up import reopen_failed
        from dyntui.tui.features.imports.entry_points import open_draft

        self._follow_up(reopen_failed, open_draft)

    def action_retry(self) -> None:
        from dyntui.services.imports.job_follow_up import retry_failed
        from dyntui.tui.features.imports.entry_points import open_job

        self._follow_up(retry_failed, open_job)

    def _follow_up(self, make: Callable[[str, Connection], T], open_made: Callable[[ConsoleApp, T], None]) -> None:
        """Make a draft or a job from the failed rows of the current job, and open it."""
        job, connection = self.job, self.console.session.connection
        assert job is not None and connection is not None
        self._run(lambda: make(job.id, connection), lambda made: open_made(self.console, made))

    def action_undo(self) -> None:
        from dyntui.tui.features.imports.undo_screen import ImportUndoScreen

        job = self.job
        assert job is not None
        self.console.visit(ImportUndoScreen(job.id, job.source, job.kind))

    def action_report(self) -> None:
        job = self.job
        assert job is not None

        def write() -> Path:
            from dyntui.services.imports.jobs import find_job
            from dyntui.services.imports.reports import write_reports
            from dyntui.store.journal import Journal

            with Journal.open(find_job(job.id)) as journal:
                return write_reports(journal)

        self._run(write, lambda folder: self.console.notify(f"Reports and failed rows written to {folder}"))

    def action_remove(self) -> None:
        job, draft = self.job, self._draft
        name = job.id if job is not None else "the draft"
        open_rows = job.open_rows if job is not None and job.state is not None and not job.is_over else 0
        left = f" Not sent: {quantity(open_rows, 'row')}." if open_rows else ""
        what = "Its rows and its reports are deleted from this machine; users on the server stay."
        ask_confirmation(
            self.console,
            f"Remove {name}?",
            what + left,
            "this machine",
            lambda: self._run(lambda: _remove(job, draft)),
            verb="Remove",
            opening_key="d",
        )

    def _run(self, work: Callable[[], T], then: Callable[[T], object] = lambda result: None) -> None:
        """Run `work` in a thread, call `then` with its result, and load the jobs again."""

        def on_done(result: T) -> None:
            then(result)
            self.reload()

        def on_failed(error: DyntuiError) -> None:
            self.console.notify_error(error)
            self.reload()

        run_in_thread(self, work, on_done, on_failed, group="do")


def _remove(job: JobSummary | None, draft: ImportDraft | None) -> None:
    from dyntui.services.imports.jobs import find_job
    from dyntui.services.imports.purge import purge_job
    from dyntui.services.imports.wizard_draft import remove_draft

    if job is not None:
        purge_job(find_job(job.id), unfinished=True)
    if draft is not None:
        remove_draft(draft)
