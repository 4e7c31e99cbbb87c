"""The pre-check in the journal: matches between rows and users on the server, found before anything is sent."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from dyntui.store.journal import WORK_COLUMNS, Journal, JournalConflict, WorkRow
from dyntui.store.journal_types import KEY_SEPARATOR, numbers_json
from dyntui.store.states import RowState

__all__ = [
    "PrecheckMatch",
    "PrecheckRow",
    "forget_matches",
    "found_numbers",
    "found_rows",
    "mark_checked",
    "matched_keys",
    "matches",
    "note_match",
    "pending_any",
    "rows_with_keys",
]


_FOUND = "(r.precheck IS NOT NULL OR (r.attempts = 0 AND r.state IN ('exists', 'review')))"


class PrecheckMatch(NamedTuple):
    """A row whose object is on the server."""

    row: int
    users: int
    """Number of users that the row matches."""
    user_id: str
    """Id of one of them: of the user with the first key of the row, if there is one."""
    primary: bool
    """Whether `user_id` is the user with the first key of the row."""


class PrecheckRow(NamedTuple):
    """A row of which the server has the object or some of its keys."""

    number: int
    what: str
    """One of exists, conflict or taken."""
    keys: tuple[str, ...]
    """Keys of the row that the server has; none if an older version made the check."""
    users: tuple[str, ...]
    """The ids of the users that have these keys."""


def forget_matches(journal: Journal) -> None:
    """Delete all matches and check results."""
    with journal.transaction():
        journal.db.execute("DELETE FROM matches")
        journal.db.execute("UPDATE rows SET precheck = NULL WHERE precheck IS NOT NULL")


def rows_with_keys(journal: Journal, keys: Sequence[tuple[str, int]]) -> list[tuple[WorkRow, int]]:
    """Return pending rows that have one of the keys, with the number that belongs to the key."""
    if not keys:
        return []
    found = journal.db.execute(
        f"SELECT DISTINCT {WORK_COLUMNS}, json_extract(j.value, '$[1]') FROM json_each(?) j "
        "JOIN keys k ON k.key = json_extract(j.value, '$[0]') JOIN rows r ON r.number = k.row "
        "JOIN source s ON s.number = r.number WHERE r.state = 'pending'",
        (orjson.dumps(keys).decode(),),
    )
    return [(WorkRow._make(values), number) for *values, number in found]


def note_match(journal: Journal, row: int, user_id: str, keys: Sequence[str], *, primary: bool) -> bool:
    """Record that a user has these keys of a row. Return whether the user is a new match."""
    added = journal.db.execute(
        "INSERT OR IGNORE INTO matches (row, user_id, is_primary, keys) VALUES (?, ?, ?, ?)",
        (row, user_id, primary, KEY_SEPARATOR.join(keys)),
    ).rowcount
    return added == 1


def matched_keys(journal: Journal, row: int) -> list[tuple[str, tuple[str, ...]]]:
    """Return the users that a row matches, with the common keys. The user with the row's first key is first."""
    found = journal.db.execute(
        "SELECT user_id, keys FROM matches WHERE row = ? ORDER BY is_primary DESC, user_id", (row,)
    )
    return [(user_id, tuple(keys.split(KEY_SEPARATOR)) if keys else ()) for user_id, keys in found]


def matches(journal: Journal, after: int, limit: int) -> list[PrecheckMatch]:
    """Return pending rows that were found at the server, by number."""
    found = journal.db.execute(
        "SELECT m.row, count(*), max(CASE m.is_primary WHEN 1 THEN m.user_id ELSE '' END), min(m.user_id), "
        "max(m.is_primary) FROM matches m JOIN rows r ON r.number = m.row "
        "WHERE r.state = 'pending' AND m.row > ? GROUP BY m.row ORDER BY m.row LIMIT ?",
        (after, limit),
    )
    return [PrecheckMatch(row, users, first or some, bool(primary)) for row, users, first, some, primary in found]


def mark_checked(journal: Journal, marks: Sequence[tuple[str, int]]) -> None:
    """Record the result of the check for pending rows: (`exists` or `taken`, number)."""
    if marks:
        changed = journal.db.executemany(
            "UPDATE rows SET precheck = ? WHERE number = ? AND state = 'pending'", marks
        ).rowcount
        if changed != len(marks):
            raise JournalConflict("a row that was checked is not pending")


def pending_any(journal: Journal, after: int, limit: int) -> list[WorkRow]:
    """Return pending rows of all send queues, by number."""
    return journal.work_rows("r.state = 'pending' AND r.number > ? ORDER BY r.number LIMIT ?", (after, limit))


def found_numbers(journal: Journal) -> array[int]:
    """Return the numbers of the found rows: conflicts, then values of other users, then existing users."""
    found = journal.db.execute(
        f"SELECT r.number FROM rows r WHERE {_FOUND} ORDER BY "
        "CASE WHEN r.state = 'review' THEN 0 WHEN r.precheck = 'taken' THEN 1 ELSE 2 END, r.number"
    )
    return array("q", (row[0] for row in found))


def found_rows(journal: Journal, numbers: Sequence[int]) -> dict[int, PrecheckRow]:
    found: dict[int, PrecheckRow] = {}
    query = "SELECT number, state, precheck FROM rows WHERE number IN (SELECT value FROM json_each(?))"
    for number, state, precheck in journal.db.execute(query, (numbers_json(numbers),)):
        matched = matched_keys(journal, number)
        keys = dict.fromkeys(key for _, shared in matched for key in shared)
        what = "conflict" if state == RowState.REVIEW else "taken" if precheck == "taken" else "exists"
        found[number] = PrecheckRow(number, what, tuple(keys), tuple(user for user, _ in matched))
    return found
