"""The results of a check against the server, row by row, for display."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from dyntui.store.journal import Journal
from dyntui.store.precheck_matches import matched_keys
from dyntui.store.states import RowState

__all__ = ["PrecheckRow", "found_numbers", "found_rows"]

_FOUND = "(r.precheck IS NOT NULL OR (r.attempts = 0 AND r.state IN ('exists', 'review')))"


class PrecheckRow(NamedTuple):
    """A row of which the server has the object or some of its keys."""

    number: int
    what: str
    """One of exists, conflict or taken."""
    keys: tuple[str, ...]
    """Keys of the row that the server has; none if an older version made the check."""
    users: tuple[str, ...]
    """The ids of the users that have these keys."""


def found_numbers(journal: Journal) -> array[int]:
    """Return the numbers of the found rows: conflicts, then values of other users, then existing users."""
    found = journal.db.execute(
        f"SELECT r.number FROM rows r WHERE {_FOUND} ORDER BY "
        "CASE WHEN r.state = 'review' THEN 0 WHEN r.precheck = 'taken' THEN 1 ELSE 2 END, r.number"
    )
    return array("q", (row[0] for row in found))


def found_rows(journal: Journal, numbers: Sequence[int]) -> dict[int, PrecheckRow]:
    """Return these rows, by number."""
    numbers_json = orjson.dumps(list(numbers)).decode()
    found: dict[int, PrecheckRow] = {}
    for number, state, precheck in journal.db.execute(
        "SELECT number, state, precheck FROM rows WHERE number IN (SELECT value FROM json_each(?))", (numbers_json,)
    ):
        matched = matched_keys(journal, number)
        keys = dict.fromkeys(key for _, shared in matched for key in shared)
        what = "conflict" if state == RowState.REVIEW else "taken" if precheck == "taken" else "exists"
        found[number] = PrecheckRow(number, what, tuple(keys), tuple(user for user, _ in matched))
    return found
