"""Who may do what: the scope every admin operation wants.

Rows the vendor documents are exact; the others follow the scopes' names (settings for all configuration).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation

__all__ = ["ALL_SCOPES", "ORGANIZATION", "is_public", "required_scope"]

ORGANIZATION = "organization"
"""Not a scope: what no environment token reaches."""

ALL_SCOPES = (
    "waas.delegatedAccess.signMessage",
    "waas.authenticate",
    "environment.settings.read",
    "environment.settings.write",
    "environment.apiTokens.read",
    "environment.apiTokens.write",
    "environment.users.read",
    "environment.users.write",
    "environment.analytics.read",
    "environment.webhooks.read",
    "environment.webhooks.write",
    "environment.events.read",
    "environment.events.write",
    "environment.balances.read",
)

_AREAS: Mapping[str, str] = {
    "Analytics": "analytics",
    "Events": "events",
    "Exports": "users",
    "Mfa": "users",
    "Sessions": "users",
    "Tokens": "apiTokens",
    "Users": "users",
    "Visits": "users",
    "Waas": "users",
    "Wallets": "users",
    "Webhooks": "webhooks",
}
_READ_ONLY_AREAS = frozenset({"analytics"})
_ORGANIZATION_GROUPS = frozenset(
    {"CustomNetworks", "Invites", "Members", "MfaSettings", "Organizations", "Projects", "UserApiTokens"}
)  # fmt: skip
_EXACT: Mapping[str, str] = {
    "authenticateWaas": "waas.authenticate",
    "delegatedSignMessage": "waas.delegatedAccess.signMessage",
    "getUserAccountBalances": "environment.balances.read",
    "getEnvironmentsByProjectId": ORGANIZATION,
    "getVisitorsCountByEnvironmentId": "environment.analytics.read",
    "membershipEnvironmentIdsGet": ORGANIZATION,
    "verifyApiKey": "",
}


def is_public(operation: Operation) -> bool:
    """Whether it wants no token: what apps ask before anybody has signed in."""
    return operation.audience == "end-user" and operation.id not in _EXACT


def required_scope(operation: Operation) -> str:
    """The scope it wants; ORGANIZATION; or nothing for what any token may do."""
    if (exact := _EXACT.get(operation.id)) is not None:
        return exact
    if operation.group in _ORGANIZATION_GROUPS:
        return ORGANIZATION
    area = _AREAS.get(operation.group, "settings")
    return f"environment.{area}.{'read' if operation.reads or area in _READ_ONLY_AREAS else 'write'}"
