"""The tab bar of a detail screen: number, name and count of each tab, on one line or more on a narrow screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.geometry import Size
from textual.message import Message

from dyntui.core.text import quantity
from dyntui.tui.kit.widgets.cells import width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

__all__ = ["KEYS", "TabBar", "draw_titles", "title_height"]


def _arranged(titles: Sequence[str], width: int) -> tuple[list[list[int]], int]:
    """Return the indexes of the titles on each line and the gap after a title: the largest with which one line is
    enough, else 1."""
    used = 1 + sum(1 + width_of(title) for title in titles)
    gap = next((gap for gap in (3, 2) if used + gap * (len(titles) - 1) <= width), 1)
    rows: list[list[int]] = [[]]
    room = width - 1
    for index, title in enumerate(titles):
        needed = 1 + width_of(title)
        if needed > room and rows[-1]:
            rows.append([])
            room = width - 1
        rows[-1].append(index)
        room -= needed + gap
    return rows, gap


def draw_titles(titles: Sequence[str], current: int, y: int, width: int) -> Sequence[Piece]:
    """Return line `y` of titles side by side, of which one is the current one, on as many lines as they need."""
    rows, gap = _arranged(titles, width)
    pieces: list[Piece] = [(" ", "")]
    for index in rows[y] if y < len(rows) else ():
        is_current = index == current
        pieces.append((f"{'▸' if is_current else ' '}{titles[index]}{' ' * gap}", "strong" if is_current else "dim"))
    return pieces


def title_height(titles: Sequence[str], width: int) -> int:
    """Return the number of lines that titles side by side need."""
    return len(_arranged(titles, width)[0])


KEYS = 10
"""The tabs that have a key: 1 to 9 and 0. The others are reached with the keys for the next and the previous tab."""


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
            (f"{number % 10} " if number <= KEYS else "") + name + (f" {count:,}" if count is not None else "")
            for number, (name, count) in enumerate(zip(self.names, self.counts, strict=True), 1)
        ]

    def accessible_lines(self) -> Sequence[str]:
        count = self.counts[self.current]
        number = "" if count is None else f", {quantity(count, 'item')}"
        return [f"Tab: {self.names[self.current]}{number}, tab {self.current + 1} of {len(self.names)}"]

    def accessible_details(self) -> Sequence[str]:
        return [f"Tabs: {', '.join(self._texts())}"]

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        return draw_titles(self._texts(), self.current, y, width), ""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return title_height(self._texts(), width)

    def show_counts(self, counts: Sequence[int | None]) -> None:
        """Show the number of items of each tab."""
        self.counts = list(counts)
        if self.size and title_height(self._texts(), self.size.width) != self.size.height:
            self.refresh(layout=True)
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        texts, (rows, gap) = self._texts(), _arranged(self._texts(), self.size.width)
        start = 1
        for index in rows[event.y] if event.y < len(rows) else ():
            end = start + 1 + width_of(texts[index])
            if start <= event.x < end:
                self.post_message(self.Clicked(index))
            start = end + gap
