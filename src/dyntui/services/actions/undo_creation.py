"""Undo a deletion: create the object again with the values that the audit log saved, then make it as it was.

What was enabled is enabled again, and a list gets its entries: in that order, so that an allowlist locks nobody out.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_object, as_objects
from dyntui.core.text import quantity
from dyntui.resources.cell_formats import get_path
from dyntui.resources.resource import Resource
from dyntui.resources.undo import Undo
from dyntui.services.access.entries import add_entries, entry_target
from dyntui.services.actions.registry import declaration
from dyntui.services.actions.resource_actions import find_created_id, make_write_action
from dyntui.services.actions.target_lookup import look_up_targets
from dyntui.services.actions.undo_draft import UndoDraft, with_names
from dyntui.services.actions.undo_state import ENTRIES, NOT_SAVED, body_names, same_value
from dyntui.services.actions.write_types import Target, WriteOutcome, WriteResults
from dyntui.services.lists.list_source import scan

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.services.actions.audit import AuditLine
    from dyntui.services.connection import Connection

__all__ = ["draft_creation"]

_Step = Callable[[], Awaitable[UndoDraft]]


async def draft_creation(
    connection: Connection, lines: Sequence[AuditLine], record: Resource, undo: Undo, parent: str
) -> UndoDraft:
    """Return what creating the deleted objects again does now. lines: those of the deleted objects."""
    client = connection.client
    action = declaration(f"{record.name}.{undo.action}").action
    draft = UndoDraft(make_write_action(record, action, parent=parent))
    rows = [scanned.row async for scanned in scan(client, record, parent=parent)]
    names = [name for name in body_names(client, action) if not (action.body_list and name == record.key)]
    for line in lines:
        saved = as_object(line.before)
        label = next(iter(line.labels), "") or record.label_of(saved)
        again = [path for path in record.identified_by if get_path(saved, path)]
        if any(get_path(row, path) == get_path(saved, path) for row in rows for path in again):
            draft.changed.append(f"There is {record.singular} {label} again.")
        values = {name: saved[name] for name in names if not same_value(saved.get(name), None)}
        lost = [name for name in values if values[name] == NOT_SAVED]
        draft.skipped += [f"{label}: {name} is not restored: its value is {NOT_SAVED}." for name in lost]
        fields = {name: value for name, value in values.items() if name not in lost}
        draft.targets.append(Target("", label, {"fields": fields}))
    draft.write = replace(draft.write, verb="Create", complement="again", past="created")
    with_names(draft, "Create again:")
    deleted = [as_object(line.before) for line in lines]
    next_action, needed = undo.then
    entries = sum(len(as_objects(saved.get(ENTRIES))) for saved in deleted)
    enabled = [target.label for target, saved in zip(draft.targets, deleted, strict=True) if saved.get(needed)]
    draft.lines += [f"Then add {quantity(entries, 'entry', 'entries')}"] if entries else []
    draft.lines += [f"Then {next_action}: {', '.join(enabled)}"] if next_action and enabled else []
    draft.lines += [f"This {undo.note}."] if undo.note else []
    if entries or (next_action and enabled):
        draft.then = partial(_after_creation, client, record, undo, parent, deleted)
    return draft


async def _after_creation(
    client: Client, record: Resource, undo: Undo, parent: str, deleted: Sequence[Row], results: WriteResults
) -> UndoDraft | None:
    """Return what makes the created objects as those that were deleted. deleted: one for each result."""
    steps: list[_Step] = []
    enabled: dict[str, str] = {}
    for saved, item in zip(deleted, results.items, strict=True):
        created_id = find_created_id(record, item.value)
        if item.outcome is not WriteOutcome.DONE or not created_id:
            continue
        if entries := as_objects(saved.get(ENTRIES)):
            steps.append(partial(_add_entries, created_id, item.target.label, entries))
        if saved.get(undo.then[1]):
            enabled[created_id] = item.target.label
    if enabled:
        steps.append(partial(_enable, client, record, undo.then[0], parent, enabled))
    return await _chain(steps)


async def _chain(steps: Sequence[_Step]) -> UndoDraft | None:
    """Return the first step that has something to do; the others follow it, if it is done completely."""
    for number, step in enumerate(steps, 1):
        draft = await step()
        if draft.targets:
            rest = steps[number:]

            async def then(results: WriteResults, rest: Sequence[_Step] = rest) -> UndoDraft | None:
                if not results.is_complete:
                    raise UsageError("Not all of it was done, so what follows was not done.", hint="Do it by hand.")
                return await _chain(rest)

            draft.then = then if rest else None
            return draft
    return None


async def _add_entries(list_id: str, name: str, entries: Sequence[Mapping[str, object]]) -> UndoDraft:
    write = add_entries({"id": list_id, "name": name})
    return UndoDraft(write, [entry_target(entry) for entry in entries], [f"Add {len(entries):,} entries to {name}"])


async def _enable(client: Client, record: Resource, name: str, parent: str, labels: Mapping[str, str]) -> UndoDraft:
    """Return the action on the created objects where it is possible. labels: their names by id."""
    action = declaration(f"{record.name}.{name}").action
    lookup = await look_up_targets(client, record, action, list(labels), parent=parent)
    reason = action.disabled_reason
    targets = [each for each in lookup.targets if reason is None or not reason(as_object(each.data.get("row")))]
    write = make_write_action(record, action, parent=parent)
    return UndoDraft(write, targets, [f"{action.verb} {', '.join(labels.values())}"])
