"""How large the next batch is, and how long to bear with a server that does not answer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

__all__ = ["Backoff", "BatchSize"]

_SMALLEST = 10
_WELL_TO_GROW = 3
_SLOW = 20.0
_FIRST_DELAY, _LONGEST_DELAY = 0.2, 30.0
_BEFORE_FIRST_ANSWER, _AFTER_IT = 20.0, 600.0
_TRIES = 5


class BatchSize:
    """Rows in a request. Halves when the server fails or is slow, doubles after a few good answers; what the server
    called too large is never sent again."""

    def __init__(self, limit: int, *, adaptive: bool = True) -> None:
        self._limit = limit
        self._adaptive = adaptive
        self._well = 0
        self.now = limit

    def went_well(self, seconds: float) -> None:
        """An answer came after so long."""
        if not self._adaptive:
            return
        if seconds > _SLOW:
            self.went_badly()
            return
        self._well += 1
        if self.now < self._limit and self._well >= _WELL_TO_GROW:
            self.now, self._well = min(self._limit, self.now * 2), 0

    def went_badly(self) -> None:
        """The server failed, or took too long."""
        self._well = 0
        if self._adaptive:
            self.now = max(min(_SMALLEST, self._limit), self.now // 2)

    def too_large(self, rows: int) -> None:
        """The server refused so many rows for their size."""
        self._limit = max(1, rows // 2)
        self.now, self._well = min(self.now, self._limit), 0


class Backoff:
    """Growing delays after failures in a row, and when to give up: soon when the server never answered, later when
    it did before."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, jitter: Callable[[float, float], float] = random.uniform
    ) -> None:
        self._clock = clock
        self._jitter = jitter
        self._answered = False
        self._failures = 0
        self._since = 0.0

    def well(self) -> None:
        """An answer came."""
        self._answered = True
        self._failures = 0

    def delay(self) -> float | None:
        """After a failure: the seconds to wait before the next try; None when it is time to give up."""
        if not self._failures:
            self._since = self._clock()
        self._failures += 1
        bearable = _AFTER_IT if self._answered else _BEFORE_FIRST_ANSWER
        if self._failures > _TRIES and self._clock() - self._since > bearable:
            return None
        delay = min(_LONGEST_DELAY, _FIRST_DELAY * 2.0 ** min(self._failures - 1, 20))
        return delay * self._jitter(0.75, 1.25)
