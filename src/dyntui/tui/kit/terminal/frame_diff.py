"""Front and back buffer of the screen, and the shortest output that turns one into the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import compress

from rich.segment import Segment
from rich.style import Style

from dyntui.tui.kit.terminal.ansi_writer import AnsiWriter
from dyntui.tui.kit.terminal.cells import is_certain, is_simple, split_cells
from dyntui.tui.kit.terminal.scrolling import ScreenLine, ScrollMove, blank_line, differing, find_move
from dyntui.tui.kit.terminal.sgr import PLAIN, CellStyle, can_erase

__all__ = ["FrameDiff"]

_UNKNOWN = "\0"
"""The cell of the front buffer where the content of the terminal is unknown. No cell to show is equal to it."""
_MIN_GAP = 4
"""Fewer columns than this are shorter to write than to skip or to erase."""
_MIN_MOVED_LINES = 4
"""The number of changed lines from which it is checked whether they moved."""


class FrameDiff:
    """The screen of a terminal. `draw` changes what it should show; `next_frame` returns the output for that."""

    def __init__(
        self,
        width: int,
        height: int,
        to_cell_style: Callable[[Style | None], CellStyle],
        *,
        erases_with_background: bool = False,
    ) -> None:
        """to_cell_style: converts a style of Rich. erases_with_background: as in `AnsiWriter`."""
        self.width = width
        self.height = height
        self._to_cell_style = to_cell_style
        self._erases_with_background = erases_with_background
        self.wide_ambiguous = False
        """Whether characters of East Asian ambiguous width take two columns in the terminal."""
        self._back = [blank_line(width) for _ in range(height)]
        """What the terminal should show."""
        self.invalidate()

    def invalidate(self) -> None:
        """Draw the whole screen in the next frame, because the content of the terminal is unknown."""
        self._front = [blank_line(self.width, _UNKNOWN) for _ in range(self.height)]
        self._dirty = set(range(self.height))
        self._ansi = AnsiWriter(
            self.width,
            erases_with_background=self._erases_with_background,
            wide_ambiguous=self.wide_ambiguous,
        )

    def resize(self, width: int, height: int) -> None:
        """Set the new size of the terminal. Its content is unknown then."""
        for cells, styles in self._back:
            if width < self.width and cells[width] == "":
                cells[width - 1] = " "
            cells[width:] = [" "] * (width - self.width)
            styles[width:] = [PLAIN] * (width - self.width)
        self._back[height:] = [blank_line(width) for _ in range(height - self.height)]
        self.width, self.height = width, height
        self.invalidate()

    # Drawing

    def draw(self, y: int, x: int, segments: Iterable[Segment]) -> int:
        """Draw segments from column `x` of line `y`. Returns the column after them."""
        if not 0 <= y < self.height:
            return x
        cells, styles = self._back[y]
        for text, style, control in segments:
            if control or not text:
                continue
            new = split_cells(text)
            end = x + len(new)
            new_styles = [self._to_cell_style(style)] * len(new)
            if cells[x:end] != new or styles[x:end] != new_styles:
                self._replace(y, x, new, new_styles)
            x = end
        return x

    def _replace(self, y: int, x: int, new: list[str], new_styles: list[CellStyle]) -> None:
        cells, styles = self._back[y]
        if (room := self.width - x) <= 0:
            return
        if room < len(new):
            if new[room] == "":
                new[room - 1] = " "
            del new[room:], new_styles[room:]
        end = x + len(new)
        # Half of a wide character becomes a blank.
        if cells[x] == "":
            cells[x - 1] = " "
        if end < self.width and cells[end] == "":
            cells[end] = " "
        cells[x:end] = new
        styles[x:end] = new_styles
        self._dirty.add(y)

    # Output

    def next_frame(self, cursor: tuple[int, int]) -> str:
        """Return the output for all changes, with the cursor at (column, line); "" when nothing changed.

        A cursor outside of the screen, such as that of a field that was scrolled away, is moved to the edge.
        """
        if len(self._dirty) >= _MIN_MOVED_LINES:
            self._scroll_lines()
        for y in sorted(self._dirty):
            front, back = self._front[y], self._back[y]
            if front != back:
                self._send_line(y, front, back)
                front.cells[:] = back.cells
                front.styles[:] = back.styles
        self._dirty.clear()
        column, line = cursor
        self._ansi.move_cursor(max(0, min(line, self.height - 1)), max(0, min(column, self.width - 1)))
        return self._ansi.take_output()

    def _scroll_lines(self) -> None:
        top, bottom = min(self._dirty), max(self._dirty)
        relative = find_move(self._front[top : bottom + 1], self._back[top : bottom + 1])
        if relative is None:
            return
        move = ScrollMove(top + relative.first, top + relative.last, relative.by)
        self._ansi.move_lines(move)
        lines = slice(move.first, move.last + 1)
        moved, blank = self._front[lines], [blank_line(self.width) for _ in range(abs(move.by))]
        self._front[lines] = [*moved[move.by :], *blank] if move.by > 0 else [*blank, *moved[: move.by]]
        self._dirty.update(range(self.height)[lines])

    def _send_line(self, y: int, front: ScreenLine, back: ScreenLine) -> None:
        blank_from = self._blank_from(back)
        done = 0
        simple = is_simple("".join(back.cells), self.wide_ambiguous)
        for start, end in _runs(list(compress(range(self.width), differing(front, back))), back):
            if not simple:
                start, end = self._extend_to_runs(back, start, end)
            if end > done:
                done = self._send(y, max(start, done), end, blank_from)

    def _blank_from(self, line: ScreenLine) -> int:
        """Return the column from which the line has only blanks of one style that can be erased."""
        style = line.styles[-1]
        x = self.width
        if line.cells[-1] == " " and can_erase(style, self._erases_with_background):
            while x and line.cells[x - 1] == " " and line.styles[x - 1] == style:
                x -= 1
        return x

    def _send(self, y: int, x: int, end: int, blank_from: int) -> int:
        """Write columns `x` to `end`, exclusive. Returns the column up to which the line is correct then."""
        cells, styles = self._back[y]
        if end - max(x, blank_from) < _MIN_GAP:
            blank_from = self.width
        while x < end:
            while cells[x] == "":
                x -= 1
            style = styles[x]
            if x >= blank_from:
                self._ansi.erase_to_end(y, x, style)
                return self.width
            stop = _end_of_style(styles, x, min(end, blank_from))
            while stop < self.width and cells[stop] == "":
                stop += 1
            covered = self._ansi.write(y, x, cells[x:stop], style)
            x = stop
            if covered:
                end = max(end, self._extend_to_runs(self._back[y], x, min(self.width, stop + covered))[1])
        return x

    def _extend_to_runs(self, line: ScreenLine, start: int, end: int) -> tuple[int, int]:
        """Return the range extended to the cells that are written together with its first and last column."""
        while 0 < start < self.width and self._is_joined(line, start):
            start -= 1
        while end < self.width and self._is_joined(line, end):
            end += 1
        return start, end

    def _is_joined(self, line: ScreenLine, column: int) -> bool:
        """Return whether a column is written together with the one before it, because their widths are uncertain."""
        return line.styles[column - 1] == line.styles[column] and all(
            not item or not is_certain(item, self.wide_ambiguous) for item in line.cells[column - 1 : column + 1]
        )


def _runs(columns: list[int], line: ScreenLine) -> Iterable[tuple[int, int]]:
    """Yield the changed columns as ranges (start, end). Short gaps of the same style are included."""
    start = last = columns[0]
    for column in columns[1:]:
        if column - last > 1 and (column - last > _MIN_GAP or _end_of_style(line.styles, last, column) < column):
            yield start, last + 1
            start = column
        last = column
    yield start, last + 1


def _end_of_style(styles: list[CellStyle], start: int, end: int) -> int:
    """Return the column after the cells that have the style of column `start`, at most `end`."""
    style = styles[start]
    if styles[start:end].count(style) == end - start:
        return end
    while styles[start] == style:
        start += 1
    return start
