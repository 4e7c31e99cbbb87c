"""What can be done to the entries of a list: add, remove, replace, copy. The API has no bulk and no change of one.

An entry that is there already counts as added, one that is gone as removed; so doing it again is always safe.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dyntui.core.effect import Effect
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.times import now
from dyntui.importer.allowlist import IDENTIFIERS
from dyntui.services.access.access_policy import Row, is_enabled, name_of
from dyntui.services.access.drafts import DraftState, EntryDraft, entry_label, key_of
from dyntui.services.access.entry_search import find_entries, find_on_lists, read_by_id
from dyntui.services.access.impact import assess_entries
from dyntui.services.actions.write_types import Impact, Target, WriteAction

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit

__all__ = ["ENTRY_EXPORT", "EXISTS", "add_entries", "body_of", "change_entries", "check_existing", "entry_target"]
__all__ += [
    "already_existed",
    "entry_target",
    "new_job",
    "removal_target",
    "remove_entries",
    "replace_entry",
    "replacement_target",
]

EXISTS = "allowlist_entry_already_exists"
ENTRY_EXPORT = (*IDENTIFIERS, "alias")
"""The columns of an export of entries: the names that the import knows."""


def body_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as it is sent: its identifier and its alias."""
    return {name: entry[name] for name in ENTRY_EXPORT if entry.get(name) not in (None, "")}


def new_job() -> str:
    """An id for what is done together; `allowlists undo` takes it."""
    return f"entries-{now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def already_existed(value: Any) -> bool:
    """Whether an answer of `add_entries` means that the entry was there before."""
    return isinstance(value, Mapping) and bool(value.get("exists"))


def entry_target(entry: Mapping[str, Any]) -> Target:
    """An entry that is to come."""
    return Target(key_of(entry).removeprefix("entry:"), entry_label(entry), {"entry": body_of(entry)})


def removal_target(row: Mapping[str, Any]) -> Target:
    """An entry that is to go."""
    return Target(str(row.get("id", "")), entry_label(row), {"entry": dict(row), "remove": True})


async def _post(client: Client, list_id: str, body: Mapping[str, Any], permit: WritePermit) -> dict[str, Any]:
    """Add one. A lost answer is looked into: when the entry is there, it is done."""
    from dyntui.api.errors import ApiProblem, Invalid

    try:
        answer = await client.call(
            "postEntryByAllowlistId", path={"allowlistId": list_id}, body=dict(body), permit=permit
        )
    except Invalid as error:
        if error.code != EXISTS:
            raise
        return {**body, "allowListId": list_id, "exists": True}
    except ApiProblem as problem:
        if not problem.maybe_applied or (there := await _find_added(client, list_id, body)) is None:
            raise
        return there
    document = answer.get("entry", answer) if isinstance(answer, dict) else {}
    return {**body, "allowListId": list_id, **(document if isinstance(document, dict) else {})}


async def _find_added(client: Client, list_id: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
    from dyntui.api.errors import ApiProblem

    try:
        return (await find_entries(client, list_id, [body], search=False)).get(key_of(body))
    except ApiProblem:
        return None


async def _remove(client: Client, list_id: str, row: Mapping[str, Any], permit: WritePermit) -> None:
    """Delete one. One that is gone is done; a lost answer is looked into."""
    from dyntui.api.errors import ApiProblem, NotFound

    try:
        await client.call("deleteAllowlistEntryById", path={"allowlistEntryId": str(row.get("id", ""))}, permit=permit)
    except NotFound:
        return
    except ApiProblem as problem:
        if not problem.maybe_applied or not await _is_removed(client, list_id, row):
            raise


async def _is_removed(client: Client, list_id: str, row: Mapping[str, Any]) -> bool:
    """Whether the list certainly has no entry with that id any more."""
    from dyntui.api.errors import ApiProblem

    try:
        return not await read_by_id(client, list_id, [str(row.get("id", ""))])
    except ApiProblem:
        return False


def _audited(target: Target, value: Any) -> Any:
    return None if already_existed(value) else value


def add_entries(row: Row, *, job: str = "") -> WriteAction:
    """Add entries to a list. Targets are made by `entry_target`."""
    return change_entries(row, "allowlist.entry-add", f"Add to {name_of(row)}:", job=job)


def remove_entries(row: Row, *, job: str = "") -> WriteAction:
    """Delete entries of a list. Targets are made by `removal_target`."""
    action = change_entries(row, "allowlist.entry-remove", f"Remove from {name_of(row)}:", job=job)
    return replace(
        action,
        operation="deleteAllowlistEntryById",
        effect=Effect.DESTRUCTIVE,
        warning="It can be undone (u on the entries, or `dyntui allowlists undo`): they come back with other ids.",
    )


def change_entries(row: Row, name: str, verb: str, *, job: str = "") -> WriteAction:
    """Add some entries and delete others, in the order of the targets."""
    list_id = str(row.get("id"))

    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        if target.data.get("remove"):
            return await _remove(client, list_id, target.data["entry"], permit)
        return await _post(client, list_id, target.data["entry"], permit)

    async def before(client: Client, target: Target) -> Any:
        return {"allowListId": list_id, **target.data["entry"]} if target.data.get("remove") else None

    async def weigh(client: Client, targets: Sequence[Target]) -> Impact:
        removing = sum(bool(target.data.get("remove")) for target in targets)
        return await assess_entries(client, list_id, adding=len(targets) - removing, removing=removing)

    return WriteAction(
        name,
        verb,
        "entry",
        "postEntryByAllowlistId",
        call,
        assess_impact=weigh,
        before=before,
        after=_audited,
        job=job,
        plural="entries",
        extra_operations=("deleteAllowlistEntryById",),
    )


def replacement_target(old: Mapping[str, Any], new: Mapping[str, Any]) -> Target:
    """An entry and what it is to become."""
    return Target(str(old.get("id", "")), entry_label(old), {"entry": dict(old), "new": body_of(new)})


def replace_entry(row: Row, *, gap: bool = False, job: str = "") -> WriteAction:
    """Change an entry. The API cannot: the new one is added first, then the old one is deleted, so that the person is
    never missing. When both have the same identifier (another alias), the server refuses the new one while the old one
    stands; then it is done the other way round only where nobody is missed (the list is off) or with `gap`, and when
    the new one cannot be added, the old one is put back.
    """
    list_id = str(row.get("id"))

    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        old, new = target.data["entry"], target.data["new"]
        if body_of(old) == dict(new):
            raise UsageError("Nothing was changed.")
        if key_of(old) != key_of(new):
            added = await _post(client, list_id, new, permit)
            try:
                await _remove(client, list_id, old, permit)
            except DyntuiError as error:
                raise DyntuiError(
                    f"{entry_label(new)} was added, and {entry_label(old)} could not be deleted: {error}",
                    hint="Both stand on the list. Delete the old one.",
                ) from error
            return added
        if not gap and await _is_enabled(client, list_id):
            raise UsageError(
                f"The server accepts {entry_label(old)} only one time on a list. To change the alias, the entry "
                "must be removed for a moment while the list is enabled. Nothing was sent.",
                hint="Allow that with --allow-gap, or disable the list first.",
            )
        return await _remove_then_add(client, list_id, old, new, permit)

    async def before(client: Client, target: Target) -> Any:
        return {"allowListId": list_id, **target.data["entry"]}

    async def weigh(client: Client, targets: Sequence[Target]) -> Impact:
        if all(key_of(target.data["entry"]) == key_of(target.data["new"]) for target in targets):
            return Impact((_ALIAS_ONLY,), Effect.DESTRUCTIVE)
        weight = await assess_entries(client, list_id, adding=len(targets), removing=len(targets))
        return replace(weight, effects=(_ORDER, *weight.effects))

    return WriteAction(
        "allowlist.entry-replace",
        f"Change on {name_of(row)}:",
        "entry",
        "postEntryByAllowlistId",
        call,
        assess_impact=weigh,
        before=before,
        after=_audited,
        job=job,
        plural="entries",
        extra_operations=("deleteAllowlistEntryById",),
    )


_ORDER = "The API cannot change an entry: the new one is added, then the old one is deleted."
_ALIAS_ONLY = (
    "Only the alias changes. The API cannot change an entry and lets none stand twice: the old one is deleted, then "
    "the new one is added; where that would shut somebody out for a moment, nothing is done unless it was allowed."
)


async def _is_enabled(client: Client, list_id: str) -> bool:
    return is_enabled(await client.call("getAllowlistsById", path={"allowlistId": list_id}))


async def _remove_then_add(
    client: Client, list_id: str, old: Mapping[str, Any], new: Mapping[str, Any], permit: WritePermit
) -> dict[str, Any]:
    await _remove(client, list_id, old, permit)
    try:
        return await _post(client, list_id, new, permit)
    except DyntuiError as error:
        try:
            await _post(client, list_id, body_of(old), permit)
        except DyntuiError as worse:
            raise DyntuiError(
                f"{entry_label(old)} was deleted, and neither the new entry nor the old one could be added: {worse}",
                hint="IT IS MISSING NOW. Add it again.",
            ) from error
        raise DyntuiError(f"The new entry was refused, and the old one was put back: {error}") from error


async def check_existing(
    client: Client, row: Row, drafts: Sequence[EntryDraft], others: Sequence[Row] = ()
) -> list[EntryDraft]:
    """The drafts with what is known of them: on the list already, and on which other lists."""
    sendable = [draft.entry for draft in drafts if draft.state is DraftState.NEW]
    there = await find_entries(client, str(row.get("id")), sendable)
    elsewhere: dict[str, list[str]] = {}
    strangers = [other for other in others if other.get("id") != row.get("id")]
    for other, found in await find_on_lists(client, strangers, sendable):
        for key in found:
            elsewhere.setdefault(key, []).append(name_of(other))
    out = []
    for draft in drafts:
        if draft.state is DraftState.NEW:
            if draft.key in there:
                draft = replace(draft, state=DraftState.EXISTS, note="is on the list already")
            draft = replace(draft, other_lists=tuple(elsewhere.get(draft.key, ())))
        out.append(draft)
    return out
