"""What a plan does to sign-in, and what has to be confirmed before it is applied.

The effects of each write are those that its action has by hand, in the state that the writes before it leave.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dyntui.core.effect import Effect
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import quantity
from dyntui.services.access.access_policy import AccessPolicy, Change, PolicyKind, PolicyRole, read_access, role_of
from dyntui.services.access.actions import ACCESS_RECORDS
from dyntui.services.access.drafts import key_of
from dyntui.services.access.impact import (
    assess_entry_change,
    assess_impact,
    deleted,
    entry_count,
    with_enabled,
    with_fields,
)
from dyntui.services.access.lockout_count import EntryKeys, Lockout, count_affected
from dyntui.services.actions.registry import declared_write
from dyntui.services.actions.write_rules import MANY_TARGETS, stricter
from dyntui.services.actions.write_types import ConfirmationLevel, Impact, Requirement, Target
from dyntui.services.configuration.plan import ConfigPlan
from dyntui.services.configuration.plan_writes import (
    PlannedWrite,
    WriteKey,
    WriteKind,
    added_entries,
    changed_fields,
    planned_writes,
    removed_entries,
)

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.connection import Connection

__all__ = ["PlanImpact", "assess_plan"]

_ENTRIES = "allowlist-entries"


@dataclass(frozen=True, slots=True)
class PlanImpact:
    """What a plan does to sign-in, and what has to be confirmed."""

    writes: tuple[PlannedWrite, ...]
    """The writes, in their order."""
    impacts: Mapping[WriteKey, Impact]
    """What each of those does that can decide who may sign in."""
    requirement: Requirement
    """What has to be confirmed before the first is sent; it has all effects."""
    affected: Lockout | None = None
    """How many users it locks out or lets in; None when it does not decide who may sign in."""

    @property
    def lockout(self) -> tuple[str, ...]:
        """How many users it locks out or lets in, as lines that name some of them."""
        return tuple(self.affected.lines()) if self.affected is not None else ()


async def assess_plan(connection: Connection, plan: ConfigPlan) -> PlanImpact:
    """Assess a plan in the current state of the environment. Raises UsageError when its impact cannot be known."""
    gate = connection.write_gate
    await gate.learn_kind()
    writes = planned_writes(plan)
    preview = await _AccessPreview.begin(connection.client, writes)
    needed: list[Requirement] = []
    codes: list[str] = []
    impacts: dict[WriteKey, Impact] = {}
    effects: list[str] = []
    for write in writes:
        target = Target(write.object.id, write.object.name, size=write.size)
        action = declared_write(write.action_name, _refuse_call)
        is_off = preview.is_off(write)
        impact = preview.assess(write)
        if impact is not None:
            impacts[write.key] = impact
            effects += [] if is_off else [f"{write.title}: {text}" for text in impact.effects]
            action = replace(action, impact=impact, effect=stricter(action.effect, impact.effect), phrase=impact.phrase)
        needed.append(gate.requirement(action, [target]))
        codes += [needed[-1].code] if needed[-1].code else []
    affected = await preview.affected(connection)
    name = gate.profile.confirmation_name
    many = sum(write.size for write in writes) > MANY_TARGETS
    typed = any(each.level is ConfirmationLevel.TYPED for each in needed) or gate.is_live
    environments = sorted({each.environment for each in needed}, key=len)
    requirement = Requirement(
        ConfirmationLevel.TYPED if typed and writes else ConfirmationLevel.CONFIRM,
        f"Apply {quantity(len(plan.changes), 'change')}?",
        tuple(dict.fromkeys(filter(None, map(_warning, writes)))),
        "",
        environments[-1] if environments else f"{gate.profile.kind} environment {name}",
        (name,) if typed else (),
        tuple(effects),
        hashlib.sha256("\n".join(codes).encode()).hexdigest()[:6] if codes else "",
        destructive=many or any(each.destructive for each in needed),
        names_environment=True,
    )
    return PlanImpact(tuple(writes), impacts, requirement, affected)


def _warning(write: PlannedWrite) -> str:
    """Return what to know before a write that destroys something, or that a live environment has typed; "" for none."""
    action = write.action
    if action is None or action.undo is None or not (action.effect is Effect.DESTRUCTIVE or action.typed_in_live):
        return ""
    text = action.warning if not action.undo.is_possible else action.warning.removeprefix(action.undo.sentence).strip()
    return f"{action.verb} {write.record.plural}: {text}" if text else ""


async def _refuse_call(client: Client, target: Target, permit: WritePermit) -> None:
    raise UsageError("A plan is assessed before it is sent.")


@dataclass
class _AccessPreview:
    """Follows lists, gates and numbers of entries through the writes of a plan."""

    access: AccessPolicy
    counts: dict[str, int | None]
    """Numbers of entries by the id of a list."""
    before: AccessPolicy = field(default_factory=AccessPolicy)
    entries: dict[str, EntryKeys] = field(default_factory=dict)
    decides_sign_in: bool = False

    @classmethod
    async def begin(cls, client: Client, writes: Sequence[PlannedWrite]) -> _AccessPreview:
        """Read lists, gates and numbers of entries, if a write can decide who may sign in."""
        names = {write.record.name for write in writes}
        if not names & {*ACCESS_RECORDS, _ENTRIES}:
            return cls(AccessPolicy(), {})
        access = await read_access(client)
        if access.gates_unread and "gates" in names:
            raise UsageError(
                f"The gates cannot be read, so the impact of this plan is unknown: {access.gates_unread}",
                hint="Use a token with a scope that can read gates.",
            )
        counts: dict[str, int | None] = {}
        changed = {write.object.name for write in writes if write.record.name in ("allowlists", _ENTRIES)}
        for row in access.lists:
            if row.get("name") in changed:
                counts[str(row.get("id"))] = await entry_count(client, str(row.get("id")))
        return cls(access, counts, before=access)

    def assess(self, write: PlannedWrite) -> Impact | None:
        """Return the impact of a write after those before it; None for one that cannot decide who may sign in."""
        if write.is_entries:
            impact = self._assess_entries(write)
        elif (kind := ACCESS_RECORDS.get(write.record.name)) is None:
            return None
        elif write.kind is WriteKind.CREATE:
            self._create(write, kind)
            return None
        else:
            impact = self._assess_policy(write, kind)
        return impact

    def is_off(self, write: PlannedWrite) -> bool:
        """Return whether a write changes a list or gate that is disabled and stays so: then nothing changes now."""
        kind = PolicyKind.LIST if write.is_entries else ACCESS_RECORDS.get(write.record.name)
        if kind is None or write.kind in (WriteKind.CREATE, WriteKind.ENABLE):
            return False
        return role_of(self._row(write, kind), kind) is PolicyRole.OFF

    def _create(self, write: PlannedWrite, kind: PolicyKind) -> None:
        new = {**write.object.values, "id": _new_id(write), "enabledAt": None}
        if kind is PolicyKind.GATE:
            self.access = replace(self.access, gates=(*self.access.gates, new))
        else:
            self.access = replace(self.access, lists=(*self.access.lists, new))
            self.counts[_new_id(write)] = 0
            self.entries[_new_id(write)] = EntryKeys(frozenset(), is_new_list=True)

    def _assess_policy(self, write: PlannedWrite, kind: PolicyKind) -> Impact:
        row = self._row(write, kind)
        change = _policy_change(write)
        impact = assess_impact(self.access, kind, [row], change, self.counts)
        self.access = self.access.with_change(kind, [str(row.get("id"))], change)
        self.decides_sign_in = self.decides_sign_in or impact.policy_change is not None
        return impact

    def _assess_entries(self, write: PlannedWrite) -> Impact:
        row = self._row(write, PolicyKind.LIST)
        list_id = str(row.get("id"))
        added, removed = added_entries(write.change), removed_entries(write.change)
        count = self.counts.get(list_id)
        impact = assess_entry_change(self.access, row, count, adding=len(added), removing=len(removed))
        self.counts[list_id] = None if count is None else count + len(added) - len(removed)
        is_new = list_id in self.entries and self.entries[list_id].is_new_list
        self.entries[list_id] = EntryKeys(_keys(added), _keys(removed), is_new)
        if role_of(row) in (PolicyRole.SITE_ACCESS, PolicyRole.BLOCK):
            self.decides_sign_in = True
        return impact

    def _row(self, write: PlannedWrite, kind: PolicyKind) -> Row:
        found = next((row for row in self.access.rows(kind) if row.get("name") == write.object.name), None)
        if found is None:
            raise UsageError(f"There is no {kind} {write.object.name} in this environment.", hint="Make a new plan.")
        return found

    async def affected(self, connection: Connection) -> Lockout | None:
        """Return how many users the plan locks out or lets in; None when it does not decide who may sign in."""
        if not self.decides_sign_in:
            return None
        return await count_affected(connection, self.before, self.access, self.entries)


def _policy_change(write: PlannedWrite) -> Change:
    match write.kind:
        case WriteKind.ENABLE:
            return with_enabled(True)
        case WriteKind.DISABLE:
            return with_enabled(False)
        case WriteKind.DELETE:
            return deleted
    names = {leaf.path[0] for leaf in changed_fields(write.change)}
    return with_fields({name: write.object.values.get(name) for name in names})


def _new_id(write: PlannedWrite) -> str:
    return f"new:{write.object.name}"


def _keys(entries: Iterable[Row]) -> frozenset[str]:
    return frozenset(key_of(entry) for entry in entries)
