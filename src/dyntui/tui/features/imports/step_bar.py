"""The steps of the wizard on one line: the current step, finished steps, and why the next is blocked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from textual import events
from textual.message import Message

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import key_of
from dyntui.tui.kit.plain.plain_text import join_texts, plain_text
from dyntui.tui.kit.widgets.cells import cut, width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

__all__ = ["StepBar", "StepMark"]


class StepMark(NamedTuple):
    """A step in the bar."""

    name: str
    is_done: bool = False
    is_current: bool = False
    note: str = ""
    """A short status, such as `12 problems`."""


_NEXT_HINTS = ("] next step", "] next")
_MIN_REASON_WIDTH = 20


class StepBar(LineWidget):
    """The bar.

    marks: the steps in order. blocked_reason: why the next step is not available; "" when it is, None at the last step.
    """

    @dataclass
    class Clicked(Message):
        """Posted when a step was clicked."""

        name: str

    def __init__(self) -> None:
        super().__init__(id="step-bar")
        self.marks: tuple[StepMark, ...] = ()
        self.blocked_reason: str | None = None

    def _mark_texts(self, width: int) -> list[str]:
        hint = width_of(_NEXT_HINTS[-1]) + 1 if self.blocked_reason == "" else 0
        for notes, gap in ((True, 3), (True, 2), (False, 2), (False, 1)):
            texts = [_mark_text(mark, note=notes or mark.is_current) + " " * gap for mark in self.marks]
            if 1 + sum(width_of(text) for text in texts) + (hint or -gap) <= width:
                return texts
        return texts

    def _next_hint(self, room: int) -> list[Piece]:
        """Return the key of the next step, or why it is blocked, aligned right in `room` cells."""
        if self.blocked_reason is None:
            return []
        if self.blocked_reason:
            reason = f"! {safe(self.blocked_reason, 200)}"
            if room < min(width_of(reason), _MIN_REASON_WIDTH) + 3:
                return []
            reason = cut(reason, room - 1)
            return [(" " * (room - 1 - width_of(reason)), ""), (reason, "warn")]
        for text in _NEXT_HINTS:
            if room > width_of(text):
                return [(" " * (room - 1 - width_of(text)), ""), (text[0], "strong"), (text[1:], "dim")]
        return []

    def accessible_lines(self) -> Sequence[str]:
        number = next((number for number, mark in enumerate(self.marks, 1) if mark.is_current), 0)
        if not number:
            return []
        mark = self.marks[number - 1]
        lines = [join_texts(f"Step: {mark.name}, {number} of {len(self.marks)}", plain_text(safe(mark.note, 100)))]
        if self.blocked_reason is not None:
            lines.append(plain_text(safe(self.blocked_reason, 300)) or f"{key_of('wizard.next')} goes to the next step")
        return lines

    def accessible_details(self) -> Sequence[str]:
        return [f"Steps: {join_texts(*(plain_text(_mark_text(mark, note=True)) for mark in self.marks))}"]

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        texts = self._mark_texts(width)
        pieces: list[Piece] = [(" ", "")]
        room = width - 1
        for text, mark in zip(texts, self.marks, strict=True):
            shown = cut(text.rstrip(), room) if width_of(text.rstrip()) > room else text
            pieces.append((shown, "strong" if mark.is_current else "" if mark.is_done else "dim"))
            room -= width_of(shown)
            if room <= 0:
                break
        return [*pieces, *self._next_hint(room)], ""

    def on_click(self, event: events.Click) -> None:
        x = 1
        for text, mark in zip(self._mark_texts(self.size.width), self.marks, strict=True):
            if x <= event.x < x + width_of(text):
                self.post_message(self.Clicked(mark.name))
                return
            x += width_of(text)


def _mark_text(mark: StepMark, *, note: bool) -> str:
    text = ("▸" if mark.is_current else "") + mark.name.title() + (" ✓" if mark.is_done and not mark.note else "")
    return f"{text} {mark.note}" if mark.note and note else text
