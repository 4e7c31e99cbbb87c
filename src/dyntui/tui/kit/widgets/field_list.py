"""A list of labels and values, one per line. Times are shown as ages and exactly."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from dyntui.core.text import plain_json, safe
from dyntui.core.times import detail_text, parse_time
from dyntui.tui.kit.widgets.cells import cut, fit, width_of
from dyntui.tui.kit.widgets.line_list import ItemList, Piece

__all__ = ["FieldLine", "FieldList"]


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


class FieldList(ItemList[FieldLine]):
    """The list of fields of an object."""

    def __init__(self, fields: Sequence[FieldLine] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.show(fields)

    def show(self, fields: Sequence[FieldLine]) -> None:
        """Replace the lines."""
        self.items = fields
        self._label_width = max((width_of(safe(field.label, 20)) for field in fields if not field.heading), default=0)
        if fields and fields[0].heading and self.cursor == 0:
            self.cursor = 1
        if self.is_attached:
            self.count_changed()

    @property
    def current_field(self) -> FieldLine | None:
        """The line under the cursor; None on a heading."""
        field = self.current
        return None if field is None or field.heading else field

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        field = self.items[index]
        if field.heading:
            return [self.bar(index), (field.label.upper(), "head")]
        label = fit(safe(field.label, 20), self._label_width) + "  "
        room = max(0, width - 3 - width_of(label))
        return [self.bar(index), (label, field.style or "dim"), (cut(_value_text(field.value), room), field.style)]


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
