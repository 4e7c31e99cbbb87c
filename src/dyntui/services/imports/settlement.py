"""Record in the journal what the responses to batches mean for their rows; used by the import runner.

What a response proves is decided in response_outcome.py (docs/vendor-api.md, what a response proves).
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from itertools import pairwise

from dyntui.services.imports.batch_sender import SentBatch
from dyntui.services.imports.batch_size import BatchSize, RefusedBatch
from dyntui.services.imports.destination import Destination, is_taken, refused_row_outcome
from dyntui.services.imports.progress import ProgressReporter
from dyntui.services.imports.reconcile import UNMATCHED
from dyntui.services.imports.recovery import ACCEPTS_IDS
from dyntui.services.imports.response_outcome import OutcomeKind, ResponseOutcome
from dyntui.services.imports.row_queue import Batch, RowQueue
from dyntui.store.journal import Journal, JournalOutcome, WorkRow
from dyntui.store.states import RowState

__all__ = ["ACCEPTED", "MAX_ROWS", "Settlement"]

MAX_ROWS = "max_rows"
"""The fact with the number of rows that the server accepts in a request, when it refused more."""

ACCEPTED = "accepted"
"""The code of a row that the server accepted (202) and had not done when it responded."""
_ROW_TRIES = 6


def _is_refused(outcome: JournalOutcome | None) -> bool:
    """Return whether the response says of a row that it was refused."""
    return outcome is not None and outcome.state not in (RowState.CREATED, RowState.UPDATED)


class Settlement:
    """Settles the rows of the batches of one job.

    size: the rows of the next request of many rows.
    refused_in_a_row: how many requests with a single row the server refused since it last accepted one.
    """

    def __init__(
        self,
        journal: Journal,
        destination: Destination,
        queue: RowQueue,
        size: BatchSize,
        reporter: ProgressReporter,
    ) -> None:
        self._journal = journal
        self._destination = destination
        self._queue = queue
        self._reporter = reporter
        self._refused_batch: RefusedBatch | None = None
        self._accepts_requests = False
        self._accepted_rows = 0
        """The largest number of rows that the server accepted in a request."""
        self.size = size
        self.refused_in_a_row = 0

    @property
    def sends_one_at_a_time(self) -> bool:
        """Whether the next request is to tell whether the server accepts requests, and requests of that size."""
        return not self._accepts_requests or self._refused_batch is not None

    def settle(self, sent: SentBatch) -> ResponseOutcome:
        """Record what the end of a request means for its rows, and return its outcome with the decoded response."""
        batch, response = sent.batch, sent.response.decoded()
        self._queue.release(batch)
        with self._journal.transaction():
            if response.kind is OutcomeKind.ANSWERED:
                self._settle_answered(batch, response)
                self._record_accepted(sent)
            else:
                self._settle_failed(sent, response)
            self._journal.end_batch(batch.id, response.kind.value, response.status, response.request_id)
        self._accepts_requests = response.kind in (OutcomeKind.ANSWERED, OutcomeKind.REFUSED)
        return response

    def _settle_answered(self, batch: Batch, response: ResponseOutcome) -> None:
        """Record the outcome of each row that the response mentions; the others are unknown."""
        outcome_by_row = {
            outcome.number: outcome for outcome in self._destination.read_response(batch.queue, batch.rows, response)
        }
        rows = batch.rows
        if response.status == HTTPStatus.ACCEPTED:
            self._settle_accepted([row for row in rows if not _is_refused(outcome_by_row.get(row.number))])
            rows = [row for row in rows if _is_refused(outcome_by_row.get(row.number))]
        outcomes = [self._outcome_of(row, outcome_by_row.get(row.number)) for row in rows]
        self._journal.settle(RowState.SENDING, outcomes)
        self._reporter.add_failures(outcomes)

    def _settle_accepted(self, rows: Sequence[WorkRow]) -> None:
        """Put rows to review that the server accepted (202) and has not done: they must not be sent again."""
        message = "The server accepted the row and had not done it when it responded."
        for before, after in pairwise((RowState.SENDING, RowState.UNKNOWN, RowState.REVIEW)):
            outcomes = [JournalOutcome(row.number, after, "", ACCEPTED, "", message) for row in rows]
            self._journal.settle(before, outcomes)

    def _outcome_of(self, row: WorkRow, outcome: JournalOutcome | None) -> JournalOutcome:
        if outcome is None:
            message = "The response does not mention this row."
            return JournalOutcome(row.number, RowState.UNKNOWN, "", UNMATCHED, "", message)
        if row.chosen_id and outcome.user_id not in ("", row.chosen_id) and self._journal.facts.get(ACCEPTS_IDS, True):
            self._journal.note(**{ACCEPTS_IDS: False})
        elif outcome.state is RowState.PENDING and row.attempts + 1 >= _ROW_TRIES:
            return outcome._replace(state=RowState.FAILED)
        return outcome

    def _record_accepted(self, sent: SentBatch) -> None:
        numbers = sent.batch.numbers
        self.refused_in_a_row = 0
        self._accepted_rows = max(self._accepted_rows, len(numbers))
        if sent.batch.queue.max_rows is None:
            self.size.record_success(sent.seconds, sent.started)
        if self._refused_batch is not None and self._refused_batch.record_accepted(numbers):
            self._set_max_rows(self._refused_batch.rows, self._refused_batch.accepted)
            self._refused_batch = None

    def _settle_failed(self, sent: SentBatch, response: ResponseOutcome) -> None:
        journal, batch, numbers = self._journal, sent.batch, sent.batch.numbers
        match response.kind:
            case OutcomeKind.MAYBE:
                message = response.message or "The job was stopped before the response."
                lost = [JournalOutcome(number, RowState.UNKNOWN, "", response.code, "", message) for number in numbers]
                journal.settle(RowState.SENDING, lost)
                if batch.queue.max_rows is None:
                    self.size.record_failure(sent.started)
                if self._refused_batch is not None and any(map(self._refused_batch.contains, numbers)):
                    self._refused_batch = None  # nobody knows whether the server accepted this half
            case OutcomeKind.REFUSED | OutcomeKind.TOO_LARGE if len(numbers) == 1:
                outcome = refused_row_outcome(batch.rows[0], response.code, response.message)
                journal.settle(RowState.SENDING, [outcome])
                self._reporter.add_failures([outcome])
                self.refused_in_a_row = 0 if is_taken(response.code) else self.refused_in_a_row + 1
                if self._refused_batch is not None and self._refused_batch.contains(numbers[0]):
                    self._refused_batch = None
            case OutcomeKind.REFUSED:
                journal.return_to_pending(numbers, sent=True)
                self._queue.halve(numbers)
                if len(numbers) > self._accepted_rows:  # otherwise a row is refused, and not their number
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
        self._journal.note(**{MAX_ROWS: self.size.record_too_large(refused, accepted)})
