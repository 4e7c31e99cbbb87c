"""The actions that allowlists and gates share: create, update, enable, disable, delete, with an impact assessment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_object
from dyntui.resources.action import ActionTarget
from dyntui.resources.allowlists import MAX_SAVED_ENTRIES
from dyntui.services.access.access_policy import Change, PolicyKind, name_of
from dyntui.services.access.impact import CHANGES, assess_change, entry_count, with_fields
from dyntui.services.access.policy_fields import checked_fields
from dyntui.services.actions.registry import declaration, declared_write
from dyntui.services.actions.undo_state import ENTRIES, saved_values
from dyntui.services.actions.write_types import Target, WriteAction

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.actions.write_types import Impact

__all__ = ["ACCESS_RECORDS", "access_action", "access_target"]

ACCESS_RECORDS = {"allowlists": PolicyKind.LIST, "gates": PolicyKind.GATE}
"""The records whose actions `access_action` makes."""
_AUDITED = ("id", "name", "outcome", "scope", "enabledAt", "entries")


def access_target(row: Row, **data: object) -> Target:
    """Make the target of an action from a list or a gate."""
    return Target(str(row.get("id", "")), name_of(row), data)


def access_action(name: str) -> WriteAction:
    """Return the action of a list or a gate: `allowlists.enable`. The fields to set are in the target, as `fields`."""
    record, action = declaration(name).record, declaration(name).action
    kind = ACCESS_RECORDS[record.name]

    def unwrap(document: object) -> object:
        return document.get(kind.value, document) if isinstance(document, dict) else document

    async def read(client: Client, target: Target) -> object:
        return unwrap(await client.call(record.detail, path={kind.id_parameter: target.id}))

    async def create(client: Client, target: Target, permit: WritePermit) -> object:
        fields = checked_fields(target.data["fields"], kind=kind)
        body = {name: value for name, value in fields.items() if value not in (None, "")}
        return unwrap(await client.call(action.operation, body=body, permit=permit))

    async def call(client: Client, target: Target, permit: WritePermit) -> object:
        body: dict[str, object] | None = None
        if action.fields:
            # PUT may replace the whole object, so unchanged fields are sent as well.
            current = as_object(await read(client, target))
            fields = {name: current.get(name) for name in action.fields}
            fields |= checked_fields(target.data["fields"], kind=kind)
            body = {name: value for name, value in fields.items() if value is not None}
        return unwrap(
            await client.call(action.operation, path={kind.id_parameter: target.id}, body=body, permit=permit)
        )

    async def assess(client: Client, targets: Sequence[Target]) -> Impact:
        return await assess_change(client, kind, [target.id for target in targets], _change(name, kind, targets))

    async def before(client: Client, target: Target) -> object:
        document = _audited(kind, await read(client, target))
        if kind is PolicyKind.LIST and action.name == "delete":
            count = await entry_count(client, target.id)
            return {**as_object(document), "entries": count, **await _saved_entries(client, target.id, count)}
        return document

    async def after(client: Client, target: Target, value: object, before: object) -> object:
        return _audited(kind, value)

    if action.target is ActionTarget.LIST:
        return declared_write(name, create, after=after)
    reread = None if action.name == "delete" else read
    return declared_write(name, call, reread=reread, assess_impact=assess, before=before, after=after)


async def _saved_entries(client: Client, list_id: str, count: int | None) -> Row:
    """Return the entries of a list that is deleted, for the undo; nothing when there are too many to save."""
    from dyntui.services.access.entries import body_of
    from dyntui.services.access.entry_search import entries_of

    if count is None or count > MAX_SAVED_ENTRIES:
        return {}
    return saved_values({ENTRIES: [body_of(entry) async for entry in entries_of(client, list_id)]}) or {}


def _change(name: str, kind: PolicyKind, targets: Sequence[Target]) -> Change:
    fixed_change = CHANGES[declaration(name).action.operation][1]
    if fixed_change is not None:
        return fixed_change
    if len(targets) != 1:
        raise UsageError(f"Edit one {kind} at a time.")
    return with_fields(checked_fields(targets[0].data["fields"], kind=kind))


def _audited(kind: PolicyKind, document: object) -> object:
    """Return what the audit log saves of a list or a gate."""
    if kind is PolicyKind.GATE or not isinstance(document, dict):
        return document
    return {name: document.get(name) for name in _AUDITED if name in document}
