"""Queries on a job without loading it: windows of rows, problems by code, and sent batches."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from dyntui.store.journal import Journal
from dyntui.store.journal_types import row_cells, row_keys, row_values
from dyntui.store.states import RowState

__all__ = [
    "PROBLEM_COLUMNS",
    "FullRow",
    "ProblemCount",
    "RowProblem",
    "each_outcome",
    "failure_counts",
    "iterate_rows",
    "problem_counts",
    "problems_of",
    "rows_with_warnings",
    "traffic",
]

_WINDOW = 500
_FULL = (
    "SELECT r.number, r.state, r.attempts, r.first_sent, r.changed, r.precheck, r.user_id, r.code, r.field, r.message, "
    "s.raw, s.body, s.keys, s.chosen_id FROM rows r JOIN source s ON s.number = r.number "
)
_OUTCOMES = (
    "SELECT r.number, r.state, r.user_id, "
    "CASE instr(s.keys, char(31)) WHEN 0 THEN s.keys ELSE substr(s.keys, 1, instr(s.keys, char(31)) - 1) END, "
    "r.code, r.field, r.message FROM rows r JOIN source s ON s.number = r.number "
    "WHERE r.number > ? ORDER BY r.number LIMIT ?"
)
PROBLEM_COLUMNS = "row, level, code, field, message, suggestion"
"""A RowProblem, of `problems` or `review_file_problems`."""


class FullRow(NamedTuple):
    """All that the journal holds about a row."""

    number: int
    state: RowState
    attempts: int
    first_sent: int | None
    changed: int
    precheck: str | None
    user_id: str
    code: str
    field: str
    message: str
    raw: list[Any]
    """The cells of the row."""
    body: bytes | None
    """The JSON to send; None for an invalid row."""
    keys: tuple[str, ...]
    """The natural keys, normalized."""
    chosen_id: str

    @property
    def cells(self) -> tuple[list[Any], list[Any]]:
        """The cells, and the values without a column. Raises JournalUnusable when they are damaged."""
        return row_cells(self.number, self.raw)


class ProblemCount(NamedTuple):
    """The number of rows with one problem."""

    level: str
    code: str
    n: int


class RowProblem(NamedTuple):
    """An error or warning of a row."""

    row: int
    level: str
    code: str
    field: str
    message: str
    suggestion: str | None


def _full(found: tuple[Any, ...]) -> FullRow:
    values = list(found)
    values[1] = RowState(values[1])
    values[10] = row_values(values[0], values[10])
    values[12] = tuple(row_keys(values[0], values[12]))
    return FullRow._make(values)


def iterate_rows(journal: Journal, states: Collection[RowState] = ()) -> Iterator[FullRow]:
    """Yield the rows by number; `states`: only rows in one of them."""
    condition = f"AND r.state IN ({', '.join('?' * len(states))}) " if states else ""
    return _iterate(journal, condition, *states)


def rows_with_warnings(journal: Journal) -> Iterator[FullRow]:
    """Yield the rows that have a warning, by number."""
    return _iterate(journal, "AND r.number IN (SELECT row FROM problems WHERE level = 'warning') ")


def _iterate(journal: Journal, condition: str, *values: object) -> Iterator[FullRow]:
    query = f"{_FULL}WHERE r.number > ? {condition}ORDER BY r.number LIMIT ?"
    after = -1
    while window := journal.db.execute(query, (after, *values, _WINDOW)).fetchall():
        yield from map(_full, window)
        after = window[-1][0]


def each_outcome(journal: Journal) -> Iterator[tuple[int, str, str, str, str, str, str]]:
    """Yield the result of every row, by number: number, state, user id, first key, code, field, message."""
    after = -1
    while window := journal.db.execute(_OUTCOMES, (after, 10 * _WINDOW)).fetchall():
        yield from window
        after = window[-1][0]


def problem_counts(journal: Journal) -> list[ProblemCount]:
    """Return the problems by code, errors first, then the most frequent first."""
    found = journal.db.execute(
        "SELECT level, code, n FROM problem_counts "
        "ORDER BY CASE level WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, n DESC, code"
    )
    return [ProblemCount._make(one) for one in found]


def problems_of(journal: Journal, number: int, table: str = "problems") -> list[RowProblem]:
    """Return the errors and warnings of one row. table: where they are, with the columns PROBLEM_COLUMNS."""
    found = journal.db.execute(f"SELECT {PROBLEM_COLUMNS} FROM {table} WHERE row = ?", (number,))
    return [RowProblem._make(one) for one in found]


def failure_counts(journal: Journal) -> list[tuple[str, str, int]]:
    """Return the reasons of rows that were not imported: state, code and count, the most frequent first."""
    return _count_pairs(journal, "state", "code", "rows WHERE code <> ''")


def traffic(journal: Journal) -> list[tuple[str, str, int]]:
    """Return the sent batches by operation and outcome."""
    return _count_pairs(journal, "operation", "outcome", "batches")


def _count_pairs(journal: Journal, first: str, second: str, table: str) -> list[tuple[str, str, int]]:
    """Return the pairs of the values of two columns with their counts, the most frequent first.

    first, second, table: parts of the statement, never values.
    """
    found = journal.db.execute(
        f"SELECT {first}, {second}, count(*) AS n FROM {table} GROUP BY {first}, {second} ORDER BY n DESC, {second}"
    )
    return [(str(left), str(right), int(n)) for left, right, n in found]
