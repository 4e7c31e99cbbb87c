"""Assess the impact of a change of allowlists, gates and entries on sign-in.

The write gate does this before the confirmation and again before the call. Closing an environment, opening it, and
refusing some users are distinguished, and each requires a confirmation that fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dyntui.core.effect import Effect
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.text import quantity, safe
from dyntui.services.access.access_policy import (
    AccessPolicy,
    Change,
    PolicyKind,
    PolicyRole,
    join_names,
    name_of,
    read_access,
    role_of,
)
from dyntui.services.actions.write_types import Impact
from dyntui.services.bulk import BulkRun

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = [
    "CHANGES",
    "assess_change",
    "assess_entries",
    "assess_entry_change",
    "assess_impact",
    "deleted",
    "entry_count",
    "phrase_for",
    "with_enabled",
    "with_fields",
]

_AT_SIGN_IN = "This is checked at sign-in; open sessions continue until they end."


def with_enabled(on: bool) -> Change:
    """Return the change that enables or disables a row."""
    return lambda row: {**row, "enabledAt": "now" if on else None}


def with_fields(fields: Mapping[str, object]) -> Change:
    """Return the change that sets fields of a row."""
    return lambda row: {**row, **fields}


def deleted(row: Row) -> Row | None:
    """The change that deletes a row."""
    return None


CHANGES: Mapping[str, tuple[PolicyKind, Change | None]] = {
    "enableAllowlistById": (PolicyKind.LIST, with_enabled(True)),
    "disableAllowlistById": (PolicyKind.LIST, with_enabled(False)),
    "updateAllowlistById": (PolicyKind.LIST, None),
    "deleteAllowlistById": (PolicyKind.LIST, deleted),
    "enableGate": (PolicyKind.GATE, with_enabled(True)),
    "disableGate": (PolicyKind.GATE, with_enabled(False)),
    "updateGate": (PolicyKind.GATE, None),
    "deleteGate": (PolicyKind.GATE, deleted),
}
"""By operation: what it changes, and the change; None when the body contains it."""


def phrase_for(row: Row) -> str:
    """Return the text that confirms a list or gate: its name, or its id when the name cannot be typed."""
    name = name_of(row).strip()
    return name if name and len(name) <= 80 and safe(name) == name and name.isprintable() else str(row.get("id"))


async def entry_count(client: Client, list_id: str) -> int | None:
    """Return the number of entries of a list; None when the server does not return it."""
    return (await client.allowlists.entries(list_id, limit=1)).total


async def assess_change(client: Client, kind: PolicyKind, ids: Sequence[str], change: Change) -> Impact:
    """Assess `change` to these lists or gates. Raises UsageError when one is not in this environment."""
    access = await read_access(client)
    if kind is PolicyKind.GATE and access.gates_unread:
        raise UsageError(
            f"The gates cannot be read, so the impact of this change is unknown: {access.gates_unread}",
            hint="Use a token with a scope that can read gates.",
        )
    rows = {str(row.get("id")): row for row in access.rows(kind)}
    if unknown := [object_id for object_id in ids if object_id not in rows]:
        raise UsageError(
            f"There is no {kind} {unknown[0]} in this environment.", hint="Refresh the list, or use its environment."
        )
    counts: dict[str, int | None] = dict.fromkeys(ids)
    if kind is PolicyKind.LIST:
        run = BulkRun(client, "getEntriesByAllowlistId")
        found = [count async for count in run.in_order(ids, lambda list_id: entry_count(client, list_id))]
        counts = dict(zip(ids, found, strict=True))
    impact = assess_impact(access, kind, [rows[object_id] for object_id in ids], change, counts)
    if impact.phrase and len(ids) > 1:
        raise UsageError(f"This decides who may sign in. Change one {kind} at a time.")
    return impact


def assess_impact(
    access: AccessPolicy, kind: PolicyKind, rows: Sequence[Row], change: Change, counts: Mapping[str, int | None]
) -> Impact:
    """Return the impact of `change` to `rows`. counts: number of entries by the id of a list."""
    ids = [str(row.get("id")) for row in rows]
    after = access.with_change(kind, ids, change)
    required_before, required_after = (
        access.with_role(PolicyRole.SITE_ACCESS, kind),
        after.with_role(PolicyRole.SITE_ACCESS, kind),
    )
    effects: list[str] = []
    effect, phrase, decides_sign_in = Effect.WRITE, "", False
    for row in rows:
        new = change(row)
        old_role, new_role = role_of(row, kind), role_of(new, kind)
        count = counts.get(str(row.get("id")))
        users = _users_text(row, kind, count)
        if old_role is new_role:
            effects += _unchanged_effects(row, new, old_role, users)
            continue
        affects_sign_in = bool({old_role, new_role} & {PolicyRole.SITE_ACCESS, PolicyRole.BLOCK})
        decides_sign_in = decides_sign_in or affects_sign_in
        lost, loss_is_destructive = _loss_effects(row, old_role, required_after, users)
        effects += lost
        gained, gain_is_destructive = _gain_effects(new or row, new_role, required_before, users, count)
        effects += gained
        if loss_is_destructive or gain_is_destructive:
            effect = Effect.DESTRUCTIVE
        if (new_role is PolicyRole.SITE_ACCESS and not required_before) or (
            old_role is PolicyRole.SITE_ACCESS and not required_after
        ):
            phrase = phrase_for(row)
        if affects_sign_in or PolicyRole.OFF not in (old_role, new_role):
            effects.append(_AT_SIGN_IN)
        if PolicyRole.SITE_ACCESS in (old_role, new_role) and (others := _other_kind_text(after, kind)):
            effects.append(others)
    facts = [str(kind), *(f"{object_id} {'empty' if counts.get(object_id) == 0 else ''}" for object_id in ids)]
    facts += [f"before {row.get('id')}" for row in required_before] + [
        f"after {row.get('id')}" for row in required_after
    ]
    policy_change = (access, after) if decides_sign_in and kind is PolicyKind.LIST else None
    return Impact(tuple(dict.fromkeys(effects)), effect, phrase, tuple(facts), policy_change)


def _users_text(row: Row, kind: PolicyKind, count: int | None) -> str:
    if kind is PolicyKind.GATE:
        return f"users who match the gate “{name_of(row)}”"
    entries = "" if count is None else f" ({quantity(count, 'entry', 'entries')})"
    return f"users on “{name_of(row)}”{entries}"


def _unchanged_effects(row: Row, new: Row | None, role: PolicyRole, users: str) -> list[str]:
    if role is PolicyRole.OFF:
        return ["It is disabled, so nothing changes now."]
    if role is PolicyRole.SCOPE and new is not None and new.get("scope") != row.get("scope"):
        return [f"From the next sign-in, {users} get the scope {new.get('scope')} instead of {row.get('scope')}."]
    return ["Its effect on sign-in does not change."]


def _loss_effects(row: Row, old_role: PolicyRole, required_after: Sequence[Row], users: str) -> tuple[list[str], bool]:
    """Return the effects that end, and whether they are destructive."""
    match old_role:
        case PolicyRole.SITE_ACCESS if required_after:
            return [f"{_capital(users)} can no longer sign in, unless also on {join_names(required_after)}."], True
        case PolicyRole.SITE_ACCESS:
            return ["No other one is enabled: everyone may sign in from now on, listed or not."], True
        case PolicyRole.BLOCK:
            return [f"{_capital(users)} can sign in again."], True
        case PolicyRole.SCOPE:
            return [
                f"{_capital(users)} lose the scope {row.get('scope') or ''} at the next sign-in.".replace("  ", " ")
            ], True
        case PolicyRole.OTHER:
            return [f"The effect of its outcome {row.get('outcome')} is unknown to this version."], True
    return [], False


def _gain_effects(
    row: Row, new_role: PolicyRole, required_before: Sequence[Row], users: str, count: int | None
) -> tuple[list[str], bool]:
    """Return the effects that begin, and whether they are destructive."""
    match new_role:
        case PolicyRole.SITE_ACCESS if required_before:
            return [f"{_capital(users)} may sign in as well, in addition to {join_names(required_before)}."], False
        case PolicyRole.SITE_ACCESS if count == 0:
            return [
                "No other siteAccess list is enabled, so only users on this one may sign in; and it has no entries.",
                "NO ONE could sign in from now on.",
            ], True
        case PolicyRole.SITE_ACCESS:
            return [
                f"No other one is enabled, so only {users} may sign in from now on.",
                "EVERYONE ELSE IS LOCKED OUT.",
            ], True
        case PolicyRole.BLOCK:
            return [f"{_capital(users)} are refused at sign-in from now on, even if another list allows them."], True
        case PolicyRole.SCOPE:
            return [f"{_capital(users)} get the scope {row.get('scope') or '(none)'} from the next sign-in."], False
        case PolicyRole.OTHER:
            return [f"The effect of its outcome {row.get('outcome')} is unknown to this version."], True
    return [], False


def _other_kind_text(access: AccessPolicy, kind: PolicyKind) -> str:
    other = PolicyKind.GATE if kind is PolicyKind.LIST else PolicyKind.LIST
    if required := access.with_role(PolicyRole.SITE_ACCESS, other):
        return f"The {other} {join_names(required, 'and')} is also enabled; it is undocumented whether one is enough."
    if access.gates_unread and kind is PolicyKind.LIST:
        return f"The gates could not be read: {access.gates_unread}"
    return ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


async def assess_entries(client: Client, list_id: str, *, adding: int = 0, removing: int = 0) -> Impact:
    """Assess adding entries to a list or removing them. Raises UsageError for an unknown list."""
    access = await read_access(client)
    row = next((row for row in access.lists if row.get("id") == list_id), None)
    if row is None:
        raise UsageError(f"There is no allowlist {list_id} in this environment.", hint="Refresh the lists.")
    count = await entry_count(client, list_id) if removing and role_of(row) is PolicyRole.SITE_ACCESS else None
    return assess_entry_change(access, row, count, adding=adding, removing=removing)


def assess_entry_change(access: AccessPolicy, row: Row, count: int | None, *, adding: int, removing: int) -> Impact:
    """Return the impact of adding entries to a list or removing them. count: its entries now; None if unknown."""
    role, name = role_of(row), name_of(row)
    effects: list[str] = []
    effect = Effect.DESTRUCTIVE if removing else Effect.WRITE
    phrase = ""
    facts = [str(PolicyKind.LIST), str(row.get("id")), role.value]
    if role is PolicyRole.OFF:
        effects.append(f"“{name}” is disabled, so nothing changes now.")
    elif role is PolicyRole.SITE_ACCESS:
        required = [other for other in access.with_role(PolicyRole.SITE_ACCESS) if other is not row]
        if adding:
            effects.append(f"“{name}” is enabled: added users may sign in immediately.")
        if removing:
            unless = f", unless also on {join_names(required)}" if required else ""
            effects.append(f"“{name}” is enabled: removed users can no longer sign in{unless}. {_AT_SIGN_IN}")
            if not required and count is not None and count + adding <= removing:
                effects.append(f"“{name}” is the only siteAccess list and would be empty: NO ONE could sign in.")
                phrase = phrase_for(row)
    elif role is PolicyRole.BLOCK:
        if adding:
            effects.append(f"“{name}” blocks sign-in: added users are refused at the next sign-in.")
            effect = Effect.DESTRUCTIVE
        if removing:
            effects.append(f"“{name}” blocks sign-in: removed users can sign in again.")
    elif role is PolicyRole.SCOPE:
        changes = " and ".join(
            [*(["added users get"] if adding else []), *(["removed users lose"] if removing else [])]
        )
        effects.append(f"“{name}” is enabled: {changes} the scope {row.get('scope') or '(none)'} at the next sign-in.")
    else:
        effects.append(f"The effect of the outcome {row.get('outcome')} is unknown to this version.")
        effect = Effect.DESTRUCTIVE
    return Impact(tuple(effects), effect, phrase, tuple(facts))
