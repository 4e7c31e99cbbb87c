"""Read single rows of a journal."""

from __future__ import annotations

from dyntui.store.job_queries import FullRow, iterate_rows
from dyntui.store.journal import Journal


def stored_row(journal: Journal, number: int) -> FullRow:
    """Return the row with a number, which must exist."""
    return next(row for row in iterate_rows(journal) if row.number == number)
