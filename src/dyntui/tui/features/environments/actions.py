"""Actions of the environments list and of the first-run setup.

Each is done by the method `action_NAME` of the class that binds its scope.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["ENVIRONMENTS_ACTIONS"]

_READ = Effect.READ

ENVIRONMENTS_ACTIONS = register(
    {
        "environments": "Environments",
        "setup": "Detail",
    },
    Action("environments.switch", ("enter",), "switch", "Work in this environment.", _READ, 10,
        disabled_reason="profile_disabled_reason"),
    Action("environments.add", ("a",), "add", "Add an environment.", _READ, 11),
    Action("environments.edit", ("e",), "edit", "Change this environment or its token.", _READ, 12,
        disabled_reason="stored_profile_disabled_reason"),
    Action("environments.check", ("c",), "check", "Ask the server whether the token works.", _READ, 13,
        disabled_reason="profile_disabled_reason"),
    Action("environments.remove", ("d",), "remove", "Forget this environment and its token.", _READ, 14,
        disabled_reason="stored_profile_disabled_reason"),
    Action("setup.choose", ("enter",), "choose", "Go on with this.", _READ, 10),
)  # fmt: skip
