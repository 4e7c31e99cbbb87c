"""What comes after a job: rows that failed are put right or tried again, or all is undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dyntui.tui.features.imports.running_job import is_over
from dyntui.tui.shell.table_screen import TableScreen

if TYPE_CHECKING:
    from dyntui.services.imports.jobs import JobSummary

__all__ = ["JobFollowUpMixin", "undo_disabled_reason"]


def undo_disabled_reason(job: JobSummary | None) -> str | None:
    """Why there is nothing that an undo of the job could delete."""
    if job is not None and job.created_rows > 0:
        return None
    return "All that the job created is undone." if job is not None and job.undone_rows else "The job created nothing."


class JobFollowUpMixin(TableScreen):
    """A screen with a job under the cursor. A subclass says which, and does work in a thread."""

    @property
    def job(self) -> JobSummary | None:
        """The job under the cursor."""
        raise NotImplementedError

    def selection_disabled_reason(self) -> str | None:
        """Why there is no job."""
        raise NotImplementedError

    def elsewhere(self, job: JobSummary) -> str | None:
        """Why a job cannot be worked on from here."""
        raise NotImplementedError

    def in_thread(self, work: Callable[[], Callable[[], None]]) -> None:
        """Do something slow; what it answers is done afterwards, here."""
        raise NotImplementedError

    def no_more(self) -> str | None:
        """Why nothing can come after the job."""
        job = self.job
        if job is None:
            return self.selection_disabled_reason() or "A draft has not begun."
        if job.state is None or not is_over(job.state):
            return "It has not come to its end yet."
        return self.elsewhere(job)

    def failed_rows_disabled_reason(self) -> str | None:
        return self.no_more() or (None if self.job is not None and self.job.failed_rows else "Every row got through.")

    def undo_disabled_reason(self) -> str | None:
        job = self.job
        if reason := self.no_more():
            return reason
        return undo_disabled_reason(job)

    def action_mend(self) -> None:
        from dyntui.services.imports.job_follow_up import reopen_failed
        from dyntui.tui.features.imports.entry_points import open_draft

        job, connection = self.job, self.console.session.connection
        assert job is not None and connection is not None

        def work() -> Callable[[], None]:
            draft = reopen_failed(job.id, connection)
            return lambda: open_draft(self.console, draft)

        self.in_thread(work)

    def action_retry(self) -> None:
        from dyntui.services.imports.job_follow_up import retry_failed
        from dyntui.tui.features.imports.entry_points import open_job

        job, connection = self.job, self.console.session.connection
        assert job is not None and connection is not None

        def work() -> Callable[[], None]:
            known = retry_failed(job.id, connection)
            return lambda: open_job(self.console, known)

        self.in_thread(work)

    def action_undo(self) -> None:
        from dyntui.tui.features.imports.undo_screen import ImportUndoScreen

        job = self.job
        assert job is not None
        self.console.visit(ImportUndoScreen(job.id, job.source, job.kind))
