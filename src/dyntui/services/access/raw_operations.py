"""Operations on lists, gates and entries that are called by `dyntui api` or the API console.

Their impact is assessed and audited like that of the actions in lists.py, gates.py and entries.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from dyntui.core.effect import Effect
from dyntui.services.access.access_policy import PolicyKind, PolicyRole, name_of, read_lists, role_of
from dyntui.services.access.impact import CHANGES, assess_change, assess_entries, entry_count, phrase_for, with_fields
from dyntui.services.actions.write_types import Impact, Target, WriteAction

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation
    from dyntui.api.client import Client

__all__ = ["with_impact_check"]

AssessImpact: TypeAlias = "Callable[[Client, Sequence[Target]], Awaitable[Impact]]"
_READS = {PolicyKind.LIST: "getAllowlistsById", PolicyKind.GATE: "getGate"}


def with_impact_check(
    action: WriteAction, operation: Operation, path: Mapping[str, object], body: object
) -> WriteAction:
    """Return `action`, which calls `operation` with these values, with its impact assessment."""
    if operation.id == "postEntryByAllowlistId":
        list_id = str(path.get("allowlistId", ""))
        return replace(action, assess_impact=lambda client, _: assess_entries(client, list_id, adding=1))
    if operation.id == "deleteAllowlistEntryById":
        return replace(action, assess_impact=_assess_removing(str(path.get("allowlistEntryId", ""))))
    kind, fixed_change = CHANGES[operation.id]
    change = fixed_change or with_fields(body if isinstance(body, Mapping) else {})
    object_id = str(path.get(kind.id_parameter, ""))

    async def assess(client: Client, targets: Sequence[Target]) -> Impact:
        return await assess_change(client, kind, [object_id], change)

    async def before(client: Client, target: Target) -> object:
        return await client.call(_READS[kind], path={kind.id_parameter: object_id})

    async def after(client: Client, target: Target, value: object, before: object) -> object:
        return value

    return replace(action, assess_impact=assess, before=before, after=after)


def _assess_removing(entry_id: str) -> AssessImpact:
    """Assess removing an entry by its id: it may be the last one of the only siteAccess list."""

    async def assess(client: Client, targets: Sequence[Target]) -> Impact:
        required = [row for row in await read_lists(client) if role_of(row) is PolicyRole.SITE_ACCESS]
        unknown_list = Impact(("The list of the entry is unknown: its user may be locked out.",), Effect.DESTRUCTIVE)
        if len(required) != 1 or await entry_count(client, str(required[0].get("id"))) != 1:
            return unknown_list
        (row,) = required
        page = await client.allowlists.entries(str(row.get("id")), limit=1)
        if not any(entry.get("id") == entry_id for entry in page.rows):
            return unknown_list
        effect = f"It is the last entry of “{name_of(row)}”, the only siteAccess list: NO ONE could sign in."
        return Impact((effect,), Effect.DESTRUCTIVE, phrase_for(row), ("last", str(row.get("id")), entry_id))

    return assess
