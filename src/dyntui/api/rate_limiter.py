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
from weakref import WeakKeyDictionary

from dyntui.api.in_flight import InFlightLimit

if TYPE_CHECKING:
    from dyntui.api.waits import Waits

__all__ = [
    "BULK_PER_MINUTE",
    "DEFAULT_PER_MINUTE",
    "EMBEDDED_WALLETS_PER_MINUTE",
    "INVITES_PER_MINUTE",
    "RateLimiter",
    "RateLimiters",
]

DEFAULT_PER_MINUTE = 1500
"""Developer endpoints, per address (docs/vendor-api.md#rate-limits)."""
BULK_PER_MINUTE = 150
"""POST users/bulk, per address (docs/vendor-api.md#rate-limits)."""
EMBEDDED_WALLETS_PER_MINUTE = 300
"""POST embeddedWallets, per address (docs/vendor-api.md#rate-limits)."""
INVITES_PER_MINUTE = 20
"""Invites, per address (docs/vendor-api.md#rate-limits)."""

_LONGEST_BURST_S = 0.5
_MARGIN = 61 / 60
"""The interval of requests, as a multiple of that of the limit: 60 seconds, and a burst at their begin, stay below it,
also when some requests reach the server later than others."""
_MANY = 1_000_000
"""The places of a limiter without a limit."""


class RateLimiter:
    """Limits requests to `per_minute`, in bursts of at most half a second's share. 0 is no limit.

    No minute, whenever it begins, has more requests than `per_minute`.

    A request of a screen or command reserves the next place when it arrives. A bulk request takes a place only when one
    is free now, so that other requests wait for one place at most, however many bulk requests there are.
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
        self._bulk_queues: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()
        """The bulk requests of each event loop, in the order in which they arrived."""

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

    @property
    def is_slowed(self) -> bool:
        """Whether the rate is below the limit because of 429 responses."""
        return self._factor < 1.0

    def places(self) -> tuple[int, float]:
        """Return how many requests could be sent now, and the seconds until one can be."""
        with self._lock:
            at = self._clock()
            start = self._next_start(at)
            if start > at:
                return 0, start - at
            if not (interval := self._interval_s):
                return _MANY, 0.0
            burst = self._burst_s(interval)
            return int((at - max(self._next - burst, at - burst)) / interval) + 1, 0.0

    def reserve(self) -> float:
        """Reserve the next place in the queue; return the seconds to wait before sending."""
        with self._lock:
            at = self._clock()
            start = self._next_start(at)
            self._book(start)
            return start - at

    def try_reserve(self) -> float:
        """Reserve a place when one is free now and return 0; otherwise return the seconds until one is."""
        with self._lock:
            at = self._clock()
            start = self._next_start(at)
            if start > at:
                return start - at
            self._book(start)
            return 0.0

    def _next_start(self, at: float) -> float:
        if self._factor < 1.0 and at - self._recovered_at >= 60:
            self._factor, self._recovered_at = min(1.0, self._factor + 0.1), at
        start = max(at, self._delayed_until)
        interval = self._interval_s
        return max(start, self._next - self._burst_s(interval)) if interval else start

    @property
    def _interval_s(self) -> float:
        """Seconds from request to request; 0 for no limit."""
        return 60 / self.per_minute * _MARGIN if self.per_minute else 0.0

    def _burst_s(self, interval: float) -> float:
        """Return how far ahead of the pace requests may be, in seconds; 0 for a limit of up to one per second."""
        return min(_LONGEST_BURST_S, max(0.0, 1.0 - interval))

    def _book(self, start: float) -> None:
        if interval := self._interval_s:
            self._next = max(self._next, start) + interval

    def hold(self, seconds: float) -> None:
        """Send nothing for `seconds` after a 429 response, and halve the rate."""
        with self._lock:
            at = self._clock()
            if at >= self._delayed_until:
                self._factor = max(0.1, self._factor / 2)
                self._recovered_at = at
            self._delayed_until = max(self._delayed_until, at + seconds)

    async def acquire(self, waits: Waits, *, is_bulk: bool = False) -> None:
        """Wait until a request may be sent. Long waits are announced in `waits`.

        is_bulk: whether it is a request of bulk work, which gives way to others.
        """
        if is_bulk:
            async with self._bulk_queue():
                while (delay := self.try_reserve()) > 0:
                    await self._sleep(delay, waits)
            return
        if (delay := self.reserve()) > 0:
            await self._sleep(delay, waits)
        while (delay := self.waiting) > 0:
            await self._sleep(delay, waits)

    async def _sleep(self, delay: float, waits: Waits) -> None:
        what = "the server's rate limit" if self.waiting else f"the rate of {self.per_minute:,.0f} requests a minute"
        with waits.known(what, delay):
            await asyncio.sleep(delay)

    def _bulk_queue(self) -> asyncio.Lock:
        with self._lock:
            return self._bulk_queues.setdefault(asyncio.get_running_loop(), asyncio.Lock())


class RateLimiters:
    """What limits the requests of one process.

    default: every request. bulk: POST users/bulk as well. embedded_wallets, invites: these operations as well; None for
    the limit of the vendor, or none where `default` has none. in_flight: the requests of bulk work.
    """

    def __init__(
        self,
        default: float = DEFAULT_PER_MINUTE,
        bulk: float = BULK_PER_MINUTE,
        in_flight: InFlightLimit | None = None,
        *,
        embedded_wallets: float | None = None,
        invites: float | None = None,
    ) -> None:
        self.default = RateLimiter(default)
        self.bulk = RateLimiter(bulk)
        of_vendor = (EMBEDDED_WALLETS_PER_MINUTE, INVITES_PER_MINUTE) if default else (0, 0)
        self.embedded_wallets = RateLimiter(of_vendor[0] if embedded_wallets is None else embedded_wallets)
        self.invites = RateLimiter(of_vendor[1] if invites is None else invites)
        self.in_flight = in_flight or InFlightLimit()

    def for_operation(self, operation_id: str) -> tuple[RateLimiter, ...]:
        """Return the limiters of an operation; the one that is its own is the first."""
        match operation_id:
            case "bulkCreateUser":
                return self.bulk, self.default
            case "createEmbeddedWallet" | "createEmbeddedWalletFromFarcaster":
                return self.embedded_wallets, self.default
            case "createInvite":
                return self.invites, self.default
        return (self.default,)
