"""The base class of the request log and the notifications: a table of log rows, the newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from dyntui.core.json_types import Row
from dyntui.resources import Column
from dyntui.tui.features.session_log.actions import SESSION_LOG_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.table_screen import TableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["LogScreen"]


class LogScreen(TableScreen):
    """A table of log rows. It is filled again whenever a request begins or ends and when the screen is shown."""

    BINDINGS = bindings(SESSION_LOG_ACTIONS, "session-log")
    COLUMNS: tuple[Column, ...] = ()
    EMPTY = ""
    """The text of the empty table."""

    def body(self) -> ComposeResult:
        yield Table(self.COLUMNS, StaticRows(self.build_rows(), key="key"), empty=lambda: self.EMPTY, id="list")

    def build_rows(self) -> list[Row]:
        """Return the rows, the newest first. Each has a `key` and a `title`, the title of its dialog."""
        raise NotImplementedError

    def row_text(self, row: Row) -> str:
        """Return the full text of a row, for its dialog and the clipboard."""
        raise NotImplementedError

    def update_rows(self) -> None:
        """Fill the table again."""
        self.set_rows(self.build_rows())

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.update_rows()

    def traffic_changed(self) -> None:
        self.update_rows()

    def connected(self, connection: Connection) -> None:
        self.update_rows()

    def status(self) -> Sequence[Piece]:
        return self.position()

    def selection_disabled_reason(self) -> str | None:
        return None if self.table.row is not None else "There is no row under the cursor."

    @on(Table.Opened)
    def action_open(self) -> None:
        from dyntui.tui.kit.dialogs.message_dialog import MessageDialog

        row = self.table.row
        assert row is not None
        self.console.ask(MessageDialog(str(row["title"]), self.row_text(row)))

    def action_copy(self) -> None:
        row = self.table.row
        assert row is not None
        send_to_clipboard(self.console, self.row_text(row), "row")
