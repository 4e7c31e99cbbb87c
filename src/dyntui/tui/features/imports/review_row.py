"""The row details of the review: problems, all cells, or the JSON that is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from textwrap import wrap

from textual import events

from dyntui.core.meanings import SEVERITY_SIGNS, SIGNS
from dyntui.core.text import safe
from dyntui.importer import Mapping as FieldMapping
from dyntui.store.review_queries import ReviewRow
from dyntui.tui.features.imports.formatting import cell_text
from dyntui.tui.features.imports.review_table import problem_text
from dyntui.tui.kit.widgets.cells import cut, fit, width_of
from dyntui.tui.kit.widgets.line_list import ItemList, Piece

__all__ = ["CELLS", "JSON", "RowPane"]

CELLS, JSON = "cells", "json"
_MIN_WIDTH = 20
_MAX_CHARS = 2000


class RowPane(ItemList[list[Piece]]):
    """The pane with one row. mode: CELLS or JSON."""

    BAR_NEEDS_FOCUS = True

    def __init__(self) -> None:
        super().__init__(id="row")
        self.mode = CELLS
        self._row: ReviewRow | None = None
        self._mapping: FieldMapping | None = None

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        room = width - 2
        pieces = [self.bar(index)]
        for text, style in self.items[index]:
            pieces.append((cut(text, room), style))
            room = max(0, room - width_of(text))
        return pieces

    def show(self, row: ReviewRow | None, mapping: FieldMapping | None) -> None:
        """Show a row; None while it is loading."""
        if row is self._row and mapping is self._mapping:
            return
        self._row, self._mapping = row, mapping
        self._show_lines()

    def on_resize(self, event: events.Resize) -> None:
        self._show_lines()

    def toggle_mode(self) -> None:
        """Switch between cells and JSON."""
        self.mode = JSON if self.mode == CELLS else CELLS
        self._show_lines()

    def _show_lines(self) -> None:
        row, mapping = self._row, self._mapping
        if row is None or mapping is None:
            lines: list[list[Piece]] = []
            self.border_title = "row"
        else:
            room = max(_MIN_WIDTH, self.size.width - 4)
            lines = (
                _json_lines(row, room)
                if self.mode == JSON
                else _problem_lines(row, room) + _cell_lines(row, mapping, room)
            )
            what = "JSON" if self.mode == JSON else "details"
            self.border_title = f"row {row.number:,} {what}"
        self.cursor = self.top = 0
        self.set_items(lines)


def _wrap(text: str, room: int) -> list[str]:
    if width_of(text) > len(text):  # some characters are two cells wide: assume all are
        room //= 2
    return wrap(text, max(_MIN_WIDTH, room), break_on_hyphens=False) or [""]


def _problem_lines(row: ReviewRow, room: int) -> list[list[Piece]]:
    lines: list[list[Piece]] = []
    for problem in row.problems:
        sign = SEVERITY_SIGNS[problem.level]
        field = f"{safe(problem.field, 60)}: " if problem.field else ""
        first, *more = _wrap(f"{field}{safe(problem.message, 300)}", room - 2)
        lines.append([(f"{sign} ", SIGNS[sign]), (first, "")])
        lines += [[(f"  {part}", "")] for part in more]
        if problem.suggestion is not None:
            lines += [[(f"  {part}", "good")] for part in _wrap(f"suggested: {safe(problem.suggestion)}", room - 2)]
    if not row.problems and (text := problem_text(row)):
        lines += [[(part, "")] for part in _wrap(safe(text, 300), room)]
    return lines


def _cell_lines(row: ReviewRow, mapping: FieldMapping, room: int) -> list[list[Piece]]:
    names = mapping.source_columns
    targets = {item.column: item.field for item in mapping.columns if item.field}
    name_width = min(24, max((width_of(safe(name, 40)) for name in names), default=0))
    lines: list[list[Piece]] = []
    for name, cell in zip(names, row.cells, strict=True):
        text = "—" if cell in ("", None) else safe(cell_text(cell), _MAX_CHARS)
        first, *more = _wrap(text, room - name_width - 2)
        lines.append([(fit(safe(name, 40), name_width) + "  ", "dim"), (first, "")])
        lines += [[(" " * (name_width + 2), ""), (part, "")] for part in more]
        if name in targets:
            lines[-1].append((f"  → {targets[name]}", "dim"))
    return lines


def _json_lines(row: ReviewRow, room: int) -> list[list[Piece]]:
    body = row.body
    if body is None:
        return [[("This row is not sent.", "dim")]]
    text = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    lines: list[list[Piece]] = []
    for line in text.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()) + 4)
        parts = wrap(safe(line, _MAX_CHARS), max(_MIN_WIDTH, room), subsequent_indent=indent, break_on_hyphens=False)
        lines += [[(part, "")] for part in parts]
    return lines
