"""The records of all resources; `resource()` finds one by name or alias. Screens, commands and documentation use them."""

from __future__ import annotations

from dyntui.resources import environment, events, global_wallets, organizations, tokens, waas, webhooks
from dyntui.resources.allowlists import ALLOWLIST_ENTRIES, ALLOWLISTS
from dyntui.resources.analytics import ANALYTICS
from dyntui.resources.balances import BALANCES
from dyntui.resources.chainalysis import CHAINALYSIS
from dyntui.resources.exports import EXPORTS
from dyntui.resources.gates import GATES
from dyntui.resources.name_services import NAME_SERVICES
from dyntui.resources.resource import Resource
from dyntui.resources.sessions import SESSIONS
from dyntui.resources.users import USERS, WALLETS
from dyntui.resources.visitors import VISITORS

__all__ = ["RESOURCES", "resource"]

RESOURCES: dict[str, Resource] = {
    record.name: record
    for record in (
        *(
            USERS,
            WALLETS,
            ALLOWLISTS,
            ALLOWLIST_ENTRIES,
            GATES,
            SESSIONS,
            BALANCES,
            VISITORS,
            CHAINALYSIS,
            NAME_SERVICES,
        ),
        *global_wallets.RECORDS,
        *waas.RECORDS,
        *webhooks.RECORDS,
        *events.RECORDS,
        EXPORTS,
        ANALYTICS,
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
