"""The reasons why the sandbox does not implement operations of signed-in users, for its 501 responses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation

__all__ = ["unsupported_reason"]

_REASONS = (
    (r"/waas/|/embeddedWallets", "it needs the key shares of wallets"),
    (r"/simulate|/solana/|/transactions", "it needs a blockchain"),
    (r"/passkeys|/mfa", "it needs a device and the JWT of a signed-in user"),
    (
        r"/providers/|/telegram|TelegramAuth|/farcaster/|/externalAuth/",
        "it is a part of the sign-in at an external provider",
    ),
    (r"/exchange/|/onramps/", "it needs an account at an exchange"),
    (r"", "it needs the JWT of a signed-in user, and the sandbox has no sign-in"),
)


def unsupported_reason(operation: Operation) -> str:
    """Return the reason as a clause."""
    return next(reason for pattern, reason in _REASONS if re.search(pattern, operation.path))
