"""Load all rows of a source file into a draft job, in one transaction and as a stream, and find duplicates.

Natural keys are sorted in a table on disk, so that memory does not grow with the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import NamedTuple

from dyntui.store.journal import KEY_SEPARATOR, Journal, JournalConflict
from dyntui.store.states import JobState, RowState

__all__ = ["DUPLICATE", "SHARED", "DuplicateRow", "NewProblem", "NewRow", "find_duplicates", "load"]
__all__ += ["note_shared_values"]

DUPLICATE, SHARED = "duplicate_in_file", "shared_in_file"

_CHUNK = 500


class NewProblem(NamedTuple):
    level: str
    """`error`, `warning` or `info`."""
    code: str
    field: str
    message: str
    suggestion: str | None = None
    """A value that fixes it."""


class NewRow(NamedTuple):
    number: int
    raw: bytes
    """Its cells as JSON."""
    body: bytes | None
    """The JSON to send, None when the row is invalid."""
    keys: tuple[str, ...] = ()
    """Natural keys, normalized."""
    chosen_id: str = ""
    """A UUID to create the row under when it has no key."""
    state: RowState = RowState.PENDING
    """One of pending, invalid, review or skipped; `code`, `field` and `message` say why it is not pending."""
    code: str = ""
    field: str = ""
    message: str = ""
    problems: tuple[NewProblem, ...] = ()


def load(journal: Journal, rows: Iterable[NewRow], *, allow_duplicates: bool = False) -> None:
    """Load `rows`, in the order of their numbers, into a draft without rows.

    The first row with a natural key keeps it. A later one is skipped (`duplicate_in_file`), or held for review when it
    has another email (`shared_in_file`), unless duplicates are allowed: then they are sent one after another.

    Infos are counted, not saved.
    """
    if journal.state is not JobState.DRAFT or journal.total:
        raise JournalConflict("a file is loaded into an empty draft only")
    counted: Counter[tuple[str, str]] = Counter()
    stream = iter(rows)
    with journal.transaction():
        total = 0
        while chunk := list(islice(stream, _CHUNK)):
            _insert(journal, chunk, counted)
            total += len(chunk)
        journal.db.executemany(
            "INSERT INTO problem_counts (level, code, n) VALUES (?, ?, ?)",
            [(level, code, n) for (level, code), n in counted.items()],
        )
        journal.db.execute("CREATE INDEX keys_by_key ON keys (key, row)")
        journal.db.execute("CREATE INDEX problems_by_code ON problems (code, row)")
        journal.db.execute("CREATE INDEX problems_by_row ON problems (row)")
        journal.set_total(total)
        if not allow_duplicates:
            _skip_duplicates(journal)
    # A part of the log file stays: commits that overwrite it are faster than those that lengthen it.
    journal.db.execute("PRAGMA journal_size_limit = 4194304")
    journal.db.execute("PRAGMA wal_checkpoint(RESTART)")


def _insert(journal: Journal, chunk: list[NewRow], counted: Counter[tuple[str, str]]) -> None:
    db = journal.db
    joined = KEY_SEPARATOR.join
    db.executemany(
        "INSERT INTO source (number, raw, body, keys, chosen_id) VALUES (?, ?, ?, ?, ?)",
        [(row.number, row.raw, row.body, joined(row.keys), row.chosen_id) for row in chunk],
    )
    if all(row.state is RowState.PENDING for row in chunk):
        db.execute(
            "INSERT INTO rows (number, state, lane) SELECT number, 'pending', chosen_id <> '' FROM source "
            "WHERE number BETWEEN ? AND ?",
            (chunk[0].number, chunk[-1].number),
        )
    else:
        db.executemany(
            "INSERT INTO rows (number, state, lane, code, field, message) VALUES (?, ?, ?, ?, ?, ?)",
            [(r.number, r.state, 1 if r.chosen_id else 0, r.code, r.field, r.message) for r in chunk],
        )
    db.executemany(
        "INSERT INTO keys (key, row) VALUES (?, ?)",
        [(key, row.number) for row in chunk if row.state is RowState.PENDING for key in row.keys],
    )
    problems = [(row.number, *problem) for row in chunk for problem in row.problems]
    if problems:
        counted.update((problem[1], problem[2]) for problem in problems)
        db.executemany(
            "INSERT INTO problems (row, level, code, field, message, suggestion) VALUES (?, ?, ?, ?, ?, ?)",
            [problem for problem in problems if problem[1] != "info"],
        )
    for state, n in Counter(row.state for row in chunk).items():
        journal.counts[state] = journal.counts.get(state, 0) + n


def _skip_duplicates(journal: Journal) -> None:
    found = list(find_duplicates(journal))
    if not found:
        return
    changed = journal.db.executemany(
        "UPDATE rows SET state = ?, code = ?, field = ?, message = ? WHERE number = ? AND state = 'pending'",
        [(each.state, each.code, each.field, each.message, each.row) for each in found],
    ).rowcount
    if changed != len(found):
        raise JournalConflict("a duplicate was not pending")
    journal.counts[RowState.PENDING] -= changed
    for state, n in Counter(each.state for each in found).items():
        journal.counts[state] = journal.counts.get(state, 0) + n
    journal.db.execute(
        "DELETE FROM keys WHERE row IN (SELECT number FROM rows WHERE code IN (?, ?))", (DUPLICATE, SHARED)
    )
    if shared := note_shared_values(journal, found):
        journal.db.execute("INSERT INTO problem_counts (level, code, n) VALUES ('error', ?, ?)", (SHARED, shared))


class DuplicateRow(NamedTuple):
    """A row that shares a natural key with an earlier row that stays."""

    row: int
    state: RowState
    """Skipped, when it is the same object again; review, when it contradicts the earlier row."""
    code: str
    field: str
    message: str


def note_shared_values(journal: Journal, found: Iterable[DuplicateRow]) -> int:
    """Record a problem for each row in review, and return their number."""
    shared = [
        (each.row, "error", SHARED, each.field, each.message, None) for each in found if each.state is RowState.REVIEW
    ]
    journal.db.executemany(
        "INSERT INTO problems (row, level, code, field, message, suggestion) VALUES (?, ?, ?, ?, ?, ?)", shared
    )
    return len(shared)


_SINGLE_KINDS = ("email", "phone", "username", "id")
"""Kinds of keys of which an object has one."""
_FIELDS = {"phone": "phoneNumber", "wallet": "wallets", "oauth": "oauthAccounts"}


def find_duplicates(journal: Journal) -> Iterator[DuplicateRow]:
    """Iterate over the rows that share a natural key with an earlier row that stays, by number.

    A row with the same email, or without another email, phone, username or id than the earlier row, is the same user
    again. A row that shares a value, but has another email, is another user or an error: it needs a review.
    """
    found = journal.db.execute(
        "SELECT k.row, k.key, s.keys FROM keys k JOIN source s ON s.number = k.row "
        "WHERE k.key IN (SELECT key FROM keys GROUP BY key HAVING count(*) > 1) ORDER BY k.row"
    )
    first: dict[str, tuple[int, str]] = {}
    for row, group in groupby(found, key=itemgetter(0)):
        shared = [(key, keys) for _, key, keys in group]
        key, own = next(((key, keys) for key, keys in shared if key in first), ("", ""))
        if not key:
            first.update({key: (row, keys) for key, keys in shared})
            continue
        earlier, others = first[key]
        kind = key.partition(":")[0]
        different = "" if kind == "email" else _contradiction(own, others)
        if different:
            message = (
                f"Row {earlier} has the same {kind}, but another {different}. Change one of them, or leave one out."
            )
            yield DuplicateRow(row, RowState.REVIEW, SHARED, _FIELDS.get(kind, kind), message)
        else:
            yield DuplicateRow(row, RowState.SKIPPED, DUPLICATE, "", f"The same {kind} as in row {earlier}.")


def _contradiction(one: str, other: str) -> str:
    """Return the first kind of key of which two rows have different values; "" for none."""
    values, others = (
        {kind: value for key in keys.split(KEY_SEPARATOR) for kind, _, value in (key.partition(":"),)}
        for keys in (one, other)
    )
    return next(
        (kind for kind in _SINGLE_KINDS if kind in values and kind in others and values[kind] != others[kind]), ""
    )
