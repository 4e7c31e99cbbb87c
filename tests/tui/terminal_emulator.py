"""A terminal emulator for the lean writer's tests: pyte, with what pyte does not know of real terminals.

pyte stops at a joiner, leaves half of a wide character standing when the other is overwritten, and forgets dim,
overline, links and the like. Here every attribute of a cell is kept, the extra ones within the names of its colors.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import pyte
from rich._unicode_data import load
from rich.cells import get_character_cell_size

LINK = re.compile(r"\x1b\]8;([^\x1b]*)\x1b\\")
NOT_FOR_PYTE = re.compile(r"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p")
CUT_OFF = re.compile(r"\x1b(\[[0-9;?<=>$]*|\][^\x07\x1b]*\x1b?)?$")
JOINER, EMOJI_STYLE, LEFT_TO_RIGHT_MARK = "\u200d", "\ufe0f", "\u200e"
EXTRA = {2, 6, 8, 21, 51, 52, 53}
ENDS = {22: {2}, 24: {21}, 25: {6}, 28: {8}, 54: {51, 52}, 55: {53}}


class Emulator(pyte.Screen):
    """A terminal that does not wrap. clusters: it draws emoji sequences as one, as Rich measures them.

    fills: it erases with the background color. answers: reports of the cursor that it was asked for. wide_ambiguous:
    characters of East Asian ambiguous width take two columns. Marks of direction are not kept.
    """

    def __init__(
        self, columns: int, lines: int, *, clusters: bool = True, fills: bool = True, wide_ambiguous: bool = False
    ) -> None:
        self.clusters = clusters
        self.wide_ambiguous = wide_ambiguous
        self.fills = fills
        self.extra: set[int] = set()
        self.link = self.rest = ""
        self.joining = self.half_flag = False
        self.answers: list[tuple[int, int]] = []
        super().__init__(columns, lines)
        self.reset_mode(7, private=True)
        self._stream = pyte.Stream(self)

    def feed(self, data: str) -> None:
        """What the program sends; a sequence that is cut off waits for its rest."""
        data = NOT_FOR_PYTE.sub("", self.rest + data)
        cut = CUT_OFF.search(data)
        self.rest = cut[0] if cut else ""
        data = data.removesuffix(self.rest)
        for place, part in enumerate(LINK.split(data)):
            if place % 2:
                self.link = part.partition(";")[2]  # Their ids are of each style object.
                self._dress()
            else:
                self._stream.feed(part)

    def cells(self) -> list[list[pyte.screens.Char]]:
        """Every cell with its style."""
        return [[self.buffer[y][x] for x in range(self.columns)] for y in range(self.lines)]

    @property
    def text(self) -> str:
        """What is to be read, a line a row."""
        return "\n".join("".join(cell.data for cell in line) for line in self.cells())

    def report_device_status(self, mode: int, **_: bool) -> None:
        if mode == 6:
            self.answers.append((self.cursor.x, self.cursor.y))

    def select_graphic_rendition(self, *codes: int, **_: bool) -> None:
        super().select_graphic_rendition(*codes)
        waiting = list(codes or (0,))
        while waiting:
            code = waiting.pop(0)
            if code in (38, 48):
                del waiting[: 4 if waiting[0] == 2 else 2]
            elif code == 0:
                self.extra.clear()
            elif code in EXTRA:
                self.extra.add(code)
            self.extra -= ENDS.get(code, set())
        self._dress()

    def _dress(self) -> None:
        attributes = self.cursor.attrs
        colors = attributes.fg.split("+")[0], attributes.bg.split("|")[0]
        extra = "".join(f"+{code}" for code in sorted(self.extra))
        self.cursor.attrs = attributes._replace(
            fg=colors[0] + extra, bg=colors[1] + (f"|{self.link}" if self.link else "")
        )

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        with self._erasing():
            super().erase_in_line(how, private)

    def erase_characters(self, count: int | None = None) -> None:
        with self._erasing():
            super().erase_characters(count)

    @contextmanager
    def _erasing(self) -> Iterator[None]:
        """Erased cells have the background of the pen at most, nothing else of it that can be seen."""
        pen = self.cursor.attrs
        self.cursor.attrs = pen._replace(underscore=False, strikethrough=False, reverse=False)
        if not self.fills:
            self.cursor.attrs = self.cursor.attrs._replace(bg="default")
        yield
        self.cursor.attrs = pen

    def draw(self, data: str) -> None:
        self.joining = self.half_flag = False
        for character in data:
            self._draw(character)
        self.dirty.add(self.cursor.y)

    def _draw(self, character: str) -> None:
        if character == LEFT_TO_RIGHT_MARK:
            return
        width = self._width(character)
        if self.clusters and (self.joining or not width):
            self._combine(character)
        elif self.clusters and self.half_flag:
            first = self.buffer[self.cursor.y][self.cursor.x - 1].data
            self.cursor.x -= 1
            self._write(first + character, 2)
            self.half_flag = False
        elif width:
            self.half_flag = "\U0001f1e6" <= character <= "\U0001f1ff"
            self._write(character, width)
        elif self.cursor.x:
            self._combine(character)

    def _width(self, character: str) -> int:
        """Columns of a character; without clusters vowel signs and skin tones take some of their own."""
        ambiguous = unicodedata.east_asian_width(character) == "A" and unicodedata.category(character) != "Mn"
        if self.wide_ambiguous and ambiguous:
            return 2
        width = get_character_cell_size(character)
        if width or self.clusters:
            return width
        return 2 if unicodedata.east_asian_width(character) == "W" else int(unicodedata.category(character) == "Mc")

    def _write(self, character: str, width: int) -> None:
        line, x = self.buffer[self.cursor.y], min(self.cursor.x, self.columns - width)
        if line[x].data == "" and x:
            line[x - 1] = line[x - 1]._replace(data=" ")
        if x + width < self.columns and line[x + width].data == "":
            line[x + width] = line[x + width]._replace(data=" ")
        line[x] = self.cursor.attrs._replace(data=character)
        if width == 2:
            line[x + 1] = self.cursor.attrs._replace(data="")
        self.cursor.x = x + width

    def _combine(self, character: str) -> None:
        line, x = self.buffer[self.cursor.y], self.cursor.x - 1
        while x > 0 and line[x].data == "":
            x -= 1
        if x < 0:
            return
        before = line[x].data
        self.joining = self.clusters and character == JOINER
        line[x] = line[x]._replace(data=before + character)
        if self.clusters and character == EMOJI_STYLE and before in load("auto").narrow_to_wide:
            cursor = self.cursor.attrs
            self.cursor.attrs = line[x]
            self.cursor.x = x
            self._write(before + character, 2)
            self.cursor.attrs = cursor


def difference(one: Emulator, other: Emulator) -> str:
    """The first cells that differ, in words; empty when none does."""
    found = [
        f"column {x} of line {y}: {a!r} and {b!r}"
        for y, (line, other_line) in enumerate(zip(one.cells(), other.cells(), strict=True))
        for x, (a, b) in enumerate(zip(line, other_line, strict=True))
        if a != b
    ]
    return "\n".join(found[:5])


def misplaced(expected: Emulator, drawn: Emulator) -> list[str]:
    """Letters and digits of ASCII that are not where they are expected."""
    return [
        f"column {x} of line {y}: {expected_cell.data!r} is {cell.data!r}"
        for y, (line, drawn_line) in enumerate(zip(expected.cells(), drawn.cells(), strict=True))
        for x, (expected_cell, cell) in enumerate(zip(line, drawn_line, strict=True))
        if len(expected_cell.data) == 1 and expected_cell.data.isascii() and expected_cell.data != cell.data
    ]
