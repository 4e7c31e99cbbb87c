"""Ask a running job to pause or cancel from any thread, signal handler or process, and wait while listening for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum

__all__ = ["JobControl", "JobStopped", "StopRequest"]


class StopRequest(StrEnum):
    """How a running job is asked to stop."""

    PAUSE = "pause"
    CANCEL = "cancel"


class JobStopped(Exception):
    """Raised to stop the job; rows that were not sent yet stay pending.

    error: the problem that stopped it, if any. is_planned: whether it did all that it was asked to do.
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
    """Holds the stop request, and waits that end when there is one."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event: asyncio.Event | None = None
        self._request: StopRequest | None = None
        self._reason = ""
        self._listeners: list[Callable[[], object]] = []

    def attach(self) -> None:
        """Bind to the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()
        if self._request is not None:
            self._event.set()

    def request_stop(self, request: StopRequest, reason: str) -> None:
        """Ask the job to finish the request in flight and send nothing more. Cancel replaces pause. Callable from any
        thread.
        """
        if self._request is not StopRequest.CANCEL:
            self._request, self._reason = request, reason
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def add_listener(self, listener: Callable[[], object]) -> None:
        """Call `listener` in the event loop on each stop request."""
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
        """Raise JobStopped when a stop was requested."""
        if self._request is not None:
            raise JobStopped(self._reason, request=self._request)

    async def wait(self, seconds: float) -> None:
        """Wait for `seconds`. Raises JobStopped as soon as a stop is requested."""
        assert self._event is not None
        self.check()
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._event.wait()
        except TimeoutError:
            return
        self.check()
