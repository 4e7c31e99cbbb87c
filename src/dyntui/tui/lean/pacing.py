"""When a frame may be sent: when the terminal has answered for the last, so that frames merge instead of queueing.

Each frame ends with a question, where the cursor is; the answer says that the frame has arrived. A terminal is waited
for only once it has answered, and never long. What is small may go while something small is on its way: on a line that
is slow by distance, waiting for each answer would make typing lag.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

__all__ = ["QUESTION", "Pacing"]

QUESTION = "\x1b[6n"
_ALLOWANCE = 1000
"""Characters on their way below which another frame may be sent."""
_PATIENCE = 1.0
"""Seconds that an answer may take, at least."""
_SLOWEST = 4096
"""Characters a second of the slowest line that is reckoned with."""
_TRIES = 3
"""Questions without an answer after which the terminal is not asked again."""
_RETRY = 5.0
"""Seconds between questions to a terminal that has not answered yet."""


class _Sent(NamedTuple):
    at: float
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
        self._recent: deque[float] = deque(maxlen=8)

    def may_send(self) -> bool:
        """Whether a frame may be sent now."""
        return not self.answers or sum(sent.size for sent in self._under_way) < _ALLOWANCE

    def question(self, now: float, size: int) -> str:
        """What ends a frame of that size, sent now."""
        if not self.answers:
            if self._tries >= _TRIES or (self._asked is not None and now - self._asked < _RETRY):
                return ""
            self._tries += 1
        self._asked = now
        self._under_way.append(_Sent(now, size))
        return QUESTION

    def answered(self, now: float) -> None:
        """The terminal has answered."""
        self.answers = True
        self._tries = 0
        if self._under_way:
            self._recent.append(now - self._under_way.popleft().at)
            self.round_trip = min(self._recent)

    @property
    def deadline(self) -> float | None:
        """Until when the oldest answer is waited for; None when none is."""
        if not (self.answers and self._under_way):
            return None
        ahead = sum(sent.size for sent in self._under_way)
        longest = max(self._recent, default=0.0)
        return self._under_way[0].at + max(_PATIENCE + ahead / _SLOWEST, 4 * longest)

    def given_up(self) -> None:
        """The answer did not come in time."""
        self._under_way.clear()
        self._tries += 1
        if self._tries >= _TRIES:
            self.answers = False
