"""Actions of the audit log and of the screen of one change."""

from __future__ import annotations

from dyntui.tui.kit.action_registry import READ, Action, register

__all__ = ["AUDIT_ACTIONS"]

AUDIT_ACTIONS = register(
    Action("audit.open", ("enter",), "open", "Show the change in full, with the values before and after.", READ, 10,
        disabled_reason="selection_disabled_reason"),
    Action("audit.filter", ("slash",), "filter", "Show only changes that contain all words, or since a time.", READ, 11),
    Action("audit.undo", ("Z", "u"), "undo", "Undo the change, if there is an action that reverses it. It is confirmed first.",
        rank=12),
    Action("audit.environments", ("f",), "all environments", "Show the changes of all environments, or of this one only.",
        READ, 13),
    Action("audit.refresh", ("r", "f5"), "refresh", "Refresh the changes.", READ, 15),
    Action("audit.copy", ("y",), "copy", "Copy the line to the clipboard.", READ,
        disabled_reason="selection_disabled_reason"),
    Action("change.undo", ("Z", "u"), "undo", "Undo the change, if there is an action that reverses it. It is confirmed first.",
        rank=10),
    Action("change.copy", ("y",), "copy", "Copy the value under the cursor to the clipboard.", READ, 11),
    headings={"audit": "Audit Log", "change": "Change"},
)  # fmt: skip
