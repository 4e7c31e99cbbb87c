"""`dyntui jobs retry`, `undo` and `purge`: what can be done with a job that ended."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dyntui.cli.command_classes import BaseCommand
from dyntui.cli.context import CliContext, pass_context, run
from dyntui.cli.import_command import report_option
from dyntui.cli.jobs import find_job, job_argument
from dyntui.cli.questions import confirm
from dyntui.cli.shared_options import confirm_options
from dyntui.cli.write_helpers import ask_confirmation, confirm_access_options
from dyntui.core.errors import (
    EXIT_DONE,
    EXIT_NOT_AUTHORIZED,
    EXIT_SOME_FAILED,
    EXIT_STOPPED,
    EXIT_UNREACHABLE,
    DyntuiError,
    UsageError,
)
from dyntui.core.text import quantity

if TYPE_CHECKING:
    from dyntui.cli.job_runner import JobSignals
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.imports.undo import UndoResult
    from dyntui.services.imports.undo_targets import UndoTarget
    from dyntui.store.journal import Journal
    from dyntui.store.undo_journal import UndoLine

__all__ = ["purge_jobs", "retry_failed_rows", "undo_job"]

_MAX_LISTED = 10


@click.command("retry", cls=BaseCommand)
@job_argument
@report_option
@confirm_options
@pass_context
def retry_failed_rows(context: CliContext, job: str, report: Path | None, confirmation: Confirmation) -> int:
    """Make a new job from the failed rows of a finished job, and run it.

    The new job also has the rows in review, and the rows that a canceled job did not send. It has no invalid rows: fix
    them in the failed-rows file, and import that file.
    """
    from dyntui.cli.job_runner import JobSignals

    with JobSignals() as signals:
        return run(_retry(context, find_job(job), report, confirmation, signals))


async def _retry(
    context: CliContext, path: Path, report: Path | None, confirmation: Confirmation, signals: JobSignals
) -> int:
    from dyntui.cli.job_runner import precheck, removed_unless_run, run_until_stopped
    from dyntui.services.imports.job_service import action_for
    from dyntui.services.imports.jobs import JobLocation, check_location, load_organization_id
    from dyntui.services.imports.retry import retry_job
    from dyntui.store.journal import Journal

    async with context.connection() as connection:
        with Journal.read(path) as old:
            connection.write_gate.check(action_for(old))
            location = JobLocation.of(connection.profile, await load_organization_id(connection.client))
            check_location(old, location)
            journal = retry_job(old, location)
        with removed_unless_run(journal):
            context.print_message(f"Job {journal.id} sends {quantity(journal.total, 'row')} of job {path.stem} again.")
            signals.hint = f"Continue with `dyntui jobs resume {journal.id}`."
            await precheck(connection, journal)
            return await run_until_stopped(context, connection, journal, confirmation, signals, report=report)


@click.command("undo", cls=BaseCommand)
@job_argument
@confirm_access_options
@pass_context
def undo_job(context: CliContext, job: str, confirmation: Confirmation) -> int:
    """Delete the users or entries that a job created, except those that changed since.

    Each one is read again right before it is deleted. Deleting a user leaves its wallet records behind.

    Confirm with --confirm-environment NAME, in sandbox environments too. If the undo removes the last entries of the
    only siteAccess list, confirm with the name of the list and with --read CODE.

    An undo that was stopped continues when you run the command again.
    """
    from dyntui.cli.job_runner import JobSignals

    with JobSignals() as signals:
        return run(_undo(context, find_job(job), confirmation, signals))


async def _undo(context: CliContext, path: Path, from_options: Confirmation, signals: JobSignals) -> int:
    from dyntui.cli.job_runner import ProgressMeter
    from dyntui.services.imports.job_control import JobControl
    from dyntui.services.imports.jobs import JobLocation, check_location
    from dyntui.services.imports.undo import (
        assess_undo,
        authorize_undo,
        check_undo,
        plan_undo,
        run_undo,
        undo_requirement,
    )
    from dyntui.services.imports.undo_targets import undo_target_for
    from dyntui.store.journal import Journal
    from dyntui.store.states import JobState
    from dyntui.store.undo_journal import UndoState

    with Journal.open(path) as journal:
        check_location(journal, JobLocation.of(context.profile()))
        if not journal.state.is_over and journal.state is not JobState.PAUSED:
            raise UsageError(f"Job {journal.id} is {journal.state}: there is nothing to undo yet.")
        async with context.connection() as connection:
            if not context.dry_run:
                check_undo(journal, connection)
            meter, kind = ProgressMeter(), undo_target_for(journal)
            plan = await plan_undo(
                journal,
                connection.client,
                lambda done, total: meter.line(f"{done:,} of {total:,} {kind.plural} read"),
            )
            meter.end()
            count = plan.counts.get(UndoState.PENDING, 0)
            _print_plan(context, plan, count, kind)
            if context.dry_run or not count:
                return _finish_undo(context, journal, kind, plan)
            impact = await assess_undo(journal, connection, connection.client)
            confirmation = ask_confirmation(context, undo_requirement(journal, connection, impact), from_options)
            permit = authorize_undo(journal, connection, confirmation, impact)
            control = JobControl()
            signals.pause(control)
            result = await run_undo(
                journal,
                connection,
                connection.client,
                permit,
                control=control,
                on_progress=lambda done, total, _: meter.line(f"{done:,} of {total:,} {kind.plural} deleted"),
            )
            meter.end()
            return _finish_undo(context, journal, kind, result)


def _print_plan(context: CliContext, plan: UndoResult, count: int, kind: UndoTarget) -> None:
    """Print how many objects are deleted and which ones are skipped."""
    context.print_message(f"{quantity(count, kind.noun, kind.plural)} to delete, {len(plan.skipped):,} to skip")
    context.print_message(*_reason_lines(plan.skipped, kind), kind.action.warning)


def _reason_lines(lines: Sequence[UndoLine], kind: UndoTarget) -> list[str]:
    """Return why objects are not deleted, a line for each of the first ones."""
    listed = [f"  row {line.row}, {kind.noun} {line.user_id}: {line.reason}" for line in lines[:_MAX_LISTED]]
    more = len(lines) - _MAX_LISTED
    return [*listed, f"  … and {more:,} more"] if more > 0 else listed


def _finish_undo(context: CliContext, journal: Journal, kind: UndoTarget, result: UndoResult) -> int:
    from dyntui.store.undo_journal import UndoState

    counts = {state.value: result.counts.get(state, 0) for state in UndoState}
    context.print_data(
        {
            "job": journal.id,
            "undo": counts,
            "left": [
                {"row": line.row, "user": line.user_id, "state": line.state, "reason": line.reason}
                for line in result.skipped
            ],
            "stopped": result.stop_reason,
        }
    )
    labels = {
        UndoState.DELETED: "deleted",
        UndoState.PENDING: "not deleted yet",
        UndoState.SENDING: "may be deleted",
        UndoState.SKIPPED: "skipped",
        UndoState.FAILED: "failed",
    }
    parts = [
        f"{quantity(counts[state], kind.noun, kind.plural)} {label}" for state, label in labels.items() if counts[state]
    ]
    context.print_result(f"Undo of job {journal.id}: {', '.join(parts) or 'nothing to delete'}")
    context.print_message(*_reason_lines([line for line in result.skipped if line.state is UndoState.FAILED], kind))
    if result.stop_reason:
        context.print_message(f"Stopped: {result.stop_reason}. Continue with `dyntui jobs undo {journal.id}`.")
        code = result.error.exit_code if isinstance(result.error, DyntuiError) else EXIT_STOPPED
        return code if code in (EXIT_NOT_AUTHORIZED, EXIT_UNREACHABLE) else EXIT_STOPPED
    return EXIT_SOME_FAILED if result.counts.get(UndoState.FAILED) else EXIT_DONE


@click.command("purge", cls=BaseCommand)
@click.argument("names", nargs=-1, metavar="[JOB]...")
@click.option("--unfinished", is_flag=True, help="Also remove jobs that could still be resumed.")
@click.option("--yes", is_flag=True, help="Confirm without asking.")
@pass_context
def purge_jobs(context: CliContext, names: tuple[str, ...], unfinished: bool, yes: bool) -> None:
    """Remove the journals, plans and reports of jobs from this machine. Without JOB, remove those of all finished jobs.

    These files contain the imported data. Nothing changes at the server. A removed job can no longer be undone or
    retried.
    """
    from dyntui.services.imports.jobs import find_job
    from dyntui.services.imports.jobs import list_jobs as iter_jobs
    from dyntui.services.imports.purge import purge_job

    paths = [find_job(name) for name in names] or [
        find_job(job.id)
        for job in iter_jobs()
        if not job.is_busy and (unfinished or job.problem or job.is_over or job.is_abandoned)
    ]
    if paths and not yes:
        ids = ", ".join(path.stem for path in paths[:_MAX_LISTED]) + (" …" if len(paths) > _MAX_LISTED else "")
        confirm(f"Remove {quantity(len(paths), 'job')} from this machine ({ids})?", abort=True)
    removed = [str(file) for path in paths for file in purge_job(path, unfinished=unfinished)]
    context.print_data({"jobs": [path.stem for path in paths], "removed": removed})
    context.print_result(f"{quantity(len(paths), 'job')} removed")
