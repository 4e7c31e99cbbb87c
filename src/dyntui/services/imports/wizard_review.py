"""Fix rows before they are sent: edit cells, fix all rows with one problem, exclude rows; each step can be undone.

Changes are made to the cells of the file, never to the request bodies made from them, so they survive a new mapping.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from dyntui.core.errors import UsageError
from dyntui.importer import AllowlistMapper, Mapper, Mapping, Problem, SourceRow
from dyntui.importer.fields import FULL_NAME
from dyntui.importer.source_types import Cell
from dyntui.services.imports.prepare import map_rows
from dyntui.store import review_log, review_queries
from dyntui.store.cell_codec import pack, unpack
from dyntui.store.job_loader import NewRow
from dyntui.store.job_queries import RowProblem
from dyntui.store.journal import Journal
from dyntui.store.journal_types import row_cells, row_values
from dyntui.store.review_log import CellChange

if TYPE_CHECKING:
    from dyntui.importer.problems import Severity

__all__ = ["Fix", "Review", "ReviewSummary", "column_of", "copy_exclusions", "journal_rows", "to_problems"]

_MANY = 2000


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    counts: review_queries.RowCounts
    groups: tuple[review_queries.ProblemGroup, ...]
    undo_label: str
    """What undo would revert; "" for nothing."""
    redo_label: str
    """What redo would do again; "" for nothing."""
    changed_count: int
    """Rows that differ from the file."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A change to all rows with one problem."""

    name: str
    """One of suggestion, empty, value, replace, exclude or include."""
    title: str
    rows: int


class Review:
    """The review of a draft job. Used only in the thread of its journal."""

    def __init__(self, journal: Journal, mapping: Mapping, mapper: Mapper | AllowlistMapper) -> None:
        self.journal = journal
        self.mapping = mapping
        self._mapper = mapper
        review_log.begin(journal)

    def summary(self) -> ReviewSummary:
        """Return the current numbers."""
        undo, redo = review_log.last(self.journal), review_log.next_undone(self.journal)
        return ReviewSummary(
            review_queries.sums(self.journal),
            tuple(review_queries.groups(self.journal)),
            undo[0].label if undo else "",
            redo[0].label if redo else "",
            review_log.changed_rows(self.journal),
        )

    def edit(self, number: int, column: int, value: str) -> None:
        """Set one cell."""
        name = self.mapping.source_columns[column]
        self._change_each({number: (column, value)}, f"row {number:,}: {name}")

    def exclude(self, numbers: Sequence[int], label: str = "") -> None:
        """Exclude rows from the import."""
        self._set_excluded(numbers, True, label or f"exclude {_rows(numbers)}")

    def include(self, numbers: Sequence[int]) -> None:
        """Include excluded rows again."""
        self._set_excluded(numbers, False, f"include {_rows(numbers)}")

    def fixes(self, code: str) -> list[Fix]:
        """Return the fixes that apply to all rows with this problem."""
        numbers = review_queries.numbers(self.journal, code)
        found: list[Fix] = []
        is_about_cells = code not in (review_queries.DUPLICATE, review_queries.EXCLUDED)
        if is_about_cells and any(True for _ in self._problem_cells(code, numbers[:_MANY].tolist())):
            if suggested := sum(1 for _ in self._suggestions(code, numbers.tolist())):
                found.append(Fix("suggestion", "Use the suggested value of each row", suggested))
            found += [
                Fix("empty", "Clear the cell", len(numbers)),
                Fix("value", "Set one value", len(numbers)),
                Fix("replace", "Replace text in the cell", len(numbers)),
            ]
        if code != review_queries.EXCLUDED:
            found.append(Fix("exclude", "Exclude these rows", len(numbers)))
        else:
            found.append(Fix("include", "Include these rows again", len(numbers)))
        return found

    def fix(self, code: str, name: str, *, value: str = "", replacement: str = "") -> int:
        """Apply a fix to all rows with this problem and return how many rows changed.

        value: the new value, or with `replace` the text that `replacement` replaces. Raises UsageError when it is
        missing.
        """
        numbers = review_queries.numbers(self.journal, code).tolist()
        label = f"{code}: {name}, {_rows(numbers)}"
        match name:
            case "exclude":
                self.exclude(numbers, label)
                return len(numbers)
            case "include":
                self.include(numbers)
                return len(numbers)
            case "suggestion":
                new_cells = dict(self._suggestions(code, numbers))
                return self._change_each(new_cells, label)
            case "empty" | "value":
                new_cells = {row.number: (column, value) for row, column, _ in self._problem_cells(code, numbers)}
                return self._change_each(new_cells, label)
            case "replace" if value:
                new_cells = {
                    row.number: (column, cell.replace(value, replacement))
                    for row, column, _ in self._problem_cells(code, numbers)
                    if isinstance(cell := row.cells[column], str) and value in cell
                }
                return self._change_each(new_cells, label)
        raise UsageError(f"Nothing was done: {name} needs a text to look for.")

    def undo(self) -> str:
        """Revert the last step and return its label; "" when there is none."""
        return self._replay(undo=True)

    def redo(self) -> str:
        """Repeat the step that was undone last and return its label; "" when there is none."""
        return self._replay(undo=False)

    def _replay(self, *, undo: bool) -> str:
        found = review_log.last(self.journal) if undo else review_log.next_undone(self.journal)
        if found is None:
            return ""
        step, changes = found
        with self.journal.transaction():
            if undo:
                self._apply(_reversed(changes), changes)
            else:
                self._apply(changes, _reversed(changes))
            review_log.mark(self.journal, step, undone=undo)
        self.journal.refresh()
        return step.label

    def _problem_cells(
        self, code: str, numbers: Sequence[int]
    ) -> Iterator[tuple[review_queries.ReviewRow, int, RowProblem]]:
        """Yield those of the rows whose problem is about one cell: row, column and problem."""
        for start in range(0, len(numbers), _MANY):
            for row in review_queries.window(self.journal, numbers[start : start + _MANY]):
                problem = next((problem for problem in row.problems if problem.code == code), None)
                column = None if problem is None else column_of(self.mapping, problem.field)
                if problem is not None and column is not None:
                    yield row, column, problem

    def _suggestions(self, code: str, numbers: Sequence[int]) -> Iterator[tuple[int, tuple[int, str]]]:
        """Yield those of the rows whose problem has a suggestion: number, and (column, suggestion)."""
        for row, column, problem in self._problem_cells(code, numbers):
            if problem.suggestion is not None:
                cells = _with(row.cells, column, problem.suggestion)
                solved = self._mapper.map(SourceRow(row.number, tuple(cast("list[Cell]", cells))))
                if all(each.code != code for each in solved.problems):  # some suggestions are advice, not a value
                    yield row.number, (column, problem.suggestion)

    def _change_each(self, new_cells: dict[int, tuple[int, str]], label: str) -> int:
        changes: list[CellChange] = []
        for number, raw, out in review_queries.raws(self.journal, list(new_cells)):
            after = _with_raw(raw, *new_cells[number])
            if after != raw:
                changes.append(CellChange(number, raw, after, out, out))
        self._record_and_apply(changes, label)
        return len(changes)

    def _set_excluded(self, numbers: Sequence[int], is_excluded: bool, label: str) -> None:
        changes = [
            CellChange(number, raw, raw, was, is_excluded)
            for number, raw, was in review_queries.raws(self.journal, numbers)
            if was != is_excluded
        ]
        self._record_and_apply(changes, label)

    def _record_and_apply(self, changes: list[CellChange], label: str) -> None:
        if not changes:
            return
        with self.journal.transaction():
            # before the rows are changed: the log knows which cells are unchanged
            review_log.record(self.journal, label, changes)
            self._apply(changes, _reversed(changes))
        self.journal.refresh()

    def _apply(self, after: Sequence[CellChange], before: Sequence[CellChange]) -> None:
        """Change rows to their state in `after`; `before` is their current state."""
        cells = [
            (new.row, old.after, new.after) for new, old in zip(after, before, strict=True) if new.after != old.after
        ]
        if cells:
            was = self._map_rows((row, raw) for row, raw, _ in cells)
            now = self._map_rows((row, raw) for row, _, raw in cells)
            infos = _infos(now)
            infos.subtract(_infos(was))
            review_queries.replace(self.journal, now, infos)
        if back := [new.row for new, old in zip(after, before, strict=True) if old.is_out > new.is_out]:
            review_queries.include(self.journal, back)
        if out := [change.row for change in after if change.is_out]:
            review_queries.exclude(self.journal, out)
        review_queries.judge_duplicates(self.journal)

    def _map_rows(self, raw_rows: Iterable[tuple[int, bytes]]) -> list[NewRow]:
        rows = [_row(self.journal, number, raw) for number, raw in raw_rows]
        return list(map_rows(rows, self._mapper))


def column_of(mapping: Mapping, field: str) -> int | None:
    """Return the index of the column that a field comes from; None when it is not one cell of the file."""
    columns = mapping.source_columns
    if field in columns:
        return columns.index(field)
    names = [field, *([FULL_NAME] if field in ("firstName", "lastName") else [])]
    for each in mapping.columns:
        if each.field in names and each.column in columns:
            return columns.index(each.column)
    head = field.partition(".")[0]
    return next(
        (columns.index(each.column) for each in mapping.columns if each.field == head and each.column in columns), None
    )


def journal_rows(journal: Journal) -> Iterator[SourceRow]:
    """Iterate over the rows of a job with the changes made in the review, to be mapped again."""
    after = review_queries.numbers(journal)
    for start in range(0, len(after), _MANY):
        for number, raw, _ in review_queries.raws(journal, after[start : start + _MANY].tolist()):
            yield _row(journal, number, raw)


def _row(journal: Journal, number: int, raw: bytes) -> SourceRow:
    """Return a row to be mapped. Problems of the file reader apply only while the cells are unchanged."""
    cells, extra = row_cells(number, row_values(number, raw))
    first = review_log.originals(journal, [number]).get(number, raw)
    noted = review_log.file_problems(journal, number) if first == raw else []
    problems = to_problems(noted)
    return SourceRow(number, tuple(cells), problems, tuple((key, cell) for key, cell in extra))


def copy_exclusions(old: Journal, journal: Journal) -> None:
    """Exclude and include the rows that a person excluded or included in the previous job of a draft."""
    excluded = set(review_queries.numbers(old, review_queries.EXCLUDED).tolist())
    if out := review_queries.excluded_by_hand(old):
        review_queries.exclude(journal, out)
    if old.facts["mapping"].get("included") == journal.facts["mapping"].get("included"):
        by_rule = review_queries.numbers(journal, review_queries.EXCLUDED).tolist()
        review_queries.include(journal, [number for number in by_rule if number not in excluded])
    review_queries.judge_duplicates(journal)


def to_problems(noted: Iterable[RowProblem]) -> tuple[Problem, ...]:
    """Convert stored problems to those of the importer."""
    return tuple(Problem(cast("Severity", p.level), p.code, p.field, p.message, p.suggestion) for p in noted)


def _reversed(changes: Iterable[CellChange]) -> list[CellChange]:
    return [change._replace(after=change.before, is_out=change.was_out) for change in changes]


def _with(cells: list[object], column: int, value: str) -> list[object]:
    return [*cells[:column], value, *cells[column + 1 :]]


def _with_raw(raw: bytes, column: int, value: str) -> bytes:
    """Set one cell. Extra values of a row with too many cells are dropped: the row was reviewed."""
    cells = unpack(raw)[0]
    changed = _with(cells, column, value)
    return raw if changed == cells else pack([changed])


def _infos(rows: Iterable[NewRow]) -> Counter[str]:
    return Counter(problem.code for row in rows for problem in row.problems if problem.level == "info")


def _rows(numbers: Sequence[int]) -> str:
    return f"row {numbers[0]:,}" if len(numbers) == 1 else f"{len(numbers):,} rows"
