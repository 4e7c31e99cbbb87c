"""The dangerous operations of lists, gates and entries when they are called as they are (`dyntui api`, API console):
weighed and audited like the actions of lists.py, gates.py and entries.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dyntui.core.effect import Effect
from dyntui.services.access.access_policy import PolicyKind, PolicyRole, name_of, read_lists, role_of
from dyntui.services.access.impact import CHANGES, assess_change, assess_entries, entry_count, phrase_for, with_fields
from dyntui.services.actions.write_types import Impact, Target, WriteAction

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation
    from dyntui.api.client import Client

__all__ = ["with_impact_check"]

_READS = {PolicyKind.LIST: "getAllowlistsById", PolicyKind.GATE: "getGate"}


def with_impact_check(action: WriteAction, operation: Operation, path: Mapping[str, object], body: Any) -> WriteAction:
    """`action`, which calls `operation` with those values, with its weight to be found out."""
    if operation.id == "postEntryByAllowlistId":
        return replace(action, assess_impact=_adding(str(path.get("allowlistId", ""))))
    if operation.id == "deleteAllowlistEntryById":
        return replace(action, assess_impact=_removing(str(path.get("allowlistEntryId", ""))))
    kind, parameter, known = CHANGES[operation.id]
    change = known or with_fields(body if isinstance(body, Mapping) else {})
    thing = str(path.get(parameter, ""))

    async def weigh(client: Client, targets: Sequence[Target]) -> Impact:
        return await assess_change(client, kind, [thing], change)

    async def before(client: Client, target: Target) -> Any:
        return await client.call(_READS[kind], path={parameter: thing})

    def after(target: Target, value: Any) -> Any:
        return value

    return replace(action, assess_impact=weigh, before=before, after=after)


def _adding(list_id: str) -> Any:
    async def weigh(client: Client, targets: Sequence[Target]) -> Impact:
        return await assess_entries(client, list_id, adding=1)

    return weigh


def _removing(entry_id: str) -> Any:
    """An entry's id does not say which list it is on; what counts is the last entry of the only door."""

    async def weigh(client: Client, targets: Sequence[Target]) -> Impact:
        doors = [row for row in await read_lists(client) if role_of(row) is PolicyRole.SITE_ACCESS]
        effects = ["Which list the entry is on cannot be told from its id: who it names may be shut out."]
        if len(doors) != 1 or await entry_count(client, str(doors[0].get("id"))) != 1:
            return Impact(tuple(effects), Effect.DESTRUCTIVE)
        (door,) = doors
        page = await client.allowlists.entries(str(door.get("id")), limit=1)
        if not any(row.get("id") == entry_id for row in page.items):
            return Impact(tuple(effects), Effect.DESTRUCTIVE)
        effects = [f"It is the last entry of “{name_of(door)}”, which decides alone: NOBODY could sign in from now on."]
        return Impact(tuple(effects), Effect.DESTRUCTIVE, phrase_for(door), ("last", str(door.get("id")), entry_id))

    return weigh
