"""When a frame may be sent: when the terminal has answered for the last, so that frames merge instead of queueing.

Each frame ends with a question, where the cursor is; the answer says that the frame has arrived. A terminal is waited
for only once it has answered, and never long. The answers also tell what the line carries: when by that reckoning the
last frame has left it, the next need not wait for the answer, which may be on its way for long.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

__all__ = ["QUESTION", "Pacing"]

QUESTION = "\x1b[6n"
_PATIENCE = 2.0
"""Seconds that an answer may take, at least."""
_SLOWEST = 2048
"""Characters a second of the slowest line that is reckoned with."""
_TRIES = 3
"""Questions without an answer after which the terminal is not asked again."""
_RETRY = 5.0
"""Seconds between questions to a terminal that has not answered yet."""
_DEEPEST = 1.5
"""How often what the line carries in a round trip may be under way, should it carry less than it did."""
_FILL = 0.85
"""How much of what the line carries is used: a line that is full has a queue."""
_SLOWER = 0.8
"""What the line is thought to carry, against before, when there is a queue."""
_MORE = 1000
"""Characters that a frame has to be larger than another to tell by the time it took longer what the line carries."""
_QUEUE = 0.15
"""Of the shortest round trip: a longer delay is a queue."""
_JITTER = 0.02
"""Seconds of delay that mean nothing."""


class _Sent(NamedTuple):
    """at: when. arrived: what had arrived by then, in characters, since when."""

    at: float
    size: int
    arrived: int
    since: float


class _Took(NamedTuple):
    time: float
    size: int


class Pacing:
    """What is on its way to the terminal. Times are seconds of whichever clock the caller uses."""

    def __init__(self) -> None:
        self.round_trip: float | None = None
        self.restart()

    def restart(self) -> None:
        """Another terminal, maybe: whether it answers is to be seen."""
        self.answers = False
        self._tries = 0
        self._asked: float | None = None
        self._under_way: deque[_Sent] = deque()
        self._recent: deque[_Took] = deque(maxlen=16)
        self._nearest = _Took(float("inf"), 0)
        self._arrived = 0
        self._arrived_at = 0.0
        self._carries = 0.0
        self._line_free_at = 0.0

    def wait_until(self, now: float) -> float:
        """When a frame may be sent: now, at that time, or (infinity) when an answer has come."""
        if not self.answers or not self._under_way:
            return now
        if not self._carries or self._ahead >= _DEEPEST * self._carries * self._nearest.time:
            return float("inf")
        return max(now, self._line_free_at)

    def question(self, now: float, size: int) -> str:
        """What ends a frame of that size, sent now."""
        if not self.answers:
            if self._tries >= _TRIES or (self._asked is not None and now - self._asked < _RETRY):
                return ""
            self._tries += 1
        self._asked = now
        since = self._arrived_at if self._under_way else now
        self._under_way.append(_Sent(now, size, self._arrived, since))
        if self._carries:
            self._line_free_at = max(now, self._line_free_at) + size / (_FILL * self._carries)
        return QUESTION

    def answered(self, now: float) -> None:
        """The terminal has answered."""
        self.answers = True
        self._tries = 0
        if not self._under_way:
            return
        sent = self._under_way.popleft()
        self._arrived += sent.size
        self._arrived_at = now
        took = _Took(max(now - sent.at, 0.0001), sent.size)
        self._recent.append(took)
        self.round_trip = min(self._recent).time
        self._nearest = min(self._nearest, took)
        self._reckon(took, (self._arrived - sent.arrived) / max(now - sent.since, 0.0001))

    def _reckon(self, took: _Took, carried: float) -> None:
        """What the line carries, when a frame took so long and so much a second arrived meanwhile."""
        near = self._nearest
        more, longer = took.size - near.size, max(took.time - near.time, 0.0001)
        if more >= _MORE:
            carried = max(carried, more / longer)
        if carried > self._carries:
            self._carries = carried
        elif longer - more / self._carries > max(_JITTER, _QUEUE * near.time):
            self._carries = max(carried, _SLOWER * self._carries)

    @property
    def _ahead(self) -> int:
        return sum(sent.size for sent in self._under_way)

    @property
    def deadline(self) -> float | None:
        """Until when the oldest answer is waited for; None when none is."""
        if not (self.answers and self._under_way):
            return None
        longest = max(self._recent, default=_Took(0.0, 0)).time
        return self._under_way[0].at + max(_PATIENCE + self._ahead / _SLOWEST, 4 * longest)

    def given_up(self) -> None:
        """The answer did not come in time."""
        self._under_way.clear()
        self._tries += 1
        if self._tries >= _TRIES:
            self.answers = False
