"""Any operation of the catalog as an action for the one door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dyntui.services.writes import Effect, Target, WriteAction

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation
    from dyntui.api.client import Client, Permit

__all__ = ["effect_of", "write_action"]


def effect_of(operation: Operation) -> Effect:
    """What an operation does: reads, destroys, or (everything that is not known to do less) writes."""
    if operation.reads:
        return Effect.READ
    return Effect.DESTRUCTIVE if operation.destructive else Effect.WRITE


def write_action(
    operation: Operation,
    *,
    path: Mapping[str, object] | None = None,
    query: Mapping[str, object] | None = None,
    body: Any = None,
) -> WriteAction:
    """The action that calls `operation` once with those values, whatever its target is called."""

    async def call(client: Client, target: Target, permit: Permit) -> Any:
        return await client.call(operation.id, path=path, query=query, body=body, permit=permit)

    return WriteAction(
        name=f"api.{operation.id}",
        verb="Send",
        noun="operation",
        operation=operation.id,
        call=call,
        effect=effect_of(operation),
    )
