"""Actions of the resource index and of the settings tree.

Each is done by the method `action_NAME` of the class that binds its scope.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["RESOURCES_ACTIONS"]

_READ = Effect.READ

RESOURCES_ACTIONS = register(
    {
        "everything": "Resources",
        "setting": "Settings",
    },
    Action("everything.open", ("enter",), "open", "Go to this list.", _READ, 10, "open", "open_disabled_reason"),
    Action("everything.probe", ("p",), "probe", "Ask the server which lists this token reaches; once each.", _READ, 11),
    Action("setting.edit", ("e",), "change", "Change the value under the cursor.", rank=10, disabled_reason="edit_setting_disabled_reason"),
    Action("setting.find", ("slash",), "find", "Find a setting by a part of its name or value.", _READ, 12),
    Action("setting.next", ("n",), "next", "The next one found.", _READ, 13, "next", "next_match_disabled_reason"),
    Action("setting.copy", ("y",), "copy", "Send the value under the cursor to the clipboard.", _READ, 14),
    Action("setting.refresh", ("r", "f5"), "refresh", "Read the settings again.", _READ, 15),
)  # fmt: skip
