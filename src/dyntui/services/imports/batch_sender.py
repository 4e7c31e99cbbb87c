"""Sends a batch, and lets go of it when somebody who asked to stop will not wait for the answer."""

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

_GRACE = 10.0
_TICKS = 8


class BatchSender:
    """One request at a time. clock is told what time it is at the server."""

    def __init__(self, client: Client, permit: WritePermit, clock: ServerClock) -> None:
        self._client = client
        self._permit = permit
        self._clock = clock
        self._flight: asyncio.Task[ResponseOutcome] | None = None
        self._grace: asyncio.TimerHandle | None = None
        self._abandoned = False

    async def begin(self, batch: Batch) -> None:
        """Let the request leave, and return before there is an answer."""
        self._flight = asyncio.create_task(self._post(batch))
        for _ in range(_TICKS):
            await asyncio.sleep(0)

    async def verdict(self) -> ResponseOutcome:
        """What came of it."""
        assert self._flight is not None
        return await self._flight

    def end(self) -> None:
        """The request is over; one that still waits for its answer is let go."""
        if self._flight is not None:
            self._flight.cancel()
            self._flight = None

    def hurry(self) -> None:
        """The request in flight gets a while, and no more when this is called again."""
        if self._flight is None:
            return
        if self._grace is None:
            self._grace = asyncio.get_running_loop().call_later(_GRACE, self._abandon)
        else:
            self._abandon()

    def _abandon(self) -> None:
        if self._flight is not None:
            self._abandoned = True
            self._flight.cancel()

    async def _post(self, batch: Batch) -> ResponseOutcome:
        from dyntui.api.errors import ApiProblem

        sending = batch.sending
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
