"""The progress of a job: snapshots that the runner sends to the console and the command line."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dyntui.core.times import duration
from dyntui.services.bulk import Throughput
from dyntui.store.journal import Journal, JournalOutcome
from dyntui.store.states import FINAL, JobState, RowState

__all__ = ["Pace", "Progress", "ProgressReporter"]

_WINDOW = 10.0
_REPORT_EVERY_S = 0.1
_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of a job at one moment."""

    job: str
    state: JobState
    counts: Mapping[RowState, int]
    """Rows by state; they sum to total."""
    total: int
    rows_per_second: float
    """Rows that became final per second, over the last ten seconds."""
    eta_s: float | None
    """Seconds until all rows are final; None when unknown."""
    waiting: str = ""
    """Why nothing is being sent; "" when something is."""
    batch_rows: int = 0
    """Rows in one request."""
    throughput: Throughput | None = None
    """The requests per minute, and what limits them; None before the first request."""
    failures: tuple[JournalOutcome, ...] = ()
    """The latest failures, newest first."""

    @property
    def finished_rows(self) -> int:
        return sum(n for state, n in self.counts.items() if state in FINAL)

    @property
    def open_rows(self) -> int:
        return self.total - self.finished_rows

    def count(self, state: RowState) -> int:
        return self.counts.get(state, 0)


class Pace:
    """Rows per second over a sliding window."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque()

    def mark(self, finished: int) -> None:
        """Record how many rows are final now."""
        at = self._clock()
        self._marks.append((at, finished))
        while len(self._marks) > 2 and at - self._marks[0][0] > _WINDOW:
            self._marks.popleft()

    @property
    def rows_per_second(self) -> float:
        if len(self._marks) < 2:
            return 0.0
        (first, before), (last, after) = self._marks[0], self._marks[-1]
        return (after - before) / (last - first) if last > first else 0.0

    def eta_s(self, left: int) -> float | None:
        """Return the seconds that `left` more rows take; None when unknown."""
        return left / self.rows_per_second if self.rows_per_second > 0 else None


class ProgressReporter:
    """Makes snapshots of a journal and passes them on, at most ten times a second."""

    def __init__(self, journal: Journal, listener: Callable[[Progress], None] | None) -> None:
        self._journal = journal
        self._listener = listener
        self._pace = Pace()
        self._reported_at = 0.0
        self._batch = 0
        self._measure: Callable[[], Throughput] | None = None
        self._throughput: Throughput | None = None
        self._wait_reason = ""
        self._wait_until = 0.0
        self._failures: deque[JournalOutcome] = deque(maxlen=_FAILURES)

    def add_failures(self, outcomes: Sequence[JournalOutcome]) -> None:
        """Remember the failed rows among the outcomes."""
        self._failures.extendleft(outcome for outcome in outcomes if outcome.state is RowState.FAILED)

    def start_wait(self, seconds: float, reason: str) -> None:
        """Report that nothing is sent for `seconds`, and why."""
        self._wait_reason, self._wait_until = reason, time.monotonic() + seconds
        self.report(force=True)

    def end_wait(self) -> None:
        """Record that the wait is over."""
        self._wait_reason, self._wait_until = "", 0.0

    def report(
        self,
        activity: str = "",
        *,
        batch: int = 0,
        throughput: Callable[[], Throughput] | None = None,
        force: bool = False,
    ) -> None:
        """Send a snapshot, unless the last one is recent.

        activity: what the job does instead of sending. throughput: called for this snapshot and for later ones.
        """
        self._batch = batch or self._batch
        self._measure = throughput or self._measure
        at = time.monotonic()
        if self._listener is None or (at - self._reported_at < _REPORT_EVERY_S and not force):
            return
        self._reported_at = at
        if self._measure is not None:
            self._throughput = self._measure()
        journal = self._journal
        counts = {state: n for state, n in journal.counts.items() if n}
        finished = sum(n for state, n in counts.items() if state in FINAL)
        self._pace.mark(finished)
        waiting = activity
        if self._wait_reason:
            left = self._wait_until - at
            waiting = f"{self._wait_reason}; resuming in {duration(left)}" if left >= 1 else self._wait_reason
        self._listener(
            Progress(
                job=journal.id,
                state=journal.state,
                counts=counts,
                total=journal.total,
                rows_per_second=self._pace.rows_per_second,
                eta_s=self._eta_s(journal.total - finished),
                waiting=waiting,
                batch_rows=self._batch,
                throughput=self._throughput,
                failures=tuple(self._failures),
            )
        )

    def _eta_s(self, open_rows: int) -> float | None:
        """Return the seconds that the open rows take at the rate of requests, else at the rate of rows."""
        if self._throughput is not None and self._batch:
            seconds = self._throughput.seconds_for(-(-open_rows // self._batch))
            if seconds is not None:
                return seconds
        return self._pace.eta_s(open_rows)
