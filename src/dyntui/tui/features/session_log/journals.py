"""What happened in this session: requests over the wire, and messages that were shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult

from dyntui.resources import Column
from dyntui.resources.cell_formats import thousands
from dyntui.tui.features.session_log.actions import SESSION_LOG_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.table_screen import TableScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["NotificationsScreen", "RequestLogScreen"]

_REQUESTS = (
    Column("at", "at", 12, priority=0),
    Column("method", "method", 6, priority=2),
    Column("operation", "operation", 30, grow=True, priority=0),
    Column("answer", "answer", 14, priority=0),
    Column("ms", "ms", 7, right=True, format=thousands, priority=1),
    Column("sent", "sent", 8, right=True, format=thousands, priority=4),
    Column("received", "received", 9, right=True, format=thousands, priority=3),
    Column("attempt", "try", 3, right=True, format=thousands, priority=5),
)
_NOTES = (
    Column("at", "at", 8, priority=0),
    Column("severity", "kind", 11, priority=0),
    Column("text", "message", 40, grow=True, priority=0),
)


class _Journal(TableScreen):
    """Rows of what happened, the newest first."""

    BINDINGS = bindings(SESSION_LOG_ACTIONS, "journal")
    COLUMNS: tuple[Column, ...] = ()
    EMPTY = ""

    def body(self) -> ComposeResult:
        yield Table(self.COLUMNS, StaticRows(self.rows(), key="key"), empty=lambda: self.EMPTY, id="list")

    def rows(self) -> list[dict[str, Any]]:
        """What there is, newest first."""
        raise NotImplementedError

    def text(self, row: dict[str, Any]) -> str:
        """A row in full."""
        raise NotImplementedError

    def look(self) -> None:
        """Something may have happened."""
        self.set_rows(self.rows())

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.is_mounted:
            self.look()

    def traffic_changed(self) -> None:
        self.look()

    def connected(self, connection: Connection) -> None:
        self.look()

    def status(self) -> Sequence[Piece]:
        return self.position()

    def selection_disabled_reason(self) -> str | None:
        return None if self.table.row is not None else "There is no line under the cursor."

    @on(Table.Opened)
    def action_open(self) -> None:
        from dyntui.tui.kit.dialogs.message_dialog import MessageDialog

        row = self.table.row
        assert row is not None
        self.console.ask(MessageDialog(str(row["title"]), self.text(row)))

    def action_copy(self) -> None:
        row = self.table.row
        assert row is not None
        send_to_clipboard(self.console, self.text(row), "line")


class RequestLogScreen(_Journal):
    """The request log. It never holds what was in a request, only that there was one."""

    COLUMNS = _REQUESTS
    EMPTY = "No request has been made yet."

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("requests",)

    def rows(self) -> list[dict[str, Any]]:
        connection = self.console.session.connection
        if connection is None:
            return []
        first = connection.log.total - len(entries := connection.log.entries())
        rows = [
            {
                "key": first + index,
                "title": entry.operation,
                "at": f"{entry.at:%H:%M:%S}.{entry.at.microsecond // 1000:03d}",
                "method": entry.method,
                "operation": entry.operation,
                "answer": str(entry.status) if entry.status else "no answer",
                "ms": round(entry.ms),
                "sent": entry.bytes_out,
                "received": entry.bytes_in,
                "attempt": entry.attempt,
                "error": entry.error,
            }
            for index, entry in enumerate(entries)
        ]
        return rows[::-1]

    def text(self, row: dict[str, Any]) -> str:
        lines = [
            f"{row['method']} {row['operation']}",
            f"at {row['at']} UTC, attempt {row['attempt']}",
            f"answer {row['answer']} after {row['ms']:,} ms",
            f"{row['sent']:,} bytes sent, {row['received']:,} received",
        ]
        return "\n".join([*lines, "", str(row["error"])] if row["error"] else lines)


class NotificationsScreen(_Journal):
    """Every message that was shown."""

    COLUMNS = _NOTES
    EMPTY = "There have been no messages."

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("messages",)

    def rows(self) -> list[dict[str, Any]]:
        words = {"information": "message"}
        rows = [
            {
                "key": index,
                "title": words.get(note.severity, note.severity),
                "at": f"{note.at:%H:%M:%S}",
                "severity": words.get(note.severity, note.severity),
                "text": note.text,
            }
            for index, note in enumerate(self.console.session.notes)
        ]
        return rows[::-1]

    def text(self, row: dict[str, Any]) -> str:
        return str(row["text"])
