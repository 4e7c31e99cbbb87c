"""The request log: every attempt with its status and duration, without its contents."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dyntui.api.waits import Waits
from dyntui.core.times import now

__all__ = ["RequestEntry", "RequestLog"]


@dataclass(frozen=True, slots=True)
class RequestEntry:
    """One attempt to send a request."""

    at: datetime
    """When it ended."""
    method: str
    operation: str
    """The id of the operation in the catalog."""
    status: int
    """The HTTP status, 0 when no response came."""
    ms: float
    """Milliseconds until the response was read."""
    bytes_out: int
    bytes_in: int
    attempt: int
    """1 for the first attempt."""
    error: str
    """The error message, "" for a success."""


class RequestLog:
    """The last 500 attempts of this process, and the requests in progress. Safe to use from any thread.

    Listeners are called in the thread that made the request.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[RequestEntry] = deque(maxlen=500)
        self._listeners: list[Callable[[], None]] = []
        self.waits = Waits(self._notify)
        self.in_flight = 0
        self.last_ms: float | None = None
        self.total = 0
        self._silent_since: datetime | None = None
        self._silent = 0

    @property
    def offline_since(self) -> datetime | None:
        """Return since when no request got a response; None while the server responds.

        One lost response does not count.
        """
        return self._silent_since if self._silent > 1 else None

    def record_no_response(self, *, was_sent: bool) -> None:
        """Record an attempt without a response. was_sent: False when the server could not be reached at all."""
        with self._lock:
            self._silent_since = self._silent_since or now()
            self._silent += 1 if was_sent else 2

    @property
    def last_response(self) -> RequestEntry | None:
        """Return the last attempt that got a response; None when there is none yet."""
        return next((entry for entry in reversed(self.entries()) if entry.status), None)

    def entries(self) -> list[RequestEntry]:
        """Return the attempts, oldest first."""
        with self._lock:
            return list(self._entries)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change; return a function that ends the subscription."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def started(self) -> None:
        """Record that a request is sent."""
        with self._lock:
            self.in_flight += 1
        self._notify()

    def finished(
        self, method: str, operation: str, status: int, ms: float, out: int, got: int, attempt: int, error: str
    ) -> None:
        """Record the end of an attempt."""
        entry = RequestEntry(now(), method, operation, status, ms, out, got, attempt, error)
        with self._lock:
            self.in_flight -= 1
            self.total += 1
            self.last_ms = ms
            self._entries.append(entry)
            if status:
                self._silent_since, self._silent = None, 0
        self._notify()

    def _notify(self) -> None:
        for listener in tuple(self._listeners):
            listener()
