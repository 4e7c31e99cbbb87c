"""The suggestions for a text that is being typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dyntui.core.text import safe
from dyntui.tui.kit.widgets.cells import pad, width_of, wrapped
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.wrapped_list import ItemLines, WrappedItemList, hang

__all__ = ["Suggestion", "Suggestions"]

_MAX_VISIBLE = 8
_MIN_LABEL_WIDTH, _MAX_LABEL_WIDTH = 25, 40
"""Cells for the texts of the suggestions, before their descriptions."""


class Suggestion(NamedTuple):
    """A suggestion for the typed text."""

    text: str
    """The text of the field when the suggestion is chosen."""
    note: str = ""
    """A description."""


class Suggestions(WrappedItemList[Suggestion], can_focus=False):
    """The suggestions above the prompt, whose field keeps the focus, below a hint that is wider than the field."""

    LOOKS_FOCUSED = True

    def __init__(self) -> None:
        super().__init__(id="suggestions")
        self._label_width = _MIN_LABEL_WIDTH
        self._hint: list[str] = []

    def item_lines(self, index: int, width: int) -> ItemLines:
        suggestion = self.items[index]
        return hang([(pad(safe(suggestion.text), self._label_width) + " ", "")], safe(suggestion.note), "dim", width)

    def draw_head(self, y: int, width: int) -> Sequence[Piece]:
        return [(f"  {self._hint[y]}", "dim")]

    def show(self, items: Sequence[Suggestion], hint: str = "") -> None:
        """Show these suggestions, in at most eight lines. hint: what can be typed, shown above them."""
        self.items = items
        widest = max((width_of(safe(item.text)) for item in items), default=0)
        self._label_width = max(_MIN_LABEL_WIDTH, min(widest, _MAX_LABEL_WIDTH))
        self.cursor = self.top = self.first_line = 0
        self._hint = wrapped(hint, self.app.size.width - 4) if hint else []
        self.head = len(self._hint)
        self.display = bool(items or hint)
        self.show_whole(_MAX_VISIBLE)
        self.refresh(layout=True)
        self.repaint()
