"""What the terminal shows and what it should show, and the least that turns one into the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import compress

from rich.segment import Segment
from rich.style import Style

from dyntui.tui.kit.terminal.ansi_writer import AnsiWriter
from dyntui.tui.kit.terminal.cells import is_certain, is_simple, split
from dyntui.tui.kit.terminal.scrolling import ScreenLine, ScrollMove, blank_line, differing, find_move
from dyntui.tui.kit.terminal.sgr import PLAIN, CellStyle

__all__ = ["FrameDiff"]

_UNKNOWN = "\0"
"""What the terminal shows in a column when nobody knows; no character that is to be shown is this one."""
_GAP = 4
"""Columns that are sooner written than jumped over, or erased."""
_FEWEST = 4
"""Lines that have to change before it is looked at whether they moved."""


class FrameDiff:
    """The screen of a terminal. `put` says what it should show; `frame` gives what to send.

    pen: the pen of a style. fills: the terminal erases with the background colour. wide_ambiguous: characters of East
    Asian ambiguous width take two columns in it.
    """

    def __init__(
        self, width: int, height: int, pen: Callable[[Style | None], CellStyle], *, fills: bool = False
    ) -> None:
        self.width = width
        self.height = height
        self._pen = pen
        self._fills = fills
        self.wide_ambiguous = False
        self._back = [blank_line(width) for _ in range(height)]
        self.forget()

    def forget(self) -> None:
        """Nobody knows any more what the terminal shows."""
        self._front = [blank_line(self.width, _UNKNOWN) for _ in range(self.height)]
        self._dirty = set(range(self.height))
        self._sender = AnsiWriter(self.width, fills=self._fills, wide_ambiguous=self.wide_ambiguous)

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size now, and shows nobody knows what."""
        for cells, pens in self._back:
            if width < self.width and cells[width] == "":
                cells[width - 1] = " "
            cells[width:] = [" "] * (width - self.width)
            pens[width:] = [PLAIN] * (width - self.width)
        self._back[height:] = [blank_line(width) for _ in range(height - self.height)]
        self.width, self.height = width, height
        self.forget()

    # What it should show

    def put(self, y: int, x: int, segments: Iterable[Segment]) -> int:
        """Show segments from column `x` of line `y` on; the column after them."""
        if not 0 <= y < self.height:
            return x
        cells, pens = self._back[y]
        for text, style, control in segments:
            if control or not text:
                continue
            new = split(text)
            end = x + len(new)
            new_pens = [self._pen(style)] * len(new)
            if cells[x:end] != new or pens[x:end] != new_pens:
                self._replace(y, x, new, new_pens)
            x = end
        return x

    def _replace(self, y: int, x: int, new: list[str], new_pens: list[CellStyle]) -> None:
        cells, pens = self._back[y]
        if (room := self.width - x) <= 0:
            return
        if room < len(new):
            if new[room] == "":
                new[room - 1] = " "
            del new[room:], new_pens[room:]
        end = x + len(new)
        # Half of a wide character is no character.
        if cells[x] == "":
            cells[x - 1] = " "
        if end < self.width and cells[end] == "":
            cells[end] = " "
        cells[x:end] = new
        pens[x:end] = new_pens
        self._dirty.add(y)

    # What to send

    def frame(self, cursor: tuple[int, int]) -> str:
        """What makes the terminal show it, with the cursor in its column and line; empty when it does already.

        A cursor that was scrolled out of its field may be outside of the screen: it goes to the edge.
        """
        if len(self._dirty) >= _FEWEST:
            self._move()
        for y in sorted(self._dirty):
            front, back = self._front[y], self._back[y]
            if front != back:
                self._send_line(y, front, back)
                front.cells[:] = back.cells
                front.pens[:] = back.pens
        self._dirty.clear()
        column, line = cursor
        self._sender.go(max(0, min(line, self.height - 1)), max(0, min(column, self.width - 1)))
        return self._sender.take()

    def _move(self) -> None:
        top, bottom = min(self._dirty), max(self._dirty)
        found = find_move(self._front[top : bottom + 1], self._back[top : bottom + 1])
        if found is None:
            return
        move = ScrollMove(top + found.first, top + found.last, found.by)
        self._sender.move_lines(move)
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
                start, end = self._whole(back, start, end)
            if end > done:
                done = self._send(y, max(start, done), end, blank_from)

    def _blank_from(self, line: ScreenLine) -> int:
        """The column from which on there are only blanks of one pen, which can be erased."""
        pen = line.pens[-1]
        x = self.width
        if line.cells[-1] == " " and self._sender.can_erase(pen):
            while x and line.cells[x - 1] == " " and line.pens[x - 1] == pen:
                x -= 1
        return x

    def _send(self, y: int, x: int, end: int, blank_from: int) -> int:
        """Send columns `x` to before `end`; the column up to which the line is then as it should be."""
        cells, pens = self._back[y]
        if end - max(x, blank_from) < _GAP:
            blank_from = self.width
        while x < end:
            while cells[x] == "":
                x -= 1
            pen = pens[x]
            if x >= blank_from:
                self._sender.erase_rest(y, x, pen)
                return self.width
            stop = _same_pen(pens, x, min(end, blank_from))
            while stop < self.width and cells[stop] == "":
                stop += 1
            covered = self._sender.write(y, x, cells[x:stop], pen)
            x = stop
            if covered:
                end = max(end, self._whole(self._back[y], x, min(self.width, stop + covered))[1])
        return x

    def _whole(self, line: ScreenLine, start: int, end: int) -> tuple[int, int]:
        """Columns `start` to before `end`, with the rest of what is written in one go with the first and the last."""
        while 0 < start < self.width and self._joined(line, start):
            start -= 1
        while end < self.width and self._joined(line, end):
            end += 1
        return start, end

    def _joined(self, line: ScreenLine, column: int) -> bool:
        """Whether a column is written in one go with the one before it: their widths are uncertain."""
        return line.pens[column - 1] == line.pens[column] and all(
            not item or not is_certain(item, self.wide_ambiguous) for item in line.cells[column - 1 : column + 1]
        )


def _runs(columns: list[int], line: ScreenLine) -> Iterable[tuple[int, int]]:
    """Columns that differ, as runs from a column to before another; short gaps of the same pen are part of them."""
    start = last = columns[0]
    for column in columns[1:]:
        if column - last > 1 and (column - last > _GAP or _same_pen(line.pens, last, column) < column):
            yield start, last + 1
            start = column
        last = column
    yield start, last + 1


def _same_pen(pens: list[CellStyle], start: int, end: int) -> int:
    """The column after those of the same pen, at most `end`."""
    pen = pens[start]
    if pens[start:end].count(pen) == end - start:
        return end
    while pens[start] == pen:
        start += 1
    return start
