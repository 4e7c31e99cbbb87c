"""The driver's part of the console: size and title of the terminal, robust input, and events for the lean output."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual import events, messages
from textual.driver import Driver

from dyntui.core.text import safe
from dyntui.tui.kit.terminal import textual_internals
from dyntui.tui.kit.terminal.environment import restores_title, terminal_size
from dyntui.tui.kit.terminal.input_decoder import InputDecoder
from dyntui.tui.kit.terminal.input_parser import InputParser

if TYPE_CHECKING:
    from textual.drivers.headless_driver import HeadlessDriver as _Base
    from textual.message import Message
else:
    _Base = Driver

__all__ = ["LeanDriverMixin", "TerminalDriverMixin"]

_SAVE_TITLE, _RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"
_MAX_TITLE = 120


class TerminalDriverMixin(textual_internals.SizeHookMixin):
    """A mixin for drivers: the size of the right terminal, its title, and input that cannot end the program.

    The previous title is restored when the terminal is given to another program. An error in the input thread is
    reported like any other error.
    """

    def __init__(self, app: Any, **named: Any) -> None:
        if named.get("size") is None:
            named["size"] = terminal_size()
        textual_internals.set_decoder(InputDecoder)
        textual_internals.set_parser(InputParser)
        super().__init__(app, **named)
        self._title = ""
        self._title_shown = ""
        self._has_terminal = False

    def find_size(self) -> tuple[int, int] | None:
        return terminal_size()

    def run_input_thread(self) -> None:
        try:
            super().run_input_thread()  # type: ignore[misc]  # drivers of terminals have it
        except Exception as error:  # noqa: BLE001  # Textual's report would print every local variable
            self._app.call_later(self._app._handle_exception, error)

    def set_title(self, title: str) -> None:
        """Set the title of the terminal's window, any text. Nothing is sent when it is already the title."""
        self._title = safe(title, _MAX_TITLE)
        if self._has_terminal and restores_title():
            self._show_title()

    def _show_title(self) -> None:
        if self._title == self._title_shown:
            return
        save = "" if self._title_shown else _SAVE_TITLE
        self.write(f"{save}\x1b]2;{self._title}\x1b\\")
        self._title_shown = self._title

    def start_application_mode(self) -> None:
        super().start_application_mode()
        self._has_terminal = True
        self.set_title(self._title)

    def resume_application_mode(self) -> None:
        """Take the terminal again. Called in a signal handler when the process is continued.

        A process that was stopped by SIGSTOP could not give the terminal away before. It does so now, because a second
        thread would read the terminal otherwise, and keys would be lost or arrive in another order.
        """
        if self._has_terminal:  # in the event loop, because the signal may have interrupted a write
            asyncio.get_running_loop().call_soon_threadsafe(self._restart_application_mode)
        else:
            super().resume_application_mode()

    def _restart_application_mode(self) -> None:
        if self._has_terminal:
            self.suspend_application_mode()
            super().resume_application_mode()

    def stop_application_mode(self) -> None:
        if self._title_shown:
            self.write(_RESTORE_TITLE)
            self._title_shown = ""
        self._has_terminal = False
        super().stop_application_mode()


class LeanDriverMixin(_Base):
    """A mixin for drivers that tells the lean output of the app about the terminal and its responses.

    Without a lean output (`app.lean` is None), the driver works as Textual's.
    """

    def __init__(self, app: Any, **named: Any) -> None:
        super().__init__(app, **named)
        self._lean = getattr(app, "lean", None)

    def start_application_mode(self) -> None:
        super().start_application_mode()
        if self._lean is not None:
            self._lean.on_start(self)

    def disable_input(self) -> None:
        if self._lean is not None:
            self._lean.on_stop()
        super().disable_input()

    def stop_application_mode(self) -> None:
        if self._lean is not None:
            self._lean.on_stop()
        super().stop_application_mode()

    def process_message(self, message: Message) -> None:
        if self._lean is not None:
            if isinstance(message, events.CursorPosition):
                self._lean.on_response(message.x, message.y)
            elif isinstance(message, messages.InBandWindowResize) and message.supported and not message.enabled:
                self._lean.expect_size()
        super().process_message(message)
