"""A text field that searches a list: the keys that move act on the list while the field has the focus."""

from __future__ import annotations

from textual import events

from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.text_field import TextField

__all__ = ["SearchField"]


class SearchField(TextField):
    """A text field above a list. Keys that move in a text act on the list only while the field is empty."""

    def __init__(self, lines: LineList, *, placeholder: str = "", takes_space: bool = True) -> None:
        """lines: the list that the keys move in. takes_space: whether space is text; else the dialog handles it."""
        super().__init__(placeholder=placeholder, id="search")
        self.border_title = "Search"  # read in plain mode
        self._lines = lines
        self._takes_space = takes_space

    def on_key(self, event: events.Key) -> None:
        if event.key == "space" and not self._takes_space:
            event.prevent_default()
            return
        lines = self._lines
        moves = {
            "down": lines.action_down,
            "up": lines.action_up,
            "pagedown": lines.action_page_down,
            "pageup": lines.action_page_up,
        }
        if not self.value:
            moves |= {
                "home": lines.action_first,
                "end": lines.action_last,
                "ctrl+d": lines.action_half_down,
                "ctrl+u": lines.action_half_up,
            }
        if event.key in moves:
            event.stop()
            event.prevent_default()
            moves[event.key]()
