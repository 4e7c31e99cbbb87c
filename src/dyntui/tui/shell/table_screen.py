"""What every screen is whose table shows rows that it has itself: no list of the server's, no pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.base_screen import ConsoleScreen

__all__ = ["TableScreen"]


class TableScreen(ConsoleScreen):
    """Its table is called `list`, and shows a ListView."""

    @property
    def table(self) -> Table:
        return self.query_one("#list", Table)

    @property
    def own(self) -> StaticRows:
        """The rows."""
        view = self.table.view
        assert isinstance(view, StaticRows)
        return view

    def put(self, rows: Sequence[dict[str, Any]]) -> None:
        """Show these rows."""
        self.own.put(list(rows))
        self.table.view_changed()

    def position(self) -> list[Piece]:
        """Where the cursor is, for the bottom line; nothing in an empty table."""
        table = self.table
        return [(f"{table.cursor + 1:,} of {table.count:,}", "")] if table.count else []

    def time_passed(self) -> None:
        self.table.time_passed()
