"""What can be done to an access list itself. Each action finds out first what it does to people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dyntui.core.errors import UsageError
from dyntui.services.access.access_policy import PolicyKind, Row, role_of
from dyntui.services.access.actions import AccessActions, AccessOperations
from dyntui.services.access.impact import entry_count

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.services.actions.write_types import Target

__all__ = ["LIST_ACTIONS", "OUTCOMES", "checked_fields", "with_counts"]

OUTCOMES: Mapping[str, str] = {
    "siteAccess": "only who is on it may sign in",
    "scope": "who is on it gets a scope",
    "block": "who is on it is kept out",
}
"""Every outcome the API names, and what it means."""

_LONGEST = 255


def checked_fields(fields: Mapping[str, Any], *, kind: PolicyKind = PolicyKind.LIST) -> dict[str, Any]:
    """Name, outcome, scope (and rules of a gate), as the API takes them. Raises Usage."""
    known = ("name", "outcome", "scope") + (("rules",) if kind is PolicyKind.GATE else ())
    if wrong := [name for name in fields if name not in known]:
        raise UsageError(f"The {kind} has no {', '.join(wrong)} that can be set.", hint=f"It has: {', '.join(known)}.")
    if (outcome := fields.get("outcome")) is not None and outcome not in OUTCOMES:
        raise UsageError(f"{outcome!r} is no outcome.", hint=f"There are: {', '.join(OUTCOMES)}.")
    for name in ("name", "scope"):
        text = fields.get(name)
        if text is not None and len(str(text)) > _LONGEST:
            raise UsageError(f"The {name} may have {_LONGEST} characters; this one has {len(str(text)):,}.")
    if "name" in fields and not str(fields["name"] or "").strip():
        raise UsageError(f"The {kind} needs a name.")
    return dict(fields)


def _audited(document: Any) -> Any:
    """What the audit keeps of a list."""
    names = ("id", "name", "outcome", "scope", "enabledAt", "entries")
    return {name: document.get(name) for name in names if name in document} if isinstance(document, dict) else document


async def _before_deletion(client: Client, target: Target) -> Any:
    return {**await LIST_ACTIONS.before(client, target), "entries": await entry_count(client, target.id)}


LIST_ACTIONS = AccessActions(
    PolicyKind.LIST,
    AccessOperations(
        "allowlistId",
        read="getAllowlistsById",
        create="createAllowlistByEnvironmentId",
        update="updateAllowlistById",
        delete="deleteAllowlistById",
        enable="enableAllowlistById",
        disable="disableAllowlistById",
    ),
    fields=("name", "outcome", "scope"),
    checked=checked_fields,
    audited=_audited,
    deletion_warning="Its entries go with it, and none of it can be brought back. Export it first.",
    before_deletion=_before_deletion,
)


async def with_counts(client: Client, lists: Sequence[Row]) -> list[dict[str, Any]]:
    """Lists with their number of entries under `entries`; None where the server does not say, or refuses."""
    import asyncio

    from dyntui.api.errors import ApiError, Unauthorized

    turn = asyncio.Semaphore(4)

    async def one(row: Row) -> dict[str, Any]:
        async with turn:
            try:
                count = await entry_count(client, str(row.get("id")))
            except Unauthorized:
                raise
            except ApiError:
                count = None
        return {**row, "entries": count, "role": role_of(row).value}

    return list(await asyncio.gather(*(one(row) for row in lists)))
