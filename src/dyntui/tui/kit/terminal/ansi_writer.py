"""Writes the escape sequences: cursor, style, text, erasing and scrolling, each as short as possible."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dyntui.tui.kit.terminal.cells import LEFT_TO_RIGHT_MARK, drawn_width, is_certain, is_simple, narrow_cells
from dyntui.tui.kit.terminal.scrolling import ScrollMove
from dyntui.tui.kit.terminal.sgr import PLAIN, CellStyle, can_erase, style_change

__all__ = ["AnsiWriter"]

_BLANKS = re.compile("( {12,})")
"""Blanks that are shorter to erase than to write."""


class AnsiWriter:
    """Collects the output for a terminal that does not wrap lines; `take_output` returns it."""

    def __init__(self, width: int, *, erases_with_background: bool, wide_ambiguous: bool = False) -> None:
        """width: columns of the terminal.

        erases_with_background: whether it erases with the background color (bce in terminfo) and parts of a line (ech).
        wide_ambiguous: whether characters of East Asian ambiguous width take two columns.
        """
        self._width = width
        self._erases_with_background = erases_with_background
        self._wide_ambiguous = wide_ambiguous
        self._out: list[str] = []
        self._style: CellStyle | None = None
        """The style in use; None when it is unknown."""
        self._line: int | None = None
        self._column: int | None = None
        """The position of the cursor; None when it is unknown."""

    def take_output(self) -> str:
        """Return the output since the last call. A hyperlink is closed before."""
        if self._style is not None and self._style.link:
            self.set_style(CellStyle(self._style.codes))
        data = "".join(self._out)
        self._out.clear()
        return data

    def set_style(self, style: CellStyle) -> None:
        """Draw with that style from now on."""
        if style is not self._style:
            self._out.append(style_change(self._style, style))
            self._style = style

    def move_cursor(self, line: int, column: int) -> None:
        """Move the cursor."""
        if self._line == line and self._column == column:
            return
        if self._line != line:
            sequence = f"\x1b[{line + 1};{column + 1}H" if column else f"\x1b[{line + 1}H" if line else "\x1b[H"
        elif self._column is not None and column > self._column:
            by = column - self._column
            sequence = "\x1b[C" if by == 1 else f"\x1b[{by}C"
        else:
            sequence = f"\x1b[{column + 1}G" if column else "\r"
        self._out.append(sequence)
        self._line, self._column = line, column

    def erase_to_end(self, line: int, column: int, style: CellStyle) -> None:
        """Erase from a column to the end of the line."""
        self.move_cursor(line, column)
        self.set_style(style)
        self._out.append("\x1b[K")

    def write(self, line: int, column: int, cells: Sequence[str], style: CellStyle) -> int:
        """Write cells. Returns the number of columns after them that have to be written again, because a character may
        have covered them."""
        self.set_style(style)
        if self._wide_ambiguous:
            cells = narrow_cells(cells)
        text = "".join(cells)
        if len(text) == len(cells) and is_simple(text, self._wide_ambiguous):
            self._write_simple(line, column, text, style)
            return 0
        covered = x = 0
        while x < len(cells):
            start, certain = x, is_certain(cells[x], self._wide_ambiguous)
            while x < len(cells) and (not cells[x] or is_certain(cells[x], self._wide_ambiguous) is certain):
                if x > start and len(cells[x]) > 1 and cells[x][0].isascii():
                    break  # a letter with a mark is not shaped with what is before it, so it is positioned
                x += 1
            if certain:
                self._write_text(line, column + start, "".join(cells[start:x]), x - start)
            else:
                covered = max(covered, start + self._write_run(line, column + start, cells[start:x]))
        return max(0, covered - len(cells))

    def _write_simple(self, line: int, column: int, text: str, style: CellStyle) -> None:
        if not (self._erases_with_background and " " * 12 in text and can_erase(style, True)):
            self._write_text(line, column, text, len(text))
            return
        for part in filter(None, _BLANKS.split(text)):
            if _BLANKS.fullmatch(part):
                self.move_cursor(line, column)
                self._out.append(f"\x1b[{len(part)}X")
            else:
                self._write_text(line, column, part, len(part))
            column += len(part)

    def _write_text(self, line: int, column: int, text: str, width: int) -> None:
        self.move_cursor(line, column)
        self._out.append(text)
        # After the last column, the position of the cursor depends on the terminal.
        self._column = column + width if column + width < self._width else None

    def _write_run(self, line: int, column: int, cells: Sequence[str]) -> int:
        """Write characters whose width depends on the terminal. Returns the maximum number of columns they take.

        They are written together, because terminals shape them together. The cursor is positioned again afterwards.
        """
        items = [item for item in cells if item]
        width, available = len(cells), self._width - column
        drawn = sum(drawn_width(item, self._wide_ambiguous) for item in items)
        if self._wide_ambiguous and drawn > available and items[-1].endswith(LEFT_TO_RIGHT_MARK):
            # Nothing follows at the right edge, so the mark, which takes a column in some terminals, is not needed.
            drawn -= drawn_width(LEFT_TO_RIGHT_MARK)
            items[-1] = items[-1].removesuffix(LEFT_TO_RIGHT_MARK)
        while self._wide_ambiguous and drawn > available:
            drawn -= drawn_width(items.pop(), True)
        if drawn < width or len(items) < width:
            self._write_text(line, column, " " * width, width)
        if items:
            self._write_text(line, column, "".join(items), width)
        self._column = None
        return max(drawn, width)

    def move_lines(self, move: ScrollMove) -> None:
        """Scroll lines. The lines that become free are blank in the plain style.

        Deleting and inserting lines between margins is from the VT102, so every terminal has it; scroll up and down are
        not.
        """
        self.set_style(PLAIN)
        size = abs(move.by)
        command = f"\x1b[{size if size > 1 else ''}{'M' if move.by > 0 else 'L'}"
        self._out.append(f"\x1b[{move.first + 1};{move.last + 1}r\x1b[{move.first + 1}H{command}\x1b[r")
        self._line = self._column = None
