"""Find the targets of commands by what identifies them: an id, or a value that the record names (`identified_by`).

What the server finds is compared again: a target is exactly what was asked for, or it is not found. Many targets are
looked up in parallel, as bulk work.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from dyntui.core.errors import AmbiguousTarget, TargetNotFound, UsageError
from dyntui.core.interface import by_interface, with_keys
from dyntui.core.json_types import Row
from dyntui.resources.action import ActionTarget, ResourceAction
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.filters import parse_filter
from dyntui.resources.resource import Resource, Scope
from dyntui.resources.users import USERS
from dyntui.services.actions.resource_actions import (
    is_single,
    make_target,
    needs_parent,
    needs_rows,
    read_one,
    resolve_parent,
)
from dyntui.services.actions.write_types import Target
from dyntui.services.bulk import BulkRun
from dyntui.services.lists.list_source import scan
from dyntui.services.lists.row_match import identified_rows
from dyntui.services.object_lookup import find_users, find_wallets, identify

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = [
    "TargetLookup",
    "TargetMatches",
    "find_matches",
    "find_parent",
    "look_up_one",
    "look_up_targets",
    "read_object",
]

_EXTERNAL = "external:"
"""The prefix of the external id of a user, as in allowlist entries."""
_LISTED = 5
"""The maximum of matches that a message names."""


@dataclass(frozen=True, slots=True)
class TargetMatches:
    """The objects that a text identifies."""

    record: Resource
    text: str
    rows: Sequence[Row]

    @property
    def summary(self) -> str:
        """The matches in one line: id and label of each."""
        named = [f"{row.get(self.record.key)} ({self.record.label_of(row)})" for row in self.rows[:_LISTED]]
        more = len(self.rows) - _LISTED
        return ", ".join([*named, f"{more:,} more"] if more > 0 else named)

    @property
    def problem(self) -> TargetNotFound | AmbiguousTarget | None:
        """Why the text identifies no single object; None when it does."""
        if not self.rows:
            return TargetNotFound(
                f"There is no {self.record.singular} {self.text!r}.",
                hint=by_interface(
                    f"Give its {self.record.identifiers}; `dyntui get {self.record.name}{_parent_option(self.record)}` "
                    "lists them.",
                    "Refresh the list.",
                ),
            )
        if len(self.rows) > 1:
            return AmbiguousTarget(
                f"{self.text!r} identifies {len(self.rows)} {self.record.plural}.",
                hint=f"Give the id of one: {self.summary}.",
            )
        return None

    def only(self) -> Row:
        """Return the object. Raises TargetNotFound or AmbiguousTarget when there is not exactly one."""
        if (problem := self.problem) is not None:
            raise problem
        return self.rows[0]


def _parent_option(record: Resource) -> str:
    """Return the option that a list needs for its parent: ` --of USER`; "" for none."""
    parent = RESOURCES.get(record.parent_resource)
    is_needed = parent is not None and record.scope is Scope.PARENT
    return f" --of {parent.metavar}" if parent is not None and is_needed else ""


@dataclass(frozen=True, slots=True)
class TargetLookup:
    """The targets that were found, each one time, and the texts without exactly one match."""

    targets: tuple[Target, ...]
    unresolved: tuple[TargetMatches, ...] = ()
    """The texts that identify nothing, or several objects."""


async def look_up_targets(
    client: Client,
    record: Resource,
    action: ResourceAction,
    texts: Sequence[str],
    *,
    parent: str = "",
    reads_rows: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> TargetLookup:
    """Return the targets of an action that the texts identify; their rows are read where the action needs them.

    texts: ids, or values of `record.identified_by`. parent: the id of the parent, for the path. reads_rows: whether the
    rows are read in any case. on_progress: called with the number of texts that were looked up and of all texts. Raises
    UsageError for an empty text.
    """
    _check_texts(record, texts)
    if action.target is ActionTarget.LIST:
        if texts:
            raise UsageError(f"{action.name} of {record.name} takes no id.", hint="Give its fields as FIELD=VALUE.")
        return TargetLookup((make_target(record, None),))
    if not texts and is_single(record):
        rows = [scanned.row async for scanned in scan(client, record, parent=parent)]
        if not rows:
            raise UsageError(with_keys(record.empty) or f"There is no {record.singular}.")
        return TargetLookup(tuple(make_target(record, row) for row in rows))
    if action.items:
        return TargetLookup(tuple(make_target(record, None, text) for text in texts))
    has_rows = reads_rows or needs_rows(client, record, action, parent)
    reads_details = has_rows and bool(record.detail)
    targets: dict[str, Target] = {}
    unresolved: list[TargetMatches] = []
    is_listed = bool(parent) or not record.parent
    if (record.identified_by and is_listed) or (has_rows and not reads_details):
        found = find_matches(client, record, texts, parent=parent, reads_ids=not reads_details, needs_rows=has_rows)
        async with aclosing(found):
            number = 0
            async for matches in found:
                number += 1
                if on_progress is not None:
                    on_progress(number, len(texts))
                if len(matches.rows) == 1:
                    target = make_target(record, matches.rows[0])
                    targets.setdefault(target.id, target if has_rows else replace(target, data={}))
                else:
                    unresolved.append(matches)
    else:
        targets = {text: make_target(record, None, text) for text in texts}
    if reads_details:
        targets, missing = await _read_details(client, record, list(targets), parent)
        unresolved += missing
    return TargetLookup(tuple(targets.values()), tuple(unresolved))


async def _read_details(
    client: Client, record: Resource, ids: Sequence[str], parent: str
) -> tuple[dict[str, Target], list[TargetMatches]]:
    """Read objects in full, several at a time. Returns the targets by id, and the ids that do not exist."""
    targets: dict[str, Target] = {}
    missing: list[TargetMatches] = []
    run = BulkRun(client, record.detail)
    async with aclosing(run.in_order(ids, partial(_read, client, record, parent=parent))) as rows:
        for object_id in ids:
            if (row := await anext(rows)) is None:
                missing.append(TargetMatches(record, object_id, ()))
            else:
                targets[object_id] = make_target(record, row, object_id)
    return targets, missing


async def find_parent(
    client: Client, record: Resource, parent: str, *, action: ResourceAction | None = None, texts: Sequence[str] = ()
) -> str:
    """Return the id of the parent of a list, for its path; "" when it has none.

    parent: what identifies the parent; "" for the organization of the environment. action, texts: the action on the
    list and its targets: without a need for the parent, only one that was given is returned. Raises UsageError when it
    is missing, TargetNotFound and AmbiguousTarget.
    """
    is_named = bool(record.identified_by) and any(not _is_id(text) for text in texts)
    if not parent and action is not None and not (is_named or needs_parent(client, record, action)):
        return ""
    if not parent:
        return await resolve_parent(client, record)
    parent_record = RESOURCES.get(record.parent_resource)
    if parent_record is not None and parent_record.identified_by and not _is_id(parent):
        return str((await look_up_one(client, parent_record, parent))[parent_record.key])
    return await resolve_parent(client, record, parent)


async def look_up_one(client: Client, record: Resource, text: str, *, parent: str = "") -> Row:
    """Return the object that a text identifies, as the list or the detail operation has it.

    Raises TargetNotFound or AmbiguousTarget when there is not exactly one.
    """
    async with aclosing(find_matches(client, record, [text], parent=parent)) as found:
        return (await anext(found)).only()


async def read_object(client: Client, record: Resource, text: str, *, parent: str = "") -> Row:
    """Read the object that a text identifies in full.

    Raises UsageError for an empty text, TargetNotFound, AmbiguousTarget or ApiError.
    """
    _check_texts(record, [text])
    object_id = text.lower() if _is_id(text) else text
    if record.identified_by and not _is_id(text):
        object_id = str((await look_up_one(client, record, text, parent=parent))[record.key])
    return await read_one(client, record, object_id, parent=parent)


async def find_matches(
    client: Client,
    record: Resource,
    texts: Sequence[str],
    *,
    parent: str = "",
    reads_ids: bool = True,
    needs_rows: bool = False,
) -> AsyncGenerator[TargetMatches, None]:
    """Yield the objects that each text identifies, in the order of the texts.

    A list that the server searches is searched for each text, several at a time; every other list is read one time.

    reads_ids: whether an id is read, not only taken, where the server searches the list. needs_rows: whether the rows
    are needed; without, ids are taken where the token may not read. Raises UsageError for an empty text.
    """
    _check_texts(record, texts)
    if record.identified_by and record.filter is not None:
        external = await _find_external(client, record, texts)

        async def find(text: str) -> TargetMatches:
            if text in external:
                return TargetMatches(record, text, external[text])
            return TargetMatches(record, text, await _search(client, record, text, reads_ids=reads_ids))

        run = BulkRun(client, record.list.operation)
        async with aclosing(run.in_order(texts, find)) as found:
            async for matches in found:
                yield matches
        return
    from dyntui.api.errors import Forbidden

    try:
        rows = [scanned.row async for scanned in scan(client, record, parent=parent)]
    except Forbidden:
        if needs_rows or any(not _is_id(text) for text in texts):
            raise
        rows = [{record.key: text} for text in texts]
    for text in texts:
        fitting = rows if is_single(record) else identified_rows(rows, text, record.key, record.identified_by)
        yield TargetMatches(record, text, fitting)


def _check_texts(record: Resource, texts: Iterable[str]) -> None:
    """Raise UsageError for an empty text, such as that of an unset variable: it would identify what has no name."""
    if any(text.strip() in ("", _EXTERNAL) for text in texts):
        raise UsageError(
            f"An empty text identifies no {record.singular}.",
            hint="Check the argument: a variable of a script may not be set.",
        )


def _is_id(text: str) -> bool:
    return identify(text) == "id"


async def _search(client: Client, record: Resource, text: str, *, reads_ids: bool) -> Sequence[Row]:
    """Return the users or the wallets that a text identifies."""
    if _is_id(text):
        if not reads_ids:
            return [{record.key: text.lower()}]
        row = await _read(client, record, text.lower())
        return [] if row is None else [row]
    if record.name == USERS.name:
        return await find_users(client, text)
    assert record.filter is not None
    return await find_wallets(client, text) if parse_filter(record.filter, text) else []


async def _read(client: Client, record: Resource, object_id: str, *, parent: str = "") -> Row | None:
    """Return the object with this id, None when there is none; only the id where the token may not read the object."""
    from dyntui.api.errors import BadRequest, Forbidden, Invalid, NotFound

    try:
        row = await read_one(client, record, object_id, parent=parent)
    except (NotFound, BadRequest, Invalid):
        return None
    except Forbidden:
        return {record.key: object_id}
    return {**row, record.key: object_id} if str(row.get(record.key, object_id)) == object_id else None


async def _find_external(client: Client, record: Resource, texts: Iterable[str]) -> dict[str, list[Row]]:
    """Return the users with the external ids among the texts, by text. The server cannot search for them, so that all
    users are read."""
    from dyntui.services.access.user_identifiers import entries_for

    found: dict[str, list[Row]] = {text: [] for text in texts if text.startswith(_EXTERNAL)}
    if not found or record.name != USERS.name:
        return {}
    async with aclosing(scan(client, record)) as scanned_rows:
        async for scanned in scanned_rows:
            for entry in entries_for(scanned.row):
                external_id = entry.get("externalUserId")
                if external_id and (text := f"{_EXTERNAL}{external_id}") in found:
                    found[text].append(scanned.row)
    return found
