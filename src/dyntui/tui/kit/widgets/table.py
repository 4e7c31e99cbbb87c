"""The table widget: any number of rows, of which it draws those in view and requests missing ones from its rows object.

A row is one line, with a color only where a cell has a meaning, so that a repaint is small. On a narrow terminal
columns are hidden by priority; `l` scrolls to them. The cursor stays on the same row id when the rows change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from textual import events
from textual.message import Message

from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import Row
from dyntui.core.text import safe
from dyntui.core.times import now, time_width
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.plain.plain_text import join_texts, plain_text
from dyntui.tui.kit.widgets.cells import fit, row_pieces, width_of, wrapped
from dyntui.tui.kit.widgets.line_list import LineList, Piece
from dyntui.tui.kit.widgets.line_widget import highlight_words
from dyntui.tui.kit.widgets.static_rows import StaticRows, TableRows
from dyntui.tui.kit.widgets.table_layout import GUTTER, ColumnFit, TableColumn, TableLayout

__all__ = ["Table"]


NOT_LOADED = "···"
_MAX_DIRECT_RANGE = 5_000
"""A longer range is marked by the screen, which can show progress."""
_SIGN_WORDS = {" ": "", "×": "deleted", "•": "marked", "◦": "partly marked", "~": "changed"}
"""The words of plain mode for the signs before rows."""


_MARK_ACTIONS = frozenset({"table.mark", "table.mark_range", "table.unmark"})
"""The ids of the actions that need marks."""


class Table(LineList):
    """A table of rows, with columns, marks and a cursor."""

    LINE_NOUN = "row "
    BINDINGS = bindings(KIT_ACTIONS, "table")

    class RangeRequested(Message):
        """Posted when a range is to be marked and not all of its rows are loaded."""

        def __init__(self, first: int, last: int) -> None:
            super().__init__()
            self.first, self.last = first, last

    class RowRequested(Message):
        """Posted when the row under the cursor is to be shown in full, with the names and values of all columns."""

        def __init__(self, cells: Sequence[tuple[str, object]]) -> None:
            super().__init__()
            self.cells = cells

    class HeaderClicked(Message):
        """Posted when the title of a column was clicked."""

        def __init__(self, column: TableColumn) -> None:
            super().__init__()
            self.column = column

    def __init__(
        self,
        columns: Sequence[TableColumn],
        view: TableRows,
        *,
        empty: Callable[[], str] = lambda: "No rows.",
        retry_action: str = "",
        error_hint: Callable[[DyntuiError], str] = lambda error: error.hint,
        highlight: Callable[[], str] = lambda: "",
        markable: bool = False,
        titles: bool = True,
        gap: int = 2,
        id: str | None = None,
    ) -> None:
        """Make a table of the rows of `view`.

        empty: returns the text for a table without rows.
        error_hint: returns what to do about an error, shown below it.
        retry_action: the id of the action that reads the rows again, for the line below an error.
        highlight: returns the words to highlight in the rows; "" for none.
        markable: whether rows can be marked.
        titles: whether there is a header.
        gap: cells between columns.
        """
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.view = view
        self.empty = empty
        self.retry_action = retry_action
        self.error_hint = error_hint
        self.highlight = highlight
        self.markable = markable
        self.filter_text = ""
        """The words that are all in the rows that are shown, of a table with static rows; "" for all rows."""
        self.head = 1 if titles else 0
        self.gap = gap
        self.order: tuple[str, bool] | None = None
        """The name of the sort column and whether the order is descending; None for the order of the rows."""
        self.marks: set[str] = set()
        """The ids of the marked rows."""
        self.offset_columns = 0
        """The number of columns that are scrolled out of view on the left."""
        self._cursor_id: str | None = None
        """The id of the row under the cursor, which keeps the cursor when the rows change."""
        self._anchor: tuple[str, int] | None = None
        """Id and index of the row that was marked last: the start of a range."""
        self._pinned_column = ""
        """The sort column, which is not hidden on a narrow screen."""
        self._layouts: dict[tuple[int, int, int], TableLayout] = {}
        """Computed layouts, by width, `offset_columns` and the width of times."""
        self._texts: dict[int, tuple[Row, TableLayout, Sequence[Piece], bool]] = {}
        """Formatted rows, by index: row, layout, pieces, and whether a cell is cut."""

    # Rows

    @property
    def count(self) -> int:
        return self.view.total

    @property
    def row(self) -> Row | None:
        """The row under the cursor; None when it is not loaded."""
        return self.view.get(self.cursor)

    @property
    def selected_row(self) -> Row:
        """The row under the cursor, for actions that are not available without one."""
        assert self.row is not None
        return self.row

    @property
    def row_id(self) -> str | None:
        """The id of the row under the cursor."""
        return self.view.id_at(self.cursor)

    def show(self, view: TableRows, *, marks: bool = False) -> None:
        """Show other rows from the first one. marks: whether to keep the marks, for rows of the same list."""
        self.view = view
        if not marks:
            self.marks.clear()
        self._anchor = None
        self._apply_filter()
        self._texts.clear()
        self._cursor_id = None
        self.cursor = self.top = 0
        self.count_changed()

    def view_changed(self) -> None:
        """Update after the rows changed: keep the cursor on the same row and paint the changed lines.

        The rows in view stay where they are. At the top of the list, new rows come into view above them.
        """
        if self._cursor_id is not None and self.view.id_at(self.cursor) != self._cursor_id:
            index = self.view.index_of(self._cursor_id)
            if index is not None:
                if self.top or index >= self.visible_count:
                    self.top = max(0, self.top + index - self.cursor)
                self.cursor = index
        self.count_changed()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace the rows of a table with static rows; the cursor stays on the same row."""
        if isinstance(self.view, StaticRows):
            self.view.set_rows(rows)
            self.view_changed()

    def filter_rows(self, text: str) -> None:
        """Show only the rows that contain every word of `text`, in a table with static rows; "" shows all."""
        self.filter_text = " ".join(text.split())
        self._apply_filter()
        self._texts.clear()
        self.view_changed()

    def _apply_filter(self) -> None:
        if isinstance(self.view, StaticRows):
            words = self.filter_text.casefold().split()
            self.view.filter(partial(self._contains, words, now()) if words else None)

    def _contains(self, words: Sequence[str], at: datetime, row: Row) -> bool:
        """Return whether every word is in a cell, or in a value that a cell shortens."""
        cells = (column.cell(row, at) for column in self.columns)
        values = (value for value in row.values() if isinstance(value, str))
        text = "\n".join((*cells, *values)).casefold()
        return all(word in text for word in words)

    def update_ages(self) -> None:
        """Format the rows again, because ages changed."""
        self._texts.clear()
        self.repaint()

    # Drawing

    def text_at(self, index: int) -> str:
        row, at = self.view.get(index), now()
        return " ".join(column.cell(row, at) for column in self.columns) if row is not None else ""

    def accessible_line(self, index: int) -> str:
        """Return the columns that have a value, as `column: value`, also those that do not fit on the screen."""
        row, at = self.view.get(index), now()
        if row is None:
            return ""
        cells = ((column.name, plain_text(safe(column.cell(row, at)))) for column in self.columns)
        texts = [f"{name}: {cell}" for name, cell in cells if cell not in ("", "none")]
        return join_texts(*texts, _SIGN_WORDS[self._row_sign(index)[0]]) or "empty row"

    def accessible_state(self) -> object:
        view, cursor = self.view, self.cursor
        if not self.count:
            return self.accessible_cursor
        return view.id_at(cursor), view.get(cursor), self.count, self._row_sign(cursor), self.columns

    def accessible_summary(self) -> str:
        return f"{len(self.marks):,} marked" if self.marks else ""

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        row = self.view.get(index)
        if index == self.cursor:
            bar: Piece = ("▌", "accent")
        else:
            bar = (" ", "")
        if row is None:
            return [bar, (" " + NOT_LOADED, "dim")]
        sign, style = self._row_sign(index)
        pieces = self._formatted_row(index, row, width)[2]
        if style:
            pieces = [("".join(text for text, _ in pieces), style)]
        if words := self.filter_text or self.highlight():
            pieces = [part for text, name in pieces for part in highlight_words(text, words, name)]
        first, *others = pieces
        start = [bar, (sign, style)] if index == self.cursor else [(f"{sign} ", style)]
        if first[1] == style:
            return [*start[:-1], (start[-1][0] + first[0], style), *others]
        return [*start, first, *others]

    def is_marked(self, index: int) -> bool:
        return bool(self.marks) and self.view.id_at(index) in self.marks

    def _row_sign(self, index: int) -> Piece:
        """Return the sign before a row (deleted, marked, new or changed) and the style of the row."""
        view = self.view
        if view.is_tombstone(index):
            return "×", "dim"
        if (self.marks or view.changed or view.added) and (row_id := view.id_at(index)) is not None:
            if row_id in self.marks:
                return "•", ""
            if row_id in view.added:
                return "+", ""
            if row_id in view.changed:
                return "~", ""
        return " ", ""

    @property
    def hides_text(self) -> bool:
        """Whether columns are out of view, or a cell of the rows in view is cut."""
        width = self.size.width - 1
        if not self.size or self._layout(width).more_left or self._layout(width).more_right:
            return bool(self.size and self.count)
        rows = ((index, self.view.get(index)) for index in range(self.top, self.top + self.visible_count))
        return any(row is not None and self._formatted_row(index, row, width)[3] for index, row in rows)

    def _formatted_row(self, index: int, row: Row, width: int) -> tuple[Row, TableLayout, Sequence[Piece], bool]:
        """Return a row as it is in `_texts`: cells with a meaning in its style, the text between them in one piece."""
        layout = self._layout(width)
        cached = self._texts.get(index)
        if cached is not None and cached[0] is row and cached[1] is layout:
            return cached
        at = now()
        cells = [(column.name, safe(column.cell(row, at)), width, column.right) for column, width in layout.cells]
        pieces = row_pieces(cells, " " * self.gap)
        if len(self._texts) > 4 * self.visible_count + 100:
            self._texts.clear()
        is_cut = any(width_of(text) > width or "…" in text for _, text, width, _ in cells)
        self._texts[index] = (row, layout, pieces, is_cut)
        return self._texts[index]

    def draw_head(self, y: int, width: int) -> Sequence[Piece]:
        layout = self._layout(width - 1)
        text = " ‹"[layout.more_left] + " "
        for column, cells in layout.cells:
            text += fit(self._title(column), cells, right=column.right) + " " * self.gap
        if layout.more_right:
            text = fit(text.rstrip(), width - 1) + "›"
        return [(text, "head")]

    def _title(self, column: TableColumn) -> str:
        title = column.name.upper()
        if self.order and column.name == self.order[0]:
            title += " ↓" if self.order[1] else " ↑"
        return title

    def draw_empty(self, y: int, width: int) -> Sequence[Piece]:
        if self.count:
            return ()
        error = self.view.error
        if error is not None:
            retry = f"Press {key_of(self.retry_action)} to try again." if self.retry_action else ""
            texts: list[Piece] = [(error.message, "bad"), (self.error_hint(error), "dim"), (retry, "dim")]
        else:
            texts = [(self._empty_text() if self.view.is_loaded else NOT_LOADED, "dim")]
        width = max(20, width - GUTTER)
        lines = [(line, style) for text, style in texts if text for line in wrapped(safe(text, 500), width)]
        return [(f"  {lines[y][0]}", lines[y][1])] if y < len(lines) else ()

    def _empty_text(self) -> str:
        if self.filter_text:
            return (
                f"No row contains `{self.filter_text}`. "
                f"Press {key_of('app.find')} to change the filter, {key_of('app.back')} to clear it."
            )
        return self.empty()

    # Columns

    def _layout(self, width: int) -> TableLayout:
        key = (width, self.offset_columns, time_width())
        if key not in self._layouts:
            self._layouts[key] = self._make_layout(width)
        return self._layouts[key]

    def _min_width(self, column: TableColumn) -> int:
        return self._fit.min_width(column)

    @property
    def _fit(self) -> ColumnFit:
        sorted_by = self.order[0] if self.order else ""
        return ColumnFit(self.columns, self.gap, self.offset_columns, sorted_by, self._pinned_column)

    def _make_layout(self, width: int) -> TableLayout:
        return self._fit.layout(width)

    def action_left(self) -> None:
        if self.offset_columns:
            self._shift(-1)

    def action_right(self) -> None:
        if self._layout(self.size.width - 1).more_right:
            self._shift(1)

    def _shift(self, by: int) -> None:
        self.offset_columns += by
        self.layout_changed()

    def order_by(self, name: str, descending: bool, *, is_default: bool = False) -> None:
        """Show the sort column in the header and keep it in view. is_default: whether it is the default order."""
        pinned = "" if is_default else name
        if (self.order, self._pinned_column) != ((name, descending), pinned):
            self.order, self._pinned_column = (name, descending), pinned
            self.layout_changed()

    def layout_changed(self) -> None:
        """Update after columns, their order or widths changed."""
        self._layouts.clear()
        self._texts.clear()
        self.repaint()

    # Cursor and marks

    def moved(self) -> None:
        if self.size:
            self.view.set_viewport(self.top, max(self.top, min(self.top + self.visible_count, self.count) - 1))
        self._cursor_id = self.view.id_at(self.cursor) or self._cursor_id

    def move_to(self, index: int) -> None:
        self._cursor_id = None
        super().move_to(index)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Leave the keys for marks to the screen in a table without marks."""
        return self.markable or action != "do" or parameters[0] not in _MARK_ACTIONS

    def mark_disabled_reason(self) -> str | None:
        if not self.markable:
            return "Rows of this table cannot be marked."
        return None if self.row_id else "There is no row under the cursor."

    def unmark_disabled_reason(self) -> str | None:
        return None if self.marks else "No row is marked."

    def action_mark(self) -> None:
        row_id = self.row_id
        assert row_id is not None
        self.marks ^= {row_id}
        self._anchor = (row_id, self.cursor)
        self.move_to(self.cursor + 1)
        self._notify_moved()

    def mark_range_disabled_reason(self) -> str | None:
        if not self.markable:
            return self.mark_disabled_reason()
        return None if self._anchor is not None else f"Mark the first row of the range with {key_of('table.mark')}."

    def action_mark_range(self) -> None:
        assert self._anchor is not None
        row_id, old_index = self._anchor
        index = self.view.index_of(row_id)
        first, last = sorted((index if index is not None else old_index, self.cursor))
        ids = [self.view.id_at(index) for index in range(first, min(last, first + _MAX_DIRECT_RANGE) + 1)]
        if None in ids or last > first + _MAX_DIRECT_RANGE:
            self.post_message(self.RangeRequested(first, last))
        else:
            self.mark(row_id for row_id in ids if row_id is not None)

    def on_resize(self, event: events.Resize) -> None:
        self._notify_moved()  # the footer says whether text is cut

    def mark(self, ids: Iterable[str]) -> None:
        """Mark the rows with these ids, in addition to others."""
        self.marks.update(ids)
        self.repaint()
        self._notify_moved()

    def action_unmark(self) -> None:
        self.marks.clear()
        self.repaint()
        self._notify_moved()

    def show_row_disabled_reason(self) -> str | None:
        return None if self.row is not None else "There is no row under the cursor."

    def action_show_row(self) -> None:
        row, at = self.selected_row, now()
        self.post_message(self.RowRequested([(column.name, column.whole(row, at)) for column in self.columns]))

    def on_click(self, event: events.Click) -> None:
        if event.y >= self.head:
            return
        event.prevent_default()
        x = GUTTER
        for column, cells in self._layout(self.size.width - 1).cells:
            if x <= event.x < x + cells + self.gap:
                self.post_message(self.HeaderClicked(column))
                return
            x += cells + self.gap
