"""Undo a change: by the action that reverses it, as its declaration names it (`ResourceAction.undone_by`).

The change is one that was made just now, or one of the audit log. Changes of allowlist entries have an undo of their
own (`services.access.undo`), and so have imports.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dyntui.resources import ActionTarget, Scope
from dyntui.services.actions.registry import Declaration, find_declaration
from dyntui.services.actions.resource_actions import (
    created_results,
    make_write_action,
    read_one,
    resolve_parent,
)
from dyntui.services.actions.target_lookup import look_up_targets
from dyntui.services.actions.write_types import Target, WriteAction, WriteOutcome, WriteResults

if TYPE_CHECKING:
    from dyntui.services.actions.audit import AuditLine
    from dyntui.services.connection import Connection

__all__ = ["DoneChange", "is_undoable", "undo_of"]

_LABELED = 5
"""The number of targets whose names are read, when the change only has their ids: as many as a question names."""


@dataclass(frozen=True, slots=True)
class DoneChange:
    """What was done."""

    action: str
    """The name of the action, as in the audit log."""
    targets: Mapping[str, str]
    """The objects that were changed or created: label by id."""

    @classmethod
    def of_results(cls, results: WriteResults) -> DoneChange:
        """Return what an action has done just now."""
        declared = find_declaration(results.action.name)
        if declared is not None and declared.action.target is ActionTarget.LIST:
            results = created_results(declared.record, results)
        done = [item.target for item in results.items if item.outcome is WriteOutcome.DONE]
        return cls(results.action.name, {target.id: target.label for target in done if target.id})

    @classmethod
    def of_line(cls, line: AuditLine) -> DoneChange:
        """Return what a line of the audit log says was done."""
        return cls(line.action, dict.fromkeys(line.object_ids, "") if line.outcome == "done" else {})


def _undoing(change: DoneChange) -> Declaration | None:
    """Return the declaration of the action that reverses what was done; None when there is none."""
    done = find_declaration(change.action)
    if done is None or not done.action.undone_by or not change.targets:
        return None
    undoing = find_declaration(f"{done.record.name}.{done.action.undone_by}")
    is_general = undoing is not None and not undoing.action.command and undoing.record.scope is not Scope.PARENT
    return undoing if is_general else None


def is_undoable(change: DoneChange) -> bool:
    """Return whether `undo_of` has an action for what was done."""
    return _undoing(change) is not None


async def undo_of(connection: Connection, change: DoneChange) -> tuple[WriteAction, list[Target]]:
    """Return the action that reverses what was done, and its targets as they are now.

    Raises UsageError or ApiError when they cannot be read; call `is_undoable` first.
    """
    undoing = _undoing(change)
    assert undoing is not None
    parent = await resolve_parent(connection.client, undoing.record)
    record = undoing.record
    lookup = await look_up_targets(connection.client, record, undoing.action, list(change.targets), parent=parent)
    if not lookup.targets:
        lookup.unresolved[0].only()
    labeled = []
    for number, target in enumerate(lookup.targets):
        label = change.targets.get(target.id) or target.label
        if label == target.id and record.detail and number < _LABELED:
            label = record.label_of(await read_one(connection.client, record, target.id, parent=parent))
        labeled.append(replace(target, label=label))
    return make_write_action(record, undoing.action, parent=parent), labeled
