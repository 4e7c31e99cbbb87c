"""A list of labels and values; a long value takes several lines. Times are shown as ages and exactly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from dyntui.core.meanings import role_of
from dyntui.core.text import plain_json, safe
from dyntui.core.times import detail_text, parse_time
from dyntui.tui.kit.plain.plain_text import plain_text
from dyntui.tui.kit.widgets.cells import pad, width_of
from dyntui.tui.kit.widgets.wrapped_list import ItemLines, WrappedItemList, hang

__all__ = ["FieldLine", "FieldList"]

_MAX_LABEL_WIDTH = 24
"""The width of the column of labels in cells; a longer label has its value below it."""


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One line: a label with a value, or a heading."""

    label: str
    value: object = None
    """The raw value; a heading has none."""
    heading: bool = False
    style: str = ""
    """The style of label and value, as in a Piece; "" for the usual ones."""

    @property
    def raw(self) -> str:
        """The value as text for the clipboard."""
        if isinstance(self.value, (dict, list)):
            return plain_json(json.dumps(self.value, ensure_ascii=False))
        return "" if self.value is None else str(self.value)


class FieldList(WrappedItemList[FieldLine]):
    """The list of fields of an object."""

    def __init__(self, fields: Sequence[FieldLine] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.show(fields)

    def show(self, fields: Sequence[FieldLine]) -> None:
        """Replace the lines."""
        self.items = fields
        labels = (width_of(safe(field.label)) for field in fields if not field.heading)
        self._label_width = min(_MAX_LABEL_WIDTH, max(labels, default=0))
        if fields and fields[0].heading and self.cursor == 0:
            self.cursor = 1
        if self.is_attached:
            self.count_changed()

    @property
    def current_field(self) -> FieldLine | None:
        """The line under the cursor; None on a heading."""
        field = self.current
        return None if field is None or field.heading else field

    def accessible_line(self, index: int) -> str:
        field = self.items[index]
        if field.heading:
            return f"heading: {plain_text(field.label)}"
        label, value = plain_text(safe(field.label, 100)), plain_text(_value_text(field.value))
        return f"{label}: {value}" if label else value

    def accessible_state(self) -> object:
        return self.cursor, self.current, self.count

    def item_lines(self, index: int, width: int) -> ItemLines:
        field = self.items[index]
        if field.heading:
            return hang((), field.label.upper(), "head", width)
        label = pad(safe(field.label), self._label_width) + "  "
        text = _value_text(field.value)
        return hang([(label, field.style or "dim")], text, field.style or role_of(field.label, text), width)


def _value_text(value: object) -> str:
    match value:
        case None | "" | [] | {}:
            return "—"
        case bool():
            return "yes" if value else "no"
        case str() if len(value) >= 20 and "T" in value and (moment := parse_time(value)) is not None:
            return detail_text(moment)
        case list() if all(isinstance(part, str) for part in value):
            return safe(", ".join(value))
        case dict() | list():
            return safe(json.dumps(value, ensure_ascii=False))
    return safe(value)
