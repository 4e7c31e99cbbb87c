"""Cancel a job that no process runs; used by `dyntui jobs cancel` and the wizard."""

from __future__ import annotations

from dyntui.core.errors import UsageError
from dyntui.store.journal import Journal
from dyntui.store.states import JobState, RowState

__all__ = ["CANCELED_ROW", "cancel_job"]

CANCELED_ROW = ("cancelled", "The job was canceled before this row.")
"""Code and message of a row that a canceled job did not send. The code is stored in journals and keeps its spelling."""


def cancel_job(journal: Journal) -> None:
    """Cancel the job: rows that were not sent are skipped, rows whose response was lost stay unknown.

    Raises UsageError when the job is done or canceled.
    """
    if journal.state.is_over:
        raise UsageError(f"Job {journal.id} is {journal.state} already.")
    with journal.transaction():
        journal.move_all(RowState.PENDING, RowState.SKIPPED, *CANCELED_ROW)
        journal.move(JobState.CANCELED, "cancelled")
