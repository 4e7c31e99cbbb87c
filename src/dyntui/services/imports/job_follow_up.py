"""What you can do after a job in the console: fix its failed rows in the review, retry them, or undo the import."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.importer import Mapping as ColumnMapping
from dyntui.importer import Problem, SourceRow
from dyntui.services.actions.resource_changes import JOBS
from dyntui.services.imports.job_control import JobControl
from dyntui.services.imports.jobs import (
    JobLocation,
    JobSummary,
    check_location,
    find_job,
    load_source_info,
    summarize_job,
)
from dyntui.services.imports.prepare import prepare_job
from dyntui.services.imports.reports import iter_failed_rows
from dyntui.services.imports.retry import retry_job
from dyntui.services.imports.undo import UndoResult, assess_undo, authorize_undo, plan_undo, run_undo, undo_requirement
from dyntui.services.imports.wizard_draft import ImportDraft, draft_for, save_draft, set_decisions
from dyntui.services.imports.wizard_review import to_problems
from dyntui.store import job_queries, review_log
from dyntui.store.journal import Journal
from dyntui.store.review_queries import FILE_CODES
from dyntui.store.states import JobState, RowState
from dyntui.store.undo_journal import UndoState

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation, Impact, Requirement
    from dyntui.services.connection import Connection

__all__ = ["UndoPlan", "delete_created", "plan_deletion", "reopen_failed", "retry_failed"]

_COPIED_FACTS = ("options", "allowlist", "custom_fields")


def reopen_failed(job: str, connection: Connection) -> ImportDraft:
    """Make a draft with the rows of a finished job that were not imported, to be fixed in the review and sent again.

    A row that the server refused keeps that problem until you change the row. Raises UsageError when there is no row.
    """
    with Journal.read(find_job(job)) as old:
        _check(old, connection)
        if next(iter_failed_rows(old), None) is None:
            raise UsageError(f"Job {old.id} has no row to fix.", hint="All rows were imported or excluded.")
        location = JobLocation.of_job(old.facts)
        mapping = ColumnMapping.from_json(json.dumps(old.facts["mapping"]))
        facts = {name: old.facts[name] for name in _COPIED_FACTS if name in old.facts}
        region = old.facts.get("region") or None
        codes: set[str] = set()
        rows = _failed_rows(old, codes)
        journal = prepare_job(load_source_info(old), rows, mapping, location, region=region, mends=old.id, **facts)
    with journal:
        journal.move(JobState.DRAFT)
        review_log.begin(journal, codes)
    draft = draft_for(summarize_job(journal.path))
    set_decisions(draft, journal.facts)
    draft.step = "review"
    save_draft(draft)
    return draft


def retry_failed(job: str, connection: Connection) -> JobSummary:
    """Make a job that is ready from the failed rows of a finished job, unchanged."""
    with Journal.read(find_job(job)) as old:
        _check(old, connection)
        where = JobLocation.of_job(old.facts)
        with retry_job(old, where) as journal:
            path = journal.path
    return summarize_job(path)


def _check(old: Journal, connection: Connection) -> None:
    check_location(old, JobLocation.of(connection.profile))
    if not old.state.is_over:
        raise UsageError(f"Job {old.id} is {old.state}.", hint="Wait until it ends, or cancel it first.")


def file_problems(journal: Journal, row: int) -> tuple[Problem, ...]:
    """Return the problems that the file reader noted for a row."""
    return to_problems(each for each in job_queries.problems_of(journal, row) if each.code in FILE_CODES)


def _failed_rows(old: Journal, codes: set[str]) -> Iterator[SourceRow]:
    """Yield the failed rows of a job, and add the error codes of the server to `codes`."""
    for row in iter_failed_rows(old):
        cells, extra = row.cells
        problems = file_problems(old, row.number)
        if row.state in (RowState.FAILED, RowState.REVIEW):
            reason = "Refused" if row.state is RowState.FAILED else "Not certain"
            codes.add(row.code)
            problems += (Problem("error", row.code, row.field, f"{reason} last time: {row.message or row.code}"),)
        yield SourceRow(row.number, tuple(cells), problems, tuple((key, cell) for key, cell in extra))


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What an undo would delete and what has to be confirmed."""

    result: UndoResult
    requirement: Requirement
    impact: Impact | None
    """What the undo does to access; None for users."""


def plan_deletion(job: str, connection: Connection, on_progress: Callable[[int, int], None]) -> UndoPlan:
    """Read what a job created and decide what to delete and what to leave; `on_progress` gets (read, total)."""

    async def work() -> UndoPlan:
        with Journal.open(find_job(job)) as journal:
            check_location(journal, JobLocation.of(connection.profile))
            async with connection.new_client() as client:
                result = await plan_undo(journal, client, on_progress)
                impact = await assess_undo(journal, connection, client)
            return UndoPlan(result, undo_requirement(journal, connection, impact), impact)

    return asyncio.run(work())


def delete_created(
    job: str,
    connection: Connection,
    plan: UndoPlan,
    confirmation: Confirmation,
    control: JobControl,
    on_progress: Callable[[int, int, Mapping[UndoState, int]], None],
) -> UndoResult:
    """Delete what was planned, after reading each object again; `on_progress` gets (done, total, objects by state)."""

    async def work() -> UndoResult:
        with Journal.open(find_job(job)) as journal:
            check_location(journal, JobLocation.of(connection.profile))
            permit = authorize_undo(journal, connection, confirmation, plan.impact)
            async with connection.new_client() as client:
                return await run_undo(journal, connection, client, permit, control=control, on_progress=on_progress)

    try:
        return asyncio.run(work())
    finally:
        connection.changes.mark_changed(JOBS)
