"""Send the writes of a plan through the write gate, each as by hand, and record the result of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import as_object, as_objects
from dyntui.resources.resource import Resource, Scope
from dyntui.services.access.access_policy import name_of
from dyntui.services.access.actions import ACCESS_RECORDS, access_target
from dyntui.services.access.drafts import key_of
from dyntui.services.access.entries import EntryChanges
from dyntui.services.actions.organization_choice import resolve_organization
from dyntui.services.actions.resource_actions import make_target, make_write_action
from dyntui.services.actions.target_runner import stops_remaining
from dyntui.services.actions.write_types import (
    Cancel,
    Confirmation,
    Target,
    TargetResult,
    WriteAction,
    WriteOutcome,
)
from dyntui.services.configuration.compare import LeafChange
from dyntui.services.configuration.leaf_edit import typed_value, unset_value, with_leaves, with_values
from dyntui.services.configuration.model import ABSENT, ConfigObject, LeafPath, LeafPlace, ObjectKey, Reference
from dyntui.services.configuration.normal_form import FieldRules, configuration_of
from dyntui.services.configuration.plan import ConfigPlan, settable_names
from dyntui.services.configuration.plan_impact import PlanImpact
from dyntui.services.configuration.plan_writes import (
    PlannedWrite,
    WriteKind,
    added_entries,
    changed_fields,
    removed_entries,
)
from dyntui.services.configuration.read import read_environment

if TYPE_CHECKING:
    from dyntui.services.connection import Connection

__all__ = ["WriteRunner", "WriteStep"]

_ACCESS = frozenset({*ACCESS_RECORDS, "allowlist-entries"})
_ALONE = frozenset({*_ACCESS, "settings"})
"""The resources whose objects are written one after the other."""


@dataclass(frozen=True, slots=True)
class WriteStep:
    """The result of one write of a plan."""

    write: PlannedWrite
    outcome: WriteOutcome
    detail: str = ""
    """Why it is not done."""
    change_id: str = ""
    """The id of the change in the audit log, for `dyntui undo`."""


@dataclass
class WriteRunner:
    """Sends the writes of one plan."""

    connection: Connection
    plan: ConfigPlan
    impact: PlanImpact
    """What was confirmed."""
    rules: FieldRules
    values: Mapping[str, str]
    """What references stand for, by name."""
    on_step: Callable[[WriteStep], None]
    cancel: Cancel | None = None
    """Set when the remaining writes are not to be tried."""
    on_progress: Callable[[int], None] = lambda done: None
    """Called with how much is done, as `PlannedWrite.size` counts it."""
    steps: list[WriteStep] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._objects = dict(self.plan.current.objects)
        self._stale: set[str] = set()
        """The resources that have new objects, whose rows were not read yet."""
        self._created: set[ObjectKey] = set()
        self._failed: set[ObjectKey] = set()
        self._stop_reason = ""
        self._done = 0
        """How much is done by the steps that have ended."""

    async def run(self) -> None:
        """Send all writes. A failure does not stop those that do not need it."""
        for _, group in groupby(self.impact.writes, key=_batch_of):
            writes = [write for write in group if not self._is_skipped(write)]
            if not writes:
                continue
            try:
                await self._run_batch(writes)
            except DyntuiError as error:
                for write in writes:
                    self._end(write, WriteOutcome.FAILED, str(error))
                if stops_remaining(error):
                    self._stop_reason = str(error)

    def _is_skipped(self, write: PlannedWrite) -> bool:
        """Return whether a write is not tried, because another one failed. It is among the steps then."""
        name = write.record.name
        reason = ""
        if self.cancel is not None and self.cancel.is_set():
            reason = "not tried, because it was stopped"
        elif self._stop_reason:
            reason = "not tried after the error before"
        elif write.change.key in self._failed or (
            write.is_entries and ("allowlists", write.object.name) in self._failed
        ):
            reason = "not tried, because an earlier step of it failed"
        elif write.kind is WriteKind.DELETE and self._failed:
            reason = "not deleted, because another step failed"
        elif (
            name in ACCESS_RECORDS
            and write.kind in (WriteKind.ENABLE, WriteKind.DISABLE)
            and any(resource in _ACCESS for resource, _ in self._failed)
        ):
            reason = "not tried, because a step of access control failed"
        if reason:
            self._end(write, WriteOutcome.NOT_TRIED, reason)
        return bool(reason)

    def _end(self, write: PlannedWrite, outcome: WriteOutcome, detail: str = "", change_id: str = "") -> None:
        if outcome is not WriteOutcome.DONE:
            self._failed.add(write.change.key)
        self._done += write.size
        self.on_progress(self._done)
        step = WriteStep(write, outcome, detail, change_id)
        self.steps.append(step)
        self.on_step(step)

    async def _run_batch(self, writes: Sequence[PlannedWrite]) -> None:
        first = writes[0]
        if first.kind is not WriteKind.CREATE or first.is_entries:
            await self._refresh("allowlists" if first.is_entries else first.record.name)
        if first.is_entries:
            await self._write_entries(first)
        elif first.record.name == "settings":
            await self._write_settings(first)
        else:
            await self._write_objects(writes)
        if first.kind is WriteKind.CREATE and not first.is_entries:
            self._stale.add(first.record.name)
            self._created |= {write.change.key for write in writes}

    async def _refresh(self, resource: str) -> None:
        """Read a resource again if it got new objects."""
        if resource not in self._stale:
            return
        found = await read_environment(self.connection, only=[resource], rules=self.rules)
        self._objects |= found.objects
        self._stale.discard(resource)

    async def _write_objects(self, writes: Sequence[PlannedWrite]) -> None:
        """Create, edit, enable, disable or delete objects with the action of their record."""
        record, action = writes[0].record, writes[0].action
        assert action is not None
        targets: list[Target] = []
        sent: list[PlannedWrite] = []
        for write in writes:
            target = self._target(write)
            if isinstance(target, str):
                self._end(write, WriteOutcome.FAILED, target)
            elif target is not None:
                targets.append(target)
                sent.append(write)
        if targets:
            parent = ""
            if record.scope is Scope.ORGANIZATION:
                parent = await resolve_organization(self.connection.client)
            await self._perform(make_write_action(record, action, parent=parent), targets, sent)

    def _target(self, write: PlannedWrite) -> Target | str | None:
        """Return the target of a write, why there is none, or None when there is nothing to do."""
        record = write.record
        if write.kind is WriteKind.CREATE:
            fields = self._new_fields(write)
            return Target("", write.object.name, {"fields": fields})
        found = self._objects.get(write.change.key)
        if found is None or found.row is None:
            return f"There is no {write.object.title} after it was created. Look at the environment."
        row, data = found.row, {}
        if write.kind in (WriteKind.ENABLE, WriteKind.DISABLE):
            is_enabled = bool(row.get(configuration_of(record).enabled_field))
            if is_enabled is (write.kind is WriteKind.ENABLE):
                return None  # the server created it so
        elif write.kind is WriteKind.EDIT:
            data["fields"] = self._edited_fields(write, found)
            if not data["fields"]:
                return None
        if record.name in ACCESS_RECORDS:
            return access_target(row, **data)
        target = make_target(record, row)
        return replace(target, data={**target.data, **data})

    def _new_fields(self, write: PlannedWrite) -> dict[str, object]:
        record = write.record
        rules = configuration_of(record)
        names = settable_names(record, rules.create) | {path.split(".")[0] for path in rules.identity}
        values = with_leaves(record, {}, self._known(record, write.change.leaves))
        return {name: value for name, value in values.items() if name in names}

    def _edited_fields(self, write: PlannedWrite, found: ConfigObject) -> dict[str, object]:
        """Return the values at the first level that an edit sends."""
        record = write.record
        leaves = self._leaves(write, found)
        changed = with_leaves(
            record, found.row or {}, self._known(record, leaves), lambda name: unset_value(record, name)
        )
        names = settable_names(record, configuration_of(record).edit)
        sent = dict.fromkeys(leaf.path[0] for leaf in leaves if leaf.path[0] in names)
        return {name: changed[name] for name in sent if name in changed}

    def _leaves(self, write: PlannedWrite, found: ConfigObject) -> list[LeafChange]:
        """Return the values that an edit sets: of a new object, those that its creation did not set."""
        leaves = changed_fields(write.change)
        if write.change.key not in self._created:
            return leaves
        current = found.leaves()
        return [leaf for leaf in leaves if current.get(leaf.path, ABSENT) != leaf.after]

    def _known(self, record: Resource, leaves: Sequence[LeafChange]) -> Iterator[LeafChange]:
        for leaf in leaves:
            if leaf.after is ABSENT:
                yield leaf
            else:
                value = with_values(leaf.after, self.values)
                if isinstance(leaf.after, Reference) and isinstance(value, str):
                    value = typed_value(record, leaf.path, value)
                yield replace(leaf, after=value)

    async def _write_settings(self, write: PlannedWrite) -> None:
        from dyntui.services import settings as services

        found = self._objects[write.change.key]
        before = as_object(as_object(found.row).get("settings"))
        leaves = changed_fields(write.change)
        after = with_leaves(
            write.record, before, self._known(write.record, leaves), lambda name: unset_value(write.record, name)
        )
        names = dict.fromkeys(_outermost(write.record, leaf.path) for leaf in leaves)
        changes = [
            services.SettingChange(path, services.leaf_at(before, path), services.leaf_at(after, path))
            for path in names
        ]
        await self._perform(services.change_settings(changes), [services.settings_target(changes)], [write])

    async def _write_entries(self, write: PlannedWrite) -> None:
        allowlist = self._objects.get(("allowlists", write.object.name))
        if allowlist is None or allowlist.row is None:
            self._end(write, WriteOutcome.FAILED, f"There is no allowlist {write.object.name}.")
            return
        known = self._objects.get(write.change.key)
        rows = as_objects(as_object(known.row).get(write.record.list.items)) if known is not None else []
        removed = {key_of(entry) for entry in removed_entries(write.change)}
        add = tuple(as_object(with_values(entry, self.values)) for entry in added_entries(write.change))
        remove = tuple(row for row in rows if key_of(row) in removed)
        changes = EntryChanges(allowlist.row, add, remove)
        if changes.is_empty:
            return
        action, targets = changes.write(write.action_name, f"on {name_of(allowlist.row)}")
        await self._perform(action, targets, [write])

    async def _perform(self, action: WriteAction, targets: Sequence[Target], writes: Sequence[PlannedWrite]) -> None:
        """Perform an action on targets: one for each write, or all for a single write."""
        gate = self.connection.write_gate
        needed = gate.requirement(await gate.with_impact(action, targets), targets)
        shown = [text for write in writes for text in self._shown_effects(write)]
        if other := [text for text in needed.effects if text not in shown]:
            for write in writes:
                detail = f"not sent, because its effect is not what was confirmed: {' '.join(other)}"
                self._end(write, WriteOutcome.NOT_TRIED, detail)
            return
        typed = needed.accepted[0] if needed.accepted else ""
        confirmation = Confirmation(yes=True, typed=typed, read=needed.code)
        before = self._done
        results = await gate.perform(
            action,
            targets,
            confirmation,
            on_progress=lambda count, total: self.on_progress(before + count),
            cancel=self.cancel,
        )
        per_write = [results.items] if len(writes) == 1 else [(item,) for item in results.items]
        for write, items in zip(writes, per_write, strict=True):
            outcome, detail = _joined(items)
            self._end(write, outcome, detail, results.action.job)
        error = results.first_error
        if stops_remaining(error):
            self._stop_reason = str(error)

    def _shown_effects(self, write: PlannedWrite) -> tuple[str, ...]:
        found = self.impact.impacts.get(write.key)
        return found.effects if found is not None else ()


def _batch_of(write: PlannedWrite) -> tuple[object, ...]:
    """Return what the writes have in common that are sent as one action."""
    name = write.record.name
    return (name, write.kind, write.object.name if name in _ALONE else "")


def _outermost(record: Resource, path: LeafPath) -> LeafPath:
    """Return the path of the outermost list with keys on the way to a value, or of the value."""
    place = LeafPlace(record)
    for number, name in enumerate(path, 1):
        place = place.part(name)
        if place.list_key is not None:
            return path[:number]
    return path


def _joined(items: Sequence[TargetResult]) -> tuple[WriteOutcome, str]:
    """Return the outcome of several requests as one, and why it is not done."""
    missing = [item for item in items if item.outcome is not WriteOutcome.DONE]
    if not missing:
        return WriteOutcome.DONE, ""
    first = next((item for item in missing if item.error is not None), missing[0])
    count = f"{len(missing):,} of {len(items):,}: " if len(items) > 1 else ""
    default = "accepted by the server, not done yet" if first.outcome is WriteOutcome.ACCEPTED else "not tried"
    return first.outcome, f"{count}{first.error or default}"
