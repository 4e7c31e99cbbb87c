"""The sandbox's time: the real one, or one that stands still so that pictures stay the same."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from dyntui.core.errors import UsageError
from dyntui.core.times import parse_time

__all__ = ["Clock"]


class Clock:
    """now() in milliseconds since 1970. frozen: an RFC 3339 time, or None for the real clock."""

    def __init__(self, frozen: str | None = None) -> None:
        self._frozen: int | None = None
        self.freeze(frozen)

    def freeze(self, moment: str | None) -> None:
        """Stop at that moment; None lets it run. Raises Usage for what is no time."""
        if moment is None:
            self._frozen = None
            return
        at = parse_time(moment)
        if at is None:
            raise UsageError(f"{moment!r} is not a time.", hint="Write it like 2026-11-22T12:00:00Z.")
        self._frozen = round(at.timestamp() * 1000)

    def now(self) -> int:
        return self._frozen if self._frozen is not None else time.time_ns() // 1_000_000

    def datetime(self) -> datetime:
        return datetime.fromtimestamp(self.now() / 1000, UTC)
