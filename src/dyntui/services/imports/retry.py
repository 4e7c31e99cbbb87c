"""Make a new job from the rows of an old one that were not imported."""

from __future__ import annotations

from collections.abc import Iterator

from dyntui.core.errors import UsageError
from dyntui.core.ids import new_id
from dyntui.core.interface import by_interface
from dyntui.services.imports.cancel import CANCELED_ROW
from dyntui.services.imports.jobs import JobLocation, new_job
from dyntui.services.imports.prepare import fill_job
from dyntui.store import job_queries
from dyntui.store.cell_codec import pack
from dyntui.store.job_loader import NewRow
from dyntui.store.journal import Journal
from dyntui.store.states import RowState

__all__ = ["retry_job"]

_COPIED_FACTS = ("source", "mapping", "region", "options", "allowlist", "custom_fields")
_STATES = {RowState.FAILED, RowState.REVIEW, RowState.UNKNOWN, RowState.SKIPPED}


def retry_job(old: Journal, location: JobLocation) -> Journal:
    """Make a job that is ready from the rows that failed, wait for review, or were not sent by a canceled job.

    The rows are compared with the server again before they are sent. Invalid rows have to be fixed in the file first.
    Raises UsageError when the job is not finished or has no such row.
    """
    if not old.state.is_over:
        raise UsageError(
            f"Job {old.id} is {old.state}.",
            hint=by_interface(f"Resume it with `dyntui jobs resume {old.id}`.", "Resume it in {app.jump}jobs."),
        )
    if next(_rows(old), None) is None:
        raise UsageError(
            f"Job {old.id} has no row to retry.",
            hint="Invalid rows are in its failed-rows file: fix and import it.",
        )
    copied_facts = {name: old.facts[name] for name in _COPIED_FACTS if name in old.facts}
    return fill_job(new_job(old.kind, location, **copied_facts, retry_of=old.id), _rows(old))


def _rows(old: Journal) -> Iterator[NewRow]:
    for row in job_queries.iterate_rows(old, _STATES):
        if row.body is None or (row.state is RowState.SKIPPED and row.code != CANCELED_ROW[0]):
            continue
        if row.state is RowState.UNKNOWN and not row.keys:
            continue  # it may exist, and there is no key to look it up by
        own_id = next((key.partition(":")[2] for key in row.keys if key.startswith("id:")), "")
        chosen_id = own_id or ("" if row.keys else new_id())
        yield NewRow(row.number, pack(row.raw), row.body, row.keys, chosen_id)
