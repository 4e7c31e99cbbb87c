"""The request log: what went over the wire, without what was in it."""

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
    """One attempt. status: HTTP, 0 when no answer came. ms: until the answer was read. error: in words, or ""."""

    at: datetime
    method: str
    operation: str
    status: int
    ms: float
    bytes_out: int
    bytes_in: int
    attempt: int
    error: str


class RequestLog:
    """The last `keep` attempts of this process, and what is in flight. Safe to use from any thread.

    Listeners are called in the thread that made the request.
    """

    def __init__(self, keep: int = 500) -> None:
        self._lock = threading.Lock()
        self._entries: deque[RequestEntry] = deque(maxlen=keep)
        self._listeners: list[Callable[[], None]] = []
        self.waits = Waits(self._tell)
        self.in_flight = 0
        self.last_ms: float | None = None
        self.total = 0
        self._silent_since: datetime | None = None
        self._silent = 0

    @property
    def offline_since(self) -> datetime | None:
        """Since when nothing has been answered; None while something is. One answer that was lost is not enough."""
        return self._silent_since if self._silent > 1 else None

    def no_answer(self, *, sure: bool) -> None:
        """An attempt got no answer. sure: because nobody is there to give one."""
        with self._lock:
            self._silent_since = self._silent_since or now()
            self._silent += 2 if sure else 1

    @property
    def last_answer(self) -> RequestEntry | None:
        """The last attempt that was answered; None when there is none yet."""
        return next((entry for entry in reversed(self.entries()) if entry.status), None)

    def entries(self) -> list[RequestEntry]:
        """A copy, oldest first."""
        with self._lock:
            return list(self._entries)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every change; the answer ends the subscription."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def started(self) -> None:
        with self._lock:
            self.in_flight += 1
        self._tell()

    def finished(
        self, method: str, operation: str, status: int, ms: float, out: int, got: int, attempt: int, error: str
    ) -> None:
        entry = RequestEntry(now(), method, operation, status, ms, out, got, attempt, error)
        with self._lock:
            self.in_flight -= 1
            self.total += 1
            self.last_ms = ms
            self._entries.append(entry)
            if status:
                self._silent_since, self._silent = None, 0
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
