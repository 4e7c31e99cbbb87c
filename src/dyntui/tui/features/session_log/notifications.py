"""The notifications that were shown in this session."""

from __future__ import annotations

from dyntui.core.json_types import Row
from dyntui.resources import Column
from dyntui.tui.features.session_log.log_screen import LogScreen

__all__ = ["NotificationsScreen"]


class NotificationsScreen(LogScreen):
    """All notifications of this session, also those that are no longer on the screen."""

    breadcrumbs = ("notifications",)
    COLUMNS = (
        Column("time", "time", 8, priority=0),
        Column("severity", "severity", 11, priority=0),
        Column("text", "notification", 40, grow=True, priority=0),
    )
    EMPTY = "No notifications yet."

    def build_rows(self) -> list[Row]:
        rows: list[Row] = [
            {
                "key": index,
                "title": notification.severity.capitalize(),
                "time": f"{notification.at:%H:%M:%S}",
                "severity": notification.severity,
                "text": notification.text,
            }
            for index, notification in enumerate(self.console.session.notifications)
        ]
        return rows[::-1]

    def row_text(self, row: Row) -> str:
        return str(row["text"])
