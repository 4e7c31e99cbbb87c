"""The base class of the request log and the notifications: a table of log rows, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.core.json_types import Row
from dyntui.tui.features.session_log.actions import SESSION_LOG_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.shell.table_screen import TableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["LogScreen"]


class LogScreen(TableScreen):
    """A table of log rows. It is filled again whenever a request begins or ends and when the screen is shown."""

    BINDINGS = bindings(SESSION_LOG_ACTIONS, "session-log")
    open_action = "session-log.open"
    KEY = "key"

    def build_rows(self) -> list[Row]:
        """Return the rows, the newest first. Each has a `key` and a `title`, the title of its dialog."""
        raise NotImplementedError

    def row_text(self, row: Row) -> str:
        """Return the full text of a row, for its dialog and the clipboard."""
        raise NotImplementedError

    def update_rows(self) -> None:
        """Fill the table again."""
        self.set_rows(self.build_rows())

    def on_mount(self) -> None:
        self.update_rows()

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.update_rows()

    def traffic_changed(self) -> None:
        self.update_rows()

    def connected(self, connection: Connection) -> None:
        self.update_rows()

    def action_open(self) -> None:
        from dyntui.tui.kit.dialogs.message_dialog import MessageDialog

        row = self.table.selected_row
        self.console.ask(MessageDialog(str(row["title"]), self.row_text(row)))

    def action_copy(self) -> None:
        send_to_clipboard(self.console, self.row_text(self.table.selected_row), "row")
