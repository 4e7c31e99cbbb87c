"""Send the rows of a job so that no row is lost or sent twice, whatever the server or the process does.

One request is in flight at a time. Meanwhile the responses before it are decoded and recorded, and the next batch is
marked as `sending`, in one transaction, so that the server seldom waits. For a server that is faster than the disk
several batches are marked at once. Batches that were marked but not sent become pending again.

The rules are in docs/vendor-api.md (what a response proves); response_outcome.py and reconcile.py implement them.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.core.text import quantity
from dyntui.services.imports.backoff import Backoff
from dyntui.services.imports.batch_sender import BatchSender
from dyntui.services.imports.batch_size import DEFAULT_ROWS, BatchSize, RefusedBatch
from dyntui.services.imports.cancel import CANCELED_ROW
from dyntui.services.imports.destination import Destination, SendQueue, is_taken, refused_row_outcome
from dyntui.services.imports.job_control import JobControl, JobStopped, StopRequest
from dyntui.services.imports.progress import Progress, ProgressReporter
from dyntui.services.imports.reconcile import UNMATCHED
from dyntui.services.imports.recovery import ACCEPTS_IDS, Recovery
from dyntui.services.imports.response_outcome import OutcomeKind, ResponseOutcome, outcome_of_error
from dyntui.services.imports.row_queue import Batch, RowQueue
from dyntui.services.imports.server_clock import ServerClock
from dyntui.services.imports.server_reader import make_reader
from dyntui.store.journal import Journal, JournalOutcome, now_ms
from dyntui.store.states import JobState, RowState

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.errors import ApiProblem
    from dyntui.api.permit import WritePermit

__all__ = ["ImportRunner", "JobOptions", "RunResult", "rows_per_request"]

MAX_ROWS = "max_rows"
"""The fact with the number of rows that the server accepts in a request, when it refused more."""
_ALL_REFUSED = {404: 3}
_MOST_REFUSED = 50
_ROW_TRIES = 6
_FIRST_RETRY_DELAY_S, _LONGEST_RETRY_DELAY_S = 0.5, 15.0
_RECOVERY_ROWS = 500
_LISTEN_EVERY = 0.5
_CLOCK_WITHIN = 10.0
_HORIZON, _MOST_AHEAD = 0.02, 8
"""Batches are marked for so many seconds ahead: as many may turn out unknown, and looked up, when the process dies."""


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
        self._sender = BatchSender(client, permit, self._clock)
        self._recovery = Recovery(journal, destination, make_reader(client, self._clock), self.options.upsert)
        self._settle_ms = round(self.options.settle * 1000)
        self._size = BatchSize(rows_per_request(journal, self.options.batch), adaptive=self.options.adaptive)
        self._refused_batch: RefusedBatch | None = None
        self._backoff = Backoff()
        self._reporter = ProgressReporter(journal, on_progress)
        self._queue = RowQueue(journal, destination, self._clock)
        self._recovery_task: asyncio.Future[ApiProblem | None] | None = None
        self._interrupted = False
        self._unreadable: ResponseOutcome | None = None
        self._refused_in_a_row = 0
        self._response_time_s = _HORIZON
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
        self._interrupted = False
        self._unreadable = None
        self.control.check()
        answered: list[tuple[Batch, ResponseOutcome]] = []
        marked = self._mark_next(queue, answered)
        while marked:
            if self.control.stop_requested or self._interrupted or self._unreadable is not None:
                self._flush(answered, marked)
                self.control.check()
                if self._interrupted:
                    return
                await self._back_off_if_unreadable()
                marked = self._mark_next(queue, answered)
                continue
            current = marked.popleft()
            started = time.monotonic()
            try:
                await self._sender.start(current)
                if not marked and not self.control.stop_requested:
                    marked = self._mark_next(queue, answered)
                response = await self._sender.wait()
            finally:
                self._sender.close()
            if response.kind is OutcomeKind.ANSWERED:
                answered.append((current, response))
                self._refused_in_a_row = 0
                self._response_time_s = time.monotonic() - started
                self._size.record_success(self._response_time_s)
                self._interrupted = self._is_recovery_due()
                if self._refused_batch is not None and self._refused_batch.record_accepted(current.numbers):
                    self._set_max_rows(self._refused_batch.rows, self._refused_batch.accepted)
                    self._refused_batch = None
                    self._flush(answered, marked)  # what is marked may be too large
            else:
                self._flush(answered, marked)
                await self._handle_failure(current, response)
                self.control.check()
            if not marked:
                marked = self._mark_next(queue, answered)
            self._reporter.report(batch=self._size.rows)

    def _mark_next(self, queue: SendQueue, answered: list[tuple[Batch, ResponseOutcome]]) -> deque[Batch]:
        """Record the responses and mark the next batches, in one transaction."""
        ahead = min(_MOST_AHEAD, max(1, int(_HORIZON / self._response_time_s)))
        marked = self._queue.mark_batches(queue, self._size.rows, ahead, lambda: self._record(answered))
        answered.clear()
        return marked

    def _flush(self, answered: list[tuple[Batch, ResponseOutcome]], marked: deque[Batch]) -> None:
        """Record the responses; batches that were marked and not sent are pending again."""
        with self.journal.transaction():
            self._record(answered)
            self._queue.return_to_pending(marked)
        answered.clear()
        marked.clear()

    # -- one response -------------------------------------------------------------------------------------------------

    def _record(self, answered: Sequence[tuple[Batch, ResponseOutcome]]) -> None:
        """Record the outcome of each row from the responses."""
        for batch, response in answered:
            self._record_one(batch, response)

    def _record_one(self, batch: Batch, response: ResponseOutcome) -> None:
        response = response.decoded()
        if response.kind is not OutcomeKind.ANSWERED:
            self._unreadable = response
            with self.journal.transaction():
                self._settle_failure(batch, response)
                self.journal.end_batch(batch.id, response.kind.value, response.status, response.request_id)
            return
        self._backoff.record_success()
        outcome_by_row = {
            outcome.number: outcome for outcome in self._destination.read_response(batch.queue, batch.rows, response)
        }
        outcomes: list[JournalOutcome] = []
        for row in batch.rows:
            outcome = outcome_by_row.get(row.number)
            if outcome is None:
                message = "The response does not mention this row."
                outcome = JournalOutcome(row.number, RowState.UNKNOWN, "", UNMATCHED, "", message)
            elif (
                row.chosen_id
                and outcome.user_id not in ("", row.chosen_id)
                and self.journal.facts.get(ACCEPTS_IDS, True)
            ):
                self.journal.note(**{ACCEPTS_IDS: False})
            elif outcome.state is RowState.PENDING and row.attempts + 1 >= _ROW_TRIES:
                outcome = outcome._replace(state=RowState.FAILED)
            outcomes.append(outcome)
        with self.journal.transaction():
            self.journal.settle(RowState.SENDING, outcomes)
            self.journal.end_batch(batch.id, response.kind.value, response.status, response.request_id)
        self._reporter.add_failures(outcomes)

    async def _handle_failure(self, batch: Batch, response: ResponseOutcome) -> None:
        """Settle the rows of a failed request, then wait before the next one. Raises JobStopped when it makes no
        sense to go on.
        """
        with self.journal.transaction():
            self._settle_failure(batch, response)
            self.journal.end_batch(batch.id, response.kind.value, response.status, response.request_id)
        match response.kind:
            case OutcomeKind.NOT_ALLOWED:
                raise JobStopped(response.message, error=response.error)
            case OutcomeKind.RATE_LIMITED:
                requested = getattr(response.error, "retry_after", None) or 0.0
                waiting = max(
                    rate_limiter.waiting
                    for rate_limiter in self._client.rate_limiters.for_operation(batch.request.operation)
                )
                growing = self._backoff.next_delay() or _LONGEST_RETRY_DELAY_S  # in case the server always responds 429
                await self._wait(
                    max(requested, waiting, growing), "the server asked to slow down", "the server's rate limit"
                )
            case OutcomeKind.NOT_SENT | OutcomeKind.MAYBE | OutcomeKind.BUSY:
                await self._back_off(response)
            case OutcomeKind.REFUSED | OutcomeKind.TOO_LARGE if self._refused_in_a_row >= _ALL_REFUSED.get(
                response.status, _MOST_REFUSED
            ):
                raise JobStopped(f"the server refuses every row: {response.message}", error=response.error)

    def _settle_failure(self, batch: Batch, response: ResponseOutcome) -> None:
        journal, numbers = self.journal, batch.numbers
        match response.kind:
            case OutcomeKind.MAYBE:
                message = response.message or "The job was stopped before the response."
                lost = [JournalOutcome(number, RowState.UNKNOWN, "", response.code, "", message) for number in numbers]
                journal.settle(RowState.SENDING, lost)
                self._size.record_failure()
            case OutcomeKind.REFUSED | OutcomeKind.TOO_LARGE if len(numbers) == 1:
                outcome = refused_row_outcome(batch.rows[0], response.code, response.message)
                journal.settle(RowState.SENDING, [outcome])
                self._reporter.add_failures([outcome])
                self._refused_in_a_row = 0 if is_taken(response.code) else self._refused_in_a_row + 1
                if self._refused_batch is not None and self._refused_batch.contains(numbers[0]):
                    self._refused_batch = None
            case OutcomeKind.REFUSED:
                journal.return_to_pending(numbers, sent=True)
                self._queue.halve(numbers)
                self._refused_batch = self._refused_batch or RefusedBatch(numbers)
            case OutcomeKind.TOO_LARGE:
                journal.return_to_pending(numbers, sent=True)
                self._set_max_rows(len(numbers), response.stated_limit)
                if batch.is_half:
                    self._queue.halve(numbers)
                else:
                    self._queue.rewind(batch)
            case _:
                journal.return_to_pending(numbers, sent=response.kind is not OutcomeKind.NOT_SENT)
                self._queue.rewind(batch)

    def _set_max_rows(self, refused: int, accepted: int | None) -> None:
        """Send fewer than `refused` rows in a request for the rest of the job, also after a resume."""
        self.journal.note(**{MAX_ROWS: self._size.record_too_large(refused, accepted)})

    async def _back_off_if_unreadable(self) -> None:
        """Wait when the last response could not be decoded."""
        garbled, self._unreadable = self._unreadable, None
        if garbled is not None:
            await self._back_off(garbled)

    async def _back_off(self, response: ResponseOutcome) -> None:
        """Wait before the next attempt, longer each time. Raises JobStopped when the server has failed for too long."""
        delay = self._backoff.next_delay()
        if delay is None:
            raise JobStopped(f"the server does not respond: {response.message}", error=response.error)
        await self._wait(delay, response.message or "the server does not respond", "a server that fails")

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
                await self._back_off(response)
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
