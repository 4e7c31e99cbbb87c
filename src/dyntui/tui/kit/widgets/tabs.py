"""The tab bar of a detail screen: number, name and count of each tab on one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message

from dyntui.tui.kit.widgets.cells import width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

__all__ = ["TabBar"]


class TabBar(LineWidget):
    """Tabs with the given names. `counts` has the number of items of each tab, None for an unknown number."""

    @dataclass
    class Clicked(Message):
        """Posted when a tab was clicked."""

        index: int

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(id="tabs")
        self.names = tuple(names)
        self.counts: list[int | None] = [None] * len(self.names)
        self.current = 0

    def _texts(self) -> list[str]:
        return [
            f"{number % 10} {name}" + (f" {count:,}" if count is not None else "")
            for number, (name, count) in enumerate(zip(self.names, self.counts, strict=True), 1)
        ]

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        pieces: list[Piece] = [(" ", "")]
        texts = self._texts()
        first = 0
        while first < self.current and sum(width_of(text) + 4 for text in texts[first : self.current + 1]) > width - 5:
            first += 1
        if first:
            pieces.append(("… ", "dim"))
        used = sum(width_of(text) for text, _ in pieces)
        for index, text in enumerate(texts[first:], first):
            if used + width_of(text) + 4 > width - 2 and index < len(texts):
                pieces.append(("…", "dim"))
                break
            current = index == self.current
            pieces.append((f"▸{text}   " if current else f" {text}   ", "strong" if current else "dim"))
            used += width_of(text) + 4
        return pieces, ""

    def on_click(self, event: events.Click) -> None:
        at = 1
        for index, text in enumerate(self._texts()):
            if at <= event.x < at + width_of(text) + 2:
                self.post_message(self.Clicked(index))
            at += width_of(text) + 4
