"""A dialog with all columns of one row of a table, also those that are cut or hidden on the screen."""

from __future__ import annotations

from textual.app import ComposeResult

from dyntui.core.times import now
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.widgets.field_list import FieldLine, FieldList
from dyntui.tui.kit.widgets.table import Table

__all__ = ["RowDialog"]

_MAX_HEIGHT = 16


class RowDialog(BaseDialog[None]):
    """Shows the row under the cursor of `table` in full."""

    title_text = "Row"

    def __init__(self, table: Table) -> None:
        super().__init__()
        row, at = table.selected_row, now()
        self._lines = [FieldLine(column.name, column.cell(row, at)) for column in table.columns]

    def content(self) -> ComposeResult:
        fields = FieldList(self._lines, id="row")
        fields.show_whole(_MAX_HEIGHT)
        yield fields
