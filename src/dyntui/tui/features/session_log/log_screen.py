"""The base class of the request log and the notifications: a table of log rows, the newest first."""

from __future__ import annotations

from dyntui.core.json_types import Row
from dyntui.tui.features.session_log.actions import SESSION_LOG_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.shell.table_screen import LocalTableScreen

__all__ = ["LogScreen"]


class LogScreen(LocalTableScreen):
    """A table of log rows, the newest first. Each row has a `key` and a `title`, the title of its dialog."""

    BINDINGS = bindings(SESSION_LOG_ACTIONS, "session-log")
    open_action = "session-log.open"
    KEY = "key"

    def row_text(self, row: Row) -> str:
        """Return the full text of a row, for its dialog and the clipboard."""
        raise NotImplementedError

    def action_open(self) -> None:
        from dyntui.tui.kit.dialogs.message_dialog import MessageDialog

        row = self.table.selected_row
        self.console.ask(MessageDialog(str(row["title"]), self.row_text(row)))

    def action_copy(self) -> None:
        send_to_clipboard(self.console, self.row_text(self.table.selected_row), "row")
