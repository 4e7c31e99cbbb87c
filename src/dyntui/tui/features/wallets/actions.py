"""Actions of the wallets list and of one wallet.

Each is done by the method `action_NAME` of the class that binds its scope.
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
    Action("wallets.pregenerate", ("n",), "pre-generate", "Make embedded wallets that somebody claims by signing in.",
        rank=16),
    Action("wallets.recover", ("u",), "recover", "Bring the deleted wallets of the owners back.", rank=17,
        disabled_reason="recover_disabled_reason"),
    Action("wallets.export", ("E",), "export", "Write the marked wallets, or all, to a new file.", _READ),
    Action("wallet.delete", ("d",), "delete", "Delete the wallet; recover brings it back.", Effect.DESTRUCTIVE, 16,
        disabled_reason="delete_disabled_reason"),
    Action("wallet.recover", ("u",), "recover", "Bring the deleted wallets of the owner back.", rank=17,
        disabled_reason="recover_disabled_reason"),
)  # fmt: skip
