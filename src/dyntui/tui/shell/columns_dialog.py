"""The dialog for the columns of a list: which ones, their order and width."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partialmethod

from textual.app import ComposeResult

from dyntui.core.text import safe
from dyntui.resources.resource import Column
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.widgets.cells import fit
from dyntui.tui.kit.widgets.line_list import ItemList, Piece
from dyntui.tui.shell.actions import SHELL_ACTIONS

__all__ = ["ColumnsDialog"]

_MAX_WIDTH = 120
_WIDTH_STEP = 2


class _Columns(ItemList[Column]):
    def __init__(self, columns: list[Column], shown: set[str]) -> None:
        super().__init__(columns, id="list-columns")
        self.columns = columns
        self.shown = shown

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        column = self.columns[index]
        sign = "[x] " if column.name in self.shown else "[ ] "
        name = fit(safe(column.name, 200), max(8, width - 2 - 4 - 6))
        return [self.bar(index), (sign, "strong"), (name, ""), (f"{column.width:>5}", "dim")]


class ColumnsDialog(BaseDialog[list[Column]]):
    """Returns the columns from left to right; [] for the default columns."""

    BINDINGS = bindings(SHELL_ACTIONS, "columns")
    footer_keys = (
        ("columns.toggle", "show"),
        ("columns.move_left columns.move_right", "move"),
        ("columns.narrower columns.wider", "size"),
        ("columns.reset", "reset"),
        ("columns.apply", "apply"),
        ("dialog.cancel", "cancel"),
    )

    def __init__(self, title: str, columns: Sequence[Column], shown: Sequence[str]) -> None:
        super().__init__(title)
        places = {name: place for place, name in enumerate(shown)}
        ordered = sorted(columns, key=lambda column: places.get(column.name, len(places)))
        self._lines = _Columns(ordered, set(shown))

    def content(self) -> ComposeResult:
        self._lines.styles.height = max(1, min(self._lines.count, 14))
        yield self._lines

    def action_toggle_column(self) -> None:
        self._lines.shown ^= {self._lines.columns[self._lines.cursor].name}
        self._lines.repaint()

    def _move(self, by: int) -> None:
        columns, at = self._lines.columns, self._lines.cursor
        if 0 <= at + by < len(columns):
            columns[at], columns[at + by] = columns[at + by], columns[at]
            self._lines.move_to(at + by)

    action_move_right = partialmethod(_move, 1)
    action_move_left = partialmethod(_move, -1)

    def _resize(self, by: int) -> None:
        columns, at = self._lines.columns, self._lines.cursor
        columns[at] = columns[at]._replace(width=max(2, min(columns[at].width + by, _MAX_WIDTH)))
        self._lines.repaint()

    action_wider = partialmethod(_resize, _WIDTH_STEP)
    action_narrower = partialmethod(_resize, -_WIDTH_STEP)

    def current_input(self) -> object:
        return tuple(self._lines.columns), frozenset(self._lines.shown)

    def apply_disabled_reason(self) -> str | None:
        return None if self._lines.shown else "Select at least one column."

    def action_apply(self) -> None:
        self.dismiss([column for column in self._lines.columns if column.name in self._lines.shown])

    def action_reset(self) -> None:
        self.dismiss([])
