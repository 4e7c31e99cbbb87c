"""A few lines of text above a list."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widgets import Static

from dyntui.core.text import safe

__all__ = ["SummaryText"]


class SummaryText(Static):
    """Lines of text above a list, painted only when they change."""

    def __init__(self) -> None:
        super().__init__("", id="summary", markup=False)
        self._text = ""

    def set_lines(self, lines: Sequence[str]) -> None:
        """Show these lines."""
        text = "\n".join(safe(line, 300) for line in lines)
        if text != self._text:
            self._text = text
            self.update(text)
