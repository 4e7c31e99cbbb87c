"""What a change to a list or a gate does to people: asked of the server before it is confirmed, and again before it is
done. Closing an environment, opening it, and shutting somebody out are told apart, and never look like a small thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dyntui.core.effect import Effect
from dyntui.core.errors import UsageError
from dyntui.core.text import safe
from dyntui.services.access.access_policy import (
    AccessPolicy,
    Change,
    PolicyKind,
    PolicyRole,
    Row,
    join_names,
    name_of,
    read_access,
    role_of,
)
from dyntui.services.actions.write_types import Impact

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = [
    "CHANGES",
    "assess_change",
    "assess_entries",
    "deleted",
    "entry_count",
    "phrase_for",
    "with_enabled",
    "with_fields",
]

_AT_SIGN_IN = "It is asked at sign-in; a session that is open already goes on until it ends."


def with_enabled(on: bool) -> Change:
    """Turned on or off."""
    return lambda row: {**row, "enabledAt": "now" if on else None}


def with_fields(fields: Mapping[str, Any]) -> Change:
    """With other fields."""
    return lambda row: {**row, **fields}


def deleted(row: Row) -> Row | None:
    """Gone."""
    return None


CHANGES: Mapping[str, tuple[PolicyKind, str, Change | None]] = {
    "enableAllowlistById": (PolicyKind.LIST, "allowlistId", with_enabled(True)),
    "disableAllowlistById": (PolicyKind.LIST, "allowlistId", with_enabled(False)),
    "updateAllowlistById": (PolicyKind.LIST, "allowlistId", None),
    "deleteAllowlistById": (PolicyKind.LIST, "allowlistId", deleted),
    "enableGate": (PolicyKind.GATE, "gateId", with_enabled(True)),
    "disableGate": (PolicyKind.GATE, "gateId", with_enabled(False)),
    "updateGate": (PolicyKind.GATE, "gateId", None),
    "deleteGate": (PolicyKind.GATE, "gateId", deleted),
}
"""By operation: what it changes, the path parameter that names it, and how; None: as its body says."""


def phrase_for(row: Row) -> str:
    """What is typed for a list or a gate: its name, or its id when the name cannot be typed."""
    name = name_of(row).strip()
    return name if name and len(name) <= 80 and safe(name) == name and name.isprintable() else str(row.get("id"))


async def entry_count(client: Client, list_id: str) -> int | None:
    """How many entries a list has; None when the server does not say."""
    return (await client.allowlists.entries(list_id, limit=1)).total


async def assess_change(client: Client, kind: PolicyKind, ids: Sequence[str], change: Change) -> Impact:
    """What `change` to these lists or gates does. Usage when one is not of this environment."""
    access = await read_access(client)
    if kind is PolicyKind.GATE and access.gates_unread:
        raise UsageError(
            f"The gates cannot be read, so nobody can tell what this does: {access.gates_unread}",
            hint="Use a token that may read them.",
        )
    known = {str(row.get("id")): row for row in access.rows(kind)}
    if strange := [each for each in ids if each not in known]:
        raise UsageError(
            f"There is no {kind} {strange[0]} in this environment.", hint="Read the list again, or use its environment."
        )
    counts: dict[str, int | None] = {}
    for each in ids:
        counts[each] = await entry_count(client, each) if kind is PolicyKind.LIST else None
    weight = assess_impact(access, kind, [known[each] for each in ids], change, counts)
    if weight.phrase and len(ids) > 1:
        raise UsageError(f"This decides who may come in: do it with one {kind} after another.")
    return weight


def assess_impact(
    access: AccessPolicy, kind: PolicyKind, rows: Sequence[Row], change: Change, counts: Mapping[str, int | None]
) -> Impact:
    """The weight of `change` to `rows`. counts: entries by the id of a list."""
    ids = [str(row.get("id")) for row in rows]
    after = access.with_change(kind, ids, change)
    before_doors, after_doors = (
        access.with_role(PolicyRole.SITE_ACCESS, kind),
        after.with_role(PolicyRole.SITE_ACCESS, kind),
    )
    effects: list[str] = []
    effect, phrase, decides = Effect.WRITE, "", False
    for row in rows:
        new = change(row)
        was, becomes = role_of(row, kind), role_of(new, kind)
        count = counts.get(str(row.get("id")))
        who = _who(row, kind, count)
        if was is becomes:
            effects += _unchanged(row, new, was, who)
            continue
        decides = decides or bool({was, becomes} & {PolicyRole.SITE_ACCESS, PolicyRole.BLOCK})
        lost, grave = _lost(row, was, after_doors, who)
        effects += lost
        gained, grave_too = _gained(new or row, becomes, before_doors, who, count)
        effects += gained
        if grave or grave_too:
            effect = Effect.DESTRUCTIVE
        if (becomes is PolicyRole.SITE_ACCESS and not before_doors) or (
            was is PolicyRole.SITE_ACCESS and not after_doors
        ):
            phrase = phrase_for(row)
        if PolicyRole.OFF not in (was, becomes) or {was, becomes} & {PolicyRole.SITE_ACCESS, PolicyRole.BLOCK}:
            effects.append(_AT_SIGN_IN)
        if PolicyRole.SITE_ACCESS in (was, becomes) and (others := _of_the_other_kind(after, kind)):
            effects.append(others)
    facts = [str(kind), *(f"{each} {'empty' if counts.get(each) == 0 else ''}" for each in ids)]
    facts += [f"before {row.get('id')}" for row in before_doors] + [f"after {row.get('id')}" for row in after_doors]
    between = (access, after) if decides and kind is PolicyKind.LIST else None
    return Impact(tuple(dict.fromkeys(effects)), effect, phrase, tuple(facts), between)


def _who(row: Row, kind: PolicyKind, count: int | None) -> str:
    if kind is PolicyKind.GATE:
        return f"who holds what “{name_of(row)}” asks for"
    entries = "" if count is None else f" ({count:,} {'entry' if count == 1 else 'entries'})"
    return f"who is on “{name_of(row)}”{entries}"


def _unchanged(row: Row, new: Row | None, role: PolicyRole, who: str) -> list[str]:
    if role is PolicyRole.OFF:
        return ["It is off, so nothing changes for anybody now."]
    if role is PolicyRole.SCOPE and new is not None and new.get("scope") != row.get("scope"):
        return [f"From the next sign-in, {who} gets the scope {new.get('scope')} instead of {row.get('scope')}."]
    return ["What it does to people stays as it is."]


def _lost(row: Row, was: PolicyRole, doors_left: Sequence[Row], who: str) -> tuple[list[str], bool]:
    """What ends, and whether that is grave."""
    match was:
        case PolicyRole.SITE_ACCESS if doors_left:
            return [f"{_capital(who)} can no longer sign in, unless also on {join_names(doors_left)}."], True
        case PolicyRole.SITE_ACCESS:
            return ["Nothing of its kind is left on: everybody may sign in from now on, listed or not."], True
        case PolicyRole.BLOCK:
            return [f"{_capital(who)} is no longer kept out."], True
        case PolicyRole.SCOPE:
            return [
                f"{_capital(who)} loses the scope {row.get('scope') or ''} at the next sign-in.".replace("  ", " ")
            ], True
        case PolicyRole.OTHER:
            return [f"What its outcome {row.get('outcome')} does is not known to this version."], True
    return [], False


def _gained(
    row: Row, becomes: PolicyRole, doors_before: Sequence[Row], who: str, count: int | None
) -> tuple[list[str], bool]:
    """What begins, and whether that is grave."""
    match becomes:
        case PolicyRole.SITE_ACCESS if doors_before:
            return [f"{_capital(who)} may sign in as well, beside {join_names(doors_before)}."], False
        case PolicyRole.SITE_ACCESS if count == 0:
            return [
                "No other siteAccess list is on, so this one decides alone who may come in; and it has no entries.",
                "NOBODY could sign in from now on.",
            ], True
        case PolicyRole.SITE_ACCESS:
            return [
                f"Nothing of its kind is on yet, so this one decides alone: only {who} may sign in from now on.",
                "EVERYBODY ELSE IS LOCKED OUT.",
            ], True
        case PolicyRole.BLOCK:
            return [f"{_capital(who)} is refused at sign-in from now on, whatever else lets them in."], True
        case PolicyRole.SCOPE:
            return [f"{_capital(who)} gets the scope {row.get('scope') or '(none)'} from the next sign-in."], False
        case PolicyRole.OTHER:
            return [f"What its outcome {row.get('outcome')} does is not known to this version."], True
    return [], False


def _of_the_other_kind(access: AccessPolicy, kind: PolicyKind) -> str:
    other = PolicyKind.GATE if kind is PolicyKind.LIST else PolicyKind.LIST
    if doors := access.with_role(PolicyRole.SITE_ACCESS, other):
        return f"The {other} {join_names(doors, 'and')} also decides; whether one of both is enough is not documented."
    if access.gates_unread and kind is PolicyKind.LIST:
        return f"Whether gates also decide is not known: {access.gates_unread}"
    return ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


async def assess_entries(client: Client, list_id: str, *, adding: int = 0, removing: int = 0) -> Impact:
    """What it does to people that entries come to a list or leave it."""
    access = await read_access(client)
    row = next((row for row in access.lists if row.get("id") == list_id), None)
    if row is None:
        raise UsageError(f"There is no allowlist {list_id} in this environment.", hint="Read the lists again.")
    role, name = role_of(row), name_of(row)
    effects: list[str] = []
    effect = Effect.DESTRUCTIVE if removing else Effect.WRITE
    phrase = ""
    facts = [str(PolicyKind.LIST), list_id, role.value]
    if role is PolicyRole.OFF:
        effects.append(f"“{name}” is off, so nothing changes for anybody now.")
    elif role is PolicyRole.SITE_ACCESS:
        doors = [door for door in access.with_role(PolicyRole.SITE_ACCESS) if door is not row]
        if adding:
            effects.append(f"“{name}” is on: who is added may sign in at once.")
        if removing:
            unless = f", unless also on {join_names(doors)}" if doors else ""
            effects.append(f"“{name}” is on: who is removed can no longer sign in{unless}. {_AT_SIGN_IN}")
            count = await entry_count(client, list_id)
            if not doors and count is not None and count + adding <= removing:
                effects.append(f"Nothing stays on “{name}”, and it decides alone: NOBODY could sign in from now on.")
                phrase = phrase_for(row)
    elif role is PolicyRole.BLOCK:
        if adding:
            effects.append(f"“{name}” keeps people out: who is added is refused at the next sign-in.")
            effect = Effect.DESTRUCTIVE
        if removing:
            effects.append(f"“{name}” keeps people out: who is removed is no longer kept out.")
    elif role is PolicyRole.SCOPE:
        words = " and ".join(
            [*(["who is added gets"] if adding else []), *(["who is removed loses"] if removing else [])]
        )
        effects.append(f"“{name}” is on: {words} the scope {row.get('scope') or '(none)'} at the next sign-in.")
    else:
        effects.append(f"What the outcome {row.get('outcome')} does is not known to this version.")
        effect = Effect.DESTRUCTIVE
    return Impact(tuple(effects), effect, phrase, tuple(facts))
