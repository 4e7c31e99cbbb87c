"""The sequences that move the cursor, change the pen, write, erase and move lines, each as short as it can be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dyntui.tui.kit.terminal.cells import drawn_width, is_certain, is_simple, replaced
from dyntui.tui.kit.terminal.scrolling import ScrollMove
from dyntui.tui.kit.terminal.sgr import PLAIN, CellStyle, can_erase, change

__all__ = ["AnsiWriter"]

_BLANKS = re.compile("( {12,})")
"""Blanks that are sooner erased than written."""


class AnsiWriter:
    """A terminal of `width` columns that does not wrap; `take` gives what is to be sent.

    fills: it erases with the background colour (terminfo's bce), and part of a line (ech). wide_ambiguous: characters
    of East Asian ambiguous width take two columns in it.
    """

    def __init__(self, width: int, *, fills: bool, wide_ambiguous: bool = False) -> None:
        self._width = width
        self._fills = fills
        self._wide_ambiguous = wide_ambiguous
        self._out: list[str] = []
        self._pen: CellStyle | None = None
        self._line: int | None = None
        self._column: int | None = None

    def can_erase(self, pen: CellStyle) -> bool:
        """Whether erasing leaves blanks of that pen."""
        return can_erase(pen, self._fills)

    def take(self) -> str:
        """What is to be sent, once. No link stays open between frames."""
        if self._pen is not None and self._pen.link:
            self.use(CellStyle(self._pen.codes))
        data = "".join(self._out)
        self._out.clear()
        return data

    def use(self, pen: CellStyle) -> None:
        """Draw with that pen from now on."""
        if pen is not self._pen:
            self._out.append(change(self._pen, pen))
            self._pen = pen

    def go(self, line: int, column: int) -> None:
        """The cursor to a place."""
        if self._line == line and self._column == column:
            return
        if self._line != line:
            way = f"\x1b[{line + 1};{column + 1}H" if column else f"\x1b[{line + 1}H" if line else "\x1b[H"
        elif self._column is not None and column > self._column:
            by = column - self._column
            way = "\x1b[C" if by == 1 else f"\x1b[{by}C"
        else:
            way = f"\x1b[{column + 1}G" if column else "\r"
        self._out.append(way)
        self._line, self._column = line, column

    def erase_rest(self, line: int, column: int, pen: CellStyle) -> None:
        """Blanks from a place to the end of the line."""
        self.go(line, column)
        self.use(pen)
        self._out.append("\x1b[K")

    def write(self, line: int, column: int, cells: Sequence[str], pen: CellStyle) -> int:
        """Write columns; how many after them have to be written again, because a character may have covered them."""
        self.use(pen)
        if self._wide_ambiguous:
            cells = replaced(cells)
        text = "".join(cells)
        if len(text) == len(cells) and is_simple(text, self._wide_ambiguous):
            self._write_simple(line, column, text, pen)
            return 0
        covered = x = 0
        while x < len(cells):
            start, certain = x, is_certain(cells[x], self._wide_ambiguous)
            while x < len(cells) and (not cells[x] or is_certain(cells[x], self._wide_ambiguous) is certain):
                x += 1
            if certain:
                self._write_text(line, column + start, "".join(cells[start:x]), x - start)
            else:
                covered = max(covered, start + self._write_run(line, column + start, cells[start:x]))
        return max(0, covered - len(cells))

    def _write_simple(self, line: int, column: int, text: str, pen: CellStyle) -> None:
        if not (self._fills and " " * 12 in text and self.can_erase(pen)):
            self._write_text(line, column, text, len(text))
            return
        for part in filter(None, _BLANKS.split(text)):
            if _BLANKS.fullmatch(part):
                self.go(line, column)
                self._out.append(f"\x1b[{len(part)}X")
            else:
                self._write_text(line, column, part, len(part))
            column += len(part)

    def _write_text(self, line: int, column: int, text: str, width: int) -> None:
        self.go(line, column)
        self._out.append(text)
        # In the last column the cursor stays, in one terminal on it and in another after it.
        self._column = column + width if column + width < self._width else None

    def _write_run(self, line: int, column: int, cells: Sequence[str]) -> int:
        """Write characters that terminals give different widths, in one go; the columns they take at most.

        They are not parted, because terminals shape them together. Whatever comes next is positioned anew.
        """
        items = [item for item in cells if item]
        width = len(cells)
        drawn = sum(drawn_width(item, self._wide_ambiguous) for item in items)
        while self._wide_ambiguous and drawn > self._width - column:
            drawn -= drawn_width(items.pop(), True)
        if drawn < width or len(items) < width:
            self._write_text(line, column, " " * width, width)
        if items:
            self._write_text(line, column, "".join(items), width)
        self._column = None
        return max(drawn, width)

    def move_lines(self, move: ScrollMove) -> None:
        """Move lines, and leave plain blank ones behind.

        Delete and insert line between margins are the VT102's and so everywhere; scroll up and down are not.
        """
        self.use(PLAIN)
        size = abs(move.by)
        how = f"\x1b[{size if size > 1 else ''}{'M' if move.by > 0 else 'L'}"
        self._out.append(f"\x1b[{move.first + 1};{move.last + 1}r\x1b[{move.first + 1}H{how}\x1b[r")
        self._line = self._column = None
