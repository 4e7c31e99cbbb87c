"""Writes what changed on the screen as lines of text: the output of plain mode.

Text is only appended. What a key changes is announced at once. What changes by itself, such as progress, is announced
at intervals, and not while text is typed. Typed text is echoed on the line of its field, as in a shell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from dyntui.core.text import safe

if TYPE_CHECKING:
    from textual.app import App
    from textual.screen import Screen
    from textual.widget import Widget

    from dyntui.tui.kit.plain.descriptions import FocusText

__all__ = ["Announcer"]

_DELAY_S = 0.05
"""Seconds from a change to its announcement, so that the changes of one key are announced together."""
_INTERVAL_S, _FOCUS_INTERVAL_S = 5.0, 1.0
"""Seconds between announcements of the same widget without a key; of the one with the focus."""
_EFFECT_S, _EFFECT_INTERVAL_S = 2.0, 0.5
"""Seconds after a key in which a change counts as its effect, and between announcements of a widget in that time."""
_TYPING_S = 0.7
"""Seconds without typing after which changes of other widgets are announced."""
_MAX_CHARS = 2000
_SPACE, _END = "space", "end of text"


class Announcer:
    """Compares the screen of an app with what was announced, and writes the difference."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self.greeting = ""
        """The first line."""
        self._write: Callable[[str], None] | None = None
        self._screen: Screen[Any] | None = None
        """The screen that was announced."""
        self._texts: dict[Widget, Sequence[str]] = {}
        """The lines that were announced of each widget of the screen."""
        self._texts_of_screens: WeakKeyDictionary[Screen[Any], dict[Widget, Sequence[str]]] = WeakKeyDictionary()
        """The same of all screens. One that is shown again is announced by its name and what changed."""
        self._announced_at: dict[Widget, float] = {}
        """When each widget was announced, in monotonic seconds."""
        self._focus: FocusText | None = None
        self._open_field: Widget | None = None
        """The field whose value ends the text so far, so that typed text can be appended; None for no open line."""
        self._key_at = self._typed_at = 0.0
        self._timer_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._last_message = ("", 0.0)
        self._waited_for: tuple[Screen[Any], float] | None = None
        """The screen whose announcement waits, and since when."""

    def start(self, write: Callable[[str], None]) -> None:
        """Start to write, with the whole screen. write: writes text to the terminal, from any thread."""
        self._write = write
        self._screen = self._open_field = None
        self._texts_of_screens.clear()
        greeting, self.greeting = self.greeting, ""
        self._write_lines([greeting])
        self.schedule()

    def stop(self) -> None:
        """End the open line and stop, before the terminal is given to another program."""
        self._close_line()
        self._write = None

    def key_pressed(self) -> None:
        """Announce the next changes at once, because a key causes them. May be called in any thread."""
        self._key_at = monotonic()

    def announce_message(self, text: str) -> None:
        """Write one line now, such as a notification. The same text is not repeated within a second."""
        now_s = monotonic()
        if (text, True) != (self._last_message[0], now_s - self._last_message[1] < 1):
            self._last_message = text, now_s
            self._write_lines([text])

    def read_screen(self) -> None:
        """Announce the whole screen again, with the status and the keys."""
        from dyntui.tui.kit.plain.descriptions import details_of

        self._screen = None
        self._texts_of_screens.clear()
        self._key_at = monotonic()
        details = details_of(self._app.screen)
        self._announce()
        self._write_lines(details)
        if (focus := self._focus) is not None and focus.is_field:
            self._write_field(focus)

    def schedule(self, delay_s: float = _DELAY_S) -> None:
        """Announce what changed after a short time. Called after every change of the screen."""
        if self._write is not None and (self._timer is None or self._timer_at > monotonic() + delay_s):
            if self._timer is not None:
                self._timer.cancel()
            self._timer_at = monotonic() + delay_s
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._announce)

    # Comparing

    def _announce(self) -> None:
        from dyntui.tui.kit.plain.descriptions import focus_text, texts_of

        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._write is None or not self._app.screen_stack or not self._app.screen.is_mounted:
            return
        screen = self._app.screen
        if screen is not self._screen and self._waits_for(screen):
            return
        if is_new := screen is not self._screen:
            self._screen, self._focus = screen, None
            self._texts = self._texts_of_screens.setdefault(screen, {})
            self._announced_at.clear()
        focus, before = focus_text(screen), self._focus
        if _is_typed(before, focus):
            self._typed_at = monotonic()
        lines: list[str] = []
        for number, (widget, texts) in enumerate(texts_of(screen)):
            if is_new and number == 0:
                self._texts.pop(widget, None)
            lines += self._new_lines(widget, texts, is_new)
        if lines:
            self._write_lines(lines)
        if focus is not None:
            self._announce_focus(before, focus)

    def _waits_for(self, screen: Screen[Any]) -> bool:
        """Return whether a screen that is shown again will change at once, after a write: it is announced then."""
        if not getattr(screen, "is_locked", False) and not getattr(screen, "out_of_date", False):
            self._waited_for = None
            return False
        if self._waited_for is None or self._waited_for[0] is not screen:
            self._waited_for = screen, monotonic()
        remaining_s = self._waited_for[1] + _EFFECT_S - monotonic()
        if remaining_s > 0:
            self.schedule(remaining_s)
        return remaining_s > 0

    def _new_lines(self, widget: Widget, texts: Sequence[str], is_new_screen: bool) -> list[str]:
        """Return the lines of a widget to announce now; others are announced later."""
        old = self._texts.get(widget, ())
        if texts == old:
            return []
        if not is_new_screen and (wait_s := self._wait_s(widget, _INTERVAL_S)) > 0:
            self.schedule(wait_s)
            return []
        self._texts[widget] = texts
        self._announced_at[widget] = monotonic()
        return [line for line in texts if line not in old]

    def _wait_s(self, widget: Widget, interval_s: float) -> float:
        """Return the seconds until a change of `widget` may be announced; 0 or less for now."""
        now_s, announced_at = monotonic(), self._announced_at.get(widget, 0.0)
        if now_s - self._key_at < _EFFECT_S:
            interval_s = _EFFECT_INTERVAL_S
        typing_s = self._typed_at + _TYPING_S - now_s
        return max(typing_s, announced_at + interval_s - now_s if announced_at > self._key_at else 0.0)

    def _announce_focus(self, before: FocusText | None, focus: FocusText) -> None:
        is_same = before is not None and before.widget is focus.widget
        if is_same and before is not None and (before.state, before.summary) == (focus.state, focus.summary):
            return
        if is_same and not focus.is_field and (wait_s := self._wait_s(focus.widget, _FOCUS_INTERVAL_S)) > 0:
            self.schedule(wait_s)
            return
        self._focus = focus
        self._announced_at[focus.widget] = monotonic()
        if before is None or not is_same:
            self._write_lines([focus.hint] if focus.is_field or not focus.hint else [])
            self._write_new_focus(focus)
        elif focus.is_field:
            self._echo(before, focus)
        else:
            summary = focus.summary or ("none marked" if before.summary else "")
            label = f"{focus.label}: " if focus.label and focus.hint else ""
            self._write_lines(
                [summary if focus.summary != before.summary else ""]
                + ([f"{label}{focus.text}"] if focus.state != before.state else [])
            )

    def _write_new_focus(self, focus: FocusText) -> None:
        if focus.is_field:
            self._write_field(focus)
            return
        label = f"{focus.label}: " if focus.label else ""
        self._write_lines([f"{label}{focus.text}", focus.hint, focus.summary])

    def _echo(self, before: FocusText, focus: FocusText) -> None:
        """Append typed text to the open line; announce any other change of a field on a new line."""
        at_end = focus.position == len(focus.text)
        is_appended = focus.text.startswith(before.text) and focus.row == before.row and at_end
        if is_appended and len(focus.text) > len(before.text) and self._open_field is focus.widget:
            self._write_text(safe(focus.text[len(before.text) :], _MAX_CHARS))
        elif focus.text == before.text and focus.row == before.row:
            character = focus.text[focus.position : focus.position + 1]
            self._write_lines([_SPACE if character == " " else character or _END])
        else:
            self._write_field(focus)

    # Writing

    def _write_field(self, focus: FocusText) -> None:
        """Write label and value of a field, and leave the line open for typed text."""
        self._close_line()
        self._write_text(f"{safe(focus.label)}: {safe(focus.text, _MAX_CHARS)}")
        self._open_field = focus.widget

    def _write_lines(self, lines: Sequence[str]) -> None:
        if texts := [safe(line, _MAX_CHARS) for line in lines if line]:
            self._close_line()
            self._write_text("".join(f"{text}\n" for text in texts))

    def _close_line(self) -> None:
        if self._open_field is not None:
            self._write_text("\n")
            self._open_field = None

    def write_sequence(self, data: str) -> None:
        """Write an escape sequence that draws nothing and moves nothing, such as for the clipboard."""
        self._write_text(data)

    def _write_text(self, text: str) -> None:
        if self._write is not None:
            self._write(text)


def _is_typed(before: FocusText | None, focus: FocusText | None) -> bool:
    if before is None or focus is None or before.widget is not focus.widget:
        return False
    return focus.is_field and focus.text != before.text
