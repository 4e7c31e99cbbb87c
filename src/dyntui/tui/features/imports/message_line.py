"""The full text of a truncated cell, below its table."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size

from dyntui.core.text import safe
from dyntui.tui.kit.widgets.cells import wrapped
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

__all__ = ["MessageLine"]


class MessageLine(LineWidget):
    """The text. text: raw; control characters are made visible."""

    def __init__(self) -> None:
        super().__init__(classes="message-line")
        self.text = ""

    def show_text(self, text: str) -> None:
        """Show this text, in as many lines as it needs."""
        if text != self.text:
            self.text = text
            if self.size and len(self._lines(self.size.width)) != self.size.height:
                self.refresh(layout=True)
            self.repaint()

    def _lines(self, width: int) -> list[str]:
        return wrapped(safe(self.text, 500), width - 4)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        lines = self._lines(width)
        return [("   " + lines[y], "dim")] if y < len(lines) else [], ""
