"""The transitions that the triggers of a journal must allow, and no others."""

from __future__ import annotations

from dyntui.store.states import JobState, RowState

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
