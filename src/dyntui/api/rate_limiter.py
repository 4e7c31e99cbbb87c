"""Rate limiters, shared by the process, so that a job, the console and a command together stay below a limit.

aiolimiter's limiter belongs to one event loop; the import has a loop of its own, so the limiter is a small token bucket
under a lock that hands out the time at which a request may leave.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dyntui.api.waits import Waits

__all__ = ["BULK_PER_MINUTE", "DEFAULT_PER_MINUTE", "RateLimiter", "RateLimiters"]

DEFAULT_PER_MINUTE = 1500
"""Developer endpoints, per address (docs/vendor-api.md#rate-limits)."""
BULK_PER_MINUTE = 150
"""POST users/bulk, per address (docs/vendor-api.md#rate-limits)."""


class RateLimiter:
    """Lets `per_minute` requests a minute pass, in bursts of at most a second's worth; 0 lets all pass.

    A 429 closes it for everybody (`hold`) and halves the pace; every minute without one wins a tenth of it back.
    """

    def __init__(self, per_minute: float = 0, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._limit = max(0.0, per_minute)
        self._factor = 1.0
        self._next = 0.0
        self._held_until = 0.0
        self._recovered_at = clock()

    @property
    def per_minute(self) -> float:
        """The rate now in force, in requests a minute; 0 for no limit."""
        return self._limit * self._factor

    @property
    def waiting(self) -> float:
        """Seconds for which the server asked to wait; 0 when it did not."""
        return max(0.0, self._held_until - self._clock())

    def set_rate(self, per_minute: float) -> None:
        """Change the limit (requests a minute, 0 for none)."""
        with self._lock:
            self._limit, self._factor = max(0.0, per_minute), 1.0

    def reserve(self) -> float:
        """Reserve the next place in the queue; return the seconds to wait before sending."""
        with self._lock:
            at = self._clock()
            if self._factor < 1.0 and at - self._recovered_at >= 60:
                self._factor, self._recovered_at = min(1.0, self._factor + 0.1), at
            start = max(at, self._held_until)
            pace = self.per_minute
            if pace:
                interval = 60 / pace
                burst = min(1.0, max(0.0, pace / 60 - 1) * interval)
                start = max(start, self._next - burst)
                self._next = max(self._next, start) + interval
            return start - at

    def hold(self, seconds: float) -> None:
        """Send nothing for `seconds` after a 429 response, and halve the rate."""
        with self._lock:
            at = self._clock()
            if at >= self._held_until:
                self._factor = max(0.1, self._factor / 2)
                self._recovered_at = at
            self._held_until = max(self._held_until, at + seconds)

    async def acquire(self, waits: Waits) -> None:
        """Wait until a request may leave; long waits are announced in `waits`."""
        delay = self.reserve()
        if delay > 0:
            what = (
                "the server's rate limit" if self.waiting else f"the rate of {self.per_minute:,.0f} requests a minute"
            )
            with waits.known(what, delay):
                await asyncio.sleep(delay)
        while (held := self.waiting) > 0:
            with waits.known("the server's rate limit", held):
                await asyncio.sleep(held)


class RateLimiters:
    """The rate limiters of one process: `default` for every call, `bulk` for POST users/bulk as well."""

    def __init__(self, default: float = DEFAULT_PER_MINUTE, bulk: float = BULK_PER_MINUTE) -> None:
        self.default = RateLimiter(default)
        self.bulk = RateLimiter(bulk)

    def of(self, operation_id: str) -> tuple[RateLimiter, ...]:
        """Return the limiters that apply to an operation."""
        return (self.bulk, self.default) if operation_id == "bulkCreateUser" else (self.default,)
