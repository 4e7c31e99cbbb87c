"""Bulk work: many requests in flight, as many as the rate limit and the response time of the server need.

A scan of a list, an import and an action on many targets each open a `BulkRun`. All runs of the process share the
maximum of requests in flight and the rate limiters, and give way to the requests of screens and commands
(api/in_flight.py, api/rate_limiter.py). They slow down together when the server fails.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from dyntui.api.in_flight import bulk_request

if TYPE_CHECKING:
    from dyntui.api.client import Client

__all__ = ["BulkRun", "Constraint", "Throughput"]

T = TypeVar("T")
R = TypeVar("R")

_SMOOTHING = 0.3
"""The share of the latest response time in the average."""
_RESERVE = 1.25
"""Requests in flight, as a multiple of rate x response time: response times vary."""
UNLIMITED_PER_S = 500.0
"""Requests per second that are sent at most without a rate limit: one process sends about as many. More in flight than
that needs only wait for each other, and each makes the connection pool slower."""
_FIRST_SHARE = 0.25
"""The share of the first response time that counts without a rate limit: the request also opens the connection, and the
server may have to warm up."""
_WINDOW_S = 15.0
_SHORTEST_S = 1.0
"""Seconds before there is a rate: the first responses come together, and are no measure."""
_AT_LIMIT = 0.9


class Constraint(StrEnum):
    """What keeps bulk work from being faster."""

    RATE_LIMIT = "at the rate limit"
    SERVER = "slower because the server fails"
    RESPONSE_TIME = "limited by the response time"


@dataclass(frozen=True, slots=True)
class Throughput:
    """How fast a run sends."""

    per_minute: float
    """Responses per minute, over the last 15 seconds; 0 when there are too few."""
    limit_per_minute: float
    """The rate limit in requests per minute; 0 for none."""
    constraint: Constraint

    @property
    def is_at_limit(self) -> bool:
        """Whether the rate limit is used up."""
        return self.constraint is Constraint.RATE_LIMIT and self.per_minute >= _AT_LIMIT * self.limit_per_minute

    def __str__(self) -> str:
        """Return the rate, and what limits it, where that is certain; "" before there is a rate."""
        if not self.per_minute:
            return ""
        rate = f"{self.per_minute:,.0f}"
        if self.limit_per_minute:
            rate = f"{min(self.per_minute, self.limit_per_minute):,.0f} of {self.limit_per_minute:,.0f}"
        is_certain = self.is_at_limit or self.constraint is not Constraint.RATE_LIMIT
        return f"{rate} requests/min" + (f", {self.constraint}" if is_certain else "")

    def seconds_for(self, requests: int) -> float | None:
        """Return how long a number of requests takes: at the limit where it can be reached, else at the rate so far.

        Returns None before there is a rate.
        """
        if not self.per_minute:
            return None
        limited = self.constraint is Constraint.RATE_LIMIT
        return requests * 60 / (self.limit_per_minute if limited else self.per_minute)


class BulkRun:
    """The requests of one scan, job or action. It belongs to one event loop.

    needed: how many requests are to be in flight: the rate times the response time, with a reserve. Until the first
    response it is 1. Within a request of another run, a run sends one request at a time, as part of it.
    """

    def __init__(
        self, client: Client, operation_id: str, *, one_at_a_time: bool = False, uses_last_response_time: bool = False
    ) -> None:
        """Make a run whose requests are mostly of the operation `operation_id`.

        one_at_a_time: whether a request waits for the end of the one before, because their order matters.
        uses_last_response_time: whether the response time of the client's last request decides how many requests are
        sent before the first response; by default it is one.
        """
        last_ms = client.log.last_ms if uses_last_response_time else None
        self._first_estimate_s = None if last_ms is None else last_ms / 1000
        self._rate_limiters = client.rate_limiters.for_operation(operation_id)
        self._limit = client.rate_limiters.in_flight
        self._one_at_a_time = one_at_a_time
        self._response_time_s: float | None = None
        self._shortest_s = math.inf
        """The shortest response time, which requests that wait for each other do not lengthen."""
        self._responses: deque[float] = deque()
        self._in_flight = 0
        self.attempts = 0
        """How many attempts to send a request have ended."""

    @property
    def _is_nested(self) -> bool:
        """Whether the caller is part of a bulk request, which counts as in flight."""
        return bulk_request.get() is not None

    # Called by the transport (AttemptListener)

    def record_response(self, seconds: float) -> None:
        """Record a response that came after `seconds`."""
        self.attempts += 1
        average = self._response_time_s
        self._response_time_s = seconds if average is None else average + _SMOOTHING * (seconds - average)
        self._shortest_s = min(self._shortest_s, seconds)
        self._responses.append(time.monotonic())
        self._drop_old_responses()
        self._limit.record_success()

    def record_failure(self, started: float) -> None:
        """Record an attempt that failed; it began at `started` (`time.monotonic`)."""
        self.attempts += 1
        self._limit.record_failure(started)

    # How many requests

    @property
    def limit_per_minute(self) -> float:
        """The rate limit in requests per minute; 0 for none."""
        return min((limiter.per_minute for limiter in self._rate_limiters if limiter.per_minute), default=0.0)

    @property
    def needed(self) -> int:
        """How many requests are to be in flight now."""
        estimate_s = self._first_estimate_s if self._response_time_s is None else self._response_time_s
        if estimate_s is None or self._is_nested or self._one_at_a_time:
            return 1
        return min(self._in_flight_for(estimate_s), self._limit.maximum)

    def _in_flight_for(self, response_time_s: float) -> int:
        if not self.limit_per_minute:
            shortest_s = min(response_time_s, self._shortest_s) * (_FIRST_SHARE if self.attempts == 1 else 1.0)
            return math.ceil(UNLIMITED_PER_S * shortest_s * _RESERVE) + 1
        return math.ceil(self.limit_per_minute / 60 * response_time_s * _RESERVE) + 1

    @property
    def free(self) -> int:
        """How many more requests of this run may start now, within the rate limit and the maximum in flight.

        When other runs use the maximum, one may start and wait for its turn, so that this run gets its share.
        """
        places = min(limiter.places()[0] for limiter in self._rate_limiters)
        return max(0, min(self.needed - self._in_flight, max(1, self._limit.free), places))

    @property
    def delay_s(self) -> float:
        """Seconds until the rate limit permits the next request."""
        return max(limiter.places()[1] for limiter in self._rate_limiters)

    def throughput(self) -> Throughput:
        """Return the measured rate and what limits it."""
        self._drop_old_responses()
        count = len(self._responses)
        seconds = time.monotonic() - self._responses[0] if count else 0.0
        rate = (count - 1) * 60 / seconds if count > 1 and seconds >= _SHORTEST_S else 0.0
        return Throughput(rate, self.limit_per_minute, self._constraint())

    def _drop_old_responses(self) -> None:
        start = time.monotonic() - _WINDOW_S
        while self._responses and self._responses[0] < start:
            self._responses.popleft()

    def _constraint(self) -> Constraint:
        required = self._in_flight_for(self._response_time_s or 0.0)
        is_reduced = self._limit.allowed < min(required, self._limit.maximum)
        if is_reduced or any(limiter.is_slowed for limiter in self._rate_limiters):
            return Constraint.SERVER
        is_limited = bool(self.limit_per_minute) and required <= self._limit.maximum
        return Constraint.RATE_LIMIT if is_limited else Constraint.RESPONSE_TIME

    # Running

    @asynccontextmanager
    async def request(self) -> AsyncIterator[None]:
        """Wait until a request may start; the requests that the block sends are those of this run."""
        if self._is_nested:
            yield
            return
        self._in_flight += 1
        try:
            await self._limit.enter()
            token = bulk_request.set(self)
            try:
                yield
            finally:
                self._limit.leave()
                bulk_request.reset(token)
        finally:
            self._in_flight -= 1

    def in_order(
        self, items: Iterable[T], call: Callable[[T], Awaitable[R]], *, drain: bool = False
    ) -> AsyncGenerator[R, None]:
        """Call `call`, one request, for each item, several at a time; yield the results in the order of the items.

        An item is taken from `items` when its call begins. At most twice the maximum of requests in flight are ahead
        of the result that is yielded. When a call raises, or the generator is closed, calls that run are canceled.
        drain: whether they are awaited instead when a call raises, because they write.
        """

        async def send(item: T) -> R:
            async with self.request():
                return await call(item)

        return self._call_in_order(items, send, lambda: self.needed, drain=drain)

    def scans_in_order(self, items: Iterable[T], call: Callable[[T], Awaitable[R]]) -> AsyncGenerator[R, None]:
        """As `in_order`, for calls that open runs of their own, such as the scans of several lists."""
        return self._call_in_order(items, call, lambda: 1 if self._is_nested else self._limit.maximum)

    async def _call_in_order(
        self, items: Iterable[T], call: Callable[[T], Awaitable[R]], count: Callable[[], int], *, drain: bool = False
    ) -> AsyncGenerator[R, None]:
        """Call `call` for each item, `count()` at a time, and yield the results in the order of the items."""

        async def run(item: T) -> R:
            return await call(item)

        source = iter(items)
        tasks: deque[asyncio.Task[R]] = deque()
        has_more = True
        try:
            while True:
                running = [task for task in tasks if not task.done()]
                while has_more and len(running) < count() and len(tasks) < 2 * self._limit.maximum:
                    try:
                        task = asyncio.create_task(run(next(source)))
                    except StopIteration:
                        has_more = False
                    else:
                        tasks.append(task)
                        running.append(task)
                if not tasks:
                    return
                if tasks[0].done():
                    if drain and tasks[0].exception() is not None:
                        await asyncio.gather(*tasks, return_exceptions=True)
                    yield tasks.popleft().result()
                else:
                    await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
