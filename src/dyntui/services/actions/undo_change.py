"""Undo the last change: the action that reverses it, as its declaration names it (`ResourceAction.undone_by`).

Changes that have an undo of their own (imports and allowlist entries) are not included.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dyntui.resources import ActionTarget, Scope
from dyntui.services.actions.registry import Declaration, find_declaration
from dyntui.services.actions.resource_actions import created_results, make_write_action, read_targets, resolve_parent
from dyntui.services.actions.write_types import Target, WriteAction, WriteOutcome, WriteResults

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["is_undoable", "undo_of"]


def _undoing(results: WriteResults) -> Declaration | None:
    """Return the declaration of the action that reverses what was done; None when there is none."""
    done = find_declaration(results.action.name)
    if done is None or not done.action.undone_by or not results.count(WriteOutcome.DONE):
        return None
    undoing = find_declaration(f"{done.record.name}.{done.action.undone_by}")
    is_general = undoing is not None and not undoing.action.command and undoing.record.scope is not Scope.PARENT
    return undoing if is_general else None


def is_undoable(results: WriteResults) -> bool:
    """Return whether `undo_of` has an action for what was done."""
    return _undoing(results) is not None and bool(_done(results))


def _done(results: WriteResults) -> dict[str, str]:
    """Return the objects that were changed or created: label by id."""
    declared = find_declaration(results.action.name)
    if declared is not None and declared.action.target is ActionTarget.LIST:
        results = created_results(declared.record, results)
    done = [item.target for item in results.items if item.outcome is WriteOutcome.DONE]
    return {target.id: target.label for target in done if target.id}


async def undo_of(connection: Connection, results: WriteResults) -> tuple[WriteAction, list[Target]]:
    """Return the action that reverses what was done, and its targets as they are now.

    Raises UsageError when they cannot be read; call `is_undoable` first.
    """
    undoing = _undoing(results)
    assert undoing is not None
    labels = _done(results)
    parent = await resolve_parent(connection.client, undoing.record)
    targets = await read_targets(connection.client, undoing.record, undoing.action, list(labels), parent=parent)
    labeled = [replace(target, label=labels.get(target.id) or target.label) for target in targets]
    return make_write_action(undoing.record, undoing.action, parent=parent), labeled
