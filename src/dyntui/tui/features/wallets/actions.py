"""Actions of the wallets list and the wallet screen.

`WalletsScreen` and `WalletScreen` bind them. The action `SCOPE.NAME` runs the method `action_NAME`.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["WALLETS_ACTIONS"]

_READ = Effect.READ

WALLETS_ACTIONS = register(
    {
        "wallets": "Wallets",
        "wallet": "Wallet",
    },
    Action("wallets.pregenerate", ("n",), "pre-generate", "Create embedded wallets that a user gets at the first sign-in.",
        rank=16),
    Action("wallets.recover", ("u",), "recover", "Recover all deleted wallets of the owners.", rank=17,
        disabled_reason="recover_disabled_reason"),
    Action("wallets.export", ("E",), "export", "Export the marked wallets or all wallets to a new file.", _READ),
    Action("wallet.delete", ("d",), "delete", "Delete the wallet. It can be recovered.", Effect.DESTRUCTIVE, 16,
        disabled_reason="delete_disabled_reason"),
    Action("wallet.recover", ("u",), "recover", "Recover all deleted wallets of the owner.", rank=17,
        disabled_reason="recover_disabled_reason"),
)  # fmt: skip
