"""Send the rows of a job so that no row is lost or sent twice, whatever the server or the process does.

Several requests are in flight, as many as the rate limit and the response time need (services/bulk.py). The rows of a
batch are marked as `sending` in a committed transaction before its request is sent; the same transaction records the
responses that came before. After a failure nothing new is sent for a while, then one request at a time until one
succeeds.

The rules are in docs/vendor-api.md (what a response proves); response_outcome.py, settlement.py and reconcile.py
implement them.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, TypedDict

from dyntui.core.errors import DyntuiError
from dyntui.core.text import quantity
from dyntui.services.bulk import BulkRun
from dyntui.services.imports.backoff import Backoff
from dyntui.services.imports.batch_sender import BatchSender, SentBatch
from dyntui.services.imports.batch_size import DEFAULT_ROWS, BatchSize
from dyntui.services.imports.cancel import CANCELED_ROW
from dyntui.services.imports.destination import Destination, SendQueue
from dyntui.services.imports.job_control import JobControl, JobStopped, StopRequest
from dyntui.services.imports.progress import Progress, ProgressReporter
from dyntui.services.imports.recovery import Recovery
from dyntui.services.imports.response_outcome import OutcomeKind, ResponseOutcome, outcome_of_error
from dyntui.services.imports.row_queue import RowQueue
from dyntui.services.imports.server_clock import ServerClock
from dyntui.services.imports.server_reader import make_reader
from dyntui.services.imports.settlement import MAX_ROWS, Settlement
from dyntui.store.journal import Journal, now_ms
from dyntui.store.states import JobState, RowState

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.errors import ApiProblem
    from dyntui.api.permit import WritePermit

__all__ = ["ImportRunner", "JobOptions", "RunOptions", "RunResult", "rows_per_request"]

_ALL_REFUSED = {404: 3}
_MOST_REFUSED = 50
_FIRST_RETRY_DELAY_S, _LONGEST_RETRY_DELAY_S = 0.5, 15.0
_RECOVERY_ROWS = 500
_LISTEN_EVERY = 0.5
_CLOCK_WITHIN = 10.0
_STARTING_S = 0.01


@dataclass(frozen=True, slots=True)
class JobOptions:
    """How a job runs; stored in its journal."""

    batch: int = DEFAULT_ROWS
    """Rows in one request."""
    settle: float = 30.0
    """Seconds to wait before a row with a lost response is looked up."""
    rate: float | None = None
    """Requests per minute; 0 for no limit, None for the setting."""
    upsert: bool = False
    """Whether users that exist are updated."""
    adaptive: bool = True
    """Whether batches shrink when the server fails or is slow, and grow again up to `batch`."""

    @classmethod
    def of(cls, journal: Journal) -> JobOptions:
        stored = journal.facts.get("options", {})
        return cls(**{each.name: stored[each.name] for each in fields(cls) if each.name in stored})

    def facts(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended."""

    state: JobState
    """Done, paused or canceled."""
    reason: str = ""
    error: DyntuiError | None = None
    """The error that stopped the run."""
    is_planned: bool = False
    """Whether it did all that it was asked to do."""


def rows_per_request(journal: Journal, batch: int) -> int:
    """Return how many rows a request of the job carries: `batch`, or fewer when the server refused that many."""
    return min(batch, int(journal.facts.get(MAX_ROWS, batch)))


class RunOptions(TypedDict, total=False):
    """How one run of a job is limited, stopped and watched; see `ImportRunner`."""

    first: int | None
    control: JobControl | None
    on_progress: Callable[[Progress], None] | None


class ImportRunner:
    """One run of one job, in one event loop.

    first: stop after this many rows; None for all. on_progress: called in that loop, at most ten times a second.
    """

    def __init__(
        self,
        journal: Journal,
        client: Client,
        destination: Destination,
        permit: WritePermit,
        options: JobOptions,
        *,
        first: int | None = None,
        control: JobControl | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self.journal = journal
        self.control = control or JobControl()
        self.options = options
        self._first = first
        self._destination = destination
        self._clock = ServerClock()
        self._client = client
        self._runs = {queue.number: BulkRun(client, queue.operation) for queue in destination.queues}
        self._bulk = self._runs[destination.queues[0].number]
        """The run of the queue whose rows are sent now."""
        self._sender = BatchSender(client, permit, self._clock)
        self._recovery = Recovery(journal, destination, make_reader(client, self._clock), self.options.upsert)
        self._settle_ms = round(self.options.settle * 1000)
        self._backoff = Backoff()
        self._reporter = ProgressReporter(journal, on_progress)
        self._queue = RowQueue(journal, destination, self._clock)
        size = BatchSize(rows_per_request(journal, self.options.batch), adaptive=self.options.adaptive)
        self._settlement = Settlement(journal, destination, self._queue, size, self._reporter)
        self._recovery_task: asyncio.Future[ApiProblem | None] | None = None
        self._interrupted = False
        """Whether lost responses have settled, so that their rows are looked up before more is sent."""
        self._stopped: JobStopped | None = None
        """Why nothing more is sent."""
        self._failed_at = self._resume_at = 0.0
        self._wait_label = ""
        self._retry_delay_s = _FIRST_RETRY_DELAY_S

    async def run(self) -> RunResult:
        """Run until all rows are final, a stop is requested, or going on makes no sense."""
        journal = self.journal
        self.control.attach()
        self.control.add_listener(self._on_stop)
        journal.take_stop_request()  # a stop request to an earlier run no longer applies
        if journal.state is not JobState.RUNNING:
            journal.move(JobState.RUNNING)
        listener = asyncio.create_task(self._listen())
        try:
            await self._work()
            ended = RunResult(JobState.DONE)
        except JobStopped as halt:
            error = halt.error if isinstance(halt.error, DyntuiError) else None
            state = JobState.CANCELED if halt.request is StopRequest.CANCEL else JobState.PAUSED
            ended = RunResult(state, halt.reason, error, halt.is_planned)
        finally:
            listener.cancel()
        with journal.transaction():
            if ended.state is JobState.CANCELED:
                journal.move_all(RowState.PENDING, RowState.SKIPPED, *CANCELED_ROW)
            journal.move(ended.state, ended.reason)
        self._reporter.report(force=True)
        return ended

    # -- order of work ------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        await self._set_clock()
        if self._first is not None:
            self._queue.last_row = self.journal.nth_pending(self._first)
        while True:
            for queue in self._destination.queues:
                await self._send_all(queue)
                if self._interrupted:
                    break
            if self.journal.oldest_unknown() is not None:
                await self._recover(wait=not self._interrupted)
            elif not self._queue.has_rows():
                break
            else:
                await self._wait(
                    self._retry_delay_s,
                    "the server asked to retry some rows later",
                    "the server, which asked to retry later",
                )
                self._retry_delay_s = min(_LONGEST_RETRY_DELAY_S, 2 * self._retry_delay_s)
        if self._queue.last_row is not None and self.journal.counts.get(RowState.PENDING, 0):
            raise JobStopped(f"sent the first {quantity(self._first or 0, 'row')}", is_planned=True)

    async def _set_clock(self) -> None:
        """Read the server time before anything is sent; when the server does not respond, the next requests give it."""
        from dyntui.api.errors import ApiProblem

        with contextlib.suppress(ApiProblem, TimeoutError):
            async with asyncio.timeout(_CLOCK_WITHIN):
                await self._destination.count(make_reader(self._client, self._clock, patient=True))

    async def _send_all(self, queue: SendQueue) -> None:
        """Send every pending row of a queue once; stop early when lost responses have settled meanwhile."""
        self._queue.start()
        self._bulk = self._runs[queue.number]
        self._interrupted = False
        self.control.check()
        sent: list[SentBatch] = []
        try:
            while True:
                with self.journal.transaction():
                    for each in sent:
                        self._settle(each)
                    free = self._free_requests()
                    marked = self._queue.mark_batches(queue, self._settlement.size.rows, free)
                self._sender.start(marked, self._bulk)
                if self._wait_label and time.monotonic() >= self._resume_at:
                    self._wait_label = ""
                    self._reporter.end_wait()
                self._reporter.report(
                    batch=queue.max_rows or self._settlement.size.rows, throughput=self._bulk.throughput
                )
                if self._sender.in_flight:
                    # Requests that were just started have not taken their places at the rate limit yet.
                    sent = await self._sender.wait(self._delay_s() or (_STARTING_S if marked else None))
                elif free or self._is_ending():
                    break  # no row is left, or none is to be sent
                else:
                    sent = []
                    await self._wait_before_next(self._delay_s())
        finally:
            self._sender.close()
        self.control.check()
        if self._stopped is not None:
            raise self._stopped

    def _is_ending(self) -> bool:
        """Return whether no further request is to be sent."""
        return self.control.stop_requested or self._stopped is not None or self._interrupted

    def _free_requests(self) -> int:
        """Return how many requests may be sent now."""
        in_flight = self._sender.in_flight
        if self._is_ending() or self._delay_s():
            return 0
        if self._settlement.sends_one_at_a_time:
            return 1 - min(1, in_flight)
        return max(self._bulk.free, 0 if in_flight else 1)

    def _delay_s(self) -> float:
        """Return the seconds until the next request may be sent, after a failure or by the rate limit."""
        return max(0.0, self._resume_at - time.monotonic(), self._bulk.delay_s)

    async def _wait_before_next(self, delay_s: float) -> None:
        """Wait while no request is in flight. Raises JobStopped as soon as a stop is requested."""
        with self._client.log.waits.known(self._wait_label or "the rate limit", delay_s):
            await self.control.wait(delay_s)

    # -- one response -------------------------------------------------------------------------------------------------

    def _settle(self, sent: SentBatch) -> None:
        """Record what the end of a request means, and decide whether and when the next one is sent."""
        response = self._settlement.settle(sent)
        self._interrupted = self._interrupted or self._is_recovery_due()
        refused_in_a_row = self._settlement.refused_in_a_row
        match response.kind:
            case OutcomeKind.ANSWERED:
                self._backoff.record_success()
            case OutcomeKind.NOT_ALLOWED:
                self._stop(response.message, response)
            case OutcomeKind.RATE_LIMITED:
                self._back_off(sent, response, "the server asked to slow down", "the server's rate limit")
            case OutcomeKind.NOT_SENT | OutcomeKind.MAYBE | OutcomeKind.BUSY:
                reason = response.message or "the server does not respond"
                self._back_off(sent, response, reason, "a server that fails")
            case _ if refused_in_a_row >= _ALL_REFUSED.get(response.status, _MOST_REFUSED):
                self._stop(f"the server refuses every row: {response.message}", response)

    def _stop(self, reason: str, response: ResponseOutcome) -> None:
        """Send nothing more; the job stops when no request is in flight."""
        self._stopped = self._stopped or JobStopped(reason, error=response.error)
        self._sender.cancel_unsent()

    def _back_off(self, sent: SentBatch, response: ResponseOutcome, reason: str, wait_label: str) -> None:
        """Send nothing for a while, longer after each failure; stop the job when the server has failed for too long.

        Requests that were in flight together count as one failure.
        reason: for the job's progress; wait_label: for the request log.
        """
        if response.error is None:
            return  # it was canceled or abandoned
        self._sender.cancel_unsent()
        delay_s: float | None = 0.0
        if sent.started >= self._failed_at:
            self._failed_at = time.monotonic()
            delay_s = self._backoff.next_delay()
        if response.kind is OutcomeKind.RATE_LIMITED:
            requested = getattr(response.error, "retry_after", None) or 0.0
            limiters = self._client.rate_limiters.for_operation(sent.batch.request.operation)
            waiting = max(limiter.waiting for limiter in limiters)
            # In case the server always responds 429, the delay grows.
            delay_s = max(requested, waiting, _LONGEST_RETRY_DELAY_S if delay_s is None else delay_s)
        if delay_s is None:
            self._stop(f"the server does not respond: {response.message}", response)
        elif delay_s:
            self._resume_at = max(self._resume_at, time.monotonic() + delay_s)
            self._wait_label = wait_label
            self._reporter.start_wait(self._resume_at - time.monotonic(), reason)

    # -- lost responses -----------------------------------------------------------------------------------------------

    def _is_recovery_due(self) -> bool:
        """Return whether a lost response has settled, so that its rows can be looked up."""
        oldest = self.journal.oldest_unknown() if self.journal.counts.get(RowState.UNKNOWN) else None
        return oldest is not None and oldest + self._settle_ms <= now_ms()

    async def _recover(self, *, wait: bool) -> None:
        """Look up the unknown rows that have settled; with `wait`, all unknown rows."""
        journal = self.journal
        while (oldest := journal.oldest_unknown()) is not None:
            count = journal.counts[RowState.UNKNOWN]
            left = min(self._settle_ms, oldest + self._settle_ms - now_ms())
            if left > 0:
                if not wait:
                    return
                await self._wait(
                    left / 1000,
                    f"waiting for {quantity(count, 'row')} whose response was lost",
                    "rows whose response was lost",
                )
            self.control.check()
            rows = journal.unknown(_RECOVERY_ROWS, max(oldest, now_ms() - self._settle_ms))
            self._reporter.report(f"looking up {quantity(count, 'row')} whose response was lost")
            self._recovery_task = asyncio.ensure_future(self._recovery.recover(rows))
            try:
                problem = await self._recovery_task
            except asyncio.CancelledError:
                self.control.check()  # a look-up is left at once when somebody asks to stop
                raise
            finally:
                self._recovery_task = None
            if problem is None:
                self._backoff.record_success()
            else:
                response = outcome_of_error(problem)
                if response.kind in (OutcomeKind.NOT_ALLOWED, OutcomeKind.REFUSED):
                    raise JobStopped(f"rows cannot be looked up: {response.message}", error=problem)
                delay_s = self._backoff.next_delay()
                if delay_s is None:
                    raise JobStopped(f"the server does not respond: {response.message}", error=problem)
                await self._wait(delay_s, response.message or "the server does not respond", "a server that fails")
            self._reporter.report()

    # -- stop requests and progress -----------------------------------------------------------------------------------

    async def _wait(self, seconds: float, reason: str, wait_label: str) -> None:
        """Send nothing for `seconds`. reason: for the job's progress; wait_label: for the request log."""
        self._reporter.start_wait(seconds, reason)
        try:
            with self._client.log.waits.known(wait_label, seconds):
                await self.control.wait(seconds)
        finally:
            self._reporter.end_wait()

    async def _listen(self) -> None:
        """Receive stop requests of other processes, and report progress while nothing else does."""
        while True:
            await asyncio.sleep(_LISTEN_EVERY)
            if request := self.journal.take_stop_request():
                self.control.request_stop(StopRequest(request), f"another command asked to {request} it")
            self._reporter.report()

    def _on_stop(self) -> None:
        """Shorten what is under way when a stop is requested."""
        if self._recovery_task is not None:
            self._recovery_task.cancel()
        self._sender.on_stop()
