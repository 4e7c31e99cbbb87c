"""A read-only list of headings, texts, and labels with values; used by the steps of the wizard and by the undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dyntui.core.meanings import role_of_sign
from dyntui.core.text import safe
from dyntui.tui.kit.widgets.cells import fit, pad, width_of
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.wrapped_list import ItemLines, WrappedItemList, hang

__all__ = ["ReportLine", "ReportView", "bullet", "heading", "text_line", "value_line"]

_BULLET = "· "
_MAX_LABEL_WIDTH = 40
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


class ReportView(WrappedItemList[ReportLine]):
    """The list. Labels and values form columns; long notes are wrapped."""

    BAR_NEEDS_FOCUS = True

    def __init__(self, *, id: str, read_whole: bool = True) -> None:
        """read_whole: whether plain mode reads all lines and not only the one under the cursor."""
        super().__init__(id=id)
        self.read_whole = read_whole
        self._label_width = self._value_width = 0

    def set_lines(self, lines: Sequence[ReportLine]) -> None:
        """Show these lines."""
        labels = (width_of(safe(line.label)) for line in lines if line.value)
        self._label_width = min(_MAX_LABEL_WIDTH, max(labels, default=0))
        self._value_width = max((width_of(line.value) for line in lines if line.is_number), default=0)
        self.set_items(lines)

    def item_lines(self, index: int, width: int) -> ItemLines:
        line = self.items[index]
        width -= 1
        note = safe(line.note)
        if line.is_heading:
            return hang((), safe(line.label), "head", width)
        if not line.value:
            head: list[Piece] = [(_BULLET, line.style)] if note.startswith(_BULLET) and not line.label else []
            text = safe(line.label) or note.removeprefix(_BULLET if head else "")
            return hang(head, text, line.style or role_of_sign(text), width)
        text = pad(safe(line.label), self._label_width) + "  " if self._label_width else ""
        label: Piece = (text, role_of_sign(text) or "dim")
        style = line.style or role_of_sign(line.value)
        if not line.is_number and not note:
            return hang([label], safe(line.value), style, width)
        value = fit(line.value, self._value_width, right=True) if line.is_number else safe(line.value)
        return hang([label, (value, style), ("  ", "")], note, "dim", width)
