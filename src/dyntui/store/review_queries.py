"""Queries and changes of the review of a job, before it is sent: change cells, exclude rows.

Rows = pending (ready) + invalid and duplicates (problems) + excluded. A change to a row may make another one a
duplicate, or no longer one, so duplicates are determined again whenever keys change.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import NamedTuple

from dyntui.store.facts import dump_facts
from dyntui.store.job_loader import DUPLICATE, SHARED, NewRow, find_duplicates, note_shared_values
from dyntui.store.job_queries import PROBLEM_COLUMNS, RowProblem
from dyntui.store.journal import KEY_SEPARATOR, Journal, JournalConflict
from dyntui.store.journal_types import numbers_json, row_cells, row_values
from dyntui.store.states import JobState, RowState

__all__ = ["ALL", "DUPLICATE", "EXCLUDED", "FILE_CODES", "PROBLEMS", "ProblemGroup", "ReviewRow", "RowCounts"]
__all__ += [
    "count_in_review",
    "exclude",
    "groups",
    "include",
    "judge_duplicates",
    "numbers",
    "raws",
    "replace",
    "sums",
    "uncheck",
    "window",
]

EXCLUDED = "excluded"
_BY_HAND = "Left out by hand."
"""The message of a row that a person excluded; a rule of the import writes its own."""
ALL, PROBLEMS = "all", "problems"
FILE_CODES = (
    "too_many_cells",
    "header_repeated",
    "too_few_cells",
    "unclosed_quote",
    "bad_json_record",
    "unexpected_key",
    "formula",
    "formula_not_computed",
    "cell_error",
    "private_key",
)
"""Problems of the file itself, which mapping a row again does not find."""

_LEFT_OUT = "r.state = 'skipped' AND r.code = 'excluded'"
_DUPLICATES = "r.state = 'skipped' AND r.code = 'duplicate_in_file'"
_IN_REVIEW = "r.state = 'review' AND r.code <> 'conflict'"
"""Rows that need a review before anything is sent; those with a conflict were found by the pre-check."""
_NOT_SENT = f"(r.state = 'invalid' OR ({_IN_REVIEW}) OR ({_DUPLICATES}))"


class ProblemGroup(NamedTuple):
    """The number of rows with one problem."""

    level: str
    """One of error, warning, info, or excluded."""
    code: str
    rows: int


class RowCounts(NamedTuple):
    """Counts of rows: total = ready + problems + excluded."""

    total: int
    ready: int
    problems: int
    excluded: int
    warned: int
    """Ready rows with a warning."""


class ReviewRow(NamedTuple):
    number: int
    state: RowState
    code: str
    message: str
    cells: list[object]
    extra: list[list[object]]
    body: bytes | None
    problems: tuple[RowProblem, ...]


def sums(journal: Journal) -> RowCounts:
    excluded = _count(journal, _LEFT_OUT)
    problems = _count(journal, _NOT_SENT)
    warned = journal.db.execute(
        "SELECT count(DISTINCT p.row) FROM problems p JOIN rows r ON r.number = p.row "
        "WHERE p.level = 'warning' AND r.state = 'pending'"
    ).fetchone()[0]
    return RowCounts(journal.total, journal.total - problems - excluded, problems, excluded, int(warned))


def count_in_review(journal: Journal) -> int:
    """Return the number of rows that need a review before anything is sent."""
    return _count(journal, _IN_REVIEW)


def _count(journal: Journal, where: str) -> int:
    return int(journal.db.execute(f"SELECT count(*) FROM rows r WHERE {where}").fetchone()[0])


def groups(journal: Journal) -> list[ProblemGroup]:
    """Return the problems of rows that are not excluded, the worst and most frequent first; excluded rows are last."""
    found = [
        ProblemGroup(*row)
        for row in journal.db.execute(
            "SELECT p.level, p.code, count(DISTINCT p.row) FROM problems p JOIN rows r ON r.number = p.row "
            f"WHERE NOT ({_LEFT_OUT}) GROUP BY p.level, p.code"
        )
    ]
    if duplicates := _count(journal, _DUPLICATES):
        found.append(ProblemGroup("error", DUPLICATE, duplicates))
    found += [
        ProblemGroup(*row)
        for row in journal.db.execute("SELECT level, code, n FROM problem_counts WHERE level = 'info'")
    ]
    order = ("error", "warning", "info")
    found.sort(key=lambda group: (order.index(group.level), -group.rows, group.code))
    if excluded := _count(journal, _LEFT_OUT):
        found.append(ProblemGroup(EXCLUDED, EXCLUDED, excluded))
    return found


def numbers(journal: Journal, which: str = ALL) -> array[int]:
    """Return the numbers of rows to show: all, those with errors, those with one code, or the excluded ones."""
    if which == ALL:
        first, last, count = journal.db.execute("SELECT min(number), max(number), count(*) FROM rows").fetchone()
        if count and last - first + 1 == count:
            return array("q", range(first, last + 1))
        found = journal.db.execute("SELECT number FROM rows ORDER BY number")
    elif which == PROBLEMS:
        found = journal.db.execute(f"SELECT number FROM rows r WHERE {_NOT_SENT} ORDER BY r.number")
    elif which in (EXCLUDED, DUPLICATE):
        found = journal.db.execute(
            "SELECT number FROM rows WHERE state = 'skipped' AND code = ? ORDER BY number", (which,)
        )
    else:
        found = journal.db.execute(
            "SELECT DISTINCT p.row FROM problems p JOIN rows r ON r.number = p.row WHERE p.code = ? "
            f"AND NOT ({_LEFT_OUT}) ORDER BY p.row",
            (which,),
        )
    return array("q", (row[0] for row in found))


def excluded_by_hand(journal: Journal) -> list[int]:
    """Return the numbers of the rows that a person excluded, not a rule of the import."""
    found = journal.db.execute(
        "SELECT number FROM rows WHERE state = 'skipped' AND code = ? AND message = ? ORDER BY number",
        (EXCLUDED, _BY_HAND),
    )
    return [number for (number,) in found]


def window(journal: Journal, numbers: Sequence[int]) -> list[ReviewRow]:
    shown = numbers_json(numbers)
    problems: dict[int, list[RowProblem]] = {}
    for found in journal.db.execute(
        f"SELECT {PROBLEM_COLUMNS} FROM problems WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row, level",
        (shown,),
    ):
        problems.setdefault(found[0], []).append(RowProblem._make(found))
    rows: list[ReviewRow] = []
    for number, state, code, message, raw, body in journal.db.execute(
        "SELECT r.number, r.state, r.code, r.message, s.raw, s.body FROM rows r JOIN source s ON s.number = r.number "
        "WHERE r.number IN (SELECT value FROM json_each(?)) ORDER BY r.number",
        (shown,),
    ):
        cells, extra = row_cells(number, row_values(number, raw))
        noted = tuple(problems.get(number, ()))
        rows.append(ReviewRow(number, RowState(state), code, message, cells, extra, body, noted))
    return rows


def raws(journal: Journal, numbers: Sequence[int]) -> Iterator[tuple[int, bytes, bool]]:
    """Return the encoded cells of these rows, and whether each is excluded."""
    yield from (
        (number, raw, bool(left_out))
        for number, raw, left_out in journal.db.execute(
            "SELECT s.number, s.raw, r.state = 'skipped' AND r.code = 'excluded' FROM source s "
            "JOIN rows r ON r.number = s.number WHERE s.number IN (SELECT value FROM json_each(?)) ORDER BY s.number",
            (numbers_json(numbers),),
        ).fetchall()
    )


def replace(journal: Journal, rows: Iterable[NewRow], infos: Mapping[str, int]) -> None:
    """Replace the cells, bodies and problems of rows. Call `judge_duplicates` afterwards.

    infos: by how much the number of rows with each information changes, by its code.
    """
    db = journal.db
    with _changing(journal):
        for row in rows:
            _drop_keys(journal, row.number)
            db.execute(
                "UPDATE source SET raw = ?, body = ?, keys = ?, chosen_id = ? WHERE number = ?",
                (row.raw, row.body, KEY_SEPARATOR.join(row.keys), row.chosen_id, row.number),
            )
            db.execute("DELETE FROM problems WHERE row = ?", (row.number,))
            db.executemany(
                "INSERT INTO problems (row, level, code, field, message, suggestion) VALUES (?, ?, ?, ?, ?, ?)",
                [(row.number, *problem) for problem in row.problems if problem.level != "info"],
            )
            db.execute("UPDATE rows SET lane = ? WHERE number = ?", (1 if row.chosen_id else 0, row.number))
            _put(journal, row.number, row.state)
        for code, by in infos.items():
            db.execute(
                "INSERT INTO problem_counts (level, code, n) VALUES ('info', ?, ?) "
                "ON CONFLICT (level, code) DO UPDATE SET n = max(0, n + excluded.n)",
                (code, by),
            )


def exclude(journal: Journal, numbers: Sequence[int]) -> None:
    """Exclude rows. Call `judge_duplicates` afterwards."""
    with _changing(journal):
        for number in numbers:
            _drop_keys(journal, number)
            _move(journal, number, RowState.SKIPPED, EXCLUDED, "", _BY_HAND)


def include(journal: Journal, numbers: Sequence[int]) -> None:
    """Include excluded rows again. Call `judge_duplicates` afterwards."""
    with _changing(journal):
        for number in numbers:
            _put(journal, number)


def judge_duplicates(journal: Journal) -> None:
    """Determine again which rows share a natural key with an earlier row: these are skipped or held for review."""
    db = journal.db
    again = f"(({_DUPLICATES}) OR (r.state = 'review' AND r.code = '{SHARED}'))"
    with _changing(journal):
        back = db.execute(
            f"SELECT s.number, s.keys FROM rows r JOIN source s ON s.number = r.number WHERE {again}"
        ).fetchall()
        db.executemany(
            "INSERT INTO keys (key, row) VALUES (?, ?)",
            [(key, number) for number, keys in back for key in keys.split(KEY_SEPARATOR)],
        )
        db.execute(f"UPDATE rows AS r SET state = 'pending', code = '', field = '', message = '' WHERE {again}")
        db.execute("DELETE FROM problems WHERE code = ?", (SHARED,))
        found = list(find_duplicates(journal))
        for each in found:
            _drop_keys(journal, each.row)
            _move(journal, each.row, each.state, each.code, each.field, each.message)
        note_shared_values(journal, found)


def uncheck(journal: Journal, fact: str) -> None:
    """Delete the results of the pre-check, so that rows can be changed again. fact: the fact with its summary."""
    if journal.first_send is not None:
        raise JournalConflict("a job that has begun cannot be checked anew")
    db = journal.db
    facts = {name: value for name, value in journal.facts.items() if name != fact}
    with journal.transaction():
        with _any_move(journal):
            db.execute(
                "UPDATE rows SET state = 'pending', user_id = '', code = '', field = '', message = '' "
                "WHERE state = 'exists' OR (state = 'review' AND code = 'conflict')"
            )
        db.execute("UPDATE rows SET precheck = NULL WHERE precheck IS NOT NULL")
        db.execute("DELETE FROM matches")
        db.execute("UPDATE job SET facts = ?", (dump_facts(facts),))
    journal.refresh()


@contextmanager
def _any_move(journal: Journal) -> Iterator[None]:
    """Allow every move of a row: a runner treats `exists` and `review` as final, but nothing was sent yet."""
    (trigger,) = journal.db.execute("SELECT sql FROM sqlite_master WHERE name = 'row_moves'").fetchone()
    journal.db.execute("DROP TRIGGER row_moves")
    yield
    journal.db.execute(trigger)


@contextmanager
def _changing(journal: Journal) -> Iterator[None]:
    """Change rows of a draft in a transaction, and count rows and problems again at its end."""
    if journal.state is not JobState.DRAFT:
        raise JournalConflict("rows are changed in a draft only")
    with journal.transaction():
        with _any_move(journal) if _count(journal, _IN_REVIEW) else nullcontext():
            yield
        _count_problems(journal)
    if not journal.in_transaction:  # else the caller counts at the end of a larger change
        journal.refresh()


def _put(journal: Journal, number: int, state: RowState = RowState.INVALID) -> None:
    """Set the state of a row by its own cells. state: invalid or review, for a row that cannot be sent."""
    body, keys = journal.db.execute("SELECT body, keys FROM source WHERE number = ?", (number,)).fetchone()
    if body is not None:
        _move(journal, number, RowState.PENDING, "", "", "")
        if keys:
            journal.db.executemany(
                "INSERT INTO keys (key, row) VALUES (?, ?)", [(key, number) for key in keys.split(KEY_SEPARATOR)]
            )
        return
    first = journal.db.execute(
        "SELECT code, field, message FROM problems WHERE row = ? AND level = 'error' ORDER BY rowid", (number,)
    ).fetchone()
    _move(journal, number, RowState.REVIEW if state is RowState.REVIEW else RowState.INVALID, *first)


def _move(journal: Journal, number: int, state: RowState, code: str, field: str, message: str) -> None:
    journal.db.execute(
        "UPDATE rows SET state = ?, code = ?, field = ?, message = ? WHERE number = ?",
        (state.value, code, field, message, number),
    )


def _drop_keys(journal: Journal, number: int) -> None:
    keys = journal.db.execute("SELECT keys FROM source WHERE number = ?", (number,)).fetchone()[0]
    if keys:
        journal.db.executemany(
            "DELETE FROM keys WHERE key = ? AND row = ?", [(key, number) for key in keys.split(KEY_SEPARATOR)]
        )


def _count_problems(journal: Journal) -> None:
    """Count the errors and warnings of rows that are not excluded, by code."""
    db = journal.db
    db.execute("DELETE FROM problem_counts WHERE level <> 'info'")
    found = Counter(
        {
            (level, code): n
            for level, code, n in db.execute(
                "SELECT p.level, p.code, count(*) FROM problems p JOIN rows r ON r.number = p.row "
                f"WHERE NOT ({_LEFT_OUT}) GROUP BY p.level, p.code"
            )
        }
    )
    db.executemany(
        "INSERT INTO problem_counts (level, code, n) VALUES (?, ?, ?)",
        [(level, code, n) for (level, code), n in found.items()],
    )
