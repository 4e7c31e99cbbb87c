"""Any operation of the catalog as an action for the one door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dyntui.services.writes import WEIGHED, Effect, Target, WriteAction

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation
    from dyntui.api.client import Client, Permit

__all__ = ["effect_of", "is_sensitive", "write_action"]

_ENTRIES = frozenset({"postEntryByAllowlistId", "deleteAllowlistEntryById"})


def effect_of(operation: Operation) -> Effect:
    """What an operation does: reads, destroys, or (everything that is not known to do less) writes."""
    if operation.reads:
        return Effect.READ
    return Effect.DESTRUCTIVE if operation.destructive else Effect.WRITE


def is_sensitive(operation: Operation, query: Mapping[str, object] | None = None) -> bool:
    """Whether the answer has a secret in it, which is read on purpose only and leaves a line in the audit log."""
    revealed = str((query or {}).get("includeSecret", "")).lower() == "true"
    return operation.id == "getUserOauthAccessToken" or (operation.id == "getWebhook" and revealed)


def write_action(
    operation: Operation,
    *,
    path: Mapping[str, object] | None = None,
    query: Mapping[str, object] | None = None,
    body: Any = None,
) -> WriteAction:
    """The action that calls `operation` once with those values, whatever its target is called.

    What some operations do depends on how things stand: their actions go through `Writes.weighed` before anybody is
    asked to confirm them.
    """

    async def call(client: Client, target: Target, permit: Permit) -> Any:
        return await client.call(operation.id, path=path, query=query, body=body, permit=permit)

    action = WriteAction(
        name=f"api.{operation.id}",
        verb="Send",
        noun="operation",
        operation=operation.id,
        call=call,
        effect=effect_of(operation),
        sensitive=is_sensitive(operation, query),
    )
    if operation.id in WEIGHED | _ENTRIES:
        from dyntui.services.access.raw import weighing

        return weighing(action, operation, path or {}, body)
    return action
