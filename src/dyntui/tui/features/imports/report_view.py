"""A sheet of lines to read: headings, and names with their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import wrap

from textual import events

from dyntui.core.text import safe
from dyntui.tui.kit.widgets.cells import cut, fit, width_of
from dyntui.tui.kit.widgets.line_list import LineList, Piece

__all__ = ["ReportLine", "ReportView", "heading", "line", "point", "words"]

_POINT = "· "
_LEAST = 16
_DIGITS = 9
"""More of them in a row are not counted but name something."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line, raw. number: the value is one, and stands to the right of its column. copy: what `y` sends."""

    label: str = ""
    value: str = ""
    note: str = ""
    style: str = ""
    head: bool = False
    copy: str = ""

    @property
    def number(self) -> bool:
        digits = self.value.replace(",", "")
        return digits.isdigit() and len(digits) <= _DIGITS


def line(label: str, value: str = "", *, note: str = "", style: str = "", copy: str = "") -> ReportLine:
    """A name and a value, and perhaps a few words."""
    return ReportLine(label, value, note, style, copy=copy)


def heading(text: str) -> ReportLine:
    """A heading; one that names something is written as it is."""
    return ReportLine(text if any(char.isdigit() or char == "/" for char in text) else text.upper(), head=True)


def words(text: str, style: str = "") -> ReportLine:
    """A line of words across the sheet."""
    return ReportLine(note=text, style=style)


def point(text: str, style: str = "") -> ReportLine:
    """One of several points."""
    return words(_POINT + text, style)


class ReportView(LineList):
    """Labels in a column, values beside them; words that have no room on their line go on below it."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._given: Sequence[ReportLine] = ()
        self.lines_: list[ReportLine] = []
        self._label = self._value = 0

    @property
    def count(self) -> int:
        return len(self.lines_)

    @property
    def here(self) -> ReportLine | None:
        """The line under the cursor."""
        return self.lines_[self.cursor] if self.lines_ else None

    def put(self, lines: Sequence[ReportLine]) -> None:
        """Show these."""
        self._given = lines
        self._label = max((width_of(safe(each.label, 40)) for each in lines if each.value), default=0)
        self._value = max((width_of(each.value) for each in lines if each.number), default=0)
        self._arrange()

    def _arrange(self) -> None:
        room = self.size.width - 4
        self.lines_ = [part for each in self._given for part in (self._parts(each, room) if room > 0 else (each,))]
        self.count_changed()

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    def _parts(self, each: ReportLine, room: int) -> Sequence[ReportLine]:
        """The line, and those that its words go on in."""
        if each.head or each.copy or (each.label and not each.value):
            return (each,)
        text = safe(each.note)
        if not each.value:
            indent = "  " if text.startswith(_POINT) else ""
            parts = wrap(text, max(_LEAST, room), subsequent_indent=indent)
            return [words(part, each.style) for part in parts] or (each,)
        value = self._value if each.number else width_of(safe(each.value))
        start = self._label + 2 + value + 2
        if start + width_of(text) <= room or room - start < _LEAST:
            return (each,)
        first, *more = wrap(text, room - start)
        return [replace(each, note=first), *(words(" " * start + part, "dim") for part in more)]

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        each = self.lines_[index]
        bar: Piece = ("▌ ", "accent") if index == self.cursor and self.has_focus else ("  ", "")
        room = width - 2
        if each.head:
            return [bar, (cut(safe(each.label), room), "head")]
        if not each.value:
            text = safe(each.label or each.note)
            return [bar, (cut(text, room), each.style)]
        label = fit(safe(each.label, 40), self._label) + "  " if self._label else ""
        value = (
            fit(each.value, self._value, right=True) if each.number else cut(safe(each.value), room - width_of(label))
        )
        left = room - width_of(label) - width_of(value) - 2
        return [bar, (label, "dim"), (value, each.style), ("  " + cut(safe(each.note), max(0, left)), "dim")]
