"""Actions of the request log and of the notifications.

Each is done by the method `action_NAME` of the class that binds its scope.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["SESSION_LOG_ACTIONS"]

_READ = Effect.READ

SESSION_LOG_ACTIONS = register(
    {
        "journal": "Detail",
    },
    Action("journal.open", ("enter",), "open", "The whole of this line.", _READ, 10, disabled_reason="selection_disabled_reason"),
    Action("journal.copy", ("y",), "copy", "Send this line to the clipboard.", _READ, 11, disabled_reason="selection_disabled_reason"),
)  # fmt: skip
