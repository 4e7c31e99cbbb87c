"""The number of bulk requests in flight, shared by the process; services.bulk runs bulk work within it.

Bulk work is a scan of a whole list, an import, or one action on many targets. An import has its own thread and event
loop, so the limit is kept under a lock.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from contextvars import ContextVar
from typing import Protocol

__all__ = ["MAX_IN_FLIGHT", "AttemptListener", "InFlightLimit", "bulk_request"]

MAX_IN_FLIGHT = 16
"""The default maximum of bulk requests in flight in one process."""


class AttemptListener(Protocol):
    """Learns how the attempts of a bulk request end."""

    def record_response(self, seconds: float) -> None:
        """Record a response that came `seconds` after the attempt began."""
        ...

    def record_failure(self, started: float) -> None:
        """Record an attempt that failed with 429, 5xx or without a response. started: as in `time.monotonic`."""
        ...


bulk_request: ContextVar[AttemptListener | None] = ContextVar("bulk_request", default=None)
"""The listener of the bulk request that the current task sends; None for a request of a screen or command."""


class InFlightLimit:
    """Limits the bulk requests in flight to `maximum`. Safe to use from any thread and event loop.

    When the server fails, fewer are allowed: half as many after a failure, and one more after each response. Requests
    that were in flight together count as one failure.
    """

    def __init__(self, maximum: int = MAX_IN_FLIGHT) -> None:
        self._lock = threading.Lock()
        self._maximum = maximum
        self._allowed = maximum
        self._in_flight = 0
        self._reduced_at = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._starting: set[asyncio.Future[None]] = set()
        """Counted as in flight, but their tasks have not continued yet."""

    @property
    def maximum(self) -> int:
        """The maximum of requests in flight."""
        return self._maximum

    @property
    def allowed(self) -> int:
        """How many requests may be in flight now: `maximum`, or fewer after failures."""
        return self._allowed

    @property
    def free(self) -> int:
        """How many requests may start now."""
        return max(0, self._allowed - self._in_flight)

    def record_success(self) -> None:
        """Record a response: one more request is allowed, up to the maximum."""
        with self._lock:
            if self._allowed < self._maximum:
                self._allowed += 1
                self._wake_waiting()

    def record_failure(self, started: float) -> None:
        """Record a failure of a request that began at `started` (`time.monotonic`): half as many are allowed."""
        with self._lock:
            if started >= self._reduced_at:
                self._allowed, self._reduced_at = max(1, self._allowed // 2), time.monotonic()

    async def enter(self) -> None:
        """Wait until a request may start, and count it as in flight. Requests start in the order of their calls."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._lock:
            self._waiting.append(place)
            self._wake_waiting()
        try:
            await place
        except BaseException:  # canceled, or its event loop was closed
            with self._lock:
                if place in self._waiting:
                    self._waiting.remove(place)
                elif place in self._starting:
                    self._in_flight -= 1
                    self._wake_waiting()
            raise
        finally:
            self._starting.discard(place)

    def leave(self) -> None:
        """Count a request as ended."""
        with self._lock:
            self._in_flight -= 1
            self._wake_waiting()

    def _wake_waiting(self) -> None:
        """Start waiting requests while there is room; called with the lock."""
        while self._waiting and self._in_flight < self._allowed:
            place = self._waiting.popleft()
            try:
                place.get_loop().call_soon_threadsafe(_start, place)
            except RuntimeError:  # the event loop was closed
                continue
            self._in_flight += 1
            self._starting.add(place)


def _start(place: asyncio.Future[None]) -> None:
    if not place.done():
        place.set_result(None)
