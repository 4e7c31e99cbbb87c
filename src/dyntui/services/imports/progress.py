"""How far a job is: a snapshot for whoever watches, made often and cheaply."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dyntui.core.times import duration
from dyntui.store.journal import Journal, JournalOutcome
from dyntui.store.states import FINAL, JobState, RowState

__all__ = ["Pace", "Progress", "ProgressReporter", "RowFailure"]

_WINDOW = 10.0
_REPORT_EVERY_S = 0.1
_FAILURES = 5


@dataclass(frozen=True, slots=True)
class RowFailure:
    """A row that failed."""

    row: int
    code: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A job at one moment.

    counts: rows by state; they sum to total. finished: rows that are final. rate: rows a second over the last ten
    seconds. eta: seconds until all is done at that rate, None when it cannot be told. waiting: why nothing is being
    sent just now, in words, "" when something is. batch: rows in a request now. failures: the last ones, newest first.
    """

    job: str
    state: JobState
    counts: Mapping[RowState, int]
    total: int
    rows_per_second: float
    eta_s: float | None
    waiting: str = ""
    batch_rows: int = 0
    failures: tuple[RowFailure, ...] = ()

    @property
    def finished_rows(self) -> int:
        return sum(n for state, n in self.counts.items() if state in FINAL)

    @property
    def open_rows(self) -> int:
        return self.total - self.finished_rows

    def count(self, state: RowState) -> int:
        return self.counts.get(state, 0)


class Pace:
    """Rows a second, over a sliding window."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque()

    def mark(self, finished: int) -> None:
        """So many rows are final now."""
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
        """Seconds for so many more rows."""
        return left / self.rows_per_second if self.rows_per_second > 0 else None


class ProgressReporter:
    """Makes a snapshot of a journal now and then and hands it on, at most ten times a second."""

    def __init__(self, journal: Journal, listener: Callable[[Progress], None] | None) -> None:
        self._journal = journal
        self._listener = listener
        self._pace = Pace()
        self._reported_at = 0.0
        self._batch = 0
        self._wait_reason = ""
        self._wait_until = 0.0
        self._failures: deque[RowFailure] = deque(maxlen=_FAILURES)

    def add_failures(self, outcomes: Sequence[JournalOutcome]) -> None:
        """Remember the failures among what became of some rows."""
        for outcome in outcomes:
            if outcome.state is RowState.FAILED:
                self._failures.appendleft(RowFailure(outcome.number, outcome.code, outcome.field, outcome.message))

    def start_wait(self, seconds: float, reason: str) -> None:
        """Nothing is sent for so long."""
        self._wait_reason, self._wait_until = reason, time.monotonic() + seconds
        self.report(force=True)

    def end_wait(self) -> None:
        """The wait is over."""
        self._wait_reason, self._wait_until = "", 0.0

    def report(self, activity: str = "", *, batch: int = 0, force: bool = False) -> None:
        """A snapshot, unless there was one just now. doing: what is done instead of sending."""
        self._batch = batch or self._batch
        at = time.monotonic()
        if self._listener is None or (at - self._reported_at < _REPORT_EVERY_S and not force):
            return
        self._reported_at = at
        journal = self._journal
        counts = {state: n for state, n in journal.counts.items() if n}
        finished = sum(n for state, n in counts.items() if state in FINAL)
        self._pace.mark(finished)
        waiting = activity
        if self._wait_reason:
            left = self._wait_until - at
            waiting = f"{self._wait_reason}; going on in {duration(left)}" if left >= 1 else self._wait_reason
        self._listener(
            Progress(
                job=journal.id,
                state=journal.state,
                counts=counts,
                total=journal.total,
                rows_per_second=self._pace.rows_per_second,
                eta_s=self._pace.eta_s(journal.total - finished),
                waiting=waiting,
                batch_rows=self._batch,
                failures=tuple(self._failures),
            )
        )
