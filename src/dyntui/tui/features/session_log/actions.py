"""Actions of the request log and the notifications.

`LogScreen` binds them. The action `session-log.NAME` runs its method `action_NAME`.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["SESSION_LOG_ACTIONS"]

_READ = Effect.READ

SESSION_LOG_ACTIONS = register(
    {
        "session-log": "Session log",
    },
    Action("session-log.open", ("enter",), "details", "Show the row in full.", _READ, 10,
        disabled_reason="selection_disabled_reason"),
    Action("session-log.copy", ("y",), "copy", "Copy the row to the clipboard.", _READ, 11,
        disabled_reason="selection_disabled_reason"),
)  # fmt: skip
