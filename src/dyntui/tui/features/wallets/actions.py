"""Actions of the wallets list and the wallet screen."""

from __future__ import annotations

from dyntui.tui.kit.action_registry import READ, Action, register
from dyntui.tui.shell.record_actions import declared_action

__all__ = ["WALLETS_ACTIONS"]

WALLETS_ACTIONS = register(
    declared_action("wallets.pregenerate", "wallets.pregenerate", keys=("plus",), rank=16),
    declared_action("wallets.recover", "users.recover-wallets", rank=17),
    Action("wallets.export", ("x",), "export", "Export the marked wallets or all wallets to a new file.", READ),
    Action("wallet.signature_policies", ("V",), "signature policies", "Show what the wallet may sign for a time.", READ),
    declared_action("wallet.delete", "wallets.delete", rank=16),
    declared_action("wallet.recover", "users.recover-wallets", rank=17),
)  # fmt: skip
