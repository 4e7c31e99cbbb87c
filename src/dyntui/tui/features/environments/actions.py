"""Actions of the environments list and of the first-run setup."""

from __future__ import annotations

from dyntui.tui.kit.action_registry import READ, Action, register

__all__ = ["ENVIRONMENTS_ACTIONS"]

ENVIRONMENTS_ACTIONS = register(
    Action("environments.switch", ("enter",), "switch", "Switch to the environment.", READ, 10,
        disabled_reason="profile_disabled_reason"),
    Action("environments.number", tuple("123456789"), "by number", "Switch to the environment with this number.", READ, 11,
        run="switch_number", each=True),
    Action("environments.add", ("plus",), "add", "Add an environment.", READ, 11),
    Action("environments.edit", ("e",), "edit", "Edit the environment or its token.", READ, 12,
        disabled_reason="stored_profile_disabled_reason"),
    Action("environments.check", ("w",), "check", "Check whether the server accepts the token.", READ, 13,
        disabled_reason="profile_disabled_reason"),
    Action("environments.remove", ("d",), "remove", "Remove the environment and its token from this machine.", READ, 14,
        disabled_reason="stored_profile_disabled_reason"),
    Action("setup.choose", ("enter",), "choose", "Choose the option under the cursor.", READ, 10),
)  # fmt: skip
