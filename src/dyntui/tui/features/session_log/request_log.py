"""The request log: method, operation, response, duration and size of each request, never its content."""

from __future__ import annotations

from dyntui.core.json_types import Row
from dyntui.resources import Column
from dyntui.resources.cell_formats import thousands
from dyntui.tui.features.session_log.log_screen import LogScreen

__all__ = ["RequestLogScreen"]


class RequestLogScreen(LogScreen):
    """The requests of the open connection."""

    breadcrumbs = ("requests",)
    COLUMNS = (
        Column("time", "time", 12, priority=0),
        Column("method", "method", 6, priority=2),
        Column("operation", "operation", 30, grow=True, priority=0),
        Column("response", "response", 14, priority=0),
        Column("ms", "ms", 7, right=True, format=thousands, priority=1),
        Column("bytes_sent", "sent", 8, right=True, format=thousands, priority=4),
        Column("bytes_received", "received", 9, right=True, format=thousands, priority=3),
        Column("attempt", "attempt", 7, right=True, format=thousands, priority=5),
    )
    EMPTY = "No requests yet."

    def build_rows(self) -> list[Row]:
        connection = self.console.session.connection
        if connection is None:
            return []
        entries = connection.log.entries()
        # The log keeps only the latest entries. A key must stay with its request when older ones are dropped.
        first_key = connection.log.total - len(entries)
        rows: list[Row] = [
            {
                "key": first_key + index,
                "title": entry.operation,
                "time": f"{entry.at:%H:%M:%S}.{entry.at.microsecond // 1000:03d}",
                "method": entry.method,
                "operation": entry.operation,
                "response": str(entry.status) if entry.status else "no response",
                "ms": round(entry.ms),
                "bytes_sent": entry.bytes_out,
                "bytes_received": entry.bytes_in,
                "attempt": entry.attempt,
                "error": entry.error,
            }
            for index, entry in enumerate(entries)
        ]
        return rows[::-1]

    def row_text(self, row: Row) -> str:
        lines = [
            f"Request: {row['method']} {row['operation']}, attempt {row['attempt']}",
            f"Time: {row['time']} UTC",
            f"Response: {row['response']} after {row['ms']:,} ms",
            f"Size: {row['bytes_sent']:,} bytes sent, {row['bytes_received']:,} bytes received",
        ]
        return "\n".join([*lines, "", f"Error: {row['error']}"] if row["error"] else lines)
