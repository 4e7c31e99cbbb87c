"""Send the requests of batches, and abandon them when a stop was requested and the responses take too long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dyntui.services.imports.response_outcome import OutcomeKind, ResponseOutcome, outcome_of_error, outcome_of_response
from dyntui.services.imports.row_queue import Batch
from dyntui.services.imports.server_clock import ServerClock, steady_ms

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit
    from dyntui.services.bulk import BulkRun

__all__ = ["BatchSender", "SentBatch"]

_GRACE_S = 10.0


@dataclass(frozen=True, slots=True)
class SentBatch:
    """A batch whose request has ended."""

    batch: Batch
    response: ResponseOutcome
    started: float
    """When the request was sent, as in `time.monotonic`."""
    seconds: float
    """How long the response took."""


class BatchSender:
    """Sends several requests at a time, and tells `clock` the server time of each response."""

    def __init__(self, client: Client, permit: WritePermit, clock: ServerClock) -> None:
        self._client = client
        self._permit = permit
        self._clock = clock
        self._tasks: dict[asyncio.Task[SentBatch], tuple[Batch, WritePermit]] = {}
        self._abandon_timer: asyncio.TimerHandle | None = None

    @property
    def in_flight(self) -> int:
        """The number of requests that have not ended."""
        return len(self._tasks)

    def start(self, batches: Iterable[Batch], bulk: BulkRun) -> None:
        """Send the requests of batches in tasks, as requests of `bulk`."""
        for batch in batches:
            permit = self._permit.for_target()
            self._tasks[asyncio.create_task(self._post(batch, permit, bulk))] = batch, permit

    async def wait(self, seconds: float | None) -> list[SentBatch]:
        """Wait until a request ends; return all that have ended, in the order of their start.

        Returns an empty list after `seconds`, unless they are None.
        """
        await asyncio.wait(self._tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        done = [task for task in self._tasks if task.done()]
        return [self._end(task) for task in done]

    def _end(self, task: asyncio.Task[SentBatch]) -> SentBatch:
        """Return the outcome of a task that has ended: without a response, when it was canceled."""
        batch, permit = self._tasks.pop(task)
        if not task.cancelled():
            return task.result()
        response = ResponseOutcome(OutcomeKind.MAYBE if permit.has_sent else OutcomeKind.NOT_SENT)
        return SentBatch(batch, response, permit.sent_at, 0.0)

    def close(self) -> None:
        """End all requests; those that still wait for their responses are canceled."""
        self._abandon()
        self._tasks.clear()

    def cancel_unsent(self) -> None:
        """Cancel the requests that still wait for the rate limit; their batches end as not sent."""
        for task, (_, permit) in self._tasks.items():
            if not permit.has_sent:
                task.cancel()

    def on_stop(self) -> None:
        """Cancel the requests that were not sent yet, and give those in flight ten more seconds.

        When called again, abandon them at once.
        """
        self.cancel_unsent()
        if not self._tasks:
            return
        if self._abandon_timer is None:
            self._abandon_timer = asyncio.get_running_loop().call_later(_GRACE_S, self._abandon)
        else:
            self._abandon()

    def _abandon(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _post(self, batch: Batch, permit: WritePermit, bulk: BulkRun) -> SentBatch:
        async with bulk.request():
            response = await self._send(batch, permit)
        ended = time.monotonic()
        started = permit.sent_at or ended
        return SentBatch(batch, response, started, ended - started)

    async def _send(self, batch: Batch, permit: WritePermit) -> ResponseOutcome:
        from dyntui.api.errors import ApiProblem

        sending = batch.request
        sent = steady_ms()
        try:
            answer = await self._client.send(
                self._client.catalog.get(sending.operation),
                path=sending.path,
                query=sending.query,
                content=sending.content,
                permit=permit,
            )
            self._clock.observe_headers(sent, steady_ms(), answer.headers)
            return outcome_of_response(answer)
        except ApiProblem as problem:
            return outcome_of_error(problem)
