"""The columns and rows of the jobs screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from dyntui.core.json_types import Row
from dyntui.resources.cell_formats import thousands, time
from dyntui.resources.resource import Column
from dyntui.services.imports.jobs import JobSummary
from dyntui.services.imports.wizard_draft import ImportDraft
from dyntui.store.states import IMPORTED, OPEN, JobState, RowState
from dyntui.tui.shell.background_job import BackgroundJob

__all__ = ["COLUMNS", "draft_row", "job_row", "with_progress"]

COLUMNS = (
    Column("state", "state", 12, priority=0),
    Column("source", "file", 20, grow=True, priority=0),
    Column("total", "rows", 9, right=True, format=thousands, priority=1),
    Column("imported", "imported", 9, right=True, format=thousands, priority=2),
    Column("undone", "undone", 7, right=True, priority=4),
    Column("failed", "failed", 7, right=True, format=thousands, priority=3),
    Column("remaining", "remaining", 9, right=True, format=thousands, priority=1),
    Column("environment", "environment", 14, priority=4),
    Column("created", "started", 12, format=time, priority=5),
    Column("id", "job", 20, priority=6),
)
_NOT_IMPORTED = (RowState.FAILED, RowState.INVALID, RowState.REVIEW, RowState.SKIPPED)
_SIGNS = {JobState.DONE: "✓", JobState.PAUSED: "‖", JobState.CANCELED: "–"}


def job_row(job: JobSummary, draft: ImportDraft | None, running: BackgroundJob | None) -> Row:
    """Return the row of a job. draft: the draft of the job, if any; running: the job that runs in this console."""
    is_own_job = running is not None and running.id == job.id and running.active
    if is_own_job or (job.is_busy and job.state is JobState.RUNNING):
        state = "⧖ running"
    else:
        sign = "⧖" if job.is_busy else _SIGNS.get(job.state, "·") if job.state else "·"
        state = f"{sign} {job.state or ''}"
    if job.state in (JobState.DRAFT, JobState.READY) and draft is not None:
        state = f"· {draft.step}"
    row: Row = {
        "id": job.id,
        "state": state if not job.problem else "✕ unreadable",
        "source": job.source or job.problem,
        "total": job.total,
        **_numbers(job.counts or {}, job.undone_rows),
        "undone": f"{job.undone_rows:,}" if job.undone_rows else "",
        "environment": job.location.profile if job.location is not None else "",
        "created": datetime.fromtimestamp(job.created_at / 1000, UTC).isoformat() if job.created_at else "",
    }
    return with_progress(row, running)


def with_progress(row: Row, running: BackgroundJob | None) -> Row:
    """Return a row with the current counts when its job runs in this console."""
    if running is None or running.id != row["id"] or running.progress is None or not running.active:
        return row
    return {**row, **_numbers(running.progress.counts), "state": "⧖ running"}


def draft_row(draft: ImportDraft) -> Row:
    """Return the row of a draft without a job."""
    return {
        "id": draft.job or draft.id,
        "state": f"· {draft.step}",
        "source": draft.name,
        "total": 0,
        **_numbers({}),
        "environment": draft.profile,
        "created": draft.changed_at,
    }


def _numbers(counts: Mapping[RowState, int], undone: int = 0) -> dict[str, int]:
    numbers = {
        name: sum(counts.get(state, 0) for state in states)
        for name, states in (("imported", IMPORTED), ("failed", _NOT_IMPORTED), ("remaining", OPEN))
    }
    return {**numbers, "imported": numbers["imported"] - undone}
