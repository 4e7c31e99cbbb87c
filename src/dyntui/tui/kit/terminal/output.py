"""Writer, pacing and driver together: parts of the screen come in, frames go out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from threading import Condition

from rich.color import ColorSystem
from textual.driver import Driver

from dyntui.tui.kit.terminal.flow_control import QUESTION, FlowControl
from dyntui.tui.kit.terminal.frame_diff import FrameDiff
from dyntui.tui.kit.terminal.sgr import pens
from dyntui.tui.kit.terminal.textual_internals import Piece

__all__ = ["Output"]

_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
_WIDTH_PROBE = f"\x1b[H\u2026{QUESTION}\x1b[H\x1b[K"
"""Asks how many columns a character of East Asian ambiguous width takes; nothing of it stays on the screen."""
_NO_REPORTS = "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l"
"""No more reports of the mouse and of the focus."""


class Output:
    """What a terminal is sent while its driver runs. The driver's side may be called in whichever thread reads it.

    colours: what it can show. fills: see Writer.
    """

    def __init__(self, colours: ColorSystem, *, fills: bool, pacing: FlowControl | None = None) -> None:
        self.synchronised = False
        self._pen = pens(colours)
        self._fills = fills
        self._driver: Driver | None = None
        self._writer: FrameDiff | None = None
        self._forgotten = False
        self._size_expected = False
        self._cursor = (0, 0)
        self._pacing = pacing or FlowControl()
        self._probing = False
        self._wide_ambiguous = False
        self._answer = Condition()
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def running(self) -> bool:
        """Whether there is a terminal to send to."""
        return self._driver is not None

    # The driver's side

    def started(self, driver: Driver) -> None:
        """The driver has the terminal, an empty screen on it, and is about to tell its size.

        May be called in a signal handler, amid anything.
        """
        with self._answer:
            self._pacing.restart()
            self._pacing.sent(len(_WIDTH_PROBE))
            self._probing = True
        self._forgotten = True
        driver.write(_WIDTH_PROBE)
        self._driver = driver

    def stopping(self) -> None:
        """The driver is about to give the terminal away, and still reads what it answers.

        It is left with a plain pen, without reports of the mouse, and with no answer under way: what arrives later is
        read as typed by whatever has the terminal next. The last answer comes after the last report.
        """
        driver, self._driver = self._driver, None
        if driver is None:
            return
        with self._answer:
            question = self._pacing.sent(0)
        driver.write(f"\x1b[m{_NO_REPORTS}{question}")
        with self._answer:
            while (patience := self._pacing.patience) > 0:
                self._answer.wait_for(lambda: not self._pacing.asked, patience)

    def answered(self, column: int, line: int) -> None:
        """The terminal has answered where its cursor is. `flush`, in the app's own turn, is to follow."""
        with self._answer:
            if self._probing:
                self._probing = False
                self._wide_ambiguous = (column, line) == (2, 0)
            self._pacing.answered()
            self._answer.notify_all()

    def expect_size(self) -> None:
        """The terminal is going to tell its size though it has not changed."""
        self._size_expected = True

    # The app's side

    def sized(self, size: tuple[int, int]) -> None:
        """The terminal reported its size. That of before, unexpected, means that it had another in between."""
        if self._writer is not None and (self._writer.width, self._writer.height) == size and not self._size_expected:
            self.forget()
            self.flush()
        self._size_expected = False

    def forget(self) -> None:
        """The terminal shows something else than what was sent to it."""
        self._forgotten = True

    def show(self, parts: Iterable[Piece], size: tuple[int, int], cursor: tuple[int, int]) -> None:
        """Show parts of a screen of that size, with the cursor in that column and line, as soon as may be."""
        width, height = size
        if self._writer is None:
            self._writer = FrameDiff(width, height, self._pen, fills=self._fills)
        elif (self._writer.width, self._writer.height) != size:
            self._writer.resize(width, height)
        for y, x, segments in parts:
            self._writer.put(y, x, segments)
        self._cursor = cursor
        self.flush()

    def flush(self) -> None:
        """Send what the terminal does not show yet, if it may be sent now; else the next answer leads here again."""
        driver, writer = self._driver, self._writer
        with self._answer:
            may_send = self._pacing.may_send
        if driver is None or writer is None or not may_send:
            return
        if frame := self._frame(writer):
            with self._answer:
                question = self._pacing.sent(len(frame))
            driver.write(frame + question)
        self._watch()

    def _frame(self, writer: FrameDiff) -> str:
        if writer.wide_ambiguous != self._wide_ambiguous:
            writer.wide_ambiguous = self._wide_ambiguous
            self._forgotten = True
        if self._forgotten:
            self._forgotten = False
            writer.forget()
        frame = writer.frame(self._cursor)
        if self._forgotten or not frame:
            # Forgotten: the terminal was lent and given back meanwhile, empty. Its size is about to be reported.
            return ""
        return f"{_SYNC_START}{frame}{_SYNC_END}" if self.synchronised else frame

    def _watch(self) -> None:
        """Wait for the answers, but not for ever."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        with self._answer:
            patience = self._pacing.patience if self._pacing.awaits else None
        if patience is not None:
            self._alarm = asyncio.get_running_loop().call_later(max(0.0, patience), self._give_up)

    def _give_up(self) -> None:
        with self._answer:
            if self._pacing.awaits and self._pacing.patience <= 0:
                self._pacing.given_up()
        self.flush()
        self._watch()
