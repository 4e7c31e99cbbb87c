"""One record for each kind of thing the API lists; `resource()` finds one by name or alias."""

from __future__ import annotations

from dyntui.resources.access import ALLOWLIST_ENTRIES, ALLOWLISTS, TOKENS
from dyntui.resources.record import Column, Filter, Listing, Paging, Resource, Row, Scope
from dyntui.resources.users import USERS, WALLETS

__all__ = ["ALLOWLISTS", "ALLOWLIST_ENTRIES", "RESOURCES", "TOKENS", "USERS", "WALLETS", "Column", "Filter"]
__all__ += ["Listing", "Paging", "Resource", "Row", "Scope", "resource"]

RESOURCES: dict[str, Resource] = {
    record.name: record for record in (USERS, WALLETS, ALLOWLISTS, ALLOWLIST_ENTRIES, TOKENS)
}


def resource(name: str) -> Resource | None:
    """The record of that name or alias."""
    wanted = name.strip().lower()
    return RESOURCES.get(wanted) or next((record for record in RESOURCES.values() if wanted in record.aliases), None)
