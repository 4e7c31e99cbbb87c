"""Actions of the wallets list and the wallet screen."""

from __future__ import annotations

from dyntui.resources.users import USERS, WALLETS
from dyntui.tui.kit.action_registry import READ, Action, register
from dyntui.tui.shell.declared_actions import declared_action

__all__ = ["WALLETS_ACTIONS"]

WALLETS_ACTIONS = register(
    declared_action("wallets.pregenerate", WALLETS, "pregenerate", keys=("plus",), rank=16),
    declared_action("wallets.recover", USERS, "recover-wallets", rank=17),
    Action("wallets.export", ("x",), "export", "Export the marked wallets or all wallets to a new file.", READ),
    Action("wallet.signature_policies", ("V",), "signature policies", "Show what the wallet may sign for a time.", READ),
    declared_action("wallet.delete", WALLETS, "delete", rank=16),
    declared_action("wallet.recover", USERS, "recover-wallets", rank=17),
)  # fmt: skip
