"""The writes of a plan, in the order in which they are sent.

First objects are created and edited, those on which others depend first; then they are enabled, so that an allowlist
has its entries when it begins to decide who may sign in; then others are disabled, and edited only after
that. Deletions come at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from dyntui.resources.action import ResourceAction
from dyntui.resources.configuration import ENABLED
from dyntui.resources.resource import Resource
from dyntui.services.configuration.compare import ChangeKind, LeafChange, ObjectChange
from dyntui.services.configuration.model import ABSENT, ConfigObject, ObjectKey, Values
from dyntui.services.configuration.normal_form import configuration_of
from dyntui.services.configuration.plan import ConfigPlan, settable_names

__all__ = [
    "PlannedWrite",
    "WriteKey",
    "WriteKind",
    "added_entries",
    "changed_fields",
    "planned_writes",
    "removed_entries",
]


class WriteKind(StrEnum):
    """What a write does to an object."""

    CREATE = "create"
    EDIT = "edit"
    ENABLE = "enable"
    DISABLE = "disable"
    DELETE = "delete"


WriteKey: TypeAlias = tuple[WriteKind, ObjectKey]


@dataclass(frozen=True, slots=True)
class PlannedWrite:
    """One write of a plan: one object, and what is done to it."""

    kind: WriteKind
    change: ObjectChange

    @property
    def object(self) -> ConfigObject:
        """The object, as it is afterwards."""
        return self.change.object

    @property
    def record(self) -> Resource:
        """The record of its resource."""
        return self.object.record

    @property
    def is_entries(self) -> bool:
        """Whether it adds and removes the entries of an allowlist, in any number of requests."""
        return bool(configuration_of(self.record).group_by)

    @property
    def key(self) -> WriteKey:
        """What identifies it in its plan."""
        return self.kind, self.change.key

    @property
    def action(self) -> ResourceAction | None:
        """The action of the record that does it; None for entries, which have one for all of them."""
        rules = configuration_of(self.record)
        names = {
            WriteKind.CREATE: rules.create,
            WriteKind.EDIT: rules.edit,
            WriteKind.ENABLE: rules.enable,
            WriteKind.DISABLE: rules.disable,
            WriteKind.DELETE: rules.delete,
        }
        return None if self.is_entries else self.record.action(names[self.kind])

    @property
    def action_name(self) -> str:
        """The name of its action in the audit log."""
        if self.is_entries:
            return "allowlists.sync" if removed_entries(self.change) else "allowlist-entries.create"
        assert self.action is not None, "a plan has only what its record can do"
        return f"{self.record.name}.{self.action.name}"

    @property
    def title(self) -> str:
        """What it does, for people: `create origin https://app.example.com`."""
        return f"{self.kind.value} {self.object.title}"

    @property
    def size(self) -> int:
        """The number of objects of the API that it writes."""
        return len(added_entries(self.change)) + len(removed_entries(self.change)) if self.is_entries else 1


def planned_writes(plan: ConfigPlan) -> list[PlannedWrite]:
    """Return the writes of a plan in their order.

    A new object is enabled or disabled as well; that is left out when the server creates it so.
    """
    changes, ordered = plan.changes, []
    for change in changes:
        if change.kind is ChangeKind.CREATE and not configuration_of(change.object.record).group_by:
            ordered.append(PlannedWrite(WriteKind.CREATE, change))
        elif change.kind is not ChangeKind.DELETE and changed_fields(change) and not _is_disabled(change):
            ordered.append(PlannedWrite(WriteKind.EDIT, change))
        if change.kind is ChangeKind.CREATE and _needs_edit(change):
            ordered.append(PlannedWrite(WriteKind.EDIT, change))
    enabled = [(change, _enabled(change)) for change in changes if change.kind is not ChangeKind.DELETE]
    ordered += [PlannedWrite(WriteKind.ENABLE, change) for change, value in enabled if value is True]
    for change, value in reversed(enabled):
        if value is False:
            ordered.append(PlannedWrite(WriteKind.DISABLE, change))
            if _is_disabled(change) and changed_fields(change):
                ordered.append(PlannedWrite(WriteKind.EDIT, change))
    deleted = [change for change in changes if change.kind is ChangeKind.DELETE]
    return ordered + [PlannedWrite(WriteKind.DELETE, change) for change in reversed(deleted)]


def changed_fields(change: ObjectChange) -> list[LeafChange]:
    """Return the values that an edit sets: all but `enabled`, which has operations of its own."""
    has_own = bool(configuration_of(change.object.record).enabled_field)
    return [leaf for leaf in change.leaves if not (has_own and leaf.path == (ENABLED,))]


def _needs_edit(change: ObjectChange) -> bool:
    """Return whether a new object gets values that its creation does not take."""
    rules = configuration_of(change.object.record)
    if rules.group_by:
        return False
    created = settable_names(change.object.record, rules.create) | set(rules.identity)
    return any(leaf.path[0] not in created for leaf in changed_fields(change))


def _is_disabled(change: ObjectChange) -> bool:
    """Return whether an object that is enabled is disabled: its other values are not to apply for a moment before."""
    return change.kind is ChangeKind.UPDATE and _enabled(change) is False


def _enabled(change: ObjectChange) -> bool | None:
    """Return whether the object is enabled or disabled; None for neither."""
    if not configuration_of(change.object.record).enabled_field:
        return None
    return next((bool(leaf.after) for leaf in change.leaves if leaf.path == (ENABLED,)), None)


def added_entries(change: ObjectChange) -> list[Values]:
    """Return the entries that a change adds to an allowlist."""
    return [leaf.after for leaf in change.leaves if len(leaf.path) > 1 and isinstance(leaf.after, dict)]


def removed_entries(change: ObjectChange) -> list[Values]:
    """Return the entries that a change removes from an allowlist."""
    return [leaf.before for leaf in change.leaves if leaf.after is ABSENT and isinstance(leaf.before, dict)]
