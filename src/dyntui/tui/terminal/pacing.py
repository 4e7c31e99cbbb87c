"""When a frame may be sent: while little is on its way, so that frames merge instead of queueing in the line.

Each frame ends with a question, where the cursor is; the answer says that the frame has arrived. So what a person sees
is never further behind than what is on its way at most. A terminal is waited for only once it has answered.
"""

from __future__ import annotations

from collections import deque

__all__ = ["PATIENCE", "QUESTION", "WINDOW", "Pacing"]

QUESTION = "\x1b[6n"
WINDOW = 1500
"""Characters on their way after which the next frame waits: a little more than what 8 KB/s carry in 150 ms. There a
held key's last effect was seen after 0.27 s with 1,400 and with 1,550, after 0.36 s with 1,250."""
PATIENCE = 5.0
"""Seconds that an answer may take. A terminal that takes longer is not waited for until it answers again."""


class Pacing:
    """What is on its way to the terminal."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Another terminal, maybe: whether it answers is to be seen."""
        self._answers = self._asked = False
        self._under_way: deque[int] = deque()

    @property
    def may_send(self) -> bool:
        """Whether a frame may be sent now; if not, an answer is awaited."""
        return not self.awaits or sum(self._under_way) < WINDOW

    @property
    def awaits(self) -> bool:
        """Whether an answer is under way."""
        return self._answers and bool(self._under_way)

    def sent(self, size: int) -> str:
        """A frame of that size is sent; what is to end it. A terminal that does not answer is asked once."""
        if self._asked and not self._answers:
            return ""
        self._asked = True
        self._under_way.append(size)
        return QUESTION

    def answered(self) -> None:
        """The terminal has answered."""
        self._answers = True
        if self._under_way:
            self._under_way.popleft()

    def given_up(self) -> None:
        """An answer did not come in time."""
        self._answers = False
        self._under_way.clear()
