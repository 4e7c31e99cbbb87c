"""The time at the server, as exactly as its responses show it; used by the import runner.

Whether a user was created by this job depends on whether it was created after the row was first sent. The clocks of
the two machines may differ, and this machine's may be set during a job. Therefore the journal stores send times in
server time.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

__all__ = ["ServerClock", "steady_ms"]

_UNKNOWN_OFFSET_MS = (-2_000, 2_000)
_STARTED = time.time_ns() - time.monotonic_ns()


def steady_ms() -> int:
    """Return the milliseconds of a clock that is never set: the time at process start plus the time since."""
    return (_STARTED + time.monotonic_ns()) // 1_000_000


class ServerClock:
    """Lower and upper bound in ms of the difference between server time and `steady_ms`; each observation narrows
    them.

    Before the first observation, two seconds in each direction are assumed.
    """

    def __init__(self) -> None:
        self._low, self._high = _UNKNOWN_OFFSET_MS
        self._is_known = False

    def observe(self, sent: int, received: int, earliest: int, latest: int) -> None:
        """Record that the server time was between `earliest` and `latest` at a moment between `sent` and `received`
        (all ms).
        """
        low, high = earliest - received, latest - sent
        if self._is_known and low <= self._high and high >= self._low:
            self._low, self._high = max(self._low, low), min(self._high, high)
        else:  # the first one, or one of the clocks was set
            self._low, self._high = low, high
        self._is_known = True

    def observe_headers(self, sent: int, received: int, headers: Mapping[str, str]) -> None:
        """Record the Date header of a response, which is exact to the second."""
        try:
            second = int(parsedate_to_datetime(headers["date"]).timestamp()) * 1000
        except (KeyError, ValueError, TypeError):
            return
        self.observe(sent, received, second, second + 999)

    def not_before(self, ours: int) -> int:
        """Return the earliest possible server time (ms) at the local time `ours` (ms)."""
        return ours + self._low
