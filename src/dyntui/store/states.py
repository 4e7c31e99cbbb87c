"""The states of a job and of its rows, and their transitions. Triggers of the journal refuse any other transition.

Job: draft -> ready -> running <-> paused -> done | canceled.
Row: pending -> sending -> created | updated | exists | failed | unknown -> (recovery) -> created | exists | pending |
review; plus invalid and skipped. The pre-check can make a pending row exists or review. With upsert, recovery makes an
unknown row updated when the server has all its values.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["FINAL", "OPEN", "JobState", "RowState"]


class JobState(StrEnum):
    DRAFT = "draft"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELED = "cancelled"  # the spelling in existing journals

    @property
    def label(self) -> str:
        """The state for display, in US spelling."""
        return self.name.lower()

    @property
    def is_over(self) -> bool:
        """Whether a job in this state has ended."""
        return self in (JobState.DONE, JobState.CANCELED)


class RowState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    CREATED = "created"
    UPDATED = "updated"
    EXISTS = "exists"
    FAILED = "failed"
    UNKNOWN = "unknown"
    REVIEW = "review"
    INVALID = "invalid"
    SKIPPED = "skipped"


IMPORTED = (RowState.CREATED, RowState.UPDATED, RowState.EXISTS)
"""States of rows that are at the server as the file says."""
OPEN = frozenset({RowState.PENDING, RowState.SENDING, RowState.UNKNOWN})
"""States of rows that the job has not finished."""
FINAL = frozenset(set(RowState) - OPEN)
