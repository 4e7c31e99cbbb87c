"""The base class of screens with a table of rows in memory, such as jobs or profiles."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from dyntui.core.json_types import Row
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.action_runner import run_read_worker
from dyntui.tui.shell.base_screen import ConsoleScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["ReadTableScreen", "TableScreen"]

T = TypeVar("T")


class TableScreen(ConsoleScreen):
    """A screen whose table has the id `list` and shows StaticRows."""

    @property
    def table(self) -> Table:
        return self.query_one("#list", Table)

    @property
    def rows_view(self) -> StaticRows:
        """The rows of the table."""
        view = self.table.view
        assert isinstance(view, StaticRows)
        return view

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace the rows of the table."""
        self.table.set_rows(rows)

    def position(self) -> list[Piece]:
        """Return the cursor position for the footer; nothing for an empty table."""
        table = self.table
        return [(f"{table.cursor + 1:,} of {table.count:,}", "")] if table.count else []

    def selection_disabled_reason(self) -> str | None:
        return None if self.table.row is not None else "There is no row under the cursor."

    def update_ages(self) -> None:
        self.table.update_ages()


class ReadTableScreen(TableScreen, Generic[T]):
    """A screen whose rows are read from the server all at once, and again on refresh."""

    async def read(self, connection: Connection) -> T:
        """Read what the screen shows."""
        raise NotImplementedError

    def show_result(self, result: T) -> None:
        """Show what was read."""
        raise NotImplementedError

    def connected(self, connection: Connection) -> None:
        self.action_refresh()

    def reload(self) -> None:
        self.action_refresh()

    def action_refresh(self) -> None:
        connection = self.console.session.connection
        if connection is None:
            return
        change_count = self.change_count

        def on_result(result: T) -> None:
            self.mark_up_to_date(change_count)
            if self.is_mounted:
                self.show_result(result)
                self.refresh_status()

        run_read_worker(self.console, partial(self.read, connection), on_result)
