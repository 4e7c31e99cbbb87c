"""A read-only list of headings, texts, and labels with values; used by the steps of the wizard and by the undo."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import NamedTuple

from textual import events

from dyntui.core.text import safe
from dyntui.tui.kit.widgets.cells import cut, fit, width_of
from dyntui.tui.kit.widgets.line_list import ItemList, Piece

__all__ = ["ReportLine", "ReportView", "bullet", "heading", "text_line", "value_line"]

_BULLET = "· "
_MIN_NOTE_WIDTH = 16
_MAX_COUNT_DIGITS = 9
"""More digits are an id and not a count."""


class ReportLine(NamedTuple):
    """One line of raw text."""

    label: str = ""
    value: str = ""
    note: str = ""
    style: str = ""
    is_heading: bool = False
    copy: str = ""
    """The text that `y` copies."""
    key: str = ""
    """The name of the setting that Enter changes; "" for none."""

    @property
    def is_number(self) -> bool:
        digits = self.value.replace(",", "")
        return digits.isdigit() and len(digits) <= _MAX_COUNT_DIGITS


def value_line(label: str, value: str = "", *, note: str = "", style: str = "", key: str = "") -> ReportLine:
    """Return a line with label, value and note."""
    return ReportLine(label, value, note, style, key=key)


def heading(text: str) -> ReportLine:
    """Return a heading in capitals; one with digits or a path stays unchanged."""
    return ReportLine(text if any(char.isdigit() or char == "/" for char in text) else text.upper(), is_heading=True)


def text_line(text: str, style: str = "") -> ReportLine:
    """Return a line of text without a label."""
    return ReportLine(note=text, style=style)


def bullet(text: str, style: str = "") -> ReportLine:
    """Return a line of text with a bullet."""
    return text_line(_BULLET + text, style)


class ReportView(ItemList[ReportLine]):
    """The list. Labels and values form columns; long notes are wrapped."""

    BAR_NEEDS_FOCUS = True

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._lines: Sequence[ReportLine] = ()
        self._label_width = self._value_width = 0

    def set_lines(self, lines: Sequence[ReportLine]) -> None:
        """Show these lines."""
        self._lines = lines
        self._label_width = max((width_of(safe(line.label, 40)) for line in lines if line.value), default=0)
        self._value_width = max((width_of(line.value) for line in lines if line.is_number), default=0)
        self._arrange()

    def _arrange(self) -> None:
        room = self.size.width - 4
        self.set_items([part for line in self._lines for part in (self._parts(line, room) if room > 0 else (line,))])

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    def _parts(self, line: ReportLine, room: int) -> Sequence[ReportLine]:
        """Return the line, and the lines that its note is wrapped into."""
        if line.is_heading or line.copy or (line.label and not line.value):
            return (line,)
        text = safe(line.note)
        if not line.value:
            indent = "  " if text.startswith(_BULLET) else ""
            parts = wrap(text, max(_MIN_NOTE_WIDTH, room), subsequent_indent=indent)
            return [text_line(part, line.style) for part in parts] or (line,)
        value = self._value_width if line.is_number else width_of(safe(line.value))
        start = self._label_width + 2 + value + 2
        if start + width_of(text) <= room or room - start < _MIN_NOTE_WIDTH:
            return (line,)
        first, *more = wrap(text, room - start)
        return [line._replace(note=first), *(text_line(" " * start + part, "dim") for part in more)]

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        line = self.items[index]
        bar = self.bar(index)
        room = width - 2
        if line.is_heading:
            return [bar, (cut(safe(line.label), room), "head")]
        if not line.value:
            text = safe(line.label or line.note)
            return [bar, (cut(text, room), line.style)]
        label = fit(safe(line.label, 40), self._label_width) + "  " if self._label_width else ""
        value = (
            fit(line.value, self._value_width, right=True)
            if line.is_number
            else cut(safe(line.value), room - width_of(label))
        )
        left = room - width_of(label) - width_of(value) - 2
        return [bar, (label, "dim"), (value, line.style), ("  " + cut(safe(line.note), max(0, left)), "dim")]
