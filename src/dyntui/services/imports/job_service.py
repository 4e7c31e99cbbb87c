"""Run one job from ready to its end: pre-check, confirmation by the write gate, the runner, and the audit log.

Called by the commands `import` and `jobs`, and by `JobThread` for the console.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from dyntui.core.errors import UsageError
from dyntui.core.text import quantity
from dyntui.services.access.impact import assess_entries
from dyntui.services.actions.registry import declared_write
from dyntui.services.actions.write_types import Confirmation, Impact, Requirement, Target, WriteAction
from dyntui.services.imports.allowlist_destination import EntryDestination
from dyntui.services.imports.destination import Destination
from dyntui.services.imports.precheck import PRECHECKED, run_precheck
from dyntui.services.imports.runner import ImportRunner, JobOptions, RunOptions, RunResult
from dyntui.services.imports.server_reader import make_reader, with_retries
from dyntui.services.imports.user_destination import UserDestination
from dyntui.store.journal import Journal
from dyntui.store.states import JobState, RowState

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.api.rate_limiter import RateLimiter
    from dyntui.services.connection import Connection

__all__ = [
    "IMPORT",
    "action_for",
    "assess_job",
    "authorize_job",
    "destination_for",
    "job_requirement",
    "load_confirmation",
    "precheck_job",
    "refuse_single_call",
    "run_job",
    "set_request_rate",
]

_CONFIRMED = "confirmed"


async def refuse_single_call(client: Client, target: Target, permit: WritePermit) -> None:
    """Refuse to run an import as a single write; the call of actions that run as jobs."""
    raise UsageError("An import runs as a job, not as a single write.")


IMPORT = declared_write("users.import", refuse_single_call)
IMPORT_ENTRIES = declared_write("allowlists.import", refuse_single_call)


def action_for(journal: Journal) -> WriteAction:
    """Return the write action of the job, for the write gate and the audit log."""
    if journal.kind != "allowlist":
        return IMPORT
    list_id = str(journal.facts["allowlist"]["id"])

    async def assess(client: Client, targets: Sequence[Target]) -> Impact:
        return await assess_entries(client, list_id, adding=sum(target.size for target in targets))

    return replace(IMPORT_ENTRIES, assess_impact=assess)


def destination_for(journal: Journal) -> Destination:
    """Return the destination of the job's rows."""
    if journal.kind == "allowlist":
        return EntryDestination(journal.facts["allowlist"]["id"])
    return UserDestination(upsert=JobOptions.of(journal).upsert)


def _target(journal: Journal) -> Target:
    rows = journal.counts.get(RowState.PENDING, 0) + journal.counts.get(RowState.UNKNOWN, 0)
    label = f"{journal.facts['source']['name']} ({rows:,} of {quantity(journal.total, 'row')} to send)"
    return Target(journal.id, label, size=rows)


async def assess_job(journal: Journal, connection: Connection, client: Client) -> WriteAction:
    """Return the action of the job with its impact; the server is asked for the environment kind as well.

    While the server fails, it is asked again with growing delays.
    """
    action, targets = action_for(journal), [_target(journal)]
    if connection.write_gate.refusal(action):
        return action
    return await with_retries(client, lambda: connection.write_gate.with_impact(action, targets, client))


def job_requirement(journal: Journal, connection: Connection, action: WriteAction) -> Requirement:
    """Return what has to be confirmed before the job may run. action: from `assess_job`."""
    return connection.write_gate.requirement(action, [_target(journal)])


def authorize_job(
    journal: Journal, connection: Connection, confirmation: Confirmation, action: WriteAction
) -> WritePermit:
    """Return the permit for one run of the job, and store the confirmation for a later resume.

    action: from `assess_job`. Raises UsageError when the profile is read-only or the confirmation is not enough.
    """
    permit = connection.write_gate.authorize(action, [_target(journal)], confirmation)
    journal.note(**{_CONFIRMED: {"yes": confirmation.yes, "typed": confirmation.typed}})
    return permit


def load_confirmation(journal: Journal) -> Confirmation | None:
    """Return the stored confirmation of an earlier run; None when the job was never confirmed."""
    stored = journal.facts.get(_CONFIRMED)
    return None if stored is None else Confirmation(stored["yes"], stored["typed"])


async def precheck_job(
    journal: Journal, client: Client, on_progress: Callable[[int, int | None], None] | None = None
) -> None:
    """Compare the rows of a job that has not started with the server, unless that was done before."""
    if journal.state is JobState.READY and PRECHECKED not in journal.facts:
        upsert = JobOptions.of(journal).upsert
        read_server = make_reader(client, patient=True)
        await run_precheck(journal, read_server, destination_for(journal), upsert=upsert, on_progress=on_progress)


def set_request_rate(rate_limiters: Sequence[RateLimiter], rate: float) -> None:
    """Limit the first rate limiter to `rate` requests per minute and the others to at least that; 0 removes all
    limits.
    """
    for number, rate_limiter in enumerate(rate_limiters):
        if not number or not rate or 0 < rate_limiter.per_minute < rate:
            rate_limiter.set_rate(rate)


async def run_job(
    journal: Journal,
    connection: Connection,
    client: Client,
    permit: WritePermit,
    **run_options: Unpack[RunOptions],
) -> RunResult:
    """Run the job in this event loop; its start and end are written to the audit log."""
    options = JobOptions.of(journal)
    if options.rate is not None:
        set_request_rate(client.rate_limiters.for_operation(action_for(journal).operation), options.rate)
    runner = ImportRunner(journal, client, destination_for(journal), permit, options, **run_options)
    target, action = _target(journal), action_for(journal)
    connection.write_gate.records.record_start(action, [target])
    with connection.write_gate.records.recorded_error(action, target):
        ended = await runner.run()
    counts = ", ".join(f"{n} {state}" for state, n in sorted(journal.counts.items()) if n)
    connection.write_gate.records.record_outcome(
        action, [target], ended.state.value, detail=f"{ended.reason}; {counts}" if ended.reason else counts
    )
    return ended
