"""The rows of a job as a table: any number of them, fetched as they come into view, with a cursor on one cell."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dyntui.core.errors import DyntuiError
from dyntui.core.text import safe
from dyntui.core.times import now
from dyntui.importer import Mapping as FieldMapping
from dyntui.resources import Column
from dyntui.resources.cell_formats import thousands
from dyntui.services.imports.wizard_review import column_of
from dyntui.store.review_queries import DUPLICATE, EXCLUDED, ReviewRow
from dyntui.store.states import RowState
from dyntui.tui.features.imports.formatting import cell_text
from dyntui.tui.kit.widgets.cells import fit
from dyntui.tui.kit.widgets.line_list import Piece
from dyntui.tui.kit.widgets.table import GUTTER, Table, TableColumn, _Layout

__all__ = ["ReviewRows", "ReviewTable", "columns_for", "row_of"]

NUMBER = Column("number", "row", 5, right=True, priority=0, format=thousands)
PROBLEM = Column("problem", "problem", 30, grow=True, priority=1)
_WHO = ("email", "phoneNumber", "username", "walletPublicKey", "identifier")
_AHEAD = 60
_KEPT = 4000

Row = dict[str, Any]


class ReviewRows:
    """Which rows are shown, by number, and those that were fetched lately. fetch: asks for rows by number.

    A row that may have changed is shown as it was until it is here again, so that nothing flickers.
    """

    def __init__(self, fetch: Callable[[Sequence[int]], None]) -> None:
        self._fetch = fetch
        self._numbers: array[int] = array("q")
        self._known: OrderedDict[int, Row] = OrderedDict()
        self._fresh: set[int] = set()
        self._asked: set[int] = set()
        self._loaded = False
        self.error: DyntuiError | None = None
        self.loading = False
        self.changed: set[str] = set()

    @property
    def total(self) -> int:
        return len(self._numbers)

    @property
    def is_loaded(self) -> bool:
        return self._loaded

    def show(self, numbers: array[int]) -> None:
        """Show the rows with these numbers; all of them may have changed."""
        self._numbers = numbers
        self._fresh.clear()
        self._asked.clear()
        self._loaded = True

    def number_at(self, index: int) -> int | None:
        """The number of the row at a place."""
        return self._numbers[index] if 0 <= index < len(self._numbers) else None

    def place_of(self, number: int) -> int:
        """Where a row is, or would be."""
        return bisect_left(self._numbers, number)

    def get(self, index: int) -> Row | None:
        number = self.number_at(index)
        return None if number is None else self._known.get(number)

    def id_at(self, index: int) -> str | None:
        number = self.number_at(index)
        return None if number is None else str(number)

    def index_of(self, row_id: str) -> int | None:
        place = self.place_of(int(row_id))
        return place if self.number_at(place) == int(row_id) else None

    def is_gone(self, index: int) -> bool:
        return False

    def set_viewport(self, first: int, last: int) -> None:
        """Fetch what is missing of these, and some more beyond them."""
        around = self._numbers[max(0, first - _AHEAD) : last + 1 + _AHEAD]
        seen = self._numbers[max(0, first) : last + 1]
        if all(number in self._fresh or number in self._asked for number in seen):
            return
        wanted = [number for number in around if number not in self._fresh and number not in self._asked]
        self._asked.update(wanted)
        self._fetch(wanted)

    def put(self, rows: Mapping[int, Row]) -> None:
        """Rows that were fetched."""
        for key, row in rows.items():
            self._asked.discard(key)
            self._fresh.add(key)
            if self._known.get(key) != row:
                self._known[key] = row
            self._known.move_to_end(key)
        while len(self._known) > _KEPT:
            self._fresh.discard(self._known.popitem(last=False)[0])


def columns_for(mapping: FieldMapping, widths: Mapping[int, int]) -> tuple[tuple[Column, ...], tuple[int, ...]]:
    """The table's columns: number, the cells that go somewhere, the problem; and the place of each cell in the file."""
    own = mapping.source_columns
    mapped = dict.fromkeys(
        place for each in mapping.mapped if (place := column_of(mapping, each.column)) is not None and place < len(own)
    )
    who = next((column_of(mapping, name) for name in _WHO if name in mapping.targets), None)
    places = tuple(sorted(mapped, key=lambda place: place != who)) or tuple(range(len(own)))
    columns = [NUMBER]
    columns += [
        Column(
            title=safe(own[place], 40),
            width=max(6, min(widths.get(place, 14), 24)),
            priority=2 + at,
            pick=_picker(place),
        )
        for at, place in enumerate(places)
    ]
    columns.append(PROBLEM)
    return tuple(columns), places


def _picker(place: int) -> Callable[[Mapping[str, Any]], Any]:
    def pick(row: Mapping[str, Any]) -> Any:
        cells = row["cells"]
        # the file was read another way meanwhile: it may have fewer
        return cell_text(cells[place]) if place < len(cells) else ""

    return pick


def row_of(found: ReviewRow) -> Row:
    """A row as the table shows it."""
    return {
        "number": found.number,
        "state": found.state,
        "cells": found.cells,
        "problem": _words(found),
        "problems": found.problems,
        "body": found.body,
        "out": found.code == EXCLUDED and found.state is RowState.SKIPPED,
    }


def _words(found: ReviewRow) -> str:
    if found.state is RowState.SKIPPED:
        return (
            "left out" if found.code == EXCLUDED else f"✕ {found.message}" if found.code == DUPLICATE else found.message
        )
    if not found.problems:
        return ""
    first = found.problems[0]
    more = f"  +{len(found.problems) - 1}" if len(found.problems) > 1 else ""
    sign = "✕" if first.level == "error" else "!"
    return f"{sign} {first.field + ': ' if first.field else ''}{_without_value(first.message)}{more}"


def _without_value(message: str) -> str:
    """A message without the value that it begins with: that stands in the cell."""
    value, found, rest = message.partition("”: ")
    return rest if found and value.startswith("“") else message


class ReviewTable(Table):
    """A table in which one cell is under the cursor. places: which cell of the file each column between shows."""

    def __init__(self, *, id: str) -> None:
        self.places: tuple[int, ...] = ()
        self.at = 0
        super().__init__((NUMBER, PROBLEM), ReviewRows(lambda wanted: None), empty=lambda: "", id=id)

    def set_up(self, mapping: FieldMapping, widths: Mapping[int, int]) -> None:
        """The columns of this mapping."""
        self.columns, self.places = columns_for(mapping, widths)
        self.at = min(self.at, max(0, len(self.places) - 1))
        self.layout_changed()

    @property
    def place(self) -> int | None:
        """The place in the file of the cell under the cursor."""
        return self.places[self.at] if self.places else None

    @property
    def cell_value(self) -> str:
        """The text of the cell under the cursor."""
        row, place = self.row, self.place
        if row is None or place is None:
            return ""
        return cell_text(row["cells"][place])

    def go_to_cell(self, place: int) -> None:
        """Put the cursor on the cell of that column of the file, in view."""
        if place in self.places:
            self.at = self.places.index(place)
            self._bring_into_view()
            self.repaint()

    def cell_span(self) -> tuple[int, int, int] | None:
        """x, y and width of the cell under the cursor in this widget; None when it is out of view."""
        if not self.places:
            return None
        x = GUTTER
        wanted = self.columns[1 + self.at]
        for column, cells in self._layout(self.size.width).cells:
            if column is wanted:
                return x, self.cursor - self.top + self.head, cells
            x += cells + self.gap
        return None

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        row = self.view.get(index)
        if index != self.cursor or row is None or not self.places:
            return super().draw(index, width)
        wanted, at = self.columns[1 + self.at], now()
        text, ends = "", False
        for column, cells in self._layout(width).cells:
            here = column is wanted
            text += ("[" if here else "]" if ends else " ").rjust(self.gap if text else 1)
            text += fit(safe(column.cell(row, at)), cells, right=column.right)
            ends = here
        return [("▌", "accent"), (text + ("]" if ends else ""), "")]

    def action_left(self) -> None:
        self._turn_cell(-1)

    def action_right(self) -> None:
        self._turn_cell(1)

    def _turn_cell(self, by: int) -> None:
        if self.places:
            self.at = max(0, min(self.at + by, len(self.places) - 1))
            self._bring_into_view()
            self.repaint()
            self.post_message(self.Moved(self))

    def _lay_out(self, width: int) -> _Layout:
        """Number, who it is and the problem always; between them as many cells as there is room for, from the one
        scrolled to on."""
        first, *cells, problem = self.columns
        who, others = cells[:1], cells[1:]
        skipped = min(self.offset_columns, max(0, len(others) - 1))
        room = width - GUTTER - 1 - self._need(first) - self.gap
        least = min(problem.width, max(12, room * 2 // 5))
        shown: list[tuple[TableColumn, int]] = [(first, self._need(first))]
        left = room - least - self.gap
        for column in who + others[skipped:]:
            if self._need(column) > left and len(shown) > (2 if skipped else 1):
                break
            wide = max(1, min(self._need(column), left))
            shown.append((column, wide))
            left -= wide + self.gap
        more = skipped + len(shown) - 1 < len(cells)
        shown.append((problem, least + max(0, left - 1)))
        return _Layout(tuple(shown), skipped > 0, more)

    def _shows(self, wanted: TableColumn) -> bool:
        return any(column is wanted for column, _ in self._layout(self.size.width).cells)

    def _bring_into_view(self) -> None:
        """Scroll sideways until the cell is among the columns that are shown."""
        wanted = self.columns[1 + self.at]
        if self.at:
            self.offset_columns = min(self.offset_columns, self.at - 1)
        while self.offset_columns < self.at - 1 and not self._shows(wanted):
            self.offset_columns += 1
        self.layout_changed()
