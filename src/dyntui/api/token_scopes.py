"""The scopes that operations require.

The vendor documents some of them. The others follow the names of the scopes, with `settings` for all configuration.
"""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.api.catalog import Operation, catalog

__all__ = ["ALL_SCOPES", "ORGANIZATION", "is_public", "required_scope"]

ORGANIZATION = "organization"
"""Not a scope: marks operations that an environment token may not call."""

ALL_SCOPES: tuple[str, ...] = tuple(catalog().schemas["TokenScopes"]["enum"])

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
    """Return whether an operation needs no token: those that apps call before sign-in."""
    return operation.audience == "end-user" and operation.id not in _EXACT


def required_scope(operation: Operation) -> str:
    """Return the scope that an operation requires; ORGANIZATION; or an empty text when any token is allowed."""
    if (exact := _EXACT.get(operation.id)) is not None:
        return exact
    if operation.scopes:
        return operation.scopes[0]
    if operation.group in _ORGANIZATION_GROUPS:
        return ORGANIZATION
    area = _AREAS.get(operation.group, "settings")
    return f"environment.{area}.{'read' if operation.reads or area in _READ_ONLY_AREAS else 'write'}"
