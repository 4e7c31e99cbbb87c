"""One line below a table with the full text of a truncated cell."""

from __future__ import annotations

from collections.abc import Sequence

from dyntui.core.text import safe
from dyntui.tui.kit.widgets.cells import cut
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

__all__ = ["MessageLine"]


class MessageLine(LineWidget):
    """The line. text: raw; control characters are made visible."""

    def __init__(self) -> None:
        super().__init__(classes="message-line")
        self.text = ""

    def show_text(self, text: str) -> None:
        """Show this text."""
        if text != self.text:
            self.text = text
            self.repaint()

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        return [("   " + cut(safe(self.text, 500), max(0, width - 4)), "dim")], ""
