"""When a frame may be sent: while little is on its way, so that frames merge instead of queueing in the line.

Each frame ends with a question, where the cursor is; the answer says that the frame has arrived. So what a person sees
is never further behind than what is on its way at most. A terminal is waited for only once it has answered, and only
as long as its answers take.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

__all__ = ["QUESTION", "WINDOW", "FlowControl"]

QUESTION = "\x1b[6n"
WINDOW = 1500
"""Characters on their way after which the next frame waits: a little more than what 8 KB/s carry in 150 ms. There a
held key's last effect was seen after 0.27 s with 1,400 and with 1,550, after 0.36 s with 1,250."""
_LEAST_PATIENCE_S = 0.5
_MOST_PATIENCE_S = 5.0
_ROUND_TRIPS = 4
"""Round trips, as measured, that an answer may take in addition to what the line needs to carry the characters."""
_SLOW_LINE = 1 / 8192
"""Seconds for a character until it has been measured."""
_LARGE = 500
"""Characters on their way that tell how fast the line is; fewer tell the round trip."""
_UNANSWERED = 2
"""Questions that are asked of a terminal that has not answered."""
_FIRST_ANSWER_S = 1.0
"""Seconds in which a terminal answers for the first time, if it does."""


class _Question(NamedTuple):
    """A question under way. size: characters of its frame. queued: all characters under way when it was asked."""

    asked_at: float
    size: int
    queued: int


class FlowControl:
    """What is on its way to the terminal. clock: gives seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Another terminal, maybe: whether it answers is to be seen."""
        self._answers = False
        self._under_way: deque[_Question] = deque()
        self._round_trip: float | None = None
        self._per_character = _SLOW_LINE

    @property
    def may_send(self) -> bool:
        """Whether a frame may be sent now; if not, an answer is awaited."""
        return not self.awaits or self._queued < WINDOW

    @property
    def awaits(self) -> bool:
        """Whether an answer is under way, of a terminal that answers."""
        return self._answers and bool(self._under_way)

    @property
    def asked(self) -> bool:
        """Whether an answer may be under way, of whatever terminal."""
        return bool(self._under_way)

    @property
    def patience(self) -> float:
        """Seconds until the oldest question is given up; the newest, of a terminal that has not answered yet."""
        if not self._under_way:
            return 0.0
        if not self._answers:
            return self._under_way[-1].asked_at + _FIRST_ANSWER_S - self._clock()
        question = self._under_way[0]
        return question.asked_at + self._limit + question.queued * self._per_character - self._clock()

    @property
    def _queued(self) -> int:
        return sum(question.size for question in self._under_way)

    @property
    def _limit(self) -> float:
        return min(max(_LEAST_PATIENCE_S, _ROUND_TRIPS * (self._round_trip or 0.0)), _MOST_PATIENCE_S)

    def sent(self, size: int) -> str:
        """A frame of that size is sent; what is to end it. A terminal that does not answer is not asked for ever."""
        if not self._answers and len(self._under_way) >= _UNANSWERED:
            return ""
        self._under_way.append(_Question(self._clock(), size, self._queued + size))
        return QUESTION

    def answered(self) -> None:
        """The terminal has answered."""
        self._answers = True
        if self._under_way:
            self._measure(self._under_way.popleft())

    def _measure(self, question: _Question) -> None:
        took = self._clock() - question.asked_at
        if question.queued >= _LARGE and self._round_trip is not None:
            self._per_character = max(0.0, took - self._round_trip) / question.queued
            return
        round_trip = max(0.0, took - question.queued * self._per_character)
        # One quick answer among slow ones is no reason to be impatient.
        self._round_trip = max(round_trip, 0.75 * (self._round_trip or 0.0))

    def given_up(self) -> None:
        """An answer did not come in time: it is waited for longer the next time, once the terminal answers again."""
        self._round_trip = 2 * self._limit / _ROUND_TRIPS
        self._answers = False
        self._under_way.clear()
