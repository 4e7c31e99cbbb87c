"""The driver of plain mode: reads keys as always, discards what Textual draws, and writes text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from textual import events
from textual.drivers.linux_driver import LinuxDriver

from dyntui.tui.kit.terminal.driver import TerminalDriverMixin

if TYPE_CHECKING:
    from textual.message import Message

    from dyntui.tui.kit.plain.announcer import Announcer

__all__ = ["PlainLinuxDriver"]

_SIZE = 200, 60
"""Columns and lines of the screen that is not sent: wide enough that no text on it is cut."""
_PASTE_MODE = re.compile(r"\x1b\[\?2004[hl]")
"""Bracketed paste on or off: the only sequences of Textual that are sent, for pastes of several lines."""


class PlainLinuxDriver(TerminalDriverMixin, LinuxDriver):
    """The driver. The app has an `announcer`, which writes with `write_text`."""

    def __init__(self, app: Any, **named: Any) -> None:
        super().__init__(app, **(named | {"size": _SIZE, "mouse": False}))
        self._announcer: Announcer = app.announcer

    def find_size(self) -> tuple[int, int] | None:
        return _SIZE

    def set_title(self, title: str) -> None:
        """Do nothing: the title is announced as the name of the screen."""

    def write(self, data: str) -> None:
        if data.startswith("\x1b[?2004") and _PASTE_MODE.fullmatch(data):
            super().write(data)

    def write_text(self, text: str) -> None:
        """Write text to the terminal."""
        super().write(text)

    def process_message(self, message: Message) -> None:
        if isinstance(message, events.Key | events.Paste):
            self._announcer.key_pressed()
        super().process_message(message)

    def start_application_mode(self) -> None:
        super().start_application_mode()
        self._announcer.start(self.write_text)

    def stop_application_mode(self) -> None:
        self._announcer.stop()
        super().stop_application_mode()
