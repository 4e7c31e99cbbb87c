"""One row in full, beside the table: what is wrong with it, its cells, or the JSON that is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dyntui.core.text import safe
from dyntui.importer import Mapping as FieldMapping
from dyntui.tui.widgets.cells import cut, fit, width_of
from dyntui.tui.widgets.lines import Lines, Piece

__all__ = ["CELLS", "JSON", "RowPane"]

CELLS, JSON = "cells", "json"

_SIGNS = {"error": ("✕", "bad"), "warning": ("!", "warn")}


class RowPane(Lines):
    """mode: cells or json."""

    def __init__(self) -> None:
        super().__init__(id="row")
        self.mode = CELLS
        self._lines: list[list[Piece]] = []
        self._row: Mapping[str, Any] | None = None
        self._mapping: FieldMapping | None = None

    @property
    def count(self) -> int:
        return len(self._lines)

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        room = width - 2
        pieces: list[Piece] = [("▌ ", "accent") if index == self.cursor and self.has_focus else ("  ", "")]
        for text, style in self._lines[index]:
            pieces.append((cut(text, room), style))
            room = max(0, room - width_of(text))
        return pieces

    def show(self, row: Mapping[str, Any] | None, mapping: FieldMapping | None) -> None:
        """Show a row; None when it is not here yet."""
        if row is self._row and mapping is self._mapping:
            return
        self._row, self._mapping = row, mapping
        self._arrange()

    def turn(self) -> None:
        """The other way to look at it."""
        self.mode = JSON if self.mode == CELLS else CELLS
        self._arrange()

    def _arrange(self) -> None:
        row, mapping = self._row, self._mapping
        if row is None or mapping is None:
            self._lines = []
            self.border_title = "the row"
        else:
            self._lines = _json_lines(row) if self.mode == JSON else _problem_lines(row) + _cell_lines(row, mapping)
            what = "as it is sent" if self.mode == JSON else "in full"
            self.border_title = f"row {row['number']:,} {what}"
        self.cursor = self.top = 0
        self.count_changed()


def _problem_lines(row: Mapping[str, Any]) -> list[list[Piece]]:
    lines: list[list[Piece]] = []
    for problem in row["problems"]:
        sign, style = _SIGNS[problem.level]
        field = f"{safe(problem.field, 60)}: " if problem.field else ""
        lines.append([(f"{sign} ", style), (f"{field}{safe(problem.message, 300)}", "")])
        if problem.suggestion is not None:
            lines.append([(f"  suggested: {safe(problem.suggestion, 200)}", "good")])
    if not row["problems"] and row["problem"]:
        lines.append([(safe(row["problem"], 300), "")])
    return lines


def _cell_lines(row: Mapping[str, Any], mapping: FieldMapping) -> list[list[Piece]]:
    names = mapping.source_columns
    goes = {each.column: each.field for each in mapping.columns if each.field}
    wide = min(24, max((width_of(safe(name, 40)) for name in names), default=0))
    lines: list[list[Piece]] = []
    for name, cell in zip(names, row["cells"], strict=True):
        text = "—" if cell in ("", None) else safe(cell, 500)
        field = f"  → {goes[name]}" if name in goes else ""
        lines.append([(fit(safe(name, 40), wide) + "  ", "dim"), (text, ""), (field, "dim")])
    return lines


def _json_lines(row: Mapping[str, Any]) -> list[list[Piece]]:
    body = row["body"]
    if body is None:
        return [[("Nothing is sent of this row as it is.", "dim")]]
    text = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    return [[(safe(line, 500), "")] for line in text.split("\n")]
