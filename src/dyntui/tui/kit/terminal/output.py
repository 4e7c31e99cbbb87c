"""The lean output: takes the parts of the screen that Textual drew, and sends frames to the driver."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from threading import Condition

from rich.color import ColorSystem
from textual.driver import Driver

from dyntui.tui.kit.terminal.flow_control import CURSOR_QUERY, FlowControl
from dyntui.tui.kit.terminal.frame_diff import FrameDiff
from dyntui.tui.kit.terminal.sgr import style_converter
from dyntui.tui.kit.terminal.textual_internals import Piece

__all__ = ["Output"]

_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
_WIDTH_PROBE = f"\x1b[H\u2026{CURSOR_QUERY}\x1b[H\x1b[K"
"""Draws a character of East Asian ambiguous width, queries the cursor position, and erases the character."""
_NO_REPORTS = "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l"
"""Ends reports of the mouse and of the focus."""


class Output:
    """The output to a terminal while its driver runs. The driver calls its part from any thread."""

    def __init__(
        self, colors: ColorSystem, *, erases_with_background: bool, flow_control: FlowControl | None = None
    ) -> None:
        """colors: the colors of the terminal. erases_with_background: as in `AnsiWriter`."""
        self.is_synchronized = False
        """Whether the terminal supports synchronized output."""
        self._to_cell_style = style_converter(colors)
        self._erases_with_background = erases_with_background
        self._driver: Driver | None = None
        self._frames: FrameDiff | None = None
        self._is_invalid = False
        """Whether the content of the terminal is unknown."""
        self._is_size_expected = False
        """Whether the terminal will report its size although it did not change."""
        self._cursor = (0, 0)
        self._flow_control = flow_control or FlowControl()
        self._is_probing = False
        """Whether the response to the width probe is awaited."""
        self._wide_ambiguous = False
        """Whether characters of East Asian ambiguous width take two columns."""
        self._condition = Condition()
        """Guards the flow control, and is notified of every response."""
        self._timeout: asyncio.TimerHandle | None = None

    @property
    def running(self) -> bool:
        """Whether a driver has the terminal."""
        return self._driver is not None

    # Called by the driver

    def on_start(self, driver: Driver) -> None:
        """Start output. The driver has the terminal with an empty screen, and will report its size.

        May be called in a signal handler.
        """
        with self._condition:
            self._flow_control.restart()
            self._flow_control.on_frame(len(_WIDTH_PROBE))
            self._is_probing = True
        self._is_invalid = True
        driver.write(_WIDTH_PROBE)
        self._driver = driver

    def on_stop(self) -> None:
        """Stop output. The driver will give the terminal away, and still reads its responses.

        The terminal is left in the plain style, without mouse reports and pending responses: the next program would
        read those as typed text. The last response arrives after the last report.
        """
        driver, self._driver = self._driver, None
        if driver is None:
            return
        with self._condition:
            query = self._flow_control.on_frame(0)
        driver.write(f"\x1b[m{_NO_REPORTS}{query}")
        with self._condition:
            while (time_left_s := self._flow_control.time_left_s) > 0:
                self._condition.wait_for(lambda: not self._flow_control.has_pending, time_left_s)

    def on_response(self, column: int, line: int) -> None:
        """Record the cursor position that the terminal reported. The app calls `flush` afterwards."""
        with self._condition:
            if self._is_probing:
                self._is_probing = False
                self._wide_ambiguous = (column, line) == (2, 0)
            self._flow_control.on_response()
            self._condition.notify_all()

    def expect_size(self) -> None:
        """Expect a report of the size although it did not change."""
        self._is_size_expected = True

    # Called by the app

    def on_size(self, size: tuple[int, int]) -> None:
        """Handle a report of the size. An unexpected report of the same size means that it changed twice."""
        if (
            self._frames is not None
            and (self._frames.width, self._frames.height) == size
            and not self._is_size_expected
        ):
            self.invalidate()
            self.flush()
        self._is_size_expected = False

    def invalidate(self) -> None:
        """Draw the whole screen in the next frame, because the content of the terminal is unknown."""
        self._is_invalid = True

    def show(self, parts: Iterable[Piece], size: tuple[int, int], cursor: tuple[int, int]) -> None:
        """Show parts of the screen as soon as possible. size: columns and lines. cursor: column and line."""
        width, height = size
        if self._frames is None:
            self._frames = FrameDiff(
                width, height, self._to_cell_style, erases_with_background=self._erases_with_background
            )
        elif (self._frames.width, self._frames.height) != size:
            self._frames.resize(width, height)
        for y, x, segments in parts:
            self._frames.draw(y, x, segments)
        self._cursor = cursor
        self.flush()

    def flush(self) -> None:
        """Send what changed, if a frame may be sent now; else after the next response, or when that is overdue."""
        driver, frames = self._driver, self._frames
        if driver is None or frames is None:
            return
        with self._condition:
            may_send = self._flow_control.may_send
        if may_send and (frame := self._next_frame(frames)):
            with self._condition:
                query = self._flow_control.on_frame(len(frame))
            driver.write(frame + query)
        self._schedule_timeout()

    def _next_frame(self, frames: FrameDiff) -> str:
        if frames.wide_ambiguous != self._wide_ambiguous:
            frames.wide_ambiguous = self._wide_ambiguous
            self._is_invalid = True
        if self._is_invalid:
            self._is_invalid = False
            frames.invalidate()
        frame = frames.next_frame(self._cursor)
        if self._is_invalid or not frame:
            # Invalid again: the terminal was given away and taken back meanwhile, and will report its size.
            return ""
        return f"{_SYNC_START}{frame}{_SYNC_END}" if self.is_synchronized else frame

    def _schedule_timeout(self) -> None:
        """Wait for pending responses up to their timeout."""
        if self._timeout is not None:
            self._timeout.cancel()
            self._timeout = None
        with self._condition:
            time_left_s = self._flow_control.time_left_s if self._flow_control.is_waiting else None
        if time_left_s is not None:
            self._timeout = asyncio.get_running_loop().call_later(max(0.0, time_left_s), self._on_timeout)

    def _on_timeout(self) -> None:
        with self._condition:
            if self._flow_control.is_waiting and self._flow_control.time_left_s <= 0:
                self._flow_control.on_timeout()
        self.flush()
        self._schedule_timeout()
