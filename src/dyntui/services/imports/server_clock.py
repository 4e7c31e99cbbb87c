"""What time it is at the server, as narrowly as its answers tell.

Whether a user is ours depends on whether it was created after our first send; the two clocks need not agree, and ours
may be set while a job runs or between two runs. So what is kept of a send is its time at the server.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

__all__ = ["ServerClock", "steady_ms"]

_UNKNOWN_OFFSET_MS = (-2_000, 2_000)
_STARTED = time.time_ns() - time.monotonic_ns()


def steady_ms() -> int:
    """Milliseconds of a clock that nobody sets: the wall clock's when this process began, and counted from there."""
    return (_STARTED + time.monotonic_ns()) // 1_000_000


class ServerClock:
    """Bounds (ms) of what to add to our time (`steady_ms`) to get the server's. Each observation narrows them.

    Before the first one, two seconds either way are assumed.
    """

    def __init__(self) -> None:
        self._low, self._high = _UNKNOWN_OFFSET_MS
        self._is_known = False

    def observe(self, sent: int, received: int, earliest: int, latest: int) -> None:
        """At the server it was some time from `earliest` to `latest` at some time from `sent` to `received` here."""
        low, high = earliest - received, latest - sent
        if self._is_known and low <= self._high and high >= self._low:
            self._low, self._high = max(self._low, low), min(self._high, high)
        else:  # the first one, or one of the clocks was set
            self._low, self._high = low, high
        self._is_known = True

    def observe_headers(self, sent: int, received: int, headers: Mapping[str, str]) -> None:
        """The same from the Date header, which names the second that had begun."""
        try:
            second = int(parsedate_to_datetime(headers["date"]).timestamp()) * 1000
        except (KeyError, ValueError, TypeError):
            return
        self.observe(sent, received, second, second + 999)

    def not_before(self, ours: int) -> int:
        """The earliest that it can have been at the server at our time `ours`."""
        return ours + self._low
