"""Rate limiters that the whole process shares, so that imports, lists and other requests together stay below a limit.

A limiter of aiolimiter belongs to one event loop, but an import has its own. This limiter is a small token bucket
under a lock, which returns the delay before a request may be sent.
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
    """Limits requests to `per_minute`, in bursts of at most one second's share. 0 is no limit.

    A 429 stops all requests (`hold`) and halves the rate. Each minute without one restores a tenth of it.
    """

    def __init__(self, per_minute: float = 0, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self._limit = max(0.0, per_minute)
        self._factor = 1.0
        self._next = 0.0
        self._delayed_until = 0.0
        self._recovered_at = clock()

    @property
    def per_minute(self) -> float:
        """The current rate in requests per minute; 0 for no limit."""
        return self._limit * self._factor

    @property
    def waiting(self) -> float:
        """Seconds until the end of the wait that the server requested; 0 when there is none."""
        return max(0.0, self._delayed_until - self._clock())

    def set_rate(self, per_minute: float) -> None:
        """Change the limit, in requests per minute; 0 for none."""
        with self._lock:
            self._limit, self._factor = max(0.0, per_minute), 1.0

    def reserve(self) -> float:
        """Reserve the next place in the queue; return the seconds to wait before sending."""
        with self._lock:
            at = self._clock()
            if self._factor < 1.0 and at - self._recovered_at >= 60:
                self._factor, self._recovered_at = min(1.0, self._factor + 0.1), at
            start = max(at, self._delayed_until)
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
            if at >= self._delayed_until:
                self._factor = max(0.1, self._factor / 2)
                self._recovered_at = at
            self._delayed_until = max(self._delayed_until, at + seconds)

    async def acquire(self, waits: Waits) -> None:
        """Wait until a request may be sent. Long waits are announced in `waits`."""
        delay = self.reserve()
        if delay > 0:
            what = (
                "the server's rate limit" if self.waiting else f"the rate of {self.per_minute:,.0f} requests a minute"
            )
            with waits.known(what, delay):
                await asyncio.sleep(delay)
        while (delay_s := self.waiting) > 0:
            with waits.known("the server's rate limit", delay_s):
                await asyncio.sleep(delay_s)


class RateLimiters:
    """The rate limiters of one process: `default` for every call, `bulk` for POST users/bulk as well."""

    def __init__(self, default: float = DEFAULT_PER_MINUTE, bulk: float = BULK_PER_MINUTE) -> None:
        self.default = RateLimiter(default)
        self.bulk = RateLimiter(bulk)

    def for_operation(self, operation_id: str) -> tuple[RateLimiter, ...]:
        """Return the limiters that apply to an operation."""
        return (self.bulk, self.default) if operation_id == "bulkCreateUser" else (self.default,)
