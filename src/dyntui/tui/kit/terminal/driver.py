"""What every driver of a terminal does for the console: the terminal's size, its title, pastes without an end."""

from __future__ import annotations

from typing import Any

from dyntui.core.text import safe
from dyntui.tui.kit.terminal import textual_internals
from dyntui.tui.kit.terminal.environment import restores_title, terminal_size
from dyntui.tui.kit.terminal.input_decoder import InputDecoder
from dyntui.tui.kit.terminal.paste import PasteParser

__all__ = ["TerminalDriver"]

_KEEP_TITLE, _RESTORE_TITLE = "\x1b[22;2t", "\x1b[23;2t"
_TITLE_LIMIT = 120


class TerminalDriver(textual_internals.SizeHook):
    """A mixin in front of a driver. The title that the terminal had is restored whenever it is given away.

    Nothing that a terminal sends ends the program; an error of the thread that reads is reported as any other.
    """

    def __init__(self, app: Any, **named: Any) -> None:
        if named.get("size") is None:
            named["size"] = terminal_size()
        textual_internals.set_decoder(InputDecoder)
        textual_internals.set_parser(PasteParser)
        super().__init__(app, **named)
        self._title = ""
        self._title_shown = ""
        self._has_terminal = False

    def find_size(self) -> tuple[int, int] | None:
        return terminal_size()

    def run_input_thread(self) -> None:
        try:
            super().run_input_thread()  # type: ignore[misc]  # every driver of a terminal has it
        except Exception as error:  # noqa: BLE001  # Textual's own report shows every local variable
            self._app.call_later(self._app._handle_exception, error)

    def set_title(self, title: str) -> None:
        """Show `title`, any text, as the title of the terminal's window; nothing is sent when it shows it already."""
        self._title = safe(title, _TITLE_LIMIT)
        if self._has_terminal and restores_title():
            self._show_title()

    def _show_title(self) -> None:
        if self._title == self._title_shown:
            return
        keep = "" if self._title_shown else _KEEP_TITLE
        self.write(f"{keep}\x1b]2;{self._title}\x1b\\")
        self._title_shown = self._title

    def start_application_mode(self) -> None:
        super().start_application_mode()
        self._has_terminal = True
        self.set_title(self._title)

    def stop_application_mode(self) -> None:
        if self._title_shown:
            self.write(_RESTORE_TITLE)
            self._title_shown = ""
        self._has_terminal = False
        super().stop_application_mode()
