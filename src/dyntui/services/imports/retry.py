"""A new job from the rows of an old one that did not get through."""

from __future__ import annotations

from collections.abc import Iterator

from dyntui.core.errors import UsageError
from dyntui.core.ids import new_id
from dyntui.services.imports.cancel import CANCELED_ROW
from dyntui.services.imports.jobs import JobLocation, new_job
from dyntui.services.imports.prepare import delete_journal
from dyntui.store import job_queries
from dyntui.store.cell_codec import pack
from dyntui.store.job_loader import NewRow, load
from dyntui.store.journal import Journal
from dyntui.store.states import JobState, RowState

__all__ = ["retry_job"]

_KEPT = ("source", "mapping", "region", "options", "allowlist", "custom_fields")
_STATES = {RowState.FAILED, RowState.REVIEW, RowState.UNKNOWN, RowState.SKIPPED}


def retry_job(old: Journal, location: JobLocation) -> Journal:
    """A job that is ready, with the rows that failed, wait for a person, or were not come to by a cancelled job. They
    are compared with the server again before they are sent. Invalid rows have to be mended in the file first."""
    if old.state not in (JobState.DONE, JobState.CANCELED):
        raise UsageError(f"Job {old.id} is {old.state}.", hint=f"`dyntui jobs resume {old.id}` goes on with it.")
    if next(_rows(old), None) is None:
        raise UsageError(
            f"Job {old.id} has no row to try again.", hint="Invalid rows are in its failed-rows file: mend them."
        )
    kept = {name: old.facts[name] for name in _KEPT if name in old.facts}
    journal = new_job(old.kind, location, **kept, retry_of=old.id)
    try:
        load(journal, _rows(old))
        journal.move(JobState.READY)
    except BaseException:
        journal.close()
        delete_journal(journal)
        raise
    return journal


def _rows(old: Journal) -> Iterator[NewRow]:
    for row in job_queries.each_row(old, _STATES):
        if row.body is None or (row.state is RowState.SKIPPED and row.code != CANCELED_ROW[0]):
            continue
        if row.state is RowState.UNKNOWN and not row.keys:
            continue  # it may be there, and nothing tells
        yield NewRow(row.number, pack(row.raw), row.body, row.keys, "" if row.keys else new_id())
