"""Send the request of a batch, and abandon it when a stop was requested and the response takes too long."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dyntui.services.imports.response_outcome import OutcomeKind, ResponseOutcome, outcome_of_error, outcome_of_response
from dyntui.services.imports.row_queue import Batch
from dyntui.services.imports.server_clock import ServerClock, steady_ms

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit

__all__ = ["BatchSender"]

_GRACE_S = 10.0
_TICKS = 8


class BatchSender:
    """Sends one request at a time and tells `clock` the server time of each response."""

    def __init__(self, client: Client, permit: WritePermit, clock: ServerClock) -> None:
        self._client = client
        self._permit = permit
        self._clock = clock
        self._task: asyncio.Task[ResponseOutcome] | None = None
        self._abandon_timer: asyncio.TimerHandle | None = None
        self._abandoned = False

    async def start(self, batch: Batch) -> None:
        """Send the request in a task and return before there is a response."""
        self._task = asyncio.create_task(self._post(batch))
        for _ in range(_TICKS):
            await asyncio.sleep(0)

    async def wait(self) -> ResponseOutcome:
        """Return what is known about the request after its response or error."""
        assert self._task is not None
        return await self._task

    def close(self) -> None:
        """End the request; one that still waits for its response is canceled."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def on_stop(self) -> None:
        """Give the request in flight ten more seconds; abandon it at once when called again."""
        if self._task is None:
            return
        if self._abandon_timer is None:
            self._abandon_timer = asyncio.get_running_loop().call_later(_GRACE_S, self._abandon)
        else:
            self._abandon()

    def _abandon(self) -> None:
        if self._task is not None:
            self._abandoned = True
            self._task.cancel()

    async def _post(self, batch: Batch) -> ResponseOutcome:
        from dyntui.api.errors import ApiProblem

        sending = batch.request
        sent = steady_ms()
        try:
            answer = await self._client.send(
                self._client.catalog.get(sending.operation),
                path=sending.path,
                query=sending.query,
                content=sending.content,
                permit=self._permit,
            )
            self._clock.observe_headers(sent, steady_ms(), answer.headers)
            return outcome_of_response(answer)
        except ApiProblem as problem:
            return outcome_of_error(problem)
        except asyncio.CancelledError:
            if not self._abandoned:
                raise
            return ResponseOutcome(OutcomeKind.MAYBE)
