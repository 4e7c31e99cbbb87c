"""Matches between rows and users on the server, found before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from dyntui.store.journal import WORK_COLUMNS, Journal, JournalConflict, WorkRow
from dyntui.store.journal_types import KEY_SEPARATOR

__all__ = [
    "PrecheckMatch",
    "forget_matches",
    "mark_checked",
    "matched_keys",
    "matches",
    "note_match",
    "pending_any",
    "rows_with_keys",
]


class PrecheckMatch(NamedTuple):
    """A row whose object is on the server."""

    row: int
    users: int
    """Number of users that the row matches."""
    user_id: str
    """Id of one of them: of the user with the first key of the row, if there is one."""
    primary: bool
    """Whether `user_id` is the user with the first key of the row."""


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
    found = journal.db.execute(
        f"SELECT {WORK_COLUMNS} FROM rows r JOIN source s ON s.number = r.number "
        "WHERE r.state = 'pending' AND r.number > ? ORDER BY r.number LIMIT ?",
        (after, limit),
    )
    return [WorkRow._make(values) for values in found]
