"""Actions on an ended job: fix or retry failed rows, undo the import; used by the jobs screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dyntui.tui.features.imports.running_job import is_over
from dyntui.tui.shell.table_screen import TableScreen

if TYPE_CHECKING:
    from dyntui.services.imports.jobs import JobSummary

__all__ = ["JobFollowUpMixin", "undo_disabled_reason"]


def undo_disabled_reason(job: JobSummary | None) -> str | None:
    """Return why the job cannot be undone; None when it can."""
    if job is not None and job.created_rows > 0:
        return None
    return "The job is already undone." if job is not None and job.undone_rows else "The job created nothing."


class JobFollowUpMixin(TableScreen):
    """A screen with a job under the cursor. A subclass gives the methods that raise NotImplementedError."""

    @property
    def job(self) -> JobSummary | None:
        """The job under the cursor."""
        raise NotImplementedError

    def selection_disabled_reason(self) -> str | None:
        """Return why there is no job under the cursor."""
        raise NotImplementedError

    def environment_disabled_reason(self, job: JobSummary) -> str | None:
        """Return why the job cannot be changed in the open environment."""
        raise NotImplementedError

    def run_in_thread(self, work: Callable[[], Callable[[], None]]) -> None:
        """Run `work` in a thread, then call its result in the app."""
        raise NotImplementedError

    def follow_up_disabled_reason(self) -> str | None:
        """Return why there is no follow-up action for the job."""
        job = self.job
        if job is None:
            return self.selection_disabled_reason() or "A draft has not sent anything."
        if job.state is None or not is_over(job.state):
            return "The job has not ended yet."
        return self.environment_disabled_reason(job)

    def failed_rows_disabled_reason(self) -> str | None:
        return self.follow_up_disabled_reason() or (
            None if self.job is not None and self.job.failed_rows else "All rows were imported."
        )

    def undo_disabled_reason(self) -> str | None:
        job = self.job
        if reason := self.follow_up_disabled_reason():
            return reason
        return undo_disabled_reason(job)

    def action_fix_failed(self) -> None:
        from dyntui.services.imports.job_follow_up import reopen_failed
        from dyntui.tui.features.imports.entry_points import open_draft

        job, connection = self.job, self.console.session.connection
        assert job is not None and connection is not None

        def work() -> Callable[[], None]:
            draft = reopen_failed(job.id, connection)
            return lambda: open_draft(self.console, draft)

        self.run_in_thread(work)

    def action_retry(self) -> None:
        from dyntui.services.imports.job_follow_up import retry_failed
        from dyntui.tui.features.imports.entry_points import open_job

        job, connection = self.job, self.console.session.connection
        assert job is not None and connection is not None

        def work() -> Callable[[], None]:
            known = retry_failed(job.id, connection)
            return lambda: open_job(self.console, known)

        self.run_in_thread(work)

    def action_undo(self) -> None:
        from dyntui.tui.features.imports.undo_screen import ImportUndoScreen

        job = self.job
        assert job is not None
        self.console.visit(ImportUndoScreen(job.id, job.source, job.kind))
