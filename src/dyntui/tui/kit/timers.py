"""Timers that fire even when their time has passed before they run.

Textual's timers skip times that have passed. A timer that fires once has no later time, so it is never called; if its
delay is negative, it looks for the next time forever, which stops the event loop and so the whole program. The toast of
a notification has a negative delay when the notification expires while the toast is made.
"""

from __future__ import annotations

from textual import message_pump
from textual.message_pump import MessagePump
from textual.timer import Timer, TimerCallback

__all__ = ["install"]


class _ReliableTimer(Timer):
    """Textual's timer, which skips a time only if there is a later one."""

    def __init__(
        self,
        event_target: MessagePump,
        interval: float,
        *,
        name: str | None = None,
        callback: TimerCallback | None = None,
        repeat: int | None = None,
        pause: bool = False,
    ) -> None:
        repeats = repeat != 0
        super().__init__(event_target, interval, name=name, callback=callback, repeat=repeat, skip=repeats, pause=pause)


def install() -> None:
    """Make `set_timer` and `set_interval` of every app and widget use these timers."""
    message_pump.Timer = _ReliableTimer  # type: ignore[assignment, attr-defined]
