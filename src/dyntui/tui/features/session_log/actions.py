"""Actions of the request log and the notifications."""

from __future__ import annotations

from dyntui.tui.kit.action_registry import READ, Action, register

__all__ = ["SESSION_LOG_ACTIONS"]

SESSION_LOG_ACTIONS = register(
    Action("session-log.open", ("enter",), "details", "Show the row in full.", READ, 10,
        disabled_reason="selection_disabled_reason"),
    Action("session-log.copy", ("y",), "copy", "Copy the row to the clipboard.", READ, 11,
        disabled_reason="selection_disabled_reason"),
    Action("request-log.resend", ("full_stop",), "send again", "Send the read again and show its response. Writes are never sent again.",
        READ, 12),
)  # fmt: skip
