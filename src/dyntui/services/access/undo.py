"""Undo a job that added or deleted entries, from the audit log or from the journal of an import.

Added entries are deleted if they still exist; deleted entries are added again with new ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

from dyntui.core.errors import UsageError
from dyntui.core.interface import by_interface
from dyntui.resources.undo import UndoMethod
from dyntui.services.access.access_policy import find_policy, name_of, read_lists
from dyntui.services.access.drafts import entry_label, key_of
from dyntui.services.access.entries import EntryChanges, entry_target, removal_target
from dyntui.services.access.entry_search import entries_of, find_entries
from dyntui.services.actions.registry import declarations
from dyntui.services.actions.write_types import Target, WriteAction
from dyntui.store.states import RowState

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.services.actions.audit import Audit
    from dyntui.services.connection import Connection
    from dyntui.services.imports.jobs import JobLocation

__all__ = [
    "ENTRY_ACTIONS",
    "EntryJob",
    "EntryUndo",
    "jobs_of",
    "plan_any_undo",
    "plan_import_undo",
    "plan_undo",
    "undo_action",
]

_FORMER_NAMES = (
    *("allowlist-entries.update", "allowlist.entry-add", "allowlist.entry-remove", "allowlist.entry-replace"),
    *("allowlist.sync", "allowlist.undo"),
)
ENTRY_ACTIONS = frozenset(
    {
        *(each.name for each in declarations() if each.action.undo and each.action.undo.method is UndoMethod.ENTRIES),
        *_FORMER_NAMES,
    }
)
"""The names of changes of allowlist entries in the audit log, with those of earlier versions."""
Entry = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class EntryUndo(EntryChanges):
    """What the undo of a job does on one list: add what the job deleted, remove what it added and still exists."""

    job: str
    skipped: tuple[tuple[Entry, str], ...] = ()
    """The entries that are not changed, with the reason."""

    def lines(self) -> list[str]:
        lines = [f"Undo {self.job} on “{name_of(self.allowlist)}”:"]
        if self.add:
            lines.append(f"  to add again with new ids: {len(self.add):,}")
        if self.remove:
            lines.append(f"  to delete: {len(self.remove):,}")
        lines += [f"  {entry_label(entry)} is not changed: {reason}" for entry, reason in self.skipped[:5]]
        if len(self.skipped) > 5:
            lines.append(f"  … and {len(self.skipped) - 5:,} more are not changed")
        if self.is_empty:
            lines.append("  nothing to do")
        return lines


@dataclass(frozen=True, slots=True)
class EntryJob:
    """A job that changed entries."""

    id: str
    time: str
    """In ISO format, UTC."""
    added: int
    removed: int
    lists: frozenset[str]
    """The ids of the allowlists."""
    source: str = ""
    """The name of the imported file; "" for no import."""

    @property
    def summary(self) -> str:
        """The changes as text: `3 added, 1 removed`, `40 added from guests.csv`."""
        counts = ((self.added, "added"), (self.removed, "removed"))
        changes = ", ".join(f"{count:,} {verb}" for count, verb in counts if count)
        return f"{changes} from {self.source}" if self.source else changes


def jobs_of(audit: Audit, location: JobLocation) -> list[EntryJob]:
    """Return the jobs on entries of this environment that can be undone, newest first, with imports."""
    changes: dict[str, list[tuple[str, object, object]]] = {}
    for line in audit.lines():
        is_match = line.job and line.action in ENTRY_ACTIONS and line.environment == location.environment_id
        if is_match and line.outcome == "done":
            changes.setdefault(line.job, []).append((line.time, line.before, line.after))
    found = [_entry_job(job, lines) for job, lines in changes.items()]
    return sorted([*(job for job in found if job.summary), *_imports(location)], key=lambda job: job.time, reverse=True)


def _entry_job(job: str, lines: list[tuple[str, object, object]]) -> EntryJob:
    before = [entry for _, entry, _ in lines if isinstance(entry, dict)]
    after = [entry for _, _, entry in lines if isinstance(entry, dict)]
    lists = frozenset(str(entry.get("allowListId")) for entry in (*before, *after))
    return EntryJob(job, lines[0][0], len(after), len(before), lists)


def _imports(location: JobLocation) -> Iterator[EntryJob]:
    from dyntui.services.imports.jobs import journal_files, summarize_job
    from dyntui.store.journal import Journal

    for path in journal_files():
        summary = summarize_job(path)
        if summary.problem or summary.is_busy or summary.kind != "allowlist" or summary.location is None:
            continue
        is_same = (summary.location.base_url, summary.location.environment_id) == (
            location.base_url,
            location.environment_id,
        )
        if is_same and (added := (summary.counts or {}).get(RowState.CREATED, 0)):
            with Journal.read(path) as journal:
                allowlist = str(journal.facts["allowlist"]["id"])
            time = datetime.fromtimestamp(summary.created_at / 1000, UTC).isoformat(timespec="milliseconds")
            yield EntryJob(summary.id, time.replace("+00:00", "Z"), added, 0, frozenset({allowlist}), summary.source)


async def plan_any_undo(connection: Connection, job: str) -> EntryUndo:
    """Plan the undo of a job or an import. Raises UsageError."""
    from dyntui.services.imports.jobs import JobLocation

    client, profile = connection.client, connection.profile
    plan = await plan_import_undo(client, job, JobLocation.of(profile))
    return plan or await plan_undo(client, connection.audit, job, profile.environment_id)


async def plan_undo(client: Client, audit: Audit, job: str, environment_id: str) -> EntryUndo:
    """Plan the undo of `job` from the audit log and the current list. Raises UsageError."""
    added: dict[str, Entry] = {}
    deleted: dict[str, Entry] = {}
    for line in audit.lines():
        if line.job != job or line.environment != environment_id or line.action not in ENTRY_ACTIONS:
            continue
        if line.outcome not in ("started", "done", "unknown"):
            continue  # an action that was started without an outcome may have been done
        if isinstance(line.before, dict) and (key := key_of(line.before)):
            deleted[key] = line.before
        if isinstance(line.after, dict) and (key := key_of(line.after)):
            added[key] = line.after
    entries = [*added.values(), *deleted.values()]
    if not entries:
        raise UsageError(
            f"There is no job {job} to undo.",
            hint=by_interface("`dyntui allowlists undo` lists the jobs.", "{app.jump}audit lists the changes."),
        )
    row = find_policy(await read_lists(client), str(entries[0].get("allowListId")))
    existing = await find_entries(client, str(row.get("id")), entries, search=False)
    skipped: list[tuple[Entry, str]] = []
    remove: list[Entry] = []
    for key, entry in added.items():
        current = existing.get(key)
        if current is None:
            skipped.append((entry, "it is already deleted"))
        elif current.get("id") != entry.get("id"):
            skipped.append((entry, "it was deleted and added again since"))
        else:
            remove.append(current)
    add: list[Entry] = []
    for key, entry in deleted.items():
        if key in existing and key not in added:
            skipped.append((entry, "it is on the list again"))
        else:
            add.append(entry)
    return EntryUndo(row, tuple(add), tuple(remove), job, tuple(skipped))


async def plan_import_undo(client: Client, name: str, location: JobLocation) -> EntryUndo | None:
    """Plan the undo of an import of entries; None when there is no such import. Raises UsageError."""
    from dyntui.services.imports.jobs import check_location, find_job, journal_files
    from dyntui.store.job_queries import iterate_rows
    from dyntui.store.journal import Journal

    if name != "last" and not any(path.stem.startswith(name) for path in journal_files()):
        return None
    with Journal.read(find_job(name)) as journal:
        if journal.kind != "allowlist":
            raise UsageError(
                f"Job {journal.id} imported users.",
                hint=by_interface(f"`dyntui jobs undo {journal.id}` undoes it.", "Undo it in {app.jump}jobs."),
            )
        check_location(journal, location)
        created = {row.user_id: row for row in iterate_rows(journal, (RowState.CREATED,)) if row.user_id}
        row = find_policy(await read_lists(client), str(journal.facts["allowlist"]["id"]))
        job = journal.id
    remove = [entry async for entry in entries_of(client, str(row.get("id"))) if entry.get("id") in created]
    missing_ids = created.keys() - {str(entry.get("id")) for entry in remove}
    skipped: list[tuple[Entry, str]] = []
    for entry_id in missing_ids:
        body = created[entry_id].body
        skipped.append((orjson.loads(body) if body else {}, "it is already deleted, or was added again"))
    return EntryUndo(row, (), tuple(remove), job, tuple(skipped))


def undo_action(plan: EntryUndo) -> tuple[WriteAction, list[Target]]:
    """Return the undo as one action and its targets.

    Entries are added before others are removed; those that replace a removed one are added afterwards.
    """
    replaced = {key_of(entry) for entry in plan.remove}
    first = [entry_target(entry) for entry in plan.add if key_of(entry) not in replaced]
    removals = [replace(removal_target(entry), phase=1) for entry in plan.remove]
    last = [replace(entry_target(entry), phase=2) for entry in plan.add if key_of(entry) in replaced]
    action = plan.write_action("allowlists.undo", f"on {name_of(plan.allowlist)}")
    return replace(action, undoes=plan.job), [*first, *removals, *last]
