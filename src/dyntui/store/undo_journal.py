"""The undo of a job, in its own journal: which rows are to be deleted, skipped (and why) or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from dyntui.core.text import without_surrogates
from dyntui.store.journal import Journal, now_ms

__all__ = ["CreatedRow", "UndoLine", "UndoState", "begin_undo", "count_created", "created_as", "created_rows"]
__all__ += ["end_plan", "undo_counts", "undo_lines", "write_undo"]


class UndoState(StrEnum):
    """The state of the undo of one row: pending -> sending -> deleted | failed, or skipped."""

    PENDING = "pending"
    SENDING = "sending"
    DELETED = "deleted"
    SKIPPED = "skipped"
    FAILED = "failed"


class CreatedRow(NamedTuple):
    """A row that the job created."""

    row: int
    user_id: str
    stamp: str
    """When the object was last changed, by the server's clock."""
    keys: str
    """The natural keys of the row, joined."""
    body: bytes
    """The JSON that was sent."""


class UndoLine(NamedTuple):
    """One row of an undo."""

    row: int
    user_id: str
    state: UndoState
    reason: str


_IS_CREATED = "r.state = 'created' AND r.user_id <> '' AND coalesce(u.state, '') <> 'deleted' "
_CREATED = (
    "SELECT r.number, r.user_id, r.stamp, s.keys, s.body FROM rows r JOIN source s ON s.number = r.number "
    f"LEFT JOIN undo u ON u.row = r.number WHERE {_IS_CREATED}"
)
"""CreatedRows that the undo has not deleted."""


def created_rows(journal: Journal, after: int, limit: int) -> list[CreatedRow]:
    """Return the objects that the job created and the undo has not deleted, by row."""
    found = journal.db.execute(_CREATED + "AND r.number > ? ORDER BY r.number LIMIT ?", (after, limit))
    return [CreatedRow._make(row) for row in found]


def count_created(journal: Journal) -> int:
    """Return the number of users that the job created and the undo has not deleted."""
    query = f"SELECT count(*) FROM rows r LEFT JOIN undo u ON u.row = r.number WHERE {_IS_CREATED}"
    return int(journal.db.execute(query).fetchone()[0])


def begin_undo(journal: Journal, reason: str) -> None:
    """Add all rows that the job created to the undo as skipped, until they are found on the server.

    Rows that were being deleted when an earlier undo ended keep their state.
    """
    with journal.transaction():
        journal.db.execute("CREATE INDEX IF NOT EXISTS rows_by_user ON rows (user_id) WHERE state = 'created'")
        journal.db.execute(
            "INSERT INTO undo (row, user_id, state, reason, changed) SELECT number, user_id, 'skipped', ?, ? FROM rows "
            "WHERE state = 'created' AND user_id <> '' ON CONFLICT (row) DO UPDATE SET state = excluded.state, "
            "reason = excluded.reason, changed = excluded.changed WHERE undo.state NOT IN ('deleted', 'sending')",
            (reason, now_ms()),
        )


def end_plan(journal: Journal) -> None:
    """End the plan after all objects were read: rows that were `sending` and were not found are deleted."""
    with journal.transaction():
        journal.db.execute("UPDATE undo SET state = 'deleted', reason = '' WHERE state = 'sending'")


def created_as(journal: Journal, user_ids: Sequence[str]) -> list[CreatedRow]:
    """Return the rows from which the job created these users, without those that the undo has deleted."""
    marks = ", ".join("?" * len(user_ids))
    found = journal.db.execute(f"{_CREATED}AND r.user_id IN ({marks})", tuple(user_ids))
    return [CreatedRow._make(row) for row in found]


def write_undo(journal: Journal, lines: Sequence[UndoLine]) -> None:
    """Save the undo states of rows."""
    with journal.transaction():
        journal.db.executemany(
            "INSERT INTO undo (row, user_id, state, reason, changed) VALUES (?, ?, ?, ?, ?) ON CONFLICT (row) "
            "DO UPDATE SET state = excluded.state, reason = excluded.reason, changed = excluded.changed",
            [(line.row, line.user_id, line.state.value, without_surrogates(line.reason), now_ms()) for line in lines],
        )


def undo_counts(journal: Journal) -> dict[UndoState, int]:
    """Return the number of rows by undo state; empty when there was no undo."""
    found = journal.db.execute("SELECT state, count(*) FROM undo GROUP BY state")
    return {UndoState(state): n for state, n in found}


def undo_lines(journal: Journal, states: Sequence[UndoState], after: int, limit: int) -> list[UndoLine]:
    """Return rows of the undo in some states, by number."""
    marks = ", ".join("?" * len(states))
    found = journal.db.execute(
        f"SELECT row, user_id, state, reason FROM undo WHERE state IN ({marks}) AND row > ? ORDER BY row LIMIT ?",
        (*[state.value for state in states], after, limit),
    )
    return [UndoLine(row, user_id, UndoState(state), reason) for row, user_id, state, reason in found]
