"""Delays between attempts at a server that fails; used by the import runner, by undo and by reads of jobs.

Requests are retried by stamina in api/transport. These loops show each wait, end it when the job is stopped, and count
failures across requests, so they need the delay itself, which stamina does not give.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

__all__ = ["GIVE_UP_BEFORE_FIRST_RESPONSE_S", "Backoff"]

_FIRST_DELAY_S, _LONGEST_DELAY_S = 0.2, 30.0
GIVE_UP_BEFORE_FIRST_RESPONSE_S, _GIVE_UP_AFTER_RESPONSE_S = 20.0, 600.0
_MIN_ATTEMPTS = 5


class Backoff:
    """Growing delays after failures in a row, and when to give up.

    It gives up after 20 seconds when the server has never responded, and after ten minutes when it has; in both cases
    not before the sixth failure.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, jitter: Callable[[float, float], float] = random.uniform
    ) -> None:
        """Measure time with `clock` (seconds); multiply each delay by `jitter(0.75, 1.25)`."""
        self._clock = clock
        self._jitter = jitter
        self._has_responded = False
        self._failures = 0
        self._failing_since = 0.0

    def record_success(self) -> None:
        """Record a response."""
        self._has_responded = True
        self._failures = 0

    def next_delay(self) -> float | None:
        """Record a failure and return the seconds to wait before the next attempt; None when it is time to give up."""
        if not self._failures:
            self._failing_since = self._clock()
        self._failures += 1
        limit = _GIVE_UP_AFTER_RESPONSE_S if self._has_responded else GIVE_UP_BEFORE_FIRST_RESPONSE_S
        if self._failures > _MIN_ATTEMPTS and self._clock() - self._failing_since > limit:
            return None
        delay = min(_LONGEST_DELAY_S, _FIRST_DELAY_S * 2.0 ** min(self._failures - 1, 20))
        return delay * self._jitter(0.75, 1.25)
