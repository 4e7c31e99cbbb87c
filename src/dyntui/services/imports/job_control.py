"""How a running job is told to stop, from any thread, by a signal or by another process, and how it waits meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum

__all__ = ["JobControl", "JobStopped", "StopRequest"]


class StopRequest(StrEnum):
    """What is asked of a running job."""

    PAUSE = "pause"
    CANCEL = "cancel"


class JobStopped(Exception):
    """The job stops here, for a reason; rows not sent yet stay pending.

    error: the problem that stopped it, when one did. planned: it did what it was asked to do.
    """

    def __init__(
        self,
        reason: str,
        *,
        request: StopRequest = StopRequest.PAUSE,
        error: Exception | None = None,
        is_planned: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.request = request
        self.error = error
        self.is_planned = is_planned


class JobControl:
    """The wish, and waiting that ends when there is one. `ask` may be called from any thread and more than once."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event: asyncio.Event | None = None
        self._request: StopRequest | None = None
        self._reason = ""
        self._listeners: list[Callable[[], None]] = []

    def attach(self) -> None:
        """Belong to the running loop from now on."""
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        if self._request is not None:
            self._event.set()

    def request_stop(self, request: StopRequest, reason: str) -> None:
        """Stop: finish what is in flight, send nothing more. Cancel is stronger than pause."""
        if self._request is not StopRequest.CANCEL:
            self._request, self._reason = request, reason
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def add_listener(self, listener: Callable[[], None]) -> None:
        """Called in the loop each time somebody asks."""
        self._listeners.append(listener)

    def _wake(self) -> None:
        assert self._event is not None
        self._event.set()
        for listener in self._listeners:
            listener()

    @property
    def stop_requested(self) -> bool:
        return self._request is not None

    def check(self) -> None:
        """Raises Halt when somebody asked."""
        if self._request is not None:
            raise JobStopped(self._reason, request=self._request)

    async def wait(self, seconds: float) -> None:
        """Wait so long, or until somebody asks: then Halt."""
        assert self._event is not None
        self.check()
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._event.wait()
        except TimeoutError:
            return
        self.check()
