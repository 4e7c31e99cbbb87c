"""Undo a change of the audit log: by what its declaration says, with the values that the audit log saved of it.

An undo is a write like any other: it is planned from the current state, confirmed, performed by the write gate and
recorded, so that it can be undone itself. Imports are undone from their jobs (`services.imports.undo`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from dyntui.core.effect import Effect
from dyntui.core.errors import UsageError
from dyntui.core.interface import by_interface
from dyntui.core.json_types import as_object
from dyntui.core.redact import is_secret_name
from dyntui.resources.undo import UndoMethod
from dyntui.services.access.undo import ENTRY_ACTIONS
from dyntui.services.actions.audit_log import AuditEntry, AuditFilter, read_newest_first
from dyntui.services.actions.registry import Declaration, find_declaration
from dyntui.services.actions.undo_state import ADDED_IDS
from dyntui.services.actions.write_types import Target, WriteAction, WriteOutcome, WriteResults

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.actions.audit import Audit, AuditLine
    from dyntui.services.actions.undo_draft import UndoDraft
    from dyntui.services.connection import Connection

__all__ = [
    "UNDO",
    "ChangeSummary",
    "ChangeUndoPlan",
    "ChangedSince",
    "is_undoable",
    "last_changes",
    "plan_undo",
    "plan_undo_of",
    "undo_disabled_reason",
]

_NOTHING_CHANGED = "There is nothing to undo: nothing was changed."
_LISTED = 10
"""The number of texts of each kind in a plan."""
_ACCEPTED = (
    "This cannot be undone yet: the server had accepted the change and not done it, so its values are not known. "
    "Wait until it is done, or reject it in the dashboard."
)
_UNKNOWN = "This cannot be undone here: it is not known whether the change was made. Check the object first."


async def _refuse_call(client: Client, target: Target, permit: WritePermit) -> None:
    raise UsageError("An undo is planned before it is sent.")


UNDO = WriteAction("undo", "Undo", "change", "", _refuse_call)
"""Any undo, for the checks of the write gate before it is planned."""


class ChangedSince(UsageError):
    """What a change was done to has changed since, so that its undo would overwrite a later change."""


@dataclass(frozen=True, slots=True)
class ChangeUndoPlan:
    """What undoing a change does now."""

    change: str
    """The id of the change."""
    lines: tuple[str, ...]
    """What is done, what is not done and why, for people."""
    write: WriteAction
    targets: tuple[Target, ...]
    then: Callable[[WriteResults], Awaitable[ChangeUndoPlan | None]] | None = None
    """Plans what has to be done after it, from its results; None when that is all."""


def is_undoable(results: WriteResults) -> bool:
    """Return whether what was done just now can be undone."""
    declared = find_declaration(results.action.name)
    undo = declared.action.undo if declared is not None else None
    if undo is None or undo.method in (UndoMethod.NONE, UndoMethod.JOB):
        return False
    return any(item.outcome is WriteOutcome.DONE for item in results.items)


def undo_disabled_reason(entry: AuditEntry, environment: tuple[str, str]) -> str | None:
    """Return why a change cannot be undone, in sentences; None when it can.

    environment: base URL and id of the environment in use.
    """
    line = entry.line
    if line is None:
        return "This line of the audit log is damaged or of a newer dyntui, so what it says cannot be undone."
    if (line.base_url, line.environment) != environment:
        return "This change was made in another environment. Open that environment to undo it."
    return _reason_against(line)


def _reason_against(line: AuditLine) -> str | None:
    """Return why the change of a line cannot be undone; None when it can."""
    method = _method_of(line)
    if line.outcome in ("failed", "refused", "not_tried"):
        return _NOTHING_CHANGED
    if method is UndoMethod.ENTRIES and line.job:
        return _ACCEPTED if line.outcome == WriteOutcome.ACCEPTED else None
    if method is UndoMethod.JOB:
        job = next(iter(line.targets), "JOB")
        return "An import is undone from its job: " + by_interface(
            f"`dyntui jobs undo {job}`.", f"{job} in {{app.jump}}jobs."
        )
    declared = find_declaration(line.action)
    if declared is None:
        return "This cannot be undone: it is a request of the API, and only actions of dyntui have an undo."
    if declared.action.effect is Effect.READ:
        return _NOTHING_CHANGED
    if method is UndoMethod.NONE:
        assert declared.action.undo is not None
        return f"This cannot be undone. {declared.action.undo.reason}"
    if line.outcome == WriteOutcome.ACCEPTED:
        return _ACCEPTED
    if line.outcome != "done":
        return _UNKNOWN
    return None if _has_state(declared, line) else "This cannot be undone: its values are not in the audit log."


def _method_of(line: AuditLine) -> UndoMethod:
    declared = find_declaration(line.action)
    if line.action in ENTRY_ACTIONS:
        return UndoMethod.ENTRIES
    return declared.action.undo.method if declared is not None and declared.action.undo is not None else UndoMethod.NONE


def _has_state(declared: Declaration, line: AuditLine) -> bool:
    """Return whether a line has what the undo needs."""
    undo = declared.action.undo
    assert undo is not None
    before, after = as_object(line.before), as_object(line.after)
    match undo.method:
        case UndoMethod.DELETE:
            return bool(after.get("id")) or (is_secret_name(declared.record.key) and line.after is not None)
        case UndoMethod.RESTORE:
            return bool(before) or (line.before == {} and bool(after))
        case UndoMethod.CREATE_AGAIN:
            return bool(before) and (not undo.limit[0] or isinstance(before.get(undo.limit[0]), list))
        case UndoMethod.ACTION if undo.owner:
            return bool(before.get(undo.owner))
        case UndoMethod.ACTION if undo.added:
            return ADDED_IDS in after
        case UndoMethod.ENTRIES:
            return False  # one without the id of its change
    return bool(line.object_ids)


@dataclass(frozen=True, slots=True)
class ChangeSummary:
    """A change of the audit log, and whether it can be undone."""

    id: str
    time: str
    action: str
    """The name of the action, as in the audit log."""
    targets: list[str]
    """Its targets with their names."""
    undo: str
    """How it is undone; "" when it cannot be."""
    reason: str
    """Why it cannot be undone; "" when it can."""


def last_changes(audit: Audit, environment: tuple[str, str], count: int) -> list[ChangeSummary]:
    """Return the last changes, newest first, without those that changed nothing.

    environment: base URL and id.
    """
    found: dict[str, ChangeSummary] = {}
    for entry in read_newest_first(audit, AuditFilter(environment=environment)):
        line = entry.line
        reason = _reason_against(line) if line is not None else _NOTHING_CHANGED
        if line is None or reason == _NOTHING_CHANGED:
            continue
        if (known := found.get(line.job)) is not None:
            known.targets[:0] = line.named_targets
            continue
        if len(found) == count:
            break
        declared = find_declaration(line.action)
        how = declared.action.undo.describe() if declared and declared.action.undo else ""
        key = line.job or f"line {entry.number}"
        found[key] = ChangeSummary(
            line.job, line.time, line.action, line.named_targets, "" if reason else how, reason or ""
        )
    return list(found.values())


async def plan_undo(connection: Connection, change: str = "", *, even_if_changed: bool = False) -> ChangeUndoPlan:
    """Plan the undo of a change. Nothing is sent but reads.

    change: its id; "" for the last change of the environment. even_if_changed: whether later changes of the same
    objects are overwritten. Raises UsageError when there is nothing to undo, ChangedSince and ApiError.
    """
    profile = connection.profile
    location = (profile.base_url, profile.environment_id)
    lines = await asyncio.to_thread(_find_lines, connection.audit, location, change)
    if not lines:
        from dyntui.services.actions.undo_drafts import draft_undo_of_import

        if change and (draft := await draft_undo_of_import(connection, change)) is not None:
            if not draft.targets:
                raise UsageError(f"There is nothing to undo of {change}.", hint="Nothing was sent.")
            return _plan_of(draft, change, _some(draft.lines))
        raise UsageError(
            f"There is no change {change} of this environment in the audit log."
            if change
            else "No changes were made in this environment from this machine yet.",
            hint=by_interface("`dyntui undo --list` lists the last changes.", ""),
        )
    return await plan_undo_of(connection, lines, even_if_changed=even_if_changed)


def _find_lines(audit: Audit, environment: tuple[str, str], change: str) -> list[AuditLine]:
    """Return the lines of a change, oldest first."""
    words = (change.lower(),) if change else ()
    entries = read_newest_first(audit, AuditFilter(words, environment=environment))
    if change:
        lines = [entry.line for entry in entries if entry.line is not None and entry.line.job == change]
    else:
        changed = (each.line for each in entries if each.line and _reason_against(each.line) != _NOTHING_CHANGED)
        lines = list(islice(changed, 1))
        if lines and lines[0].job:
            return _find_lines(audit, environment, lines[0].job)
    return lines[::-1]


def _some(texts: Sequence[str]) -> list[str]:
    """Return the first texts, and how many more there are: a person reads them before the undo is confirmed."""
    more = len(texts) - _LISTED
    return [*texts[:_LISTED], *([f"… and {more:,} more"] if more > 0 else [])]


async def plan_undo_of(
    connection: Connection, lines: Sequence[AuditLine], *, even_if_changed: bool = False
) -> ChangeUndoPlan:
    """Plan the undo of one change: the lines of its targets in the audit log. Raises as `plan_undo`."""
    from dyntui.services.actions.undo_drafts import draft_undo

    reasons = [_reason_against(line) for line in lines]
    undoable = [line for line, reason in zip(lines, reasons, strict=True) if reason is None]
    first = next((line for line, reason in zip(lines, reasons, strict=True) if reason != _NOTHING_CHANGED), lines[0])
    name = f"{first.action} of {first.time[:16].replace('T', ' ')} UTC"
    if not undoable:
        what = ", ".join(first.named_targets[:1])
        raise UsageError(
            f"{first.action} {what}: {_reason_against(first)}".replace(" :", ":"), hint="Nothing was sent."
        )
    draft = await draft_undo(connection, undoable, _method_of(first))
    if draft.changed and not even_if_changed:
        raise ChangedSince(
            " ".join([f"This was changed since {name}:", *_some(draft.changed)]),
            hint=by_interface("Nothing was sent. To overwrite the later change, add --even-if-changed.", ""),
        )
    if not draft.targets:
        skipped = _some(draft.skipped)
        raise UsageError(" ".join([f"There is nothing to undo of {name}.", *skipped]), hint="Nothing was sent.")
    changed_since = [f"Changed since: {text}" for text in draft.changed]
    unknown = [reason for reason in (_UNKNOWN, _ACCEPTED) if reason in reasons]
    parts = (draft.lines, changed_since, draft.skipped, unknown)
    texts = (f"Undo of {first.job}: {name}", *(text for part in parts for text in _some(part)))
    return _plan_of(draft, first.job, texts)


def _plan_of(draft: UndoDraft, change: str, texts: Sequence[str]) -> ChangeUndoPlan:
    """Return the plan of a draft. change: the id of the change. texts: the lines of the plan."""
    make_next = draft.then

    async def then(results: WriteResults) -> ChangeUndoPlan | None:
        following = await make_next(results) if make_next is not None else None
        return _plan_of(following, change, following.lines) if following is not None else None

    write = replace(draft.write, undoes=change)
    return ChangeUndoPlan(change, tuple(texts), write, tuple(draft.targets), then if make_next is not None else None)
