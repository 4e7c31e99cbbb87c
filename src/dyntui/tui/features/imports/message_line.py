"""One line below a list that says in full what a column has no room for. Only it is painted when it changes."""

from __future__ import annotations

from collections.abc import Sequence

from dyntui.core.text import safe
from dyntui.tui.kit.widgets.cells import cut
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

__all__ = ["MessageLine"]


class MessageLine(LineWidget):
    """text: raw."""

    def __init__(self) -> None:
        super().__init__(classes="said")
        self.text = ""

    def say(self, text: str) -> None:
        """Say this instead."""
        if text != self.text:
            self.text = text
            self.repaint()

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        return [("   " + cut(safe(self.text, 500), max(0, width - 4)), "dim")], ""
