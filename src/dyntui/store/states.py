"""The states that a job and its rows can be in, and the only ways between them.

Job: draft -> ready -> running <-> paused -> done | cancelled.
Row: pending -> sending -> created | updated | exists | failed | unknown -> (reconcile) -> created | exists | pending |
review; plus invalid, skipped. What the server was asked before anything was sent may settle a pending row too
(exists, review); with upsert an unknown row whose values are all there is updated.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["FINAL", "JOB_MOVES", "OPEN", "ROW_MOVES", "JobState", "RowState"]


class JobState(StrEnum):
    """Where a job is."""

    DRAFT = "draft"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELED = "cancelled"  # the spelling in journals that exist


class RowState(StrEnum):
    """Where a row is."""

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
"""Rows a job still has to do something about."""
FINAL = frozenset(set(_R) - OPEN)
