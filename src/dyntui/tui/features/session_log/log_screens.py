"""The request log and the notifications of this session: tables of log rows, the newest first.

The request log has method, path, response, duration and size of each request, and the start of its bodies without
values that may be secrets.
"""

from __future__ import annotations

import json
from urllib.parse import unquote

from dyntui.core.json_types import Row
from dyntui.core.text import plain_json
from dyntui.core.times import exact_text, parse_time
from dyntui.resources.cell_formats import thousands
from dyntui.resources.columns import time_column
from dyntui.resources.resource import Column
from dyntui.tui.features.session_log.actions import SESSION_LOG_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.shell.route_target import RouteTarget
from dyntui.tui.shell.table_screen import LocalTableScreen

__all__ = ["NotificationsScreen", "RequestLogScreen"]


class LogScreen(LocalTableScreen):
    """A table of log rows, the newest first. Each row has a `key` and a `title`, the title of its dialog."""

    BINDINGS = bindings(SESSION_LOG_ACTIONS, "session-log")
    open_action = "session-log.open"
    enter_shows_row = True
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


class NotificationsScreen(LogScreen):
    """All notifications of this session, also those that are no longer on the screen."""

    breadcrumbs = ("notifications",)
    COLUMNS = (
        time_column("time", "time", priority=0),
        Column("severity", "severity", 11, priority=0),
        Column("text", "notification", 40, grow=True, priority=0),
    )
    EMPTY = "No notifications yet."

    def build_rows(self) -> list[Row]:
        rows: list[Row] = [
            {
                "key": index,
                "title": notification.severity.capitalize(),
                "time": notification.at.isoformat(),
                "severity": notification.severity,
                "text": notification.text,
            }
            for index, notification in enumerate(self.console.session.notifications)
        ]
        return rows[::-1]

    def row_text(self, row: Row) -> str:
        return str(row["text"])


class RequestLogScreen(LogScreen):
    """The requests of the open connection."""

    BINDINGS = bindings(SESSION_LOG_ACTIONS, "request-log")
    breadcrumbs = ("requests",)
    COLUMNS = (
        time_column("time", "time", priority=0),
        Column("method", "method", 6, priority=2),
        Column("operation", "operation", 28, priority=0),
        Column("response", "response", 11, priority=0),
        Column("ms", "ms", 6, right=True, format=thousands, priority=1),
        Column("bytes_received", "received", 9, right=True, format=thousands, priority=4),
        Column("path", "path", 24, grow=True, priority=3),
        Column("bytes_sent", "sent", 8, right=True, format=thousands, priority=5),
        Column("attempt", "attempt", 7, right=True, format=thousands, priority=6),
    )
    EMPTY = "No requests yet."

    def build_rows(self) -> list[Row]:
        connection = self.console.session.connection
        if connection is None:
            return []
        entries, environment_id = connection.log.entries(), connection.profile.environment_id
        # The log keeps only the latest entries. A key must stay with its request when older ones are dropped.
        first_key = connection.log.total - len(entries)
        rows: list[Row] = [
            {
                "key": first_key + index,
                "title": entry.operation,
                "time": entry.at.isoformat(),
                "method": entry.method,
                "operation": entry.operation,
                "response": str(entry.status) if entry.status else "no response",
                "ms": round(entry.ms),
                "bytes_sent": entry.bytes_out,
                "bytes_received": entry.bytes_in,
                "attempt": entry.attempt,
                "error": entry.error,
                "path": unquote(entry.path).replace(f"/environments/{environment_id}", "…"),
                "raw_path": entry.path,
                "sent": entry.sent,
                "received": entry.received,
            }
            for index, entry in enumerate(entries)
        ]
        return rows[::-1]

    def row_text(self, row: Row) -> str:
        sent_at = parse_time(row["time"])
        lines = [
            f"Request: {row['method']} {row['operation']}, attempt {row['attempt']}",
            f"Time: {exact_text(sent_at, 'milliseconds') if sent_at is not None else 'unknown'}",
            f"Response: {row['response']} after {row['ms']:,} ms",
            f"Size: {row['bytes_sent']:,} bytes sent, {row['bytes_received']:,} bytes received",
        ]
        lines.insert(1, f"Path: {unquote(str(row['raw_path'])) or '—'}")
        parts = (("Error", row["error"]), ("Request body", row["sent"]), ("Response body", row["received"]))
        for title, text in parts:
            if text:
                lines += ["", f"{title}:", *_pretty(str(text)).split("\n")]
        return "\n".join(lines)

    def resend_disabled_reason(self) -> str | None:
        row = self.table.row
        if row is None:
            return self.NO_SELECTION
        if row["method"] != "GET":
            return "Only reads are sent again. A write is done again with its own action, which is confirmed."
        if not row["raw_path"]:
            return "The address of this request is not known, so it cannot be sent again."
        is_whole = all(sign not in str(row["raw_path"]) for sign in ("<token>", "<secret>", "<email>", "…"))
        return None if is_whole else "The path is not kept in full: it has a secret or an email, or is very long."

    def action_resend(self) -> None:
        row = self.table.selected_row
        self.console.open_route("api-request", RouteTarget(row={"method": row["method"], "path": row["raw_path"]}))


def _pretty(text: str) -> str:
    """Return JSON indented; any other text, such as JSON that is cut, as it is."""
    try:
        return plain_json(json.dumps(json.loads(text), indent=2, ensure_ascii=False))
    except ValueError:
        return text
