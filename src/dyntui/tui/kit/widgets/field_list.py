"""Labels and values, one a line: label dim, value bright. Times say how long ago, and exactly when under the cursor."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dyntui.core.text import plain_json, safe
from dyntui.core.times import age, parse_time
from dyntui.tui.kit.widgets.cells import cut, fit, width_of
from dyntui.tui.kit.widgets.line_list import LineList, Piece

__all__ = ["FieldLine", "FieldList"]


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One line. value: raw; a heading has none."""

    label: str
    value: Any = None
    heading: bool = False

    @property
    def raw(self) -> str:
        """The value for the clipboard."""
        if isinstance(self.value, (dict, list)):
            return plain_json(json.dumps(self.value, ensure_ascii=False))
        return "" if self.value is None else str(self.value)


class FieldList(LineList):
    """A list of facts."""

    def __init__(self, facts: Sequence[FieldLine] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.fields: list[FieldLine] = []
        self.show(facts)

    def show(self, facts: Sequence[FieldLine]) -> None:
        """Show these."""
        self.fields = list(facts)
        self._label = max((width_of(safe(fact.label, 20)) for fact in facts if not fact.heading), default=0)
        if facts and facts[0].heading and self.cursor == 0:
            self.cursor = 1
        if self.is_attached:
            self.count_changed()

    @property
    def count(self) -> int:
        return len(self.fields)

    @property
    def current_field(self) -> FieldLine | None:
        """The fact under the cursor; None on a heading."""
        fact = self.fields[self.cursor] if self.fields else None
        return None if fact is None or fact.heading else fact

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        fact = self.fields[index]
        bar: Piece = ("▌ ", "accent") if index == self.cursor else ("  ", "")
        if fact.heading:
            return [bar, (fact.label.upper(), "head")]
        label = fit(safe(fact.label, 20), self._label) + "  "
        room = max(0, width - 3 - width_of(label))
        return [bar, (label, "dim"), (cut(_words(fact.value, exact=index == self.cursor), room), "")]


def _words(value: Any, *, exact: bool) -> str:
    match value:
        case None | "" | [] | {}:
            return "—"
        case bool():
            return "yes" if value else "no"
        case str() if len(value) >= 20 and "T" in value and (moment := parse_time(value)) is not None:
            return f"{age(moment)}  ·  {moment:%Y-%m-%d %H:%M:%S} UTC" if exact else age(moment)
        case list() if all(isinstance(part, str) for part in value):
            return safe(", ".join(value))
        case dict() | list():
            return safe(json.dumps(value, ensure_ascii=False))
    return safe(value)
