"""Run an import job from the command line: pre-check, confirmation, signals, progress and the result.

`dyntui import` and `dyntui jobs resume|run|retry|undo` use this module.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from dyntui.cli.context import CliContext
from dyntui.cli.error_handling import report_error
from dyntui.cli.output import print_lines
from dyntui.cli.progress import PROGRESS_INTERVAL_S, show_progress
from dyntui.cli.signals import StopSignals, stop_signals
from dyntui.cli.streams import ignore_closed_stream, is_plain
from dyntui.cli.write_helpers import ask_confirmation
from dyntui.core.errors import (
    EXIT_DONE,
    EXIT_NOT_AUTHORIZED,
    EXIT_SOME_FAILED,
    EXIT_STOPPED,
    EXIT_UNREACHABLE,
    StoppedError,
    UsageError,
)
from dyntui.core.text import quantity
from dyntui.core.times import duration

if TYPE_CHECKING:
    from dyntui.api.permit import WritePermit
    from dyntui.services.actions.write_types import Confirmation, Requirement
    from dyntui.services.connection import Connection
    from dyntui.services.imports.job_control import JobControl
    from dyntui.services.imports.progress import Progress
    from dyntui.services.imports.runner import RunResult
    from dyntui.store.journal import Journal
    from dyntui.store.states import JobState

__all__ = [
    "JobSignals",
    "ProgressMeter",
    "confirm_job",
    "finish_job",
    "precheck",
    "removed_unless_run",
    "run_until_stopped",
]

_IMPORTED_STATES = ("created", "updated", "exists")
_FAILED_STATES = ("failed", "unknown", "review", "invalid")
"""Rows in these states make the exit code 1."""


class ProgressMeter:
    """Shows progress on standard error: on a terminal in one line that is replaced, in plain mode and elsewhere a
    line every few seconds.

    After the terminal is closed, nothing is written any more, so that the job can continue or stop in order.
    """

    def __init__(self) -> None:
        self._is_replaced = sys.stderr.isatty() and not is_plain()
        self._last_line_at = 0.0
        self._has_open_line = False
        self._is_closed = False

    def line(self, text: str) -> None:
        """Show a progress text, unless the last line is recent."""
        now_s = time.monotonic()
        is_recent = not self._is_replaced and now_s - self._last_line_at < PROGRESS_INTERVAL_S
        if self._is_closed or is_recent:
            return
        self._last_line_at = now_s
        try:
            if self._is_replaced:
                show_progress(text)
                self._has_open_line = True
            else:
                print_lines(text, err=True)
        except OSError:
            self._is_closed = True

    def end(self) -> None:
        """End the progress line, so that further output starts on a new line."""
        if self._has_open_line and not self._is_closed:
            with contextlib.suppress(OSError):
                print_lines("", err=True)
        self._has_open_line = False

    def show(self, progress: Progress) -> None:
        """Show the progress of a job."""
        parts = [f"{progress.finished_rows:,} of {quantity(progress.total, 'row')}"]
        parts += [f"{n:,} {state}" for state, n in progress.counts.items() if state not in ("pending", "sending")]
        if progress.waiting:
            parts.append(progress.waiting)
        elif progress.rows_per_second:
            parts.append(f"{progress.rows_per_second:,.0f} rows/s")
            if progress.throughput is not None and (rate := str(progress.throughput)):
                parts.append(rate)
            if progress.eta_s:
                parts.append(f"{duration(progress.eta_s)} left")
        self.line("  ".join(parts))


class JobSignals:
    """Handles SIGINT, SIGTERM and SIGHUP while a command prepares, runs and reports a job; a context manager.

    Before the job runs, a signal stops the command with nothing sent. While it runs, a signal asks it to pause; a
    second one does not wait for the response in flight. When it has ended, its result is reported as if there had been
    no signal.
    """

    def __init__(self) -> None:
        self.hint = "Start again."
        """What to do after a stop before the job runs."""
        self._stack = contextlib.ExitStack()
        self._signals: StopSignals | None = None

    def __enter__(self) -> Self:
        self._signals = self._stack.enter_context(stop_signals())
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        assert self._signals is not None
        self._stack.close()
        number = self._signals.number
        if number is not None and isinstance(error, (KeyboardInterrupt, SystemExit)):
            name = signal.Signals(number).name
            raise StoppedError(f"Stopped by {name} before anything was sent.", hint=self.hint) from None

    def pause(self, control: JobControl) -> None:
        """Ask the job of `control` to pause from now on, instead of stopping the command."""
        from dyntui.services.imports.job_control import StopRequest

        assert self._signals is not None
        self._signals.on_signal = lambda name: control.request_stop(StopRequest.PAUSE, f"stopped by {name}")
        self._signals.raise_if_stopped()


@contextlib.contextmanager
def removed_unless_run(journal: Journal, *, is_saved: bool = False) -> Iterator[None]:
    """Close the journal of a new job after the block, and remove the job when it did not run: refused or a dry run.

    A job that a signal or an error stopped before it ran stays, so that it can be resumed. is_saved: whether the job is
    made to be run later.
    """
    from dyntui.services.imports.purge import purge_job
    from dyntui.store.states import JobState

    is_refused = False
    try:
        with journal:
            try:
                yield
            except (UsageError, click.exceptions.Abort):
                is_refused = True
                raise
            except click.exceptions.Exit:  # a dry run
                is_refused = not is_saved
                raise
            finally:
                is_refused = is_refused and journal.state is JobState.READY
    finally:
        if is_refused:
            purge_job(journal.path, unfinished=True)


async def precheck(connection: Connection, journal: Journal) -> None:
    """Compare the rows of the job with the server, unless that was done before."""
    from dyntui.services.imports.job_service import precheck_job

    meter = ProgressMeter()

    def show(done: int, total: int | None) -> None:
        meter.line(f"checking rows against the server: {done:,}" + (f" of {total:,}" if total else ""))

    await precheck_job(journal, connection.client, show)
    meter.end()


async def confirm_job(
    context: CliContext, connection: Connection, journal: Journal, from_options: Confirmation
) -> WritePermit:
    """Return the permit to run the job; on a terminal, ask for the confirmation that the options do not give.

    A job that was confirmed before needs no second confirmation. Raises UsageError when it is not confirmed. With
    --dry-run, print the plan, and end the command.
    """
    from dyntui.services.imports.job_service import assess_job, authorize_job, job_requirement, load_confirmation

    action = await assess_job(journal, connection, connection.client)
    if context.dry_run:
        _print_plan(context, journal, job_requirement(journal, connection, action))
        raise click.exceptions.Exit(EXIT_DONE)
    confirmation = None if from_options.yes or from_options.typed else load_confirmation(journal)
    if confirmation is None:
        confirmation = ask_confirmation(context, job_requirement(journal, connection, action), from_options)
    return authorize_job(journal, connection, confirmation, action)


def _print_plan(context: CliContext, journal: Journal, needed: Requirement) -> None:
    from dyntui.cli.dry_run import impact_document, print_impact
    from dyntui.services.imports.plan import make_plan, plan_lines

    plan = make_plan(journal)
    context.print_result(*plan_lines(plan))
    context.print_data({**plan, "dryRun": True, "impact": impact_document(needed)})
    print_impact(context, needed)


async def run_until_stopped(
    context: CliContext,
    connection: Connection,
    journal: Journal,
    confirmation: Confirmation,
    signals: JobSignals,
    *,
    first: int | None = None,
    report: Path | None = None,
) -> int:
    """Run the job, when it is confirmed, until it ends, is stopped or has sent `first` rows.

    confirmation: as in `confirm_job`. Print the result and return the exit code.
    """
    from dyntui.services.imports.job_control import JobControl
    from dyntui.services.imports.job_service import run_job
    from dyntui.services.imports.reports import check_report_folder

    permit = await confirm_job(context, connection, journal, confirmation)
    check_report_folder(journal, report)  # not only after the last row
    control = JobControl()
    meter = ProgressMeter()
    signals.pause(control)
    result = await run_job(
        journal, connection, connection.client, permit, first=first, control=control, on_progress=meter.show
    )
    meter.end()
    return finish_job(context, journal, result, report)


def finish_job(context: CliContext, journal: Journal, result: RunResult, report: Path | None = None) -> int:
    """Write the reports of a job that ended into the folder `report`, print the result and return the exit code."""
    from dyntui.services.imports.reports import result_document, write_reports
    from dyntui.store.states import JobState

    is_final = result.state is not JobState.PAUSED
    folder = None
    if is_final or result.is_planned:
        try:
            folder = write_reports(journal, report)
        except (OSError, UsageError) as error:
            reason = error.message if isinstance(error, UsageError) else f"{error.strerror or error}."
            context.print_message(
                f"warning: The reports could not be written: {reason}",
                f"         Write them with `dyntui jobs report {journal.id} DIR`.",
            )
    document = result_document(journal, folder)
    with ignore_closed_stream(sys.stdout):
        context.print_data(document)
        context.print_result(_result_line(document, journal.state))
    if folder is not None:
        context.print_message(f"Reports and failed rows: {folder}")
    if not is_final:
        left = journal.total - sum(document["rows"].values())
        context.print_message(
            f"Paused: {result.reason}. {quantity(left, 'row')} left. Continue with `dyntui jobs resume {journal.id}`."
        )
    if result.error is not None:
        report_error(result.error, debug=context.debug)
    return _exit_code(result, document["rows"])


def _exit_code(result: RunResult, rows: dict[str, int]) -> int:
    from dyntui.store.states import JobState

    if result.state is JobState.PAUSED and not result.is_planned:
        code = result.error.exit_code if result.error is not None else EXIT_STOPPED
        return code if code in (EXIT_NOT_AUTHORIZED, EXIT_UNREACHABLE) else EXIT_STOPPED
    has_failed = result.state is JobState.CANCELED or any(rows[state] for state in _FAILED_STATES)
    return EXIT_SOME_FAILED if has_failed else EXIT_DONE


def _result_line(document: dict[str, Any], state: JobState) -> str:
    """Return the result as a line: `Job 2026… done: 192 of 200 imported, 8 not imported (192 created, 8 failed)`."""
    rows, total = document["rows"], document["total"]
    imported = sum(rows[state] for state in _IMPORTED_STATES)
    result = f"{imported:,} of {total:,} imported"
    if left := total - imported:
        result += f", {left:,} not imported"
    counts = ", ".join(f"{n:,} {state}" for state, n in rows.items() if n)
    return f"Job {document['job']} {state.label}: {result}" + (f" ({counts})" if counts else "")
