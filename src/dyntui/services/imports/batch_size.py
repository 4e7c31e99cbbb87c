"""How many rows the next request of a job carries; used by the import runner."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

__all__ = ["DEFAULT_ROWS", "BatchSize", "RefusedBatch"]

DEFAULT_ROWS = 50
"""The most rows that the vendor's OpenAPI document allows in a bulk request (docs/vendor-api.md#bulk-create)."""

_SMALLEST = 10
_SUCCESSES_TO_GROW = 3
_SLOW_S = 20.0


class BatchSize:
    """The number of rows in a request.

    It is halved when the server fails or is slow, and doubled after a few successful responses, up to the limit.
    Requests that were in flight together count as one failure. A number of rows that the server called too large is
    never sent again.
    """

    def __init__(self, limit: int, *, adaptive: bool = True) -> None:
        """Start at `limit` rows. Without `adaptive`, only a response "too large" changes the number."""
        self._limit = limit
        self._adaptive = adaptive
        self._successes = 0
        self._halved_at = 0.0
        self.rows = limit

    def record_success(self, seconds: float, started: float) -> None:
        """Record a response to a request that began at `started` (`time.monotonic`) and took `seconds`."""
        if not self._adaptive:
            return
        if seconds > _SLOW_S:
            self.record_failure(started)
            return
        self._successes += 1
        if self.rows < self._limit and self._successes >= _SUCCESSES_TO_GROW:
            self.rows, self._successes = min(self._limit, self.rows * 2), 0

    def record_failure(self, started: float) -> None:
        """Record that the server failed, or was slow, at a request that began at `started` (`time.monotonic`)."""
        self._successes = 0
        if self._adaptive and started >= self._halved_at:
            self.rows = max(min(_SMALLEST, self._limit), self.rows // 2)
            self._halved_at = time.monotonic()

    def record_too_large(self, rows: int, accepted: int | None = None) -> int:
        """Record that the server refused a request with `rows` rows because of its size; return the new limit.

        accepted: a number of rows that the server accepts; None when it did not say, so that half of them are tried.
        """
        smaller = accepted if accepted is not None and 0 < accepted < rows else max(1, rows // 2)
        self._limit = min(self._limit, smaller)
        self.rows, self._successes = min(self.rows, self._limit), 0
        return self._limit


class RefusedBatch:
    """The rows of a refused request while their halves are sent.

    When the server then accepts each of them, it refused their number, and not one of the rows.
    """

    def __init__(self, numbers: Iterable[int]) -> None:
        self._open = set(numbers)
        self.rows = len(self._open)
        """How many rows the refused request had."""
        self.accepted = 0
        """The largest number of rows that was accepted in one request."""

    def record_accepted(self, numbers: Sequence[int]) -> bool:
        """Record a request that was accepted. Return whether all rows of the refused request are accepted now."""
        if self._open.isdisjoint(numbers):
            return False
        self._open.difference_update(numbers)
        self.accepted = max(self.accepted, len(numbers))
        return not self._open

    def contains(self, number: int) -> bool:
        """Return whether a row is one of those that are not accepted yet."""
        return number in self._open
