"""What each method of undo does now to the objects of a change, compared with the values that the audit log saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_list, as_object
from dyntui.resources.action import ResourceAction
from dyntui.resources.cell_formats import get_path
from dyntui.resources.resource import Resource
from dyntui.resources.undo import Undo, UndoMethod
from dyntui.services.access.actions import ACCESS_RECORDS
from dyntui.services.access.undo import EntryUndo, plan_import_undo, plan_undo, undo_action
from dyntui.services.actions.registry import declaration
from dyntui.services.actions.resource_actions import (
    is_single,
    make_target,
    make_write_action,
    read_one,
    resolve_parent,
)
from dyntui.services.actions.target_lookup import look_up_targets
from dyntui.services.actions.undo_creation import draft_creation
from dyntui.services.actions.undo_draft import NAMED, UndoDraft, with_names
from dyntui.services.actions.undo_state import ADDED_IDS, NOT_SAVED, body_names, same_value
from dyntui.services.actions.write_types import Target, WriteOutcome, WriteResults
from dyntui.services.bulk import BulkRun
from dyntui.services.forms import FieldKind, body_schema, field_text, schema_field
from dyntui.services.lists.list_source import scan
from dyntui.services.text_diff import elide_common

if TYPE_CHECKING:
    from dyntui.services.actions.audit import AuditLine
    from dyntui.services.connection import Connection

__all__ = ["draft_undo", "draft_undo_of_import"]

_CANNOT_BE_EMPTIED = object()


async def draft_undo(connection: Connection, lines: Sequence[AuditLine], method: UndoMethod) -> UndoDraft:
    """Return what undoing a change does now. lines: those of its targets. Raises UsageError or ApiError."""
    if method is UndoMethod.ENTRIES:
        return await _draft_entries(connection, lines[0].job)
    if lines[0].action == "settings.edit":
        return await _draft_settings(connection, lines[0])
    draft = await _Drafting.begin(connection, lines)
    match method:
        case UndoMethod.ACTION:
            return await draft.by_action()
        case UndoMethod.DELETE:
            return await draft.by_deletion()
        case UndoMethod.RESTORE:
            return await draft.by_restoring()
    assert method is UndoMethod.CREATE_AGAIN
    return await draft_creation(connection, lines, draft.record, draft.undo, draft.parent)


async def _draft_entries(connection: Connection, job: str) -> UndoDraft:
    client, profile = connection.client, connection.profile
    return _entries_draft(await plan_undo(client, connection.audit, job, profile.environment_id))


def _entries_draft(plan: EntryUndo) -> UndoDraft:
    write, targets = undo_action(plan)
    return UndoDraft(write, targets, plan.lines())


async def draft_undo_of_import(connection: Connection, job: str) -> UndoDraft | None:
    """Return what undoing an import of allowlist entries does now; None when there is no such import.

    Raises UsageError for an import of users.
    """
    from dyntui.services.imports.jobs import JobLocation

    plan = await plan_import_undo(connection.client, job, JobLocation.of(connection.profile))
    return _entries_draft(plan) if plan is not None else None


async def _draft_settings(connection: Connection, line: AuditLine) -> UndoDraft:
    from dyntui.services import settings as services

    now = await services.read_settings(connection.client)
    before, after = as_object(line.before), as_object(line.after)
    changes: list[services.SettingChange] = []
    changed, skipped = [], []
    for name in dict.fromkeys((*before, *after)):
        path = tuple(name.split("."))
        value, was = services.leaf_at(now, path), before.get(name, services.ABSENT)
        if NOT_SAVED in (was, after.get(name)):
            skipped.append(f"{name} is not restored: its value before is {NOT_SAVED}.")
        elif value != was:
            if value != after.get(name, services.ABSENT):
                changed.append(f"{name} is {services.value_text(value)} now.")
            changes.append(services.SettingChange(path, value, was))

    async def check(results: WriteResults) -> UndoDraft | None:
        if not results.is_complete:
            return None
        stored = await services.read_settings(connection.client)
        values = (
            (name, services.leaf_at(stored, name.split("."))) for name in services.stored_otherwise(changes, stored)
        )
        _check_same([f"{name} is {services.value_text(value)}." for name, value in values])
        return None

    draft = UndoDraft(services.change_settings(changes), changed=changed, skipped=skipped, then=check)
    if changes:
        draft.targets.append(services.settings_target(changes))
        draft.lines += [f"{change.name}: {change.line}" for change in changes]
    return draft


def _check_same(different: Sequence[str]) -> None:
    """Raise UsageError for values that the server stored in another way. different: what they are, in sentences."""
    if different:
        raise UsageError(f"The server did not restore all values. {' '.join(different)}", hint="Edit them by hand.")


def _was_so_before(line: AuditLine) -> bool:
    """Return whether a line has the values of what was enabled or disabled, and they show that it was so before."""
    before, after = as_object(line.before), as_object(line.after)
    return "enabledAt" in before and bool(before["enabledAt"]) is bool(after.get("enabledAt"))


def _is_so_again(line: AuditLine, row: Row | None) -> bool:
    """Return whether what a line enabled or disabled is not so any more."""
    return row is None or bool(row.get("enabledAt")) is not bool(as_object(line.after)["enabledAt"])


@dataclass
class _Drafting:
    """Drafts the undo of a change of one resource."""

    connection: Connection
    lines: Sequence[AuditLine]
    record: Resource
    """The record whose action undoes the change."""
    action: ResourceAction
    undo: Undo
    parent: str
    draft: UndoDraft

    @classmethod
    async def begin(cls, connection: Connection, lines: Sequence[AuditLine]) -> _Drafting:
        declared = declaration(lines[0].action)
        undo = declared.action.undo
        assert undo is not None
        name = undo.action if "." in undo.action else f"{declared.record.name}.{undo.action}"
        inverse = declaration(name)
        start = f"{inverse.record.parent}="
        scope = lines[0].scope
        given = scope.removeprefix(start) if inverse.record.parent and scope.startswith(start) else ""
        parent = await resolve_parent(connection.client, inverse.record, given)
        write = make_write_action(inverse.record, inverse.action, parent=parent)
        return cls(connection, lines, inverse.record, inverse.action, undo, parent, UndoDraft(write))

    async def by_action(self) -> UndoDraft:
        """Do the action that reverses it, where it is possible now."""
        ids: dict[str, str] = {}
        compared = [line for line in self.lines if "enabledAt" in as_object(line.after)]
        rows = await self._read_all([line.targets[0] for line in compared])
        for line in self.lines:
            label = next(iter(line.labels), "")
            if _was_so_before(line):
                self.draft.skipped.append(f"{label}: it was so before.")
            elif line in compared and _is_so_again(line, rows[line.targets[0]]):
                self.draft.skipped.append(f"{label} is as it was before again.")
            elif self.undo.owner:
                ids[str(as_object(line.before)[self.undo.owner])] = ""
            elif self.undo.added:
                ids |= {str(each): "" for each in as_list(as_object(line.after)[ADDED_IDS])}
            else:
                ids |= {each: label if len(line.object_ids) == 1 else "" for each in line.object_ids}
        if not ids:
            return self.draft
        client = self.connection.client
        lookup = await look_up_targets(client, self.record, self.action, list(ids), parent=self.parent)
        self.draft.skipped += [f"{each.problem.message}" for each in lookup.unresolved if each.problem is not None]
        for number, target in enumerate(lookup.targets):
            row = as_object(target.data.get("row"))
            label = ids.get(target.id) or target.label
            if label == target.id and self.record.detail and number < NAMED:
                label = self.record.label_of(row or await read_one(client, self.record, target.id, parent=self.parent))
            if row and self.action.disabled_reason is not None and (reason := self.action.disabled_reason(row)):
                self.draft.skipped.append(f"{label}: {reason}")
            else:
                self.draft.targets.append(replace(target, label=label))
        return with_names(self.draft, self.action.verb)

    async def by_deletion(self) -> UndoDraft:
        """Delete what was created, unless it was changed since."""
        created_with = body_names(self.connection.client, declaration(self.lines[0].action).action)
        ids = [str(as_object(line.after).get("id") or "") for line in self.lines]
        rows = await self._read_all(ids)
        for line, object_id in zip(self.lines, ids, strict=True):
            saved, row = as_object(line.after), rows[object_id]
            if row is None:
                self._skip_missing(line, object_id)
                continue
            names = [*created_with, *self.undo.compares] if saved.keys() - {"id"} else []
            saved_names = [name for name in names if saved.get(name) != NOT_SAVED]
            changed = [name for name in saved_names if not same_value(row.get(name), saved.get(name))]
            label = self._label(row, line)
            if changed:
                self.draft.changed.append(f"{label}: {', '.join(changed)}.")
            self.draft.targets.append(replace(make_target(self.record, row, object_id), label=label))
        return with_names(self.draft, self.action.verb)

    async def by_restoring(self) -> UndoDraft:
        """Send the values before of the fields that the change changed, and that do not have them again."""
        self.draft.write = replace(self.draft.write, verb="Restore", past="restored")
        rows = await self._read_all([line.targets[0] for line in self.lines])
        for line in self.lines:
            row = rows[line.targets[0]]
            if row is None:
                self._skip_missing(line, line.targets[0])
                continue
            label, values = self._label(row, line), as_object(get_path(row, self.action.values_path))
            sent = self._values_to_restore(line, label, values)
            if not sent:
                continue
            body = dict(sent)
            if self.action.replaces_all:
                names = body_names(self.connection.client, self.action)
                body = {name: values[name] for name in names if values.get(name) is not None} | body
            is_access = self.record.name in ACCESS_RECORDS
            data: dict[str, object] = {"fields": sent} if is_access else {"fields": sent, "body": body, "row": row}
            self.draft.targets.append(Target(line.targets[0], label, data))
        self.draft.then = self._check_restored
        return self.draft

    async def _check_restored(self, results: WriteResults) -> UndoDraft | None:
        """Raise UsageError when an object does not have the values that were sent: how PUT merges is not documented."""
        done = [item.target for item in results.items if item.outcome is WriteOutcome.DONE]
        rows = await self._read_all([target.id for target in done])
        different = []
        for target in done:
            values = as_object(get_path(rows[target.id], self.action.values_path))
            sent = as_object(target.data["fields"])
            names = [name for name in sent if not same_value(values.get(name), sent[name])]
            different += [f"{target.label}: {name} is {field_text(values.get(name)) or 'empty'}." for name in names]
        _check_same(different)
        return None

    def _values_to_restore(self, line: AuditLine, label: str, now: Row) -> dict[str, object]:
        """Return the values to send for an object; what is changed, lost or not restored is added to the draft."""
        before, after = as_object(line.before), line.after
        found: dict[str, object] = {}
        known = [name for name in body_names(self.connection.client, self.action) if name in before]
        for name in known:
            was = before[name]
            if isinstance(after, Mapping) and was != NOT_SAVED and same_value(was, after.get(name)):
                continue  # not changed by it
            if was == NOT_SAVED:
                self.draft.skipped.append(f"{label}: {name} is not restored: its value before is {NOT_SAVED}.")
            elif not same_value(now.get(name), was):
                if not isinstance(after, Mapping) or not same_value(now.get(name), after.get(name)):
                    self.draft.changed.append(f"{label}: {name} is {field_text(now.get(name)) or 'empty'} now.")
                value = self._empty(name) if was is None else was
                if value is _CANNOT_BE_EMPTIED:
                    self.draft.skipped.append(f"{label}: {name} had no value before, and the API cannot empty it.")
                    continue
                old, new = elide_common(field_text(now.get(name)), field_text(was))
                of_object = f"{label}: " if len(self.lines) > 1 else ""
                self.draft.lines.append(f"{of_object}{name}: {old or '—'} → {new or '—'}")
                found[name] = value
        if known and not found and not self.draft.skipped:
            self.draft.skipped.append(f"{label} has the values before again.")
        return found

    def _empty(self, name: str) -> object:
        """Return the value that empties a field; _CANNOT_BE_EMPTIED when the API accepts none."""
        if self.record.name in ACCESS_RECORDS:
            return _CANNOT_BE_EMPTIED
        catalog = self.connection.client.catalog
        schema = body_schema(catalog, catalog.get(self.action.operation), self.action.body_list)
        form_field = schema_field(catalog, name, "body", schema.get("properties", {}).get(name, {}))
        if form_field.nullable:
            return None
        return {FieldKind.TEXT: "", FieldKind.LIST: []}.get(form_field.kind, _CANNOT_BE_EMPTIED)

    async def _read_all(self, ids: Sequence[str]) -> dict[str, Row | None]:
        """Read objects, several at a time or from the list. Returns None for those that no longer exist."""
        from dyntui.api.errors import NotFound

        client, record = self.connection.client, self.record
        if not record.detail or not ids:
            listed = [each.row async for each in scan(client, record, parent=self.parent)] if ids else []
            by_id = {str(row.get(record.key)): row for row in listed}
            return {each: listed[0] if listed and is_single(record) else by_id.get(each) for each in ids}

        async def read(object_id: str) -> Row | None:
            try:
                return await read_one(client, record, object_id, parent=self.parent)
            except (NotFound, UsageError):
                return None

        async with aclosing(BulkRun(client, record.detail).in_order(ids, read)) as rows:
            return {each: await anext(rows) for each in ids}

    def _skip_missing(self, line: AuditLine, object_id: str) -> None:
        label = next(iter(line.labels), "") or self.record.label_of(as_object(line.after)) or object_id
        self.draft.skipped.append(f"There is no {self.record.singular} {label} any more.")

    def _label(self, row: Row, line: AuditLine) -> str:
        return self.record.label_of(row) or next(iter(line.labels), "")
