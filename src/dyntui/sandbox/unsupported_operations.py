"""Why the sandbox does not answer an operation of signed-in people: said in the 501."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation

__all__ = ["unsupported_reason"]

_REASONS = (
    (r"/waas/|/embeddedWallets", "it needs the cryptography of wallets and their key shares"),
    (r"/simulate|/solana/|/transactions", "it needs a blockchain"),
    (r"/passkeys|/mfa", "it needs a device of a signed-in person, and that person's JWT"),
    (
        r"/providers/|/telegram|TelegramAuth|/farcaster/|/externalAuth/",
        "it belongs to a sign-in at somebody else's site",
    ),
    (r"/exchange/|/onramps/", "it needs an account at an exchange"),
    (r"", "it needs a signed-in person's JWT, and nobody signs in here"),
)


def unsupported_reason(operation: Operation) -> str:
    """The reason, as a clause."""
    return next(reason for pattern, reason in _REASONS if re.search(pattern, operation.path))
