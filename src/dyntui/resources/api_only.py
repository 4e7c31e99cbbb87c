"""Why only `dyntui api` and the API console call an operation that no resource record uses."""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.api.catalog import Operation

__all__ = ["API_ONLY_REASONS", "api_only_reason"]

_LEGACY = "Earlier path: {} calls the operation that names the environment."

_OF_APPS = "Apps call it for their users: before sign-in, or with the token of a signed-in user."

API_ONLY_REASONS: Mapping[str, str] = {
    "deleteUserLegacy": _LEGACY.format("`dyntui users delete`"),
    "getUserLegacy": _LEGACY.format("`dyntui users get`"),
    "updateUserLegacy": _LEGACY.format("`dyntui users edit`"),
    "revokeUserSessionsLegacy": _LEGACY.format("`dyntui users revoke-sessions`"),
    "getWalletsByUserIdLegacy": _LEGACY.format("`dyntui wallets list`"),
    "createWalletLegacy": _LEGACY.format("`dyntui wallets link`"),
    "deleteWalletByIdLegacy": _LEGACY.format("`dyntui wallets delete`"),
    "getWalletByIdLegacy": _LEGACY.format("`dyntui wallets get`"),
    "authenticateWaas": "It needs a signed request of the wallet service.",
    "verifyApiKey": "The wallet service calls it to check a token; `dyntui auth status` checks yours.",
    "delegatedSignMessage": "It needs a key share of the application.",
    "backupKeySharesToLocationsForPregen": "It needs key shares.",
    "getWaasWalletByWalletId": "It is the view of the wallet service; `dyntui wallets get` reads the wallet.",
    "upsertWalletConnectProject": "The API does not read the project, so there is nothing to list.",
    "getExchangeRates": "Apps show prices with it; no list has amounts of money.",
}
"""The reasons by operation. Those below /sdk/ belong to apps; `api_only_reason` has theirs."""


def api_only_reason(operation: Operation) -> str:
    """Return the reason why no screen and no command but `dyntui api` calls an operation, as a sentence; "" for none."""
    if reason := API_ONLY_REASONS.get(operation.id):
        return reason
    return _OF_APPS if operation.path.startswith("/sdk/") else ""
