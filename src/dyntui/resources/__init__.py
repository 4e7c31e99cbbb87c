"""One record for each kind of thing the API lists; `resource()` finds one by name or alias."""

from __future__ import annotations

from dyntui.resources import environment, happenings, organizations, security, tokens, wallets_more
from dyntui.resources.access import ALLOWLIST_ENTRIES, ALLOWLISTS, GATES
from dyntui.resources.action import ActionTarget, ResourceAction
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
        *security.RECORDS,
        *wallets_more.RECORDS,
        *happenings.RECORDS,
        *environment.RECORDS,
        *tokens.RECORDS,
        *organizations.RECORDS,
    )
}


def resource(name: str) -> Resource | None:
    """The record of that name or alias."""
    wanted = name.strip().lower()
    return RESOURCES.get(wanted) or next((record for record in RESOURCES.values() if wanted in record.aliases), None)
