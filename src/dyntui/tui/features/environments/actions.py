"""Actions of the environments list and of the first-run setup.

`EnvironmentsScreen` and `SetupScreen` bind them. The action `SCOPE.NAME` runs the method `action_NAME`.
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
        "setup": "Setup",
    },
    Action("environments.switch", ("enter",), "switch", "Switch to the environment.", _READ, 10,
        disabled_reason="profile_disabled_reason"),
    Action("environments.add", ("a",), "add", "Add an environment.", _READ, 11),
    Action("environments.edit", ("e",), "edit", "Edit the environment or its token.", _READ, 12,
        disabled_reason="stored_profile_disabled_reason"),
    Action("environments.check", ("c",), "check", "Check whether the server accepts the token.", _READ, 13,
        disabled_reason="profile_disabled_reason"),
    Action("environments.remove", ("d",), "remove", "Remove the environment and its token from this machine.", _READ, 14,
        disabled_reason="stored_profile_disabled_reason"),
    Action("setup.choose", ("enter",), "choose", "Choose the option under the cursor.", _READ, 10),
)  # fmt: skip
