"""The steps of the wizard on one line: where one is, what is done, what is in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from dyntui.core.text import safe
from dyntui.tui.kit.widgets.cells import cut, width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

__all__ = ["StepBar", "StepMark"]


@dataclass(frozen=True, slots=True)
class StepMark:
    """A step on the trail. note: what a person should know of it, such as `12 problems`."""

    name: str
    title: str
    done: bool = False
    current: bool = False
    note: str = ""


_NEXT = ("] next step", "] next")
_LEAST_REASON = 20


class StepBar(LineWidget):
    """marks: the steps in their order. onward: why the next one cannot be reached, "" when a key leads there; None at
    the end."""

    class Clicked(Message):
        """A step was clicked."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self) -> None:
        super().__init__(id="trail")
        self.marks: tuple[StepMark, ...] = ()
        self.onward: str | None = None

    def _texts(self, width: int) -> list[str]:
        hint = width_of(_NEXT[-1]) + 1 if self.onward == "" else 0
        for notes, gap in ((True, 3), (True, 2), (False, 2), (False, 1)):
            texts = [_text(mark, note=notes or mark.current) + " " * gap for mark in self.marks]
            if 1 + sum(width_of(text) for text in texts) + (hint or -gap) <= width:
                return texts
        return texts

    def _onward(self, room: int) -> list[Piece]:
        """How it goes on, or why it does not, at the right end of `room` cells."""
        if self.onward is None:
            return []
        if self.onward:
            reason = f"! {safe(self.onward, 200)}"
            if room < min(width_of(reason), _LEAST_REASON) + 3:
                return []
            reason = cut(reason, room - 1)
            return [(" " * (room - 1 - width_of(reason)), ""), (reason, "warn")]
        for text in _NEXT:
            if room > width_of(text):
                return [(" " * (room - 1 - width_of(text)), ""), (text[0], "strong"), (text[1:], "dim")]
        return []

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        texts = self._texts(width)
        pieces: list[Piece] = [(" ", "")]
        room = width - 1
        for text, mark in zip(texts, self.marks, strict=True):
            shown = cut(text.rstrip(), room) if width_of(text.rstrip()) > room else text
            pieces.append((shown, "strong" if mark.current else "" if mark.done else "dim"))
            room -= width_of(shown)
            if room <= 0:
                break
        return [*pieces, *self._onward(room)], ""

    def on_click(self, event: events.Click) -> None:
        at = 1
        for text, mark in zip(self._texts(self.size.width), self.marks, strict=True):
            if at <= event.x < at + width_of(text):
                self.post_message(self.Clicked(mark.name))
                return
            at += width_of(text)


def _text(mark: StepMark, *, note: bool) -> str:
    text = ("▸" if mark.current else "") + mark.title + (" ✓" if mark.done and not mark.note else "")
    return f"{text} {mark.note}" if mark.note and note else text
