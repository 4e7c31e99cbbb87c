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

__all__ = ["NewProblem", "NewRow", "find_duplicates", "load"]

_CHUNK = 500


class NewProblem(NamedTuple):
    """A problem of a row."""

    level: str
    """`error`, `warning` or `info`."""
    code: str
    field: str
    message: str
    suggestion: str | None = None
    """A value that fixes it."""


class NewRow(NamedTuple):
    """A row of the file."""

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

    The first row with a natural key keeps it; a later one is skipped (`duplicate_in_file`), unless duplicates are
    allowed: then they are sent one after another.

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
    journal.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


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
    skipped = list(find_duplicates(journal))
    if not skipped:
        return
    changed = journal.db.executemany(
        "UPDATE rows SET state = 'skipped', code = 'duplicate_in_file', message = ? "
        "WHERE number = ? AND state = 'pending'",
        skipped,
    ).rowcount
    if changed != len(skipped):
        raise JournalConflict("a duplicate was not pending")
    journal.counts[RowState.PENDING] -= changed
    journal.counts[RowState.SKIPPED] = journal.counts.get(RowState.SKIPPED, 0) + changed
    journal.db.execute("DELETE FROM keys WHERE row IN (SELECT number FROM rows WHERE code = 'duplicate_in_file')")


def find_duplicates(journal: Journal) -> Iterator[tuple[str, int]]:
    """Yield each row that shares a natural key with an earlier row that stays: a message for it, and its number."""
    found = journal.db.execute(
        "SELECT row, key FROM keys WHERE key IN (SELECT key FROM keys GROUP BY key HAVING count(*) > 1) ORDER BY row"
    )
    first: dict[str, int] = {}
    for row, group in groupby(found, key=itemgetter(0)):
        keys = [key for _, key in group]
        taken = next((key for key in keys if key in first), None)
        if taken is None:
            first.update(dict.fromkeys(keys, row))
        else:
            yield f"The same {taken.partition(':')[0]} as in row {first[taken]}.", row
