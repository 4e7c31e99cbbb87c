"""Choose the rows of the next requests and mark them in the journal before they are sent; used by the import runner."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from dyntui.services.imports.destination import BatchRequest, Destination, SendQueue
from dyntui.services.imports.reconcile import UNMATCHED
from dyntui.services.imports.server_clock import ServerClock, steady_ms
from dyntui.store.journal import KEY_SEPARATOR, Journal, WorkRow
from dyntui.store.states import RowState

__all__ = ["Batch", "RowQueue"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows with the state `sending` in the journal, and their request."""

    id: int
    queue: SendQueue
    rows: list[WorkRow]
    request: BatchRequest
    keys: Sequence[str]
    """The natural keys of its rows."""
    is_half: bool = False
    """Whether it is one half of a refused batch."""

    @property
    def numbers(self) -> list[int]:
        return [row.number for row in self.rows]


class RowQueue:
    """The pending rows of a job in batches, by number; halves of a refused batch come first.

    Batches that are in flight together share no natural key.

    last_row: the last row that may be sent; None for all.
    """

    def __init__(self, journal: Journal, destination: Destination, clock: ServerClock) -> None:
        self._journal = journal
        self._destination = destination
        self._clock = clock
        self._halves: deque[Sequence[int]] = deque()
        self._cursor = 0
        self._keys_in_flight: set[str] = set()
        self.last_row: int | None = None

    def start(self) -> None:
        """Start again with the first row."""
        self._cursor = 0

    def has_rows(self) -> bool:
        """Return whether a row may still be sent."""
        if not self._journal.counts.get(RowState.PENDING):
            return False
        return any(self._journal.pending(queue.number, 0, 1, self.last_row) for queue in self._destination.queues)

    def mark_batches(self, queue: SendQueue, size: int, max_batches: int) -> list[Batch]:
        """Mark the next rows as `sending`, in at most `max_batches` batches, in one transaction.

        Returns fewer when no row is left, or when the next rows share a key with a batch in flight.
        """
        marked: list[Batch] = []
        with self._journal.transaction():
            while len(marked) < max_batches:
                half = self._next_half(queue)
                rows = half or self._select(queue, queue.max_rows or size)
                if not rows:
                    break
                sending = self._destination.build_request(queue, rows)
                numbers = [row.number for row in rows]
                at = self._clock.not_before(steady_ms())
                number = self._journal.begin_batch(numbers, sending.operation, len(sending.content), at=at)
                keys = _keys(rows)
                self._keys_in_flight.update(keys)
                marked.append(Batch(number, queue, rows, sending, keys, is_half=bool(half)))
        return marked

    def release(self, batch: Batch) -> None:
        """Record that a batch is no longer in flight."""
        self._keys_in_flight.difference_update(batch.keys)

    def _next_half(self, queue: SendQueue) -> list[WorkRow]:
        """Return the rows of the next half of a refused batch; none when there is none."""
        while self._halves:
            rows = self._journal.pending_of(queue.number, self._halves[0])
            if rows and not self._keys_in_flight.isdisjoint(_keys(rows)):
                return []
            self._halves.popleft()
            if rows:
                return rows
        return []

    def _select(self, queue: SendQueue, size: int) -> list[WorkRow]:
        """Return the next rows that may share a request: no two with one key, and none with a key in flight; a row that
        no response mentions goes alone.
        """
        rows = self._journal.pending(queue.number, self._cursor, size, self.last_row)
        if rows and not self._may_travel(rows):
            rows = self._first_that_may(rows)
        if rows:
            self._cursor = rows[-1].number
        return rows

    def _may_travel(self, rows: Sequence[WorkRow]) -> bool:
        """Return whether these rows may share a request; fast, because they nearly always may."""
        keys = _keys(rows)
        if not self._keys_in_flight.isdisjoint(keys):
            return False
        return len(rows) == 1 or (len(set(keys)) == len(keys) and all(row.code != UNMATCHED for row in rows))

    def _first_that_may(self, rows: list[WorkRow]) -> list[WorkRow]:
        """Return the longest start of these rows that may share a request; none when the first has a key in flight."""
        used = set(self._keys_in_flight)
        for index, row in enumerate(rows):
            keys = row.key_list
            if not used.isdisjoint(keys) or (index and UNMATCHED in (rows[0].code, row.code)):
                return rows[:index]
            used.update(keys)
        return rows

    def rewind(self, batch: Batch) -> None:
        """Continue with the rows of this batch, which are pending again."""
        if batch.is_half:
            self._halves.appendleft(batch.numbers)
            return
        self._cursor = min(self._cursor, batch.rows[0].number - 1)

    def halve(self, numbers: Sequence[int]) -> None:
        """Send each half of rows that were refused together in its own request, before all others."""
        half = len(numbers) // 2
        self._halves.extendleft([numbers[half:], numbers[:half]])


def _keys(rows: Sequence[WorkRow]) -> list[str]:
    """Return the natural keys of rows."""
    return [key for key in KEY_SEPARATOR.join([row.keys for row in rows]).split(KEY_SEPARATOR) if key]
