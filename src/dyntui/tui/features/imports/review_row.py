"""One row in full, beside the table: what is wrong with it, its cells, or the JSON that is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from textual import events

from dyntui.core.text import safe
from dyntui.importer import Mapping as FieldMapping
from dyntui.tui.features.imports.formatting import cell_text
from dyntui.tui.kit.widgets.cells import cut, fit, width_of
from dyntui.tui.kit.widgets.line_list import LineList, Piece

__all__ = ["CELLS", "JSON", "RowPane"]

CELLS, JSON = "cells", "json"
_LEAST = 20
_MOST = 2000

_SIGNS = {"error": ("✕", "bad"), "warning": ("!", "warn")}


class RowPane(LineList):
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

    def on_resize(self, event: events.Resize) -> None:
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
            room = max(_LEAST, self.size.width - 4)
            self._lines = (
                _json_lines(row, room)
                if self.mode == JSON
                else _problem_lines(row, room) + _cell_lines(row, mapping, room)
            )
            what = "as it is sent" if self.mode == JSON else "in full"
            self.border_title = f"row {row['number']:,} {what}"
        self.cursor = self.top = 0
        self.count_changed()


def _wrapped(text: str, room: int) -> list[str]:
    if width_of(text) > len(text):  # characters two cells wide: as if all of them were
        room //= 2
    return wrap(text, max(_LEAST, room), break_on_hyphens=False) or [""]


def _problem_lines(row: Mapping[str, Any], room: int) -> list[list[Piece]]:
    lines: list[list[Piece]] = []
    for problem in row["problems"]:
        sign, style = _SIGNS[problem.level]
        field = f"{safe(problem.field, 60)}: " if problem.field else ""
        first, *more = _wrapped(f"{field}{safe(problem.message, 300)}", room - 2)
        lines.append([(f"{sign} ", style), (first, "")])
        lines += [[(f"  {part}", "")] for part in more]
        if problem.suggestion is not None:
            lines += [[(f"  {part}", "good")] for part in _wrapped(f"suggested: {safe(problem.suggestion)}", room - 2)]
    if not row["problems"] and row["problem"]:
        lines += [[(part, "")] for part in _wrapped(safe(row["problem"], 300), room)]
    return lines


def _cell_lines(row: Mapping[str, Any], mapping: FieldMapping, room: int) -> list[list[Piece]]:
    names = mapping.source_columns
    goes = {each.column: each.field for each in mapping.columns if each.field}
    wide = min(24, max((width_of(safe(name, 40)) for name in names), default=0))
    lines: list[list[Piece]] = []
    for name, cell in zip(names, row["cells"], strict=True):
        text = "—" if cell in ("", None) else safe(cell_text(cell), _MOST)
        first, *more = _wrapped(text, room - wide - 2)
        lines.append([(fit(safe(name, 40), wide) + "  ", "dim"), (first, "")])
        lines += [[(" " * (wide + 2), ""), (part, "")] for part in more]
        if name in goes:
            lines[-1].append((f"  → {goes[name]}", "dim"))
    return lines


def _json_lines(row: Mapping[str, Any], room: int) -> list[list[Piece]]:
    body = row["body"]
    if body is None:
        return [[("Nothing is sent of this row as it is.", "dim")]]
    text = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    lines: list[list[Piece]] = []
    for line in text.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()) + 4)
        parts = wrap(safe(line, _MOST), max(_LEAST, room), subsequent_indent=indent, break_on_hyphens=False)
        lines += [[(part, "")] for part in parts]
    return lines
