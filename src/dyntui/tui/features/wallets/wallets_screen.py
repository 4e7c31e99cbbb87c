"""The wallets screen: the wallets of the environment with the keys of its actions."""

from __future__ import annotations

from dyntui.services.actions.resource_actions import write_action
from dyntui.services.actions.write_types import Target
from dyntui.tui.features.wallets.actions import WALLETS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.shell.action_runner import run_action
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.lists.cached_names import cached_name
from dyntui.tui.shell.lists.resource_actions_screen import ResourceActionsScreen

__all__ = ["WalletsScreen"]


class WalletsScreen(ResourceActionsScreen):
    """The wallets. The actions delete and revoke delegated access are declared in the resource record."""

    BINDINGS = [*bindings(WALLETS_ACTIONS, "wallets"), *bindings(SHELL_ACTIONS, "copying")]

    def _owner_ids(self) -> list[str]:
        return list(dict.fromkeys(str(row["userId"]) for row in self.marked if row.get("userId")))

    def recover_disabled_reason(self) -> str | None:
        return self.selection_disabled_reason() or (
            None if self._owner_ids() else "The owner of this wallet is not known."
        )

    def action_recover(self) -> None:
        cache = self.console.session.rows
        targets = [Target(user_id, cached_name(cache, "users", user_id) or user_id) for user_id in self._owner_ids()]
        run_action(self.console, write_action("users.recover-wallets"), targets, opening_key="u")

    def action_pregenerate(self) -> None:
        from dyntui.tui.features.wallets.pregenerate import ask_pregeneration

        ask_pregeneration(self.console, "n")
