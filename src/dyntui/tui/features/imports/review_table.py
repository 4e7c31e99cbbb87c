"""The table of the review: rows are loaded from the journal as they come into view; the cursor is on a cell."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

from dyntui.core.json_types import Row, as_list
from dyntui.core.meanings import SEVERITY_SIGNS
from dyntui.core.text import safe
from dyntui.core.times import now
from dyntui.importer import Mapping as FieldMapping
from dyntui.resources.cell_formats import thousands
from dyntui.resources.resource import Column
from dyntui.services.imports.wizard_review import column_of
from dyntui.store.review_queries import DUPLICATE, EXCLUDED, ReviewRow
from dyntui.store.states import RowState
from dyntui.tui.features.imports.formatting import cell_text
from dyntui.tui.kit.widgets.cells import fit
from dyntui.tui.kit.widgets.line_list import Piece
from dyntui.tui.kit.widgets.static_rows import TableRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.kit.widgets.table_layout import GUTTER, TableColumn, TableLayout

__all__ = ["ReviewRows", "ReviewTable", "columns_for", "problem_text", "table_row"]

NUMBER = Column("number", "row", 5, right=True, priority=0, format=thousands)
PROBLEM = Column("problem", "problem", 30, grow=True, priority=1)
_IDENTIFIER_FIELDS = ("email", "phoneNumber", "username", "walletPublicKey", "identifier")
_PREFETCH_ROWS = 60
_MAX_ROWS = 4000


class ReviewRows(TableRows):
    """The numbers of the shown rows, and a cache of loaded rows. fetch: requests rows by number.

    A row that may have changed is shown unchanged until it is loaded again, so that nothing flickers.
    """

    is_loaded: bool = False

    def __init__(self, fetch: Callable[[Sequence[int]], None]) -> None:
        self._fetch = fetch
        self._numbers: array[int] = array("q")
        self._rows: OrderedDict[int, Row] = OrderedDict()
        self._fresh: set[int] = set()
        self._requested: set[int] = set()

    @property
    def total(self) -> int:
        return len(self._numbers)

    def show(self, numbers: array[int]) -> None:
        """Show the rows with these numbers; all of them may have changed."""
        self._numbers = numbers
        self._fresh.clear()
        self._requested.clear()
        self.is_loaded = True

    def number_at(self, index: int) -> int | None:
        """Return the number of the row at an index; None beyond the end."""
        return self._numbers[index] if 0 <= index < len(self._numbers) else None

    def insertion_index(self, number: int) -> int:
        """Return the index where a row is or would be."""
        return bisect_left(self._numbers, number)

    def get(self, index: int) -> Row | None:
        number = self.number_at(index)
        return None if number is None else self._rows.get(number)

    def id_at(self, index: int) -> str | None:
        number = self.number_at(index)
        return None if number is None else str(number)

    def index_of(self, row_id: str) -> int | None:
        index = self.insertion_index(int(row_id))
        return index if self.number_at(index) == int(row_id) else None

    def set_viewport(self, first: int, last: int) -> None:
        """Load the missing rows between two indexes, and some around them."""
        around = self._numbers[max(0, first - _PREFETCH_ROWS) : last + 1 + _PREFETCH_ROWS]
        seen = self._numbers[max(0, first) : last + 1]
        if all(number in self._fresh or number in self._requested for number in seen):
            return
        missing = [number for number in around if number not in self._fresh and number not in self._requested]
        self._requested.update(missing)
        self._fetch(missing)

    def add_rows(self, rows: Mapping[int, Row]) -> None:
        """Store rows that were loaded."""
        for key, row in rows.items():
            self._requested.discard(key)
            self._fresh.add(key)
            if self._rows.get(key) != row:
                self._rows[key] = row
            self._rows.move_to_end(key)
        while len(self._rows) > _MAX_ROWS:
            self._fresh.discard(self._rows.popitem(last=False)[0])


def columns_for(mapping: FieldMapping, widths: Mapping[int, int]) -> tuple[tuple[Column, ...], tuple[int, ...]]:
    """Return the columns (number, mapped cells, problem), and the file column of each mapped cell."""
    source_columns = mapping.source_columns
    mapped = dict.fromkeys(
        index
        for column_map in mapping.mapped
        if (index := column_of(mapping, column_map.column)) is not None and index < len(source_columns)
    )
    identifier = next((column_of(mapping, name) for name in _IDENTIFIER_FIELDS if name in mapping.targets), None)
    file_columns = tuple(sorted(mapped, key=lambda index: index != identifier)) or tuple(range(len(source_columns)))
    columns = [NUMBER]
    columns += [
        Column(
            title=safe(source_columns[file_column], 40),
            width=max(6, min(widths.get(file_column, 14), 24)),
            priority=2 + position,
            pick=_cell_getter(file_column),
        )
        for position, file_column in enumerate(file_columns)
    ]
    columns.append(PROBLEM)
    return tuple(columns), file_columns


def _cell_getter(file_column: int) -> Callable[[Row], str]:
    def get_cell(row: Row) -> str:
        cells = as_list(row["cells"])
        # After a change of the file settings there may be fewer cells.
        return cell_text(cells[file_column]) if file_column < len(cells) else ""

    return get_cell


def table_row(found: ReviewRow) -> Row:
    """Return a row of the review as a row of the table."""
    return {
        "number": found.number,
        "cells": found.cells,
        "problem": problem_text(found),
        "row": found,
    }


def problem_text(found: ReviewRow) -> str:
    """Return the first problem of a row, or why it is not sent; "" for no reason."""
    if found.state is RowState.SKIPPED:
        return (
            "excluded" if found.code == EXCLUDED else f"✕ {found.message}" if found.code == DUPLICATE else found.message
        )
    if not found.problems:
        return ""
    first = found.problems[0]
    more = f"  +{len(found.problems) - 1}" if len(found.problems) > 1 else ""
    sign = SEVERITY_SIGNS.get(first.level, "!")
    return f"{sign} {first.field + ': ' if first.field else ''}{_without_value(first.message)}{more}"


def _without_value(message: str) -> str:
    """Return a message without the value at its start, which the cell shows."""
    value, found, rest = message.partition("”: ")
    return rest if found and value.startswith("“") else message


class ReviewTable(Table):
    """A table with a cell cursor. file_columns: the index in the file of each shown column."""

    def __init__(self, rows: ReviewRows) -> None:
        self.file_columns: tuple[int, ...] = ()
        self.cell_index = 0
        super().__init__((NUMBER, PROBLEM), rows, empty=lambda: "", markable=True, id="rows")

    def set_columns(self, mapping: FieldMapping, widths: Mapping[int, int]) -> None:
        """Show the columns of a mapping."""
        self.columns, self.file_columns = columns_for(mapping, widths)
        self.cell_index = min(self.cell_index, max(0, len(self.file_columns) - 1))
        self.layout_changed()

    @property
    def file_column(self) -> int | None:
        """The index in the file of the column under the cursor."""
        return self.file_columns[self.cell_index] if self.file_columns else None

    @property
    def review_row(self) -> ReviewRow | None:
        """The row under the cursor; None when there is none or it is loading."""
        found = self.row["row"] if self.row is not None else None
        return found if isinstance(found, ReviewRow) else None

    @property
    def cell_value(self) -> str:
        """The text of the cell under the cursor."""
        row, file_column = self.review_row, self.file_column
        if row is None or file_column is None:
            return ""
        return cell_text(row.cells[file_column])

    def move_to_cell(self, file_column: int) -> None:
        """Move the cursor to the cell of a file column and scroll it into view."""
        if file_column in self.file_columns:
            self.cell_index = self.file_columns.index(file_column)
            self._scroll_to_cell()
            self.repaint()

    def cell_span(self) -> tuple[int, int, int] | None:
        """Return x, y and width of the cell under the cursor in this widget; None when it is not visible."""
        if not self.file_columns:
            return None
        x = GUTTER
        current = self.columns[1 + self.cell_index]
        for column, cells in self._layout(self.size.width).cells:
            if column is current:
                return x, self.cursor - self.top + self.head, cells
            x += cells + self.gap
        return None

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        row = self.view.get(index)
        if index != self.cursor or row is None or not self.file_columns:
            return super().draw(index, width)
        current, time = self.columns[1 + self.cell_index], now()
        text, was_current = "", False
        for column, cells in self._layout(width).cells:
            is_current = column is current
            text += ("[" if is_current else "]" if was_current else " ").rjust(self.gap if text else 1)
            text += fit(safe(column.cell(row, time)), cells, right=column.right)
            was_current = is_current
        return [("▌", "accent"), (text + ("]" if was_current else ""), "")]

    def action_left(self) -> None:
        self._move_cell(-1)

    def action_right(self) -> None:
        self._move_cell(1)

    def _move_cell(self, by: int) -> None:
        if self.file_columns:
            self.cell_index = max(0, min(self.cell_index + by, len(self.file_columns) - 1))
            self._scroll_to_cell()
            self.repaint()
            self.post_message(self.Moved(self))

    def _make_layout(self, width: int) -> TableLayout:
        """Lay out row number, identifier and problem, and between them the cells that fit after scrolling."""
        first, *cells, problem = self.columns
        identifier, others = cells[:1], cells[1:]
        skipped = min(self.offset_columns, max(0, len(others) - 1))
        room = width - GUTTER - 1 - self._min_width(first) - self.gap
        problem_width = min(problem.width, max(12, room * 2 // 5))
        shown: list[tuple[TableColumn, int]] = [(first, self._min_width(first))]
        left = room - problem_width - self.gap
        for column in identifier + others[skipped:]:
            if self._min_width(column) > left and len(shown) > (2 if skipped else 1):
                break
            width_shown = max(1, min(self._min_width(column), left))
            shown.append((column, width_shown))
            left -= width_shown + self.gap
        has_more = skipped + len(shown) - 1 < len(cells)
        shown.append((problem, problem_width + max(0, left - 1)))
        return TableLayout(tuple(shown), skipped > 0, has_more)

    def _is_visible(self, searched: TableColumn) -> bool:
        return any(column is searched for column, _ in self._layout(self.size.width).cells)

    def _scroll_to_cell(self) -> None:
        current = self.columns[1 + self.cell_index]
        if self.cell_index:
            self.offset_columns = min(self.offset_columns, self.cell_index - 1)
        while self.offset_columns < self.cell_index - 1 and not self._is_visible(current):
            self.offset_columns += 1
        self.layout_changed()
