"""Giving up a job that no process works on."""

from __future__ import annotations

from dyntui.core.errors import UsageError
from dyntui.store.journal import Journal
from dyntui.store.states import JobState, RowState

__all__ = ["CANCELED_ROW", "cancel_job"]

CANCELED_ROW = ("cancelled", "The job was cancelled before this row.")
"""Code and message of a row that a cancelled job did not come to."""


def cancel_job(journal: Journal, reason: str = "cancelled") -> None:
    """Rows that were not sent are skipped. A row whose answer was lost stays unknown: it may be on the server."""
    if journal.state in (JobState.DONE, JobState.CANCELED):
        raise UsageError(f"Job {journal.id} is {journal.state} already.")
    with journal.transaction():
        journal.move_all(RowState.PENDING, RowState.SKIPPED, *CANCELED_ROW)
        journal.move(JobState.CANCELED, reason)
