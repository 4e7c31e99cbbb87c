"""The log of changes in a review, so that each can be undone and redone, even after a restart of the console."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from dyntui.store.job_queries import PROBLEM_COLUMNS, RowProblem, problems_of
from dyntui.store.journal import Journal
from dyntui.store.review_queries import FILE_CODES

__all__ = [
    "CellChange",
    "ReviewStepRecord",
    "begin",
    "changed_rows",
    "copy",
    "file_problems",
    "last",
    "mark",
    "next_undone",
    "originals",
    "record",
]


class CellChange(NamedTuple):
    """The change of one row in a step: its cells and whether it is excluded, before and after."""

    row: int
    before: bytes
    after: bytes
    was_out: bool
    is_out: bool


class ReviewStepRecord(NamedTuple):
    """One step of the review, with a label such as `row 41: email`."""

    id: int
    label: str


def begin(journal: Journal, codes: Collection[str] = ()) -> None:
    """Begin the log, if it was not begun before: save the problems of the file itself.

    codes: further codes of such problems.
    """
    (is_reviewed,) = journal.db.execute("SELECT is_reviewed FROM job").fetchone()
    if is_reviewed:
        return
    file_codes = (*FILE_CODES, *codes)
    marks = ", ".join("?" * len(file_codes))
    with journal.transaction():
        journal.db.execute("UPDATE job SET is_reviewed = 1")
        journal.db.execute(
            f"INSERT INTO review_file_problems SELECT {PROBLEM_COLUMNS} FROM problems WHERE code IN ({marks})",
            file_codes,
        )


def record(journal: Journal, label: str, changes: Iterable[CellChange]) -> int:
    """Record a step and delete the undone steps."""
    db = journal.db
    with journal.transaction():
        db.execute("DELETE FROM review_changes WHERE step IN (SELECT id FROM review_steps WHERE undone = 1)")
        db.execute("DELETE FROM review_steps WHERE undone = 1")
        step = db.execute("INSERT INTO review_steps (label) VALUES (?)", (label,)).lastrowid
        assert step is not None
        db.executemany(
            "INSERT INTO review_changes (step, row, before, after, was_out, is_out) VALUES (?, ?, ?, ?, ?, ?)",
            [(step, *change) for change in changes],
        )
    return step


def last(journal: Journal) -> tuple[ReviewStepRecord, list[CellChange]] | None:
    """Return the step to undo; None when there is none."""
    return _step(journal, "undone = 0 ORDER BY id DESC")


def next_undone(journal: Journal) -> tuple[ReviewStepRecord, list[CellChange]] | None:
    """Return the step to redo; None when there is none."""
    return _step(journal, "undone = 1 ORDER BY id")


def _step(journal: Journal, where: str) -> tuple[ReviewStepRecord, list[CellChange]] | None:
    found = journal.db.execute(f"SELECT id, label FROM review_steps WHERE {where} LIMIT 1").fetchone()
    if found is None:
        return None
    changes = [
        CellChange(row, before, after, bool(was_out), bool(is_out))
        for row, before, after, was_out, is_out in journal.db.execute(
            "SELECT row, before, after, was_out, is_out FROM review_changes WHERE step = ? ORDER BY row", (found[0],)
        )
    ]
    return ReviewStepRecord(*found), changes


def mark(journal: Journal, step: ReviewStepRecord, *, undone: bool) -> None:
    """Mark a step as undone or redone."""
    journal.db.execute("UPDATE review_steps SET undone = ? WHERE id = ?", (undone, step.id))


def changed_rows(journal: Journal) -> int:
    """Return the number of rows that were changed or excluded."""
    return int(
        journal.db.execute(
            "SELECT count(DISTINCT c.row) FROM review_changes c JOIN review_steps s ON s.id = c.step WHERE s.undone = 0"
        ).fetchone()[0]
    )


def originals(journal: Journal, rows: Sequence[int]) -> dict[int, bytes]:
    """Return the original cells of rows. Rows without a change are omitted."""
    found: dict[int, bytes] = {}
    for number in rows:
        first = journal.db.execute(
            "SELECT before FROM review_changes WHERE row = ? ORDER BY step LIMIT 1", (number,)
        ).fetchone()
        if first is not None:
            found[number] = first[0]
    return found


def file_problems(journal: Journal, row: int) -> list[RowProblem]:
    """Return the problems that a row had as its file was read."""
    return problems_of(journal, row, "review_file_problems")


def copy(old: Journal, new: Journal) -> None:
    """Copy the log to a journal with the same rows under another mapping."""
    begin(new)
    with new.transaction():
        for table in ("review_steps", "review_changes"):
            rows = old.db.execute(f"SELECT * FROM {table}").fetchall()
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                new.db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        new.db.execute("DELETE FROM review_file_problems")
        problems = old.db.execute("SELECT * FROM review_file_problems").fetchall()
        new.db.executemany("INSERT INTO review_file_problems VALUES (?, ?, ?, ?, ?, ?)", problems)
