"""`dyntui jobs`: list, show, resume, pause, cancel and report import jobs.

The lazy commands retry, undo and purge are in jobs_retry_undo.py.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dyntui.cli.command_classes import CommandGroup
from dyntui.cli.context import CliContext, pass_context, run
from dyntui.cli.import_command import drop_unset, first_option, report_option, run_options
from dyntui.cli.list_filters import keep_rows, local_filter_options, text_option
from dyntui.cli.questions import confirm
from dyntui.cli.shared_options import confirm_options
from dyntui.cli.watch import watch_option
from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dyntui.cli.job_runner import JobSignals
    from dyntui.core.json_types import Row
    from dyntui.services.actions.write_types import Confirmation
    from dyntui.services.imports.jobs import JobSummary
    from dyntui.services.lists.row_conditions import RowConditions
    from dyntui.store.job_queries import FullRow, RowProblem

__all__ = ["find_job", "job_argument", "jobs"]

_WARNINGS = "warnings"
"""The value of --rows for the rows of any state that have a warning."""
_REQUEST_TIMEOUT_S = 15.0
"""How long to wait until the process of a job reacts to a stop request."""

job_argument = click.argument("job", metavar="JOB")


jobs = CommandGroup(
    "jobs",
    help="List, resume, cancel, report, retry and undo import jobs.\n\n"
    "JOB is the id of a job, the start of the id, or `last`.",
    lazy={
        "retry": "dyntui.cli.jobs_retry_undo:retry_failed_rows",
        "undo": "dyntui.cli.jobs_retry_undo:undo_job",
        "purge": "dyntui.cli.jobs_retry_undo:purge_jobs",
    },
)


@jobs.command("list")
@watch_option
@text_option
@local_filter_options(has_time=True)
@pass_context
def list_jobs(context: CliContext, text: str, conditions: RowConditions) -> None:
    """List all jobs, newest first."""
    from dyntui.resources.cell_formats import thousands
    from dyntui.resources.resource import Column
    from dyntui.services.imports.jobs import list_jobs as iter_jobs

    documents = keep_rows(context, [_job_document(job) for job in iter_jobs()], conditions, text=text)
    columns = (
        Column("job"),
        Column("state", pick=_state_text),
        Column("total", "rows", right=True, format=thousands),
        Column("remaining", right=True, format=thousands),
        Column("failed", right=True, format=thousands),
        Column("profile"),
        Column("source", pick=lambda job: job["problem"] or job["source"]),
    )
    context.print_items(documents, columns, empty="" if conditions or text else "There are no jobs on this machine.")


def _state_text(job: Row) -> str:
    from dyntui.store.states import JobState

    state = "unreadable" if job["state"] is None else JobState(str(job["state"])).label
    return f"{state} (running)" if job["busy"] and state != "running" else state


def _job_document(job: JobSummary) -> dict[str, object]:
    return {
        "job": job.id,
        "kind": job.kind,
        "state": job.state,
        "reason": job.reason,
        "busy": job.is_busy,
        "created": _format_time(job.created_at),
        "rows": job.counts,
        "total": job.total,
        "remaining": job.open_rows,
        "failed": job.failed_rows,
        "source": job.source,
        "environment": None if job.location is None else job.location.environment_id,
        "base_url": None if job.location is None else job.location.base_url,
        "profile": None if job.location is None else job.location.profile,
        "problem": job.problem,
    }


@jobs.command("get")
@job_argument
@click.option("--rows", "state", metavar="STATE", help="Also list the rows in this state: failed, ... or warnings.")
@watch_option
@pass_context
def show_job(context: CliContext, job: str, state: str | None) -> None:
    """Show one job: rows by state, reasons of failures, requests."""
    from dyntui.services.imports.jobs import find_job, summarize_job
    from dyntui.store import job_queries
    from dyntui.store.journal import Journal
    from dyntui.store.states import RowState
    from dyntui.store.undo_journal import UndoState, undo_counts

    path = find_job(job)
    summary = summarize_job(path)
    if summary.problem:
        raise UsageError(summary.problem)
    if state is not None and state not in (*RowState, _WARNINGS):
        states = ", ".join((*RowState, _WARNINGS))
        raise UsageError(f"There is no row state {state!r}.", hint=f"Row states: {states}.")
    with Journal.read(path) as journal:
        failures = job_queries.failure_counts(journal)
        traffic = job_queries.traffic(journal)
        problems = job_queries.problem_counts(journal)
        if state == _WARNINGS:
            rows = list(job_queries.rows_with_warnings(journal))
        else:
            rows = [] if state is None else list(job_queries.iterate_rows(journal, {RowState(state)}))
        noted = {row.number: job_queries.problems_of(journal, row.number) for row in rows}
        undo = undo_counts(journal)
        report = journal.facts.get("report")
        context.print_data(
            {
                **_job_document(summary),
                "report": report,
                "options": journal.facts.get("options", {}),
                "failures": [{"state": s, "code": code, "rows": n} for s, code, n in failures],
                "problems": [{"level": count.level, "code": count.code, "rows": count.n} for count in problems],
                "requests": [{"operation": op, "outcome": outcome, "count": n} for op, outcome, n in traffic],
                "undo": undo or None,
                **({"list": [_row_document(row, noted[row.number]) for row in rows]} if state else {}),
            }
        )
    state_text = "unreadable" if summary.state is None else summary.state.label
    context.print_result(f"Job {summary.id}  {state_text}{' (a process runs it)' if summary.is_busy else ''}")
    context.print_result(f"  {summary.reason}" if summary.reason else "")
    target = "" if summary.location is None else f" to {summary.location.profile} ({summary.location.base_url})"
    context.print_result(f"  {summary.source}{target}, created {_format_time(summary.created_at)}")
    counts = [(n, str(state)) for state, n in (summary.counts or {}).items()]
    counts += [(n, f"{failed_state}: {code}") for failed_state, code, n in failures]
    counts += [(n, f"{operation}: {outcome or 'waiting for the response'}") for operation, outcome, n in traffic]
    counts += [(n, "undone" if state == UndoState.DELETED else f"undo: {state}") for state, n in undo.items()]
    context.print_result(*(f"  {n:>9,} {text}" for n, text in counts), f"  Reports: {report}" if report else "")
    if rows and not context.prints_data:
        from dyntui.resources.resource import Column

        columns = Column("row", right=True), Column("code"), Column("field"), Column("message"), Column("user")
        context.print_items((line for row in rows for line in _row_lines(row, noted[row.number])), columns)


def _row_lines(row: FullRow, problems: Sequence[RowProblem]) -> list[dict[str, object]]:
    """Return the line of a row, and one for each further problem of it."""

    def line(code: str, field: str, message: str) -> dict[str, object]:
        return {"row": row.number, "code": code, "field": field, "message": message, "user": row.user_id}

    result = line(row.code, row.field, row.message)
    notes = [
        line(f"{each.level} {each.code}", each.field, each.message)
        for each in problems
        if (each.code, each.message) != (row.code, row.message)
    ]
    return notes if notes and not row.code else [result, *notes]


def _row_document(row: FullRow, problems: Sequence[RowProblem]) -> dict[str, object]:
    return {
        "row": row.number,
        "state": row.state.value,
        "attempts": row.attempts,
        "user": row.user_id,
        "code": row.code,
        "field": row.field,
        "error": row.message,
        "problems": [
            {"level": each.level, "code": each.code, "field": each.field, "message": each.message} for each in problems
        ],
    }


@jobs.command("resume")
@click.argument("job", metavar="[JOB]", required=False)
@first_option
@report_option
@run_options
@confirm_options
@pass_context
def resume_job(
    context: CliContext,
    /,
    job: str | None,
    first: int | None,
    report: Path | None,
    confirmation: Confirmation,
    **options: Any,
) -> int:
    """Resume a job that was paused, stopped or killed. Without JOB, resume the newest unfinished job.

    Rows that may have been sent are looked up first, so that nothing is sent twice.
    """
    path = _newest_open_job() if job is None else find_job(job)
    from dyntui.cli.job_runner import JobSignals

    with JobSignals() as signals:
        return run(_resume(context, path, None, drop_unset(**options), first, report, confirmation, signals))


@jobs.command("run")
@click.argument("plan", metavar="PLAN")
@first_option
@report_option
@confirm_options
@pass_context
def run_plan(context: CliContext, plan: str, first: int | None, report: Path | None, confirmation: Confirmation) -> int:
    """Run a plan that `dyntui import --save-plan` made. PLAN is the file of the plan, or its job."""
    from dyntui.cli.job_runner import JobSignals
    from dyntui.services.imports.plan import read_plan

    path = find_job(Path(plan).name) if plan.endswith(".plan.json") else find_job(plan)
    file = Path(plan) if plan.endswith(".plan.json") else path.with_name(f"{path.stem}.plan.json")
    if not file.exists():
        raise UsageError(f"There is no plan {file}.", hint="Make one with `dyntui import FILE --save-plan`.")
    document = read_plan(file)
    with JobSignals() as signals:
        return run(_resume(context, find_job(document["job"]), document, {}, first, report, confirmation, signals))


async def _resume(
    context: CliContext,
    path: Path,
    plan: dict[str, object] | None,
    options: dict[str, object],
    first: int | None,
    report: Path | None,
    confirmation: Confirmation,
    signals: JobSignals,
) -> int:
    """Run a job that exists. plan: it must still describe the job. options: replace those in the journal."""
    from dyntui.cli.job_runner import finish_job, precheck, run_until_stopped
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
                f"Job {journal.id} is a draft: its file was not read completely, or it is still being prepared.",
                hint="Import the file again, or finish it in the import wizard of the console. Nothing was sent.",
            )
        if journal.state.is_over:
            return finish_job(context, journal, RunResult(journal.state), report)
        if options and not context.dry_run:
            journal.note(options={**journal.facts.get("options", {}), **options})
        signals.hint = f"Continue with `dyntui jobs resume {journal.id}`."
        async with context.connection() as connection:
            connection.write_gate.check(action_for(journal))
            check_location(journal, JobLocation.of(connection.profile, await load_organization_id(connection.client)))
            await precheck(connection, journal)
            return await run_until_stopped(
                context, connection, journal, confirmation, signals, first=first, report=report
            )


@jobs.command("pause")
@job_argument
@pass_context
def pause_job(context: CliContext, job: str) -> None:
    """Pause a running job. The process that runs it waits for the requests in flight first."""
    from dyntui.store.lock import is_locked

    path = find_job(job)
    if not is_locked(path.with_suffix(".lock")):
        raise UsageError(f"Job {path.stem} is not running.", hint=f"See its state with `dyntui jobs get {path.stem}`.")
    _send_stop_request(context, path, "pause")


@jobs.command("cancel")
@job_argument
@click.option("--yes", is_flag=True, help="Confirm without asking.")
@pass_context
def cancel_job(context: CliContext, job: str, yes: bool) -> None:
    """Cancel a job: its remaining rows are not sent. What was sent is not undone."""
    from dyntui.cli.job_runner import finish_job
    from dyntui.services.imports.cancel import cancel_job
    from dyntui.services.imports.runner import RunResult
    from dyntui.store.journal import Journal
    from dyntui.store.lock import is_locked

    path = find_job(job)
    if not yes:
        confirm(f"Cancel job {path.stem}? Its remaining rows will not be sent.", abort=True)
    if is_locked(path.with_suffix(".lock")):
        _send_stop_request(context, path, "cancel")
        return
    with Journal.open(path) as journal:
        cancel_job(journal)
        finish_job(context, journal, RunResult(journal.state))


def _send_stop_request(context: CliContext, path: Path, request: str) -> None:
    """Ask the process that runs a job to `pause` or `cancel` it, wait for the reaction, and print the state."""
    from dyntui.services.imports.jobs import summarize_job
    from dyntui.store.journal import Journal
    from dyntui.store.lock import is_locked

    with Journal.read(path) as journal:
        journal.request_stop(request)
    deadline = time.monotonic() + _REQUEST_TIMEOUT_S
    while is_locked(path.with_suffix(".lock")) and time.monotonic() < deadline:
        time.sleep(0.1)
    summary = summarize_job(path)
    context.print_data(_job_document(summary))
    if summary.is_busy:
        context.print_result(f"Requested. Job {summary.id} is waiting for the responses to its requests in flight.")
    elif summary.state is not None:
        context.print_result(f"Job {summary.id} {summary.state.label}")


@jobs.command("report")
@job_argument
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@pass_context
def report_job(context: CliContext, job: str, folder: Path | None) -> None:
    """Write the reports, the id map and the failed rows of a job again. DIR is the folder for them."""
    from dyntui.services.imports.reports import result_document, write_reports
    from dyntui.store.journal import Journal

    with Journal.open(find_job(job)) as journal:
        written = write_reports(journal, folder)
        context.print_data(result_document(journal, written))
        context.print_result(str(written))


def find_job(job: str) -> Path:
    """Return the path of the journal of a job."""
    from dyntui.services.imports.jobs import find_job

    return find_job(job)


def _newest_open_job() -> Path:
    from dyntui.services.imports.jobs import list_jobs as iter_jobs

    for job in iter_jobs():
        if job.state in ("ready", "running", "paused") and not job.is_busy:
            return find_job(job.id)
    raise UsageError("There is no job to resume.", hint="List all jobs with `dyntui jobs list`.")


def _format_time(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
