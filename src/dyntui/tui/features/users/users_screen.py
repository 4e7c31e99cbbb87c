"""The users screen: the list of users with the keys of its actions."""

from __future__ import annotations

from functools import partialmethod

from dyntui.tui.features.users.actions import USERS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

__all__ = ["UsersScreen"]


class UsersScreen(ResourceScreen):
    """The users of the environment. Actions run on the marked users or the current one; failed users stay marked.

    Most sessions start here, so the code of an action is imported when its key is pressed.
    """

    BINDINGS = [*bindings(USERS_ACTIONS, "users"), *bindings(SHELL_ACTIONS, "copying")]

    def users_disabled_reason(self) -> str | None:
        return None if self.table.marks or self.table.row_id else "There is no row under the cursor."

    def _run(self, name: str, opening_key: str) -> None:
        from dyntui.services.actions.resource_actions import write_action
        from dyntui.tui.features.users.bulk_actions import run_bulk_action

        run_bulk_action(self, write_action(name), opening_key)

    action_delete = partialmethod(_run, "users.delete", "d")
    action_revoke_sessions = partialmethod(_run, "users.revoke-sessions", "X")

    def action_revoke_all_sessions(self) -> None:
        from dyntui.services.actions.resource_actions import make_target, write_action
        from dyntui.tui.shell.action_runner import run_action

        action = write_action("users.revoke-all-sessions")
        run_action(self.console, action, [make_target(self.record, None)], opening_key="vertical_line")

    def action_metadata(self) -> None:
        from dyntui.tui.features.users.bulk_actions import ask_metadata_field

        ask_metadata_field(self)

    def action_allowlist(self) -> None:
        from dyntui.tui.features.users.bulk_actions import ask_allowlist

        ask_allowlist(self)

    def action_new(self) -> None:
        from dyntui.tui.features.users.bulk_actions import ask_new_user

        ask_new_user(self)

    def copy_as_disabled_reason(self) -> str | None:
        return self.users_disabled_reason()
