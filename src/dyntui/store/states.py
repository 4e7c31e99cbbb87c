"""The states of a job and of its rows, and the allowed transitions.

Job: draft -> ready -> running <-> paused -> done | canceled.
Row: pending -> sending -> created | updated | exists | failed | unknown -> (recovery) -> created | exists | pending |
review; plus invalid and skipped. The pre-check can make a pending row exists or review. With upsert, recovery makes an
unknown row updated when the server has all its values.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["FINAL", "JOB_MOVES", "OPEN", "ROW_MOVES", "JobState", "RowState"]


class JobState(StrEnum):
    """The state of a job."""

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


class RowState(StrEnum):
    """The state of a row."""

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


_J, _R = JobState, RowState

JOB_MOVES: dict[JobState, frozenset[JobState]] = {
    _J.DRAFT: frozenset({_J.READY, _J.CANCELED}),
    _J.READY: frozenset({_J.DRAFT, _J.RUNNING, _J.CANCELED}),
    _J.RUNNING: frozenset({_J.PAUSED, _J.DONE, _J.CANCELED}),
    _J.PAUSED: frozenset({_J.RUNNING, _J.DONE, _J.CANCELED}),
    _J.DONE: frozenset(),
    _J.CANCELED: frozenset(),
}

ROW_MOVES: dict[RowState, frozenset[RowState]] = {
    _R.PENDING: frozenset({_R.SENDING, _R.EXISTS, _R.REVIEW, _R.SKIPPED, _R.INVALID}),
    _R.SENDING: frozenset({_R.CREATED, _R.UPDATED, _R.EXISTS, _R.FAILED, _R.UNKNOWN, _R.PENDING}),
    _R.UNKNOWN: frozenset({_R.CREATED, _R.UPDATED, _R.EXISTS, _R.PENDING, _R.REVIEW}),
    _R.INVALID: frozenset({_R.PENDING, _R.SKIPPED}),
    _R.SKIPPED: frozenset({_R.PENDING, _R.INVALID}),
    _R.CREATED: frozenset(),
    _R.UPDATED: frozenset(),
    _R.EXISTS: frozenset(),
    _R.FAILED: frozenset(),
    _R.REVIEW: frozenset(),
}

OPEN = frozenset({_R.PENDING, _R.SENDING, _R.UNKNOWN})
"""States of rows that the job has not finished."""
FINAL = frozenset(set(_R) - OPEN)
