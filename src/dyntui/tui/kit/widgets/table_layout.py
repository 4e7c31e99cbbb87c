"""Which columns of a table fit its width, and how wide each of them is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from dyntui.core.json_types import Row
from dyntui.tui.kit.widgets.cells import width_of

__all__ = ["GUTTER", "ColumnFit", "TableColumn", "TableLayout"]

GUTTER = 2
"""The cells before the first column, for the signs of rows."""
_WIDE_FROM = 140
"""The width in cells of a table from which it shows columns for wide screens."""
_MAX_GROWTH = 3
"""A growing column takes at most this many times its width."""


class TableColumn(Protocol):
    """A column as the table draws it."""

    @property
    def name(self) -> str:
        """The heading."""

    @property
    def width(self) -> int:
        """The width in cells."""

    @property
    def min_width(self) -> int:
        """The width in cells that its texts need as times are shown now."""

    @property
    def grow(self) -> bool:
        """Whether the column takes the width that is left."""

    @property
    def right(self) -> bool:
        """Whether cells are aligned to the right."""

    @property
    def priority(self) -> int:
        """On a narrow screen the column with the highest number is hidden first; 0 is never hidden."""

    @property
    def wide(self) -> bool:
        """Whether the column is shown only on a wide screen, after all others have their place."""

    @property
    def order(self) -> str:
        """The name of the column in the server's `orderBy`; "" when the server cannot order by it."""

    def cell(self, row: Row, at: datetime) -> str:
        """Return the text of the cell, safe for the terminal. at: the time from which ages are counted."""

    def whole(self, row: Row, at: datetime) -> object:
        """Return the value where the cell shows less than it; else the text of the cell."""


class TableLayout(NamedTuple):
    """The columns that fit the width of the table."""

    cells: tuple[tuple[TableColumn, int], ...]
    """The visible columns with their widths."""
    more_left: bool
    """Whether columns on the left are scrolled out of view."""
    more_right: bool
    """Whether columns on the right are hidden."""


class ColumnFit(NamedTuple):
    """Fits columns into a width. Those that do not fit are hidden by priority."""

    columns: Sequence[TableColumn]
    gap: int
    """The cells between two columns."""
    offset: int
    """The number of columns that are scrolled out of view on the left, after the first one, which stays."""
    sorted_by: str
    """The name of the column with the arrow of the order; "" for none."""
    pinned: str
    """The name of the column that is hidden last; "" for none."""

    def min_width(self, column: TableColumn, *, is_exact: bool = True) -> int:
        """Return the width in cells that a column needs. is_exact: whether times have their exact width."""
        arrow = 2 if self.sorted_by and self.sorted_by == column.name else 0
        return max(column.min_width if is_exact else column.width, width_of(column.name) + arrow)

    def _hide_columns(
        self, columns: Sequence[TableColumn], available: int, *, is_exact: bool, times: Collection[str] = ()
    ) -> list[TableColumn]:
        """Return the columns that fit, hidden by priority; after the first column was scrolled to, from the right.

        is_exact: whether times have their exact width. times: columns that are hidden after all others.
        """
        shown = list(columns)
        used = sum(self.min_width(column, is_exact=is_exact) + self.gap for column in shown) - self.gap
        while used > available - (len(shown) < len(columns)) and len(shown) > 1:
            rest = [column for column in shown[1:] if column.name != self.pinned] or shown[1:]
            leaving = rest[-1]
            if not self.offset:
                leaving = max(rest, key=lambda each: (each.name not in times, each.priority, rest.index(each)))
            shown.remove(leaving)
            used -= self.min_width(leaving, is_exact=is_exact) + self.gap
        return shown

    def _add_wide_columns(self, shown: Sequence[TableColumn], spare: int) -> list[TableColumn]:
        """Return `shown` with the columns for wide screens that fit in `spare` cells, where growing columns have grown
        by half."""
        spare -= sum(column.width // 2 for column in shown if column.grow)
        names = {column.name for column in shown}
        for column in self.columns:
            if column.wide and (needed := self.min_width(column) + self.gap) <= spare:
                names.add(column.name)
                spare -= needed
        return [column for column in self.columns if column.name in names]

    def layout(self, width: int) -> TableLayout:
        """Return the visible columns of a table of this width, and the width of each."""
        available = width - GUTTER
        first, *others = self.columns
        skipped = min(self.offset, len(others))
        columns = [column for column in (first, *others[skipped:]) if not column.wide]
        # An exact time needs more room than an age. The times that are visible as ages stay, before other columns.
        visible = self._hide_columns(columns, available, is_exact=False)
        times = {column.name for column in visible if column.min_width > column.width}
        shown = self._hide_columns(columns, available, is_exact=True, times=times) if times else visible
        used = sum(self.min_width(column) + self.gap for column in shown) - self.gap
        dropped = len(columns) - len(shown)
        if width >= _WIDE_FROM and not dropped:
            shown = self._add_wide_columns(shown, available - used)
            used = sum(self.min_width(column) + self.gap for column in shown) - self.gap
        cells = {column.name: self.min_width(column) for column in shown}
        spare = available - used - bool(dropped)  # a blank before the sign for more columns
        if spare < 0:
            cells[shown[0].name] = max(1, available - bool(dropped))
        growing = [column for column in shown if column.grow]
        while spare > 0 and growing:
            share = max(1, spare // len(growing))
            for column in tuple(growing):
                more = min(share, spare, max(0, column.width * _MAX_GROWTH - cells[column.name]))
                cells[column.name] += more
                spare -= more
                if not more:
                    growing.remove(column)
        return TableLayout(tuple((column, cells[column.name]) for column in shown), skipped > 0, dropped > 0)
