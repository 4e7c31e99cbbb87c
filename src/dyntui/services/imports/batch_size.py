"""How many rows the next request of a job carries; used by the import runner."""

from __future__ import annotations

__all__ = ["BatchSize"]

_SMALLEST = 10
_SUCCESSES_TO_GROW = 3
_SLOW_S = 20.0


class BatchSize:
    """The number of rows in a request.

    It is halved when the server fails or is slow, and doubled after a few successful responses, up to the limit.
    A number of rows that the server called too large is never sent again.
    """

    def __init__(self, limit: int, *, adaptive: bool = True) -> None:
        """Start at `limit` rows. Without `adaptive`, only a response "too large" changes the number."""
        self._limit = limit
        self._adaptive = adaptive
        self._successes = 0
        self.rows = limit

    def record_success(self, seconds: float) -> None:
        """Record a response that came after `seconds`."""
        if not self._adaptive:
            return
        if seconds > _SLOW_S:
            self.record_failure()
            return
        self._successes += 1
        if self.rows < self._limit and self._successes >= _SUCCESSES_TO_GROW:
            self.rows, self._successes = min(self._limit, self.rows * 2), 0

    def record_failure(self) -> None:
        """Record that the server failed or was slow."""
        self._successes = 0
        if self._adaptive:
            self.rows = max(min(_SMALLEST, self._limit), self.rows // 2)

    def record_too_large(self, rows: int) -> None:
        """Record that the server refused a request with `rows` rows because of its size."""
        self._limit = max(1, rows // 2)
        self.rows, self._successes = min(self.rows, self._limit), 0
