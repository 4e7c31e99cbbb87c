"""What comes after a job: `dyntui jobs retry|undo|purge`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dyntui.cli.context import BaseCommand, CliContext, confirm_options, pass_context, run
from dyntui.cli.jobs import absolute_path, find_job, job_argument
from dyntui.cli.output import confirm, prompt
from dyntui.cli.write_helpers import read_option
from dyntui.core.errors import (
    EXIT_DONE,
    EXIT_NOT_AUTHORIZED,
    EXIT_SOME_FAILED,
    EXIT_STOPPED,
    EXIT_UNREACHABLE,
    UsageError,
)

if TYPE_CHECKING:
    from dyntui.services.actions.write_types import Confirmation, Requirement
    from dyntui.services.imports.undo import UndoResult
    from dyntui.services.imports.undo_targets import UndoTarget
    from dyntui.store.journal import Journal

__all__ = ["purge_jobs", "retry_failed_rows", "undo_job"]

_MAX_LISTED = 10


@click.command("retry", cls=BaseCommand)
@job_argument
@click.option("--report", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Where reports go.")
@confirm_options
@pass_context
def retry_failed_rows(context: CliContext, job: str, report: Path | None, yes: bool, confirm_environment: str) -> int:
    """Make a new job from the rows of a finished one that failed, and run it.

    Rows for review and those a cancelled job did not come to are in it too. Invalid rows are not: mend them in the
    failed-rows file and import that.
    """
    return run(_retry(context, find_job(job), absolute_path(report), yes, confirm_environment))


async def _retry(context: CliContext, path: Path, report: Path | None, yes: bool, typed: str) -> int:
    from dyntui.cli.job_runner import confirm_job, precheck, run_until_stopped
    from dyntui.services.imports.job_service import action_for
    from dyntui.services.imports.jobs import JobLocation, check_location, load_organization_id
    from dyntui.services.imports.retry import retry_job
    from dyntui.store.journal import Journal

    async with context.connection() as connection:
        with Journal.read(path) as old:
            connection.write_gate.check(action_for(old))
            where = JobLocation.of(connection.profile, await load_organization_id(connection.client))
            check_location(old, where)
            journal = retry_job(old, where)
        with journal:
            context.print_message(f"job {journal.id} tries {journal.total:,} rows of {path.stem} again")
            await precheck(context, connection, journal)
            permit = await confirm_job(context, connection, journal, yes=yes, typed=typed)
            return await run_until_stopped(context, connection, journal, permit, report=report)


@click.command("undo", cls=BaseCommand)
@job_argument
@click.option("--dry-run", is_flag=True, help="Say who would be deleted and who is skipped, delete nobody.")
@confirm_options
@read_option
@pass_context
def undo_job(context: CliContext, job: str, dry_run: bool, yes: bool, confirm_environment: str, read: str) -> int:
    """Delete the users, or the entries, that a job created, but for those that changed since: each is read again first.

    Confirm with --confirm-environment NAME, in every environment; when the last entries of the only siteAccess list go,
    with the list's name, and the code of what that does (--read CODE). An undo that was stopped goes on when it is
    called again. Deleting a user leaves its wallet records behind.
    """
    return run(_undo(context, find_job(job), dry_run, yes, confirm_environment, read))


async def _undo(context: CliContext, path: Path, dry_run: bool, yes: bool, typed: str, read: str) -> int:
    from dyntui.cli.job_runner import ProgressMeter, pause_on_signals
    from dyntui.services.actions.write_types import Confirmation
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
        if journal.state not in (JobState.DONE, JobState.CANCELED, JobState.PAUSED):
            raise UsageError(f"Job {journal.id} is {journal.state}: there is nothing to undo yet.")
        async with context.connection() as connection:
            if not dry_run:
                check_undo(journal, connection)
            meter, kind = ProgressMeter(), undo_target_for(journal)
            plan = await plan_undo(
                journal, connection.client, lambda done, total: meter.line(f"read {done:,} of {total:,} {kind.plural}")
            )
            meter.end()
            delete = plan.counts.get(UndoState.PENDING, 0)
            _print_plan(context, plan, delete, kind)
            if dry_run or not delete:
                return _finish_undo(context, journal, plan)
            weight = await assess_undo(journal, connection, connection.client)
            given = Confirmation(yes=yes, typed=typed, read=read)
            confirmation = _ask_confirmation(context, undo_requirement(journal, connection, weight), given)
            permit = authorize_undo(journal, connection, confirmation, weight)
            control = JobControl()
            with pause_on_signals(control):
                done = await run_undo(
                    journal,
                    connection,
                    connection.client,
                    permit,
                    control=control,
                    on_progress=lambda done, total: meter.line(f"deleted {done:,} of {total:,} {kind.plural}"),
                )
            meter.end()
            return _finish_undo(context, journal, done)


def _print_plan(context: CliContext, plan: UndoResult, delete: int, kind: UndoTarget) -> None:
    context.print_message(f"{delete:,} {kind.plural} are deleted, {len(plan.skipped):,} are skipped")
    for line in plan.skipped[:_MAX_LISTED]:
        context.print_message(f"  row {line.row}, {kind.noun} {line.user_id} {line.reason}")
    if len(plan.skipped) > _MAX_LISTED:
        context.print_message(f"  … and {len(plan.skipped) - _MAX_LISTED:,} more")
    context.print_message(kind.warning)


def _ask_confirmation(context: CliContext, needed: Requirement, given: Confirmation) -> Confirmation:
    """What was given; else what a person types on a terminal, once what it does was told."""
    if needed.effects:
        context.print_message(*needed.effects)
    if given.yes or given.typed or context.json or not sys.stdin.isatty():
        return given
    context.print_message(f"{needed.question}  ({needed.environment})")
    typed = prompt(f"Type {' or '.join(needed.accepted)} to confirm", default="")
    return replace(given, typed=typed, read=needed.code)


def _finish_undo(context: CliContext, journal: Journal, undone: UndoResult) -> int:
    from dyntui.store.undo_journal import UndoState

    counts = {state.value: undone.counts.get(state, 0) for state in UndoState}
    context.emit_json(
        {
            "job": journal.id,
            "undo": counts,
            "left": [{"row": e.row, "user": e.user_id, "state": e.state, "reason": e.reason} for e in undone.skipped],
            "stopped": undone.stop_reason,
        }
    )
    context.print_result(
        f"undo of job {journal.id}: " + ", ".join(f"{n:,} {state}" for state, n in counts.items() if n)
    )
    if undone.stop_reason:
        context.print_message(f"stopped: {undone.stop_reason}. dyntui jobs undo {journal.id} goes on")
        code = getattr(undone.error, "exit_code", EXIT_STOPPED)
        return code if code in (EXIT_NOT_AUTHORIZED, EXIT_UNREACHABLE) else EXIT_STOPPED
    return EXIT_SOME_FAILED if undone.counts.get(UndoState.FAILED) else EXIT_DONE


@click.command("purge", cls=BaseCommand)
@click.argument("chosen", nargs=-1, metavar="[JOB]...")
@click.option("--unfinished", is_flag=True, help="Also jobs that could still be resumed.")
@click.option("--yes", is_flag=True, help="Confirm without asking.")
@pass_context
def purge_jobs(context: CliContext, chosen: tuple[str, ...], unfinished: bool, yes: bool) -> None:
    """Remove journals, plans and reports of jobs from this machine; without JOB of all that are finished.

    They hold what was imported. Nothing on the server is touched; what is purged cannot be undone or retried.
    """
    from dyntui.services.imports.jobs import find_job
    from dyntui.services.imports.jobs import list_jobs as every_job
    from dyntui.services.imports.purge import purge_job

    found = [find_job(job) for job in chosen] or [
        find_job(job.id)
        for job in every_job()
        if not job.is_busy and (unfinished or job.problem or job.state in ("done", "cancelled") or job.is_abandoned)
    ]
    if found and not yes:
        names = ", ".join(path.stem for path in found[:_MAX_LISTED]) + (" …" if len(found) > _MAX_LISTED else "")
        confirm(f"Remove {len(found):,} jobs from this machine ({names})?", abort=True)
    removed = [str(file) for path in found for file in purge_job(path, unfinished=unfinished)]
    context.emit_json({"jobs": [path.stem for path in found], "removed": removed})
    context.print_result(f"{len(found):,} jobs removed")
