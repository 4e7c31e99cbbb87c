"""The app's part of the lean output and of plain mode. An app inherits from `LeanDisplayMixin` before `App`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from textual import constants, events
from textual.app import ReturnType
from textual.driver import Driver

from dyntui.tui.kit.terminal import textual_internals
from dyntui.tui.kit.terminal.detection import lean_disabled_reason
from dyntui.tui.kit.terminal.driver import TerminalDriverMixin
from dyntui.tui.kit.terminal.environment import erases_with_background, in_gnu_screen
from dyntui.tui.kit.terminal.output import Output

if TYPE_CHECKING:
    from dyntui.tui.kit.plain.announcer import Announcer

__all__ = ["LeanDisplayMixin"]


class LeanDisplayMixin(textual_internals.DisplayHookMixin[ReturnType]):
    """A mixin for apps that sends only what changed: `class MyApp(LeanDisplayMixin[int], App[int])`."""

    def __init__(self, *arguments: Any, terminal: str = "", plain: bool = False, **named: Any) -> None:
        """terminal: the setting, `lean` or `textual`; the environment variable DYNTUI_TERMINAL overrides it.

        plain: write lines of text for a screen reader, and draw nothing.
        """
        self.announcer: Announcer | None = None  # before the base class chooses its driver
        """Writes the lines of plain mode; None when the screen is drawn."""
        if plain:
            from dyntui.tui.kit.plain.announcer import Announcer

            self.announcer = Announcer(self)
        super().__init__(*arguments, **named)
        if in_gnu_screen() and constants.COLOR_SYSTEM == "auto":
            textual_internals.set_colors(self.console, ColorSystem.EIGHT_BIT)
        reason = lean_disabled_reason(terminal) or textual_internals.unexpected_internals()
        self.lean_reason = "plain mode" if plain else reason
        """Why Textual's own output is used; "" when the lean output is."""
        self.lean: Output | None = None
        """The lean output; None when Textual's own output is used."""
        if not self.lean_reason:
            colors = COLOR_SYSTEMS[self.console.color_system or "truecolor"]
            self.lean = Output(colors, erases_with_background=erases_with_background())

    def get_driver_class(self) -> type[Driver]:
        driver_class = super().get_driver_class()
        if os.name != "posix":
            return driver_class
        from textual.drivers.linux_driver import LinuxDriver

        if self.announcer is not None and driver_class is LinuxDriver:
            from dyntui.tui.kit.plain.plain_driver import PlainLinuxDriver

            return PlainLinuxDriver
        from dyntui.tui.kit.terminal.linux_driver import ConsoleLinuxDriver

        return ConsoleLinuxDriver if driver_class is LinuxDriver else driver_class

    def set_terminal_title(self, title: str) -> None:
        """Set the title of the terminal's window, any text, until the terminal is given to another program."""
        if isinstance(self._driver, TerminalDriverMixin):
            self._driver.set_title(title)

    def write_to_terminal(self, data: str) -> None:
        """Write an escape sequence to the terminal without changing the screen."""
        if self.announcer is not None:
            self.announcer.write_sequence(data)
        elif self._driver is not None:
            self._driver.write(data)

    def post_display_hook(self) -> None:
        if self.announcer is not None:
            self.announcer.schedule()

    def takes_frames(self) -> bool:
        return self.lean is not None and self.lean.running

    def show(self, parts: Iterator[textual_internals.Piece]) -> None:
        assert self.lean is not None
        self.lean.show(parts, self.size, self.cursor_position)

    def output_bypassed(self) -> None:
        assert self.lean is not None
        self.lean.invalidate()

    def on_resize(self, event: events.Resize) -> None:
        if self.lean is not None:
            self.lean.on_size(event.size)

    def on_cursor_position(self) -> None:
        if self.lean is not None:
            self.lean.flush()

    def on_terminal_supports_synchronized_output(self) -> None:
        if self.lean is not None:
            self.lean.is_synchronized = True
