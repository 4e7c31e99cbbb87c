"""Running a job from the command line: confirmation, signals, progress on standard error, the document at the end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dyntui.cli.context import CliContext, report_error
from dyntui.cli.output import confirm, ignore_closed_stream, print_lines, prompt, show_progress
from dyntui.core.errors import (
    EXIT_DONE,
    EXIT_NOT_AUTHORIZED,
    EXIT_SOME_FAILED,
    EXIT_STOPPED,
    EXIT_UNREACHABLE,
    StoppedError,
)
from dyntui.core.times import duration

if TYPE_CHECKING:
    from dyntui.api.permit import WritePermit
    from dyntui.services.connection import Connection
    from dyntui.services.imports.job_control import JobControl
    from dyntui.services.imports.progress import Progress
    from dyntui.services.imports.runner import RunResult
    from dyntui.store.journal import Journal

__all__ = [
    "EarlyStop",
    "ProgressMeter",
    "confirm_job",
    "finish_job",
    "pause_on_signals",
    "precheck",
    "run_until_stopped",
    "stop_on_signals",
]

_LINE_INTERVAL_S = 5.0
_FAILED_STATES = ("failed", "unknown", "review", "invalid")
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class ProgressMeter:
    """Progress on standard error: one line that is rewritten on a terminal, else a line every few seconds.

    A terminal that went away is not written to again: the job goes on, or stops in order.
    """

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._last = 0.0
        self._dirty = False
        self._gone = False

    def line(self, text: str, *, force: bool = False) -> None:
        """Show how far it is."""
        at = time.monotonic()
        if self._gone or (not force and not self._terminal and at - self._last < _LINE_INTERVAL_S):
            return
        self._last = at
        try:
            if self._terminal:
                show_progress(text)
                self._dirty = True
            else:
                print_lines(text, err=True)
        except OSError:
            self._gone = True

    def end(self) -> None:
        """Leave the line."""
        if self._dirty and not self._gone:
            with contextlib.suppress(OSError):
                print_lines("", err=True)
        self._dirty = False

    def progress(self, progress: Progress) -> None:
        """A snapshot of a job."""
        parts = [f"{progress.finished_rows:,} of {progress.total:,}"]
        parts += [f"{state} {n:,}" for state, n in progress.counts.items() if state not in ("pending", "sending")]
        if progress.waiting:
            parts.append(progress.waiting)
        elif progress.rows_per_second:
            parts.append(f"{progress.rows_per_second:,.0f} rows/s")
            if progress.eta_s:
                parts.append(f"{duration(progress.eta_s)} left")
        self.line("  ".join(parts))


@contextlib.contextmanager
def pause_on_signals(control: JobControl) -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP ask the job to stop in order; a second one does not wait for the answer in flight."""
    from dyntui.services.imports.job_control import StopRequest

    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, control.request_stop, StopRequest.PAUSE, f"stopped by {number.name}")
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


@dataclass
class EarlyStop:
    """What to do after a stop before the job runs."""

    hint: str = "Start again."


@contextlib.contextmanager
def stop_on_signals() -> Iterator[EarlyStop]:
    """SIGINT, SIGTERM and SIGHUP before the job runs end it in order, with nothing sent."""
    early = EarlyStop()

    def stop(number: int, frame: object) -> None:
        raise StoppedError(f"Stopped by {signal.Signals(number).name} before anything was sent.", hint=early.hint)

    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield early
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def precheck(context: CliContext, connection: Connection, journal: Journal) -> None:
    """Compare the job with the server when that was not done yet."""
    from dyntui.services.imports.job_service import precheck_job

    meter = ProgressMeter()

    def show(done: int, total: int | None) -> None:
        meter.line(f"checking against the server: {done:,}" + (f" of {total:,}" if total else ""))

    await precheck_job(journal, connection.client, show)
    meter.end()


async def confirm_job(
    context: CliContext, connection: Connection, journal: Journal, *, yes: bool, typed: str
) -> WritePermit:
    """The permit for a run. Asks on a terminal when the options do not confirm it; a job that was confirmed before and
    is resumed needs no second confirmation."""
    from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel
    from dyntui.services.imports.job_service import assess_job, authorize_job, job_requirement, load_confirmation

    action = await assess_job(journal, connection, connection.client)
    confirmation = load_confirmation(journal) or Confirmation(yes=yes, typed=typed)
    if yes or typed:
        confirmation = Confirmation(yes=yes, typed=typed)
    elif not load_confirmation(journal) and not context.json and sys.stdin.isatty():
        needed = job_requirement(journal, connection, action)
        lines = (*needed.target_lines, *needed.effects, needed.warning)
        context.print_message(f"{needed.question}  ({needed.environment})", *lines)
        if needed.level is ConfirmationLevel.TYPED:
            answer = prompt(f"Type {' or '.join(needed.accepted)} to confirm", default="")
            confirmation = Confirmation(typed=answer)
        else:
            confirmation = Confirmation(yes=confirm("Do it?"))
    return authorize_job(journal, connection, confirmation, action)


async def run_until_stopped(
    context: CliContext,
    connection: Connection,
    journal: Journal,
    permit: WritePermit,
    *,
    first: int | None = None,
    report: Path | None = None,
) -> int:
    """Run a job to its end or until it is stopped; returns the exit code."""
    from dyntui.services.imports.job_control import JobControl
    from dyntui.services.imports.job_service import run_job

    control = JobControl()
    meter = ProgressMeter()
    with pause_on_signals(control):
        ended = await run_job(
            journal, connection, connection.client, permit, first=first, control=control, on_progress=meter.progress
        )
    meter.end()
    return finish_job(context, journal, ended, report)


def finish_job(context: CliContext, journal: Journal, ended: RunResult, report: Path | None = None) -> int:
    """Write the reports of a job that came to its end, say what became of it, and give the exit code."""
    from dyntui.services.imports.reports import result_document, write_reports
    from dyntui.store.states import JobState

    final = ended.state is not JobState.PAUSED
    folder = write_reports(journal, report) if final or ended.is_planned else None
    document = result_document(journal, folder)
    with ignore_closed_stream(sys.stdout):
        context.emit_json(document)
        context.print_result(_result_line(document))
    if folder is not None:
        context.print_message(f"reports and failed rows: {folder}")
    if not final:
        left = journal.total - sum(document["rows"].values())
        context.print_message(f"paused: {ended.reason}. {left:,} rows are left: dyntui jobs resume {journal.id}")
    if ended.error is not None:
        report_error(ended.error, debug=context.debug)
    return _exit_code(ended, document["rows"])


def _exit_code(ended: RunResult, rows: dict[str, int]) -> int:
    from dyntui.store.states import JobState

    if ended.state is JobState.PAUSED and not ended.is_planned:
        code = ended.error.exit_code if ended.error is not None else EXIT_STOPPED
        return code if code in (EXIT_NOT_AUTHORIZED, EXIT_UNREACHABLE) else EXIT_STOPPED
    bad = ended.state is JobState.CANCELED or any(rows[state] for state in _FAILED_STATES)
    return EXIT_SOME_FAILED if bad else EXIT_DONE


def _result_line(document: dict[str, object]) -> str:
    rows = document["rows"]
    assert isinstance(rows, dict)
    counts = ", ".join(f"{n:,} {state}" for state, n in rows.items() if n) or "nothing sent yet"
    return f"job {document['job']} is {document['state']}: {counts}; {document['total']:,} rows in all"
