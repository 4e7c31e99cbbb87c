"""Writer, pacing and driver together: parts of the screen come in, frames go out."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from threading import Condition

from rich.color import ColorSystem
from textual.driver import Driver

from dyntui.tui.lean.pacing import Pacing
from dyntui.tui.lean.pens import pens
from dyntui.tui.lean.private import Piece
from dyntui.tui.lean.writer import Writer

__all__ = ["Output"]

_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
_LAST_WAIT = 2.0
"""Seconds at most that leaving the screen waits for answers that are under way."""


class Output:
    """What a terminal is sent while its driver runs.

    colours: what it can show. fills: see Writer. later: calls a function in the app's own turn.
    """

    def __init__(self, colours: ColorSystem, *, fills: bool, later: Callable[[Callable[[], None]], object]) -> None:
        self.pacing = Pacing()
        self.synchronised = False
        self._pen = pens(colours)
        self._fills = fills
        self._later = later
        self._driver: Driver | None = None
        self._writer: Writer | None = None
        self._forgotten = False
        self._expected = 0
        self._cursor = (0, 0)
        self._alarm: asyncio.TimerHandle | None = None
        self._unanswered = 0
        self._answer = Condition()
        self._heard: deque[float] = deque()

    @property
    def running(self) -> bool:
        """Whether there is a terminal to send to."""
        return self._driver is not None

    # The driver's side

    def started(self, driver: Driver) -> None:
        """The driver has the terminal, an empty screen on it. May be called in a signal handler, amid anything."""
        self.pacing.restart()
        self._unanswered = 0
        self._expected = 1
        self._forgotten = True
        self._driver = driver
        if self._writer is not None:
            self._later(self.flush)

    def stopping(self) -> None:
        """The driver is about to give the terminal away: it is left with a plain pen and no answer under way."""
        driver, self._driver = self._driver, None
        if driver is None:
            return
        driver.write("\x1b[m")
        if self.pacing.answers:
            # What arrives later would be read as typed by whatever has the terminal next.
            limit = min(_LAST_WAIT, 0.1 + 4 * (self.pacing.round_trip or 0.0))
            with self._answer:
                self._answer.wait_for(lambda: not self._unanswered, limit)

    def heard(self) -> None:
        """The terminal has answered; called in whichever thread reads it."""
        with self._answer:
            self._heard.append(time.monotonic())
            self._unanswered = max(0, self._unanswered - 1)
            self._answer.notify_all()

    def expect_size(self) -> None:
        """The terminal is going to tell its size unasked; also called in whichever thread reads it."""
        self._expected += 1

    # The app's side

    def sized(self, size: tuple[int, int]) -> None:
        """The terminal told its size. That of before, unexpected, means that it had another in between."""
        if self._writer is not None and (self._writer.width, self._writer.height) == size and not self._expected:
            self.forget()
            self.flush()
        self._expected = max(0, self._expected - 1)

    def forget(self) -> None:
        """The terminal shows something else than what was sent to it."""
        self._forgotten = True

    def show(self, parts: Iterable[Piece], size: tuple[int, int], cursor: tuple[int, int]) -> None:
        """Show parts of a screen of that size, with the cursor in that column and line, as soon as may be."""
        width, height = size
        if self._writer is None:
            self._writer = Writer(width, height, self._pen, fills=self._fills)
        elif (self._writer.width, self._writer.height) != size:
            self._writer.resize(width, height)
        for y, x, segments in parts:
            self._writer.put(y, x, segments)
        self._cursor = cursor
        self.flush()

    def answered(self) -> None:
        """The terminal has answered; called in the app's own turn."""
        with self._answer:
            heard_at = self._heard.popleft() if self._heard else time.monotonic()
        self.pacing.answered(heard_at)
        self.flush()

    def flush(self) -> None:
        """Send what the terminal does not show yet, if it may be sent now, or else when it may."""
        driver, writer, now = self._driver, self._writer, time.monotonic()
        if driver is None or writer is None:
            return
        may = self.pacing.wait_until(now)
        if may <= now and (frame := self._frame(writer)):
            if question := self.pacing.question(now, len(frame)):
                with self._answer:
                    self._unanswered += 1
            driver.write(frame + question)
            may = now
        self._call_at(may if may > now else None)

    def _frame(self, writer: Writer) -> str:
        if self._forgotten:
            self._forgotten = False
            writer.forget()
        frame = writer.frame(self._cursor)
        if self._forgotten or not frame:
            # Forgotten: while this was made the terminal was lent and given back, empty. `started` calls again.
            return ""
        return f"{_SYNC_START}{frame}{_SYNC_END}" if self.synchronised else frame

    def _call_at(self, at: float | None) -> None:
        """Look again at a time, and at the latest when an answer cannot be waited for any longer."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        times = [moment for moment in (at, self.pacing.deadline) if moment is not None]
        if times:
            wait = max(0.0, min(times) - time.monotonic())
            self._alarm = asyncio.get_running_loop().call_later(wait, self._later, self._look_again)

    def _look_again(self) -> None:
        if (deadline := self.pacing.deadline) is not None and time.monotonic() >= deadline:
            self.pacing.given_up()
            with self._answer:
                self._unanswered = 0
        self.flush()
