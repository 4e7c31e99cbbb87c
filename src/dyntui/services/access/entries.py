"""Actions on the entries of an allowlist: add, remove, replace. The API has neither a bulk nor an update operation.

An entry that exists counts as added, one that is gone as removed, so that repeating an action is safe.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dyntui.core.effect import Effect
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.interface import by_interface
from dyntui.core.json_types import Row
from dyntui.core.times import now
from dyntui.importer.allowlist import IDENTIFIERS
from dyntui.services.access.access_policy import is_enabled, name_of
from dyntui.services.access.drafts import DraftState, EntryDraft, entry_label, key_of
from dyntui.services.access.entry_search import find_entries, find_on_lists, read_by_id
from dyntui.services.access.impact import assess_entries
from dyntui.services.actions.registry import declared_write
from dyntui.services.actions.write_types import Impact, Target, WriteAction

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit

__all__ = [
    "ENTRY_EXPORT",
    "EXISTS",
    "EntryChanges",
    "add_entries",
    "already_existed",
    "audited_entry",
    "body_of",
    "change_entries",
    "check_existing",
    "entry_target",
    "new_job",
    "post_entry",
    "removal_target",
    "remove_entries",
    "replace_entry",
    "replacement_target",
]

_ADD, _DELETE = "postEntryByAllowlistId", "deleteAllowlistEntryById"
EXISTS = "allowlist_entry_already_exists"
"""The error code of an entry that is already on the list."""
ENTRY_EXPORT = (*IDENTIFIERS, "alias")
"""The columns of an export of entries, named as the import expects them."""


def body_of(entry: Mapping[str, object]) -> dict[str, object]:
    """Return the request body of an entry: its identifier and its alias."""
    return {name: entry[name] for name in ENTRY_EXPORT if entry.get(name) not in (None, "")}


def new_job() -> str:
    """Return a new job id, for `allowlists undo`."""
    return f"entries-{now():%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


def already_existed(value: object) -> bool:
    """Return whether a response of `add_entries` means that the entry existed before."""
    return isinstance(value, Mapping) and bool(value.get("exists"))


def entry_target(entry: Mapping[str, object]) -> Target:
    """Make the target of an entry to add."""
    return Target(key_of(entry).removeprefix("entry:"), entry_label(entry), {"entry": body_of(entry)})


def removal_target(row: Mapping[str, object]) -> Target:
    """Make the target of an entry to remove."""
    return Target(str(row.get("id", "")), entry_label(row), {"entry": dict(row), "remove": True})


async def post_entry(client: Client, list_id: str, body: Mapping[str, object], permit: WritePermit) -> Row:
    """Add an entry. After a lost response the entry is looked up."""
    from dyntui.api.errors import ApiProblem, Invalid

    try:
        response = await client.call(
            "postEntryByAllowlistId", path={"allowlistId": list_id}, body=dict(body), permit=permit
        )
    except Invalid as error:
        if error.code != EXISTS:
            raise
        return {**body, "allowListId": list_id, "exists": True}
    except ApiProblem as problem:
        if not problem.maybe_applied or (added := await _find_added(client, list_id, body)) is None:
            raise
        return added
    document = response.get("entry", response) if isinstance(response, dict) else {}
    return {**body, "allowListId": list_id, **(document if isinstance(document, dict) else {})}


async def _find_added(client: Client, list_id: str, body: Mapping[str, object]) -> Row | None:
    from dyntui.api.errors import ApiProblem

    try:
        return (await find_entries(client, list_id, [body], search=False)).get(key_of(body))
    except ApiProblem:
        return None


async def _remove(client: Client, list_id: str, row: Mapping[str, object], permit: WritePermit) -> None:
    """Delete an entry. One that is gone counts as deleted; after a lost response the entry is looked up."""
    from dyntui.api.errors import ApiProblem, NotFound

    try:
        await client.call("deleteAllowlistEntryById", path={"allowlistEntryId": str(row.get("id", ""))}, permit=permit)
    except NotFound:
        return
    except ApiProblem as problem:
        if not problem.maybe_applied or not await _is_removed(client, list_id, row):
            raise


async def _is_removed(client: Client, list_id: str, row: Mapping[str, object]) -> bool:
    """Return whether the list certainly has no entry with that id."""
    from dyntui.api.errors import ApiProblem

    try:
        return not await read_by_id(client, list_id, [str(row.get("id", ""))])
    except ApiProblem:
        return False


async def audited_entry(client: Client, target: Target, value: object, before: object) -> object:
    """Return what the audit log saves of an entry that was added; None for one that existed before."""
    return None if already_existed(value) else value


def add_entries(row: Row, *, job: str = "") -> WriteAction:
    """Add entries to a list. Targets are made by `entry_target`."""
    return change_entries(row, "allowlist-entries.create", f"to {name_of(row)}", removes=False, job=job)


def remove_entries(row: Row, *, job: str = "") -> WriteAction:
    """Delete entries of a list. Targets are made by `removal_target`."""
    return change_entries(row, "allowlist-entries.delete", f"from {name_of(row)}", adds=False, job=job)


def change_entries(
    row: Row, name: str, complement: str = "", *, adds: bool = True, removes: bool = True, job: str = ""
) -> WriteAction:
    """Add some entries and delete others.

    name, complement: as in `WriteAction`. job: its id in the audit log; "" for a new one.
    adds, removes: whether any target is added or deleted. What is not announced is refused, and the effect is that of
    what is announced: only adding entries destroys nothing.
    """
    list_id = str(row.get("id"))
    operations = (*((_ADD,) if adds else ()), *((_DELETE,) if removes else ()))

    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        if target.data.get("remove"):
            return await _remove(client, list_id, target.data["entry"], permit)
        return await post_entry(client, list_id, target.data["entry"], permit)

    async def before(client: Client, target: Target) -> Any:
        return {"allowListId": list_id, **target.data["entry"]} if target.data.get("remove") else None

    async def assess(client: Client, targets: Sequence[Target]) -> Impact:
        removing = sum(bool(target.data.get("remove")) for target in targets)
        return await assess_entries(client, list_id, adding=len(targets) - removing, removing=removing)

    return declared_write(
        name,
        call,
        operation=operations[0],
        extra_operations=operations[1:],
        effect=Effect.DESTRUCTIVE if removes else Effect.WRITE,
        assess_impact=assess,
        before=before,
        after=audited_entry,
        job=job or new_job(),
        complement=complement,
    )


@dataclass(frozen=True, slots=True)
class EntryChanges:
    """The plan of a sync or an undo: changes to the entries of one allowlist."""

    allowlist: Row
    add: tuple[Mapping[str, object], ...]
    """The entries to add."""
    remove: tuple[Mapping[str, object], ...]
    """The entries to remove."""

    @property
    def is_empty(self) -> bool:
        return not self.add and not self.remove

    def write_action(self, name: str, complement: str) -> WriteAction:
        """Return the action that makes these changes. name, complement: as in `change_entries`."""
        adds, removes = bool(self.add) or not self.remove, bool(self.remove)
        return change_entries(self.allowlist, name, complement, adds=adds, removes=removes)

    def write(self, name: str, complement: str) -> tuple[WriteAction, list[Target]]:
        """Return these changes as one action and its targets. Nothing is removed when an entry could not be added."""
        action = replace(self.write_action(name, complement), needs_previous_phase=True)
        removals = [replace(removal_target(entry), phase=1) for entry in self.remove]
        return action, [*map(entry_target, self.add), *removals]


def replacement_target(old: Mapping[str, object], new: Mapping[str, object]) -> Target:
    """Make the target of an entry to replace."""
    return Target(str(old.get("id", "")), entry_label(old), {"entry": dict(old), "new": body_of(new)})


class _NotReplaced(DyntuiError):
    """The server accepted the first of two steps and had not done it, so the second one was not sent."""


def replace_entry(row: Row, *, gap: bool = False, job: str = "") -> WriteAction:
    """Replace an entry, because the API cannot change one.

    The new entry is added before the old one is deleted, so that the user is never missing. For another alias of the
    same identifier the server refuses that; then the old entry is deleted first, but only when the list is disabled or
    with `gap`. When the new entry cannot be added, the old one is added again.
    """
    list_id = str(row.get("id"))

    async def call(client: Client, target: Target, permit: WritePermit) -> object:
        old, new = target.data["entry"], target.data["new"]
        if body_of(old) == dict(new):
            raise UsageError("Nothing was changed, so nothing was sent.")
        if key_of(old) != key_of(new):
            added = await post_entry(client, list_id, new, permit)
            if permit.accepted:
                raise _NotReplaced(
                    f"The server accepted {entry_label(new)} and has not added it yet, so {entry_label(old)} was kept.",
                    hint="Delete the old entry when the new one is on the list.",
                )
            try:
                await _remove(client, list_id, old, permit)
            except DyntuiError as error:
                raise DyntuiError(
                    f"{entry_label(new)} was added, and {entry_label(old)} could not be deleted: {error}",
                    hint="Both are on the list. Delete the old one.",
                ) from error
            return added
        if not gap and is_enabled(await client.allowlists.get_raw(list_id)):
            raise UsageError(
                f"The server accepts {entry_label(old)} only one time on a list. To change the alias, the entry "
                "must be removed for a moment while the list is enabled. Nothing was sent.",
                hint=by_interface("Allow that with --allow-gap, or disable the list first.", "Disable the list first."),
            )
        return await _remove_then_add(client, list_id, old, new, permit)

    async def before(client: Client, target: Target) -> object:
        return {"allowListId": list_id, **target.data["entry"]}

    async def assess(client: Client, targets: Sequence[Target]) -> Impact:
        if all(key_of(target.data["entry"]) == key_of(target.data["new"]) for target in targets):
            return Impact((_ALIAS_ONLY,), Effect.DESTRUCTIVE)
        impact = await assess_entries(client, list_id, adding=len(targets), removing=len(targets))
        return replace(impact, effects=(_ADD_THEN_DELETE, *impact.effects))

    return declared_write(
        "allowlist-entries.edit",
        call,
        assess_impact=assess,
        before=before,
        after=audited_entry,
        job=job or new_job(),
        complement=f"on {name_of(row)}",
    )


_ADD_THEN_DELETE = "The API cannot change an entry. The new entry is added, then the old one is deleted."
_ALIAS_ONLY = (
    "Only the alias changes. The API cannot change an entry and accepts no duplicates, so the old entry is deleted, "
    "then the new one is added. While the list is enabled, this is only done if you allow it."
)


async def _remove_then_add(
    client: Client, list_id: str, old: Mapping[str, object], new: Mapping[str, object], permit: WritePermit
) -> Row:
    await _remove(client, list_id, old, permit)
    if permit.accepted:
        raise _NotReplaced(
            f"The server accepted the deletion of {entry_label(old)} and has not done it yet, so nothing was added.",
            hint="Add the entry again when it is gone.",
        )
    try:
        return await post_entry(client, list_id, new, permit)
    except DyntuiError as error:
        try:
            await post_entry(client, list_id, body_of(old), permit)
        except DyntuiError as undo_error:
            raise DyntuiError(
                f"{entry_label(old)} was deleted, and neither it nor the new entry could be added: {undo_error}",
                hint="THE ENTRY IS MISSING NOW. Add it again.",
            ) from error
        raise DyntuiError(f"The new entry was refused, and the old one was added again: {error}") from error


async def check_existing(
    client: Client, row: Row, drafts: Sequence[EntryDraft], others: Sequence[Row] = ()
) -> list[EntryDraft]:
    """Return the drafts with their state: on the list already, and on which other lists."""
    sendable = [draft.entry for draft in drafts if draft.state is DraftState.NEW]
    existing = await find_entries(client, str(row.get("id")), sendable)
    other_lists: dict[str, list[str]] = {}
    other_rows = [other for other in others if other.get("id") != row.get("id")]
    for other, found in await find_on_lists(client, other_rows, sendable):
        for key in found:
            other_lists.setdefault(key, []).append(name_of(other))
    checked = []
    for draft in drafts:
        if draft.state is DraftState.NEW:
            if draft.key in existing:
                draft = replace(draft, state=DraftState.EXISTS, note="already on the list")
            draft = replace(draft, other_lists=tuple(other_lists.get(draft.key, ())))
        checked.append(draft)
    return checked
