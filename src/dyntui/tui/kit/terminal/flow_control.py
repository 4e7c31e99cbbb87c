"""Decides when a frame may be sent, so that frames are merged instead of queued on a slow connection.

Each frame ends with a query for the cursor position; the response shows that the frame has arrived. So the screen is
never further behind than the characters in flight. Frames wait only for a terminal that has responded before, and only
as long as its responses take.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

__all__ = ["CURSOR_QUERY", "MAX_IN_FLIGHT", "FlowControl"]

CURSOR_QUERY = "\x1b[6n"
MAX_IN_FLIGHT = 1500
"""Characters in flight from which the next frame waits: a little more than 8 KB/s carry in 150 ms. At that speed the
last effect of a held key was visible after 0.27 s with 1,400 and 1,550, and after 0.36 s with 1,250."""
_MIN_TIMEOUT_S = 0.5
_MAX_TIMEOUT_S = 5.0
_ROUND_TRIPS = 4
"""Measured round trips that a response may take, in addition to the time for the characters."""
_DEFAULT_S_PER_CHARACTER = 1 / 8192
"""Seconds per character until they are measured."""
_MIN_SPEED_SAMPLE = 500
"""Characters in flight from which a response measures the speed; with fewer it measures the round trip."""
_MAX_UNANSWERED = 2
"""The maximum number of queries to a terminal that has not responded yet."""
_FIRST_RESPONSE_S = 1.0
"""Seconds within which a terminal responds for the first time, if it responds at all."""


class _Query(NamedTuple):
    """A query without a response yet."""

    sent_at: float
    """Seconds of the clock."""
    size: int
    """Characters of its frame."""
    in_flight: int
    """All characters in flight when it was sent, with its own frame."""


class FlowControl:
    """The characters in flight to the terminal. clock: returns seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Start again, possibly with another terminal."""
        self._responds = False
        """Whether the terminal responds to queries."""
        self._pending: deque[_Query] = deque()
        self._round_trip_s: float | None = None
        self._s_per_character = _DEFAULT_S_PER_CHARACTER

    @property
    def may_send(self) -> bool:
        """Whether a frame may be sent now; else after the next response."""
        return not self.is_waiting or self._in_flight < MAX_IN_FLIGHT

    @property
    def is_waiting(self) -> bool:
        """Whether a terminal that responds has queries without a response."""
        return self._responds and bool(self._pending)

    @property
    def has_pending(self) -> bool:
        """Whether there are queries without a response."""
        return bool(self._pending)

    @property
    def time_left_s(self) -> float:
        """Seconds until the timeout of the oldest query, or of the newest one if the terminal has not responded yet."""
        if not self._pending:
            return 0.0
        if not self._responds:
            return self._pending[-1].sent_at + _FIRST_RESPONSE_S - self._clock()
        query = self._pending[0]
        return query.sent_at + self._timeout_s + query.in_flight * self._s_per_character - self._clock()

    @property
    def _in_flight(self) -> int:
        return sum(query.size for query in self._pending)

    @property
    def _timeout_s(self) -> float:
        return min(max(_MIN_TIMEOUT_S, _ROUND_TRIPS * (self._round_trip_s or 0.0)), _MAX_TIMEOUT_S)

    def on_frame(self, size: int) -> str:
        """Record a frame of `size` characters. Returns the query to send after it; "" for none."""
        if not self._responds and len(self._pending) >= _MAX_UNANSWERED:
            return ""
        self._pending.append(_Query(self._clock(), size, self._in_flight + size))
        return CURSOR_QUERY

    def on_response(self) -> None:
        """Record a response of the terminal."""
        self._responds = True
        if self._pending:
            self._measure(self._pending.popleft())

    def _measure(self, query: _Query) -> None:
        elapsed_s = self._clock() - query.sent_at
        if query.in_flight >= _MIN_SPEED_SAMPLE and self._round_trip_s is not None:
            self._s_per_character = max(0.0, elapsed_s - self._round_trip_s) / query.in_flight
            return
        round_trip_s = max(0.0, elapsed_s - query.in_flight * self._s_per_character)
        # One quick response among slow ones must not shorten the timeout much.
        self._round_trip_s = max(round_trip_s, 0.75 * (self._round_trip_s or 0.0))

    def on_timeout(self) -> None:
        """Stop waiting for the pending responses. The next timeout, after the terminal responded again, is longer."""
        self._round_trip_s = 2 * self._timeout_s / _ROUND_TRIPS
        self._responds = False
        self._pending.clear()
