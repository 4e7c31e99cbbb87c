"""The app's and the driver's side of the lean writer; an app puts `LeanDisplayMixin` in front of App."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS
from textual import constants, events, messages
from textual.app import ReturnType
from textual.driver import Driver

from dyntui.tui.kit.terminal import textual_internals
from dyntui.tui.kit.terminal.detection import switched_off
from dyntui.tui.kit.terminal.driver import TerminalDriver
from dyntui.tui.kit.terminal.environment import erases_with_background, in_gnu_screen
from dyntui.tui.kit.terminal.output import Output

if TYPE_CHECKING:
    from textual.drivers.headless_driver import HeadlessDriver as _Base
    from textual.message import Message
else:
    _Base = Driver

__all__ = ["LeanDisplayMixin", "LeanDriverMixin"]


class LeanDisplayMixin(textual_internals.DisplayHook[ReturnType]):
    """A mixin in front of App that sends the terminal only what changed: `class Mine(LeanDisplay[int], App[int])`.

    terminal: what a person has set, `lean` or `textual`; DYNTUI_TERMINAL wins. `lean` is None when Textual's own output
    is used; `lean_reason` says why.
    """

    def __init__(self, *arguments: Any, terminal: str = "", **named: Any) -> None:
        super().__init__(*arguments, **named)
        if in_gnu_screen() and constants.COLOR_SYSTEM == "auto":
            textual_internals.set_colors(self.console, ColorSystem.EIGHT_BIT)
        if os.name == "posix":
            self.driver_class = _with_mixin(TerminalDriver, self.driver_class)
        self.lean_reason = switched_off(terminal) or textual_internals.differs()
        self.lean: Output | None = None
        if not self.lean_reason:
            colours = COLOR_SYSTEMS[self.console.color_system or "truecolor"]
            self.lean = Output(colours, fills=erases_with_background())
            self.driver_class = _with_mixin(LeanDriverMixin, self.driver_class)

    def set_terminal_title(self, title: str) -> None:
        """Show `title`, any text, as the title of the terminal's window until the terminal is given away."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.set_title(title)

    def takes_frames(self) -> bool:
        return self.lean is not None and self.lean.running

    def show(self, parts: Iterator[textual_internals.Piece]) -> None:
        assert self.lean is not None
        self.lean.show(parts, self.size, self.cursor_position)

    def shown_otherwise(self) -> None:
        assert self.lean is not None
        self.lean.forget()

    def on_resize(self, event: events.Resize) -> None:
        if self.lean is not None:
            self.lean.sized(event.size)

    def on_cursor_position(self) -> None:
        if self.lean is not None:
            self.lean.flush()

    def on_terminal_supports_synchronized_output(self) -> None:
        if self.lean is not None:
            self.lean.synchronised = True


class LeanDriverMixin(_Base):
    """What a driver tells the lean writer: when it has the terminal, and what the terminal answers."""

    def __init__(self, app: LeanDisplayMixin[Any], **named: Any) -> None:
        super().__init__(app, **named)
        assert app.lean is not None
        self._lean = app.lean

    def start_application_mode(self) -> None:
        super().start_application_mode()
        self._lean.started(self)

    def disable_input(self) -> None:
        self._lean.stopping()
        super().disable_input()

    def stop_application_mode(self) -> None:
        self._lean.stopping()
        super().stop_application_mode()

    def process_message(self, message: Message) -> None:
        if isinstance(message, events.CursorPosition):
            self._lean.answered(message.x, message.y)
        elif isinstance(message, messages.InBandWindowResize) and message.supported and not message.enabled:
            self._lean.expect_size()
        super().process_message(message)


def _with_mixin(mixin: type[Driver], base: type[Driver]) -> type[Driver]:
    return type(f"{mixin.__name__}{base.__name__}", (mixin, base), {})
