"""The request log: every attempt with path, status, duration and the start of its bodies.

Secrets, tokens and emails are removed before an entry is made, so that none is in memory for longer than its request.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from dyntui.api.waits import Waits
from dyntui.core.redact import is_secret_name, redact, redact_body
from dyntui.core.times import now

__all__ = ["AttemptContent", "RequestEntry", "RequestLog"]


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
    path: str = ""
    """The path below the base URL with its query."""
    sent: str = ""
    """The start of the request body, "" for none."""
    received: str = ""
    """The start of the response body, "" for none."""


class AttemptContent(NamedTuple):
    """What was sent and received in one attempt, as it was."""

    path: str
    sent: bytes
    received: bytes
    is_bulk: bool = False
    """Whether it is one of many, so that the bodies of a success are not worth keeping."""


_MOST_SENT, _MOST_RECEIVED, _MOST_PATH = 2_000, 3_000, 1_000
"""Lengths in characters that are kept."""
_REVEALING = ("keyshare", "privatekey", "signmessage", "export", "reshare", "backup", "accesstoken", "secret")
"""Parts of the ids of operations whose bodies are not kept at all."""
_QUERY_VALUE = re.compile(r"([?&])([^=&]+)=([^&]*)")


def _logged_body(body: bytes, limit: int, operation: str, *, is_bulk: bool) -> str:
    """Return what the log keeps of a body."""
    if not body:
        return ""
    if any(word in operation.lower() for word in _REVEALING):
        return "not kept, because this operation may reveal secrets"
    return "not kept, because it is one of many requests" if is_bulk else redact_body(body, limit)


def _logged_path(path: str) -> str:
    """Return a path with its query, encoded as it was sent except for the values that are not kept.

    A long one is cut and ends with `…`.
    """

    def hide(match: re.Match[str]) -> str:
        sign, name, value = match.groups()
        decoded = unquote_plus(value)
        shown = "<secret>" if is_secret_name(unquote(name)) else redact(decoded)
        return f"{sign}{name}={value if shown == decoded else shown}"

    whole, question, query = path.partition("?")
    decoded = unquote(whole)
    shown = redact(decoded)
    shown_path = whole if shown == decoded else shown
    logged = shown_path + _QUERY_VALUE.sub(hide, question + query)
    return logged if len(logged) <= _MOST_PATH else f"{logged[:_MOST_PATH]}…"


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
        self,
        method: str,
        operation: str,
        status: int,
        ms: float,
        out: int,
        got: int,
        attempt: int,
        error: str,
        content: AttemptContent | None = None,
    ) -> None:
        """Record the end of an attempt. content: None when it is not to be shown."""
        path = sent = received = ""
        if content is not None:
            is_bulk = content.is_bulk and not error
            path = _logged_path(content.path)
            sent = _logged_body(content.sent, _MOST_SENT, operation, is_bulk=is_bulk)
            received = _logged_body(content.received, _MOST_RECEIVED, operation, is_bulk=is_bulk)
        entry = RequestEntry(now(), method, operation, status, ms, out, got, attempt, error, path, sent, received)
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
