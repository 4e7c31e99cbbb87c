"""Long waits, for display: for a response, for the rate limit, for a failing server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from dyntui.core.times import clock_text, now

__all__ = ["LONG_S", "Wait", "Waits"]

LONG_S = 5.0
"""Waits of more seconds than this are announced."""


@dataclass(frozen=True, slots=True)
class Wait:
    what: str
    """The reason, as it follows "waiting for"."""
    until: datetime
    """When it ends at the latest."""

    def __str__(self) -> str:
        return f"{self.what}, until {clock_text(self.until, 'seconds')}"


class Waits:
    """The long waits that are under way in this process. Safe to use from any thread.

    on_change is called in the waiting thread after every change; it must not raise.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._lock = threading.Lock()
        self._on_change = on_change
        self._current: dict[object, Wait] = {}

    def current(self) -> list[Wait]:
        """Return the waits under way, one for each reason, the longest first."""
        with self._lock:
            waits = sorted(self._current.values(), key=lambda wait: wait.until, reverse=True)
        longest: dict[str, Wait] = {}
        for wait in waits:
            longest.setdefault(wait.what, wait)
        return list(longest.values())

    @contextmanager
    def known(self, what: str, seconds: float) -> Iterator[None]:
        """Show a wait of `seconds` while the block runs, if it is long."""
        if seconds <= LONG_S:
            yield
            return
        key = object()
        self._begin(key, what, seconds)
        try:
            yield
        finally:
            self._end(key)

    @contextmanager
    def open_ended(self, what: str, at_most: float) -> Iterator[None]:
        """Show a wait of unknown length, `at_most` seconds, while the block runs, once it is long."""
        key = object()
        timer = asyncio.get_running_loop().call_later(LONG_S, self._begin, key, what, at_most - LONG_S)
        try:
            yield
        finally:
            timer.cancel()
            self._end(key)

    def _begin(self, key: object, what: str, seconds: float) -> None:
        with self._lock:
            self._current[key] = Wait(what, now() + timedelta(seconds=seconds))
        self._on_change()

    def _end(self, key: object) -> None:
        with self._lock:
            ended = self._current.pop(key, None)
        if ended is not None:
            self._on_change()
