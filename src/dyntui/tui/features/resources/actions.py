"""Actions of the resource index and of the settings."""

from __future__ import annotations

from dyntui.resources.environment import SETTINGS
from dyntui.tui.kit.action_registry import READ, Action, register
from dyntui.tui.shell.declared_actions import declared_action

__all__ = ["RESOURCES_ACTIONS"]

RESOURCES_ACTIONS = register(
    Action("resources.open", ("enter",), "open", "Open the list.", READ, 10),
    Action("resources.check", ("w",), "access", "Check which lists the token can read.", READ, 11, "check_access"),
    declared_action("setting.edit", SETTINGS, "edit", rank=10),
    Action("setting.find", ("slash",), "search", "Search names and values.", READ, 12, "find"),
    Action("setting.copy", ("y",), "copy", "Copy the value under the cursor.", READ, 14),
    Action("setting.refresh", ("r", "f5"), "refresh", "Refresh the settings.", READ, 15),
    headings={"setting": "Settings"},
)  # fmt: skip
