"""The records of all resources; `resource()` finds one by name or alias. Screens, commands and documentation use them."""

from __future__ import annotations

from dyntui.resources import (
    analytics,
    chainalysis,
    environment,
    events,
    exports,
    global_wallets,
    name_services,
    organizations,
    sessions,
    tokens,
    visitors,
    waas,
    webhooks,
)
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.allowlists import ALLOWLIST_ENTRIES, ALLOWLISTS
from dyntui.resources.gates import GATES
from dyntui.resources.resource import Column, Filter, ListOperation, Paging, Resource, Row, Scope, Shape
from dyntui.resources.tokens import TOKENS
from dyntui.resources.users import USERS, WALLETS

__all__ = [
    "ALLOWLISTS",
    "ALLOWLIST_ENTRIES",
    "GATES",
    "RESOURCES",
    "TOKENS",
    "USERS",
    "WALLETS",
    "Column",
    "ResourceAction",
]
__all__ += ["ActionTarget", "Filter", "ListOperation", "Paging", "Resource", "Row", "Scope", "Shape", "resource"]

RESOURCES: dict[str, Resource] = {
    record.name: record
    for record in (
        *(USERS, WALLETS, ALLOWLISTS, ALLOWLIST_ENTRIES, GATES),
        *sessions.RECORDS,
        *visitors.RECORDS,
        *chainalysis.RECORDS,
        *name_services.RECORDS,
        *global_wallets.RECORDS,
        *waas.RECORDS,
        *webhooks.RECORDS,
        *events.RECORDS,
        *exports.RECORDS,
        *analytics.RECORDS,
        *environment.RECORDS,
        *tokens.RECORDS,
        *organizations.RECORDS,
    )
}


def resource(name: str) -> Resource | None:
    """Return the record with that name or alias."""
    lower_name = name.strip().lower()
    return RESOURCES.get(lower_name) or next(
        (record for record in RESOURCES.values() if lower_name in record.aliases), None
    )
