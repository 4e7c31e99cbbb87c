"""The time of the sandbox: the system time, or a fixed time for reproducible screenshots and tests."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from dyntui.core.errors import UsageError
from dyntui.core.times import parse_time

__all__ = ["Clock"]


class Clock:
    """The clock of a sandbox. `frozen` is an RFC 3339 time, or None for the system time."""

    def __init__(self, frozen: str | None = None) -> None:
        self._frozen: int | None = None
        self.freeze(frozen)

    def freeze(self, moment: str | None) -> None:
        """Stop the clock at an RFC 3339 time; None lets it run. Raises UsageError for an invalid time."""
        if moment is None:
            self._frozen = None
            return
        at = parse_time(moment)
        if at is None:
            raise UsageError(f"{moment!r} is not a time.", hint="Write it like 2026-11-22T12:00:00Z.")
        self._frozen = round(at.timestamp() * 1000)

    def now(self) -> int:
        """Return the time in milliseconds since 1970."""
        return self._frozen if self._frozen is not None else time.time_ns() // 1_000_000

    def datetime(self) -> datetime:
        """Return the time as a datetime in UTC."""
        return datetime.fromtimestamp(self.now() / 1000, UTC)
