"""`dyntui jobs`: imports that ran, run, wait or were stopped."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.context import CliContext, CommandGroup, confirm_options, pass_context, run
from dyntui.cli.import_command import drop_unset, run_options
from dyntui.cli.output import confirm
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.services.imports.jobs import JobSummary

__all__ = ["absolute_path", "find_job", "job_argument", "jobs"]

_REQUEST_TIMEOUT_S = 15.0

job_argument = click.argument("job", metavar="JOB")


@click.group(
    cls=CommandGroup,
    lazy={
        "retry": (
            "dyntui.cli.jobs_retry_undo:retry_failed_rows",
            "Make a new job from the rows that failed, and run it.",
        ),
        "undo": ("dyntui.cli.jobs_retry_undo:undo_job", "Delete what a job created and nobody touched since."),
        "purge": ("dyntui.cli.jobs_retry_undo:purge_jobs", "Remove what finished jobs leave on this machine."),
    },
)
def jobs() -> None:
    """List, resume, stop, report, retry and undo import jobs.

    JOB is a job's id, the start of it, or `last`.
    """


@jobs.command("list")
@pass_context
def list_jobs(context: CliContext) -> None:
    """List all jobs, newest first."""
    from dyntui.services.imports.jobs import list_jobs as every_job

    found = list(every_job())
    context.emit_json({"count": len(found), "jobs": [_job_document(job) for job in found]})
    titles = ("job", "state", "rows", "to do", "bad", "environment", "source")
    context.print_table(titles, [_table_row(job) for job in found])


def _table_row(job: JobSummary) -> tuple[object, ...]:
    state = f"{job.state} (running)" if job.is_busy and job.state != "running" else str(job.state or "unreadable")
    where = "" if job.location is None else job.location.profile
    numbers = f"{job.total:,}", f"{job.open_rows:,}", f"{job.failed_rows:,}"
    return job.id, state, *numbers, where, job.problem or job.source


def _job_document(job: JobSummary) -> dict[str, Any]:
    return {
        "job": job.id,
        "kind": job.kind,
        "state": job.state,
        "reason": job.reason,
        "busy": job.is_busy,
        "created": _format_time(job.created_at),
        "rows": job.counts,
        "total": job.total,
        "source": job.source,
        "environment": None if job.location is None else job.location.environment_id,
        "base_url": None if job.location is None else job.location.base_url,
        "profile": None if job.location is None else job.location.profile,
        "problem": job.problem,
    }


@jobs.command("show")
@job_argument
@click.option("--rows", "state", metavar="STATE", help="Also the rows in that state: failed, review, unknown, ...")
@pass_context
def show_job(context: CliContext, job: str, state: str | None) -> None:
    """Show one job: its rows by state, why rows failed, and what was sent."""
    from dyntui.services.imports.jobs import find_job, summarize_job
    from dyntui.store import job_queries
    from dyntui.store.journal import Journal
    from dyntui.store.states import RowState
    from dyntui.store.undo_journal import undo_counts

    path = find_job(job)
    known = summarize_job(path)
    if known.problem:
        raise UsageError(known.problem)
    if state is not None and state not in list(RowState):
        raise UsageError(f"There is no row state {state!r}.", hint=f"There are: {', '.join(RowState)}.")
    with Journal.read(path) as journal:
        failures = job_queries.failure_counts(journal)
        traffic = job_queries.traffic(journal)
        problems = job_queries.problem_counts(journal)
        rows = [] if state is None else list(job_queries.each_row(journal, {RowState(state)}))
        undo = undo_counts(journal)
        report = journal.facts.get("report")
        context.emit_json(
            {
                **_job_document(known),
                "report": report,
                "options": journal.facts.get("options", {}),
                "why": [{"state": s, "code": code, "rows": n} for s, code, n in failures],
                "problems": [{"level": each.level, "code": each.code, "rows": each.n} for each in problems],
                "requests": [{"operation": op, "outcome": outcome, "count": n} for op, outcome, n in traffic],
                "undo": undo or None,
                **({"list": [_row_document(row) for row in rows]} if state else {}),
            }
        )
    context.print_result(f"job {known.id}  {known.state}{' (a process works on it)' if known.is_busy else ''}")
    if known.reason:
        context.print_result(f"  {known.reason}")
    where = "" if known.location is None else f" for {known.location.profile} ({known.location.base_url})"
    context.print_result(f"  {known.source}{where}, {_format_time(known.created_at)}")
    for row_state, n in (known.counts or {}).items():
        context.print_result(f"  {n:>9,} {row_state}")
    for failed_state, code, n in failures:
        context.print_result(f"  {n:>9,} {failed_state}: {code}")
    for operation, outcome, n in traffic:
        context.print_result(f"  {n:>9,} {operation}: {outcome or 'in flight'}")
    for undo_state, n in undo.items():
        context.print_result(f"  {n:>9,} undo: {undo_state}")
    if report:
        context.print_result(f"  reports: {report}")
    if rows:
        cells = [(r.number, r.code, r.field, r.message, r.user_id) for r in rows]
        context.print_table(("row", "code", "field", "message", "user"), cells)


def _row_document(row: Any) -> dict[str, Any]:
    return {
        "row": row.number,
        "state": row.state.value,
        "attempts": row.attempts,
        "user": row.user_id,
        "code": row.code,
        "field": row.field,
        "error": row.message,
    }


@jobs.command("resume")
@click.argument("job", metavar="[JOB]", required=False)
@click.option("--first", type=click.IntRange(1), metavar="N", help="Send N more rows, then stop.")
@click.option("--report", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Where reports go.")
@run_options
@confirm_options
@pass_context
def resume_job(
    context: CliContext,
    job: str | None,
    first: int | None,
    report: Path | None,
    batch: int | None,
    rate: float | None,
    settle: float | None,
    yes: bool,
    confirm_environment: str,
) -> int:
    """Go on with a job that was paused, stopped or killed; without JOB with the newest one that is not done.

    Whatever may have been sent is looked up first; nothing is sent twice.
    """
    options = drop_unset(batch=batch, rate=rate, settle=settle)
    path = _newest_open_job() if job is None else find_job(job)
    return run(_resume(context, path, None, options, first, absolute_path(report), yes, confirm_environment))


@jobs.command("run")
@click.argument("plan", metavar="PLAN")
@click.option("--first", type=click.IntRange(1), metavar="N", help="Send the first N rows, then stop.")
@click.option("--report", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Where reports go.")
@confirm_options
@pass_context
def run_plan(
    context: CliContext, plan: str, first: int | None, report: Path | None, yes: bool, confirm_environment: str
) -> int:
    """Run exactly the plan that `dyntui import --dry-run` made. PLAN is its file, or its job."""
    from dyntui.services.imports.plan import read_plan

    path = find_job(Path(plan).name) if plan.endswith(".plan.json") else find_job(plan)
    file = Path(plan) if plan.endswith(".plan.json") else path.with_name(f"{path.stem}.plan.json")
    if not file.exists():
        raise UsageError(f"There is no plan {file}.", hint="`dyntui import FILE --dry-run` makes one.")
    document = read_plan(file)
    return run(
        _resume(
            context, find_job(document["job"]), document, {}, first, absolute_path(report), yes, confirm_environment
        )
    )


async def _resume(
    context: CliContext,
    path: Path,
    plan: dict[str, Any] | None,
    options: dict[str, Any],
    first: int | None,
    report: Path | None,
    yes: bool,
    typed: str,
) -> int:
    from dyntui.cli.job_runner import confirm_job, finish_job, precheck, run_until_stopped
    from dyntui.services.imports.job_service import action_for
    from dyntui.services.imports.jobs import JobLocation, check_location, load_organization_id
    from dyntui.services.imports.plan import check_plan
    from dyntui.services.imports.runner import RunResult
    from dyntui.store.journal import Journal
    from dyntui.store.states import JobState

    with Journal.open(path) as journal:
        check_location(journal, JobLocation.of(context.profile()))
        if plan is not None:
            check_plan(journal, plan)
        if journal.state is JobState.DRAFT:
            raise UsageError(
                f"Job {journal.id} is a draft: its file was never read to the end, or it is still being prepared.",
                hint="Import the file again, or finish it in the console's import wizard. Nothing was sent.",
            )
        if journal.state in (JobState.DONE, JobState.CANCELED):
            return finish_job(context, journal, RunResult(journal.state), report)
        if options:
            journal.note(options={**journal.facts.get("options", {}), **options})
        async with context.connection() as connection:
            connection.write_gate.check(action_for(journal))
            check_location(journal, JobLocation.of(connection.profile, await load_organization_id(connection.client)))
            await precheck(context, connection, journal)
            permit = await confirm_job(context, connection, journal, yes=yes, typed=typed)
            return await run_until_stopped(context, connection, journal, permit, first=first, report=report)


@jobs.command("pause")
@job_argument
@pass_context
def pause_job(context: CliContext, job: str) -> None:
    """Ask the process that runs a job to stop in order; it can be resumed."""
    from dyntui.store.lock import is_locked

    path = find_job(job)
    if not is_locked(path.with_suffix(".lock")):
        raise UsageError(
            f"No process works on job {path.stem}.", hint=f"`dyntui jobs show {path.stem}` says where it is."
        )
    _send_stop_request(context, path, "pause")


@jobs.command("cancel")
@job_argument
@click.option("--yes", is_flag=True, help="Confirm without asking.")
@pass_context
def cancel_job(context: CliContext, job: str, yes: bool) -> None:
    """Give up the rows of a job that were not sent yet; what was sent stays."""
    from dyntui.cli.job_runner import finish_job
    from dyntui.services.imports.cancel import cancel_job
    from dyntui.services.imports.runner import RunResult
    from dyntui.store.journal import Journal
    from dyntui.store.lock import is_locked

    path = find_job(job)
    if not yes:
        confirm(f"Cancel job {path.stem}? The rest of its rows is not sent.", abort=True)
    if is_locked(path.with_suffix(".lock")):
        _send_stop_request(context, path, "cancel")
        return
    with Journal.open(path) as journal:
        cancel_job(journal)
        finish_job(context, journal, RunResult(journal.state))


def _send_stop_request(context: CliContext, path: Path, what: str) -> None:
    from dyntui.services.imports.jobs import summarize_job
    from dyntui.store.journal import Journal
    from dyntui.store.lock import is_locked

    with Journal.read(path) as journal:
        journal.ask(what)
    deadline = time.monotonic() + _REQUEST_TIMEOUT_S
    while is_locked(path.with_suffix(".lock")) and time.monotonic() < deadline:
        time.sleep(0.1)
    known = summarize_job(path)
    context.emit_json(_job_document(known))
    if known.is_busy:
        context.print_result(f"asked; job {known.id} still waits for the answer in flight")
    else:
        context.print_result(f"job {known.id} is {known.state}")


@jobs.command("report")
@job_argument
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@pass_context
def report_job(context: CliContext, job: str, folder: Path | None) -> None:
    """Write the reports, the id map and the failed rows of a job again, into DIR when given."""
    from dyntui.services.imports.reports import result_document, write_reports
    from dyntui.store.journal import Journal

    with Journal.open(find_job(job)) as journal:
        written = write_reports(journal, absolute_path(folder))
        context.emit_json(result_document(journal, written))
        context.print_result(str(written))


def absolute_path(path: Path | None) -> Path | None:
    return None if path is None else path.absolute()


def find_job(job: str) -> Path:
    from dyntui.services.imports.jobs import find_job

    return find_job(job)


def _newest_open_job() -> Path:
    from dyntui.services.imports.jobs import list_jobs as every_job

    for job in every_job():
        if job.state in ("ready", "running", "paused") and not job.is_busy:
            return find_job(job.id)
    raise UsageError("There is no job to resume.", hint="`dyntui jobs list` names them all.")


def _format_time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
