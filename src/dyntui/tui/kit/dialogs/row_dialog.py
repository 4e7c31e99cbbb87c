"""A dialog with all columns of one row of a table, also those that are cut or hidden on the screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.widgets.field_list import FieldLine, FieldList

__all__ = ["RowDialog"]

_MAX_HEIGHT = 16


class RowDialog(BaseDialog[None]):
    """Shows cells in full. cells: pairs of column name and value."""

    title_text = "Row"

    def __init__(self, cells: Sequence[tuple[str, object]]) -> None:
        super().__init__()
        self._lines = [FieldLine(name, value) for name, value in cells]

    def content(self) -> ComposeResult:
        fields = FieldList(self._lines, id="cells")
        fields.show_whole(_MAX_HEIGHT)
        yield fields
