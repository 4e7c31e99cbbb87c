"""The lines above a comparison: which environment would change, what it is compared with, and what differs."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size

from dyntui.core.text import safe
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.kit.widgets.wrapped_list import ItemLines, hang

__all__ = ["ComparisonHeader"]


class ComparisonHeader(LineWidget):
    """Some lines, each with a label, the kind of an environment and a text. A long text is wrapped."""

    def __init__(self) -> None:
        super().__init__(id="comparison-header")
        self._lines: Sequence[tuple[str, str, str]] = ()

    def show(self, lines: Sequence[tuple[str, str, str]]) -> None:
        """Show these lines: label, kind of the environment and text; "" for no kind."""
        if lines != self._lines:
            self._lines = lines
            self.refresh(layout=True)
            self.repaint()

    def _wrapped(self, width: int) -> ItemLines:
        found: list[Sequence[Piece]] = []
        for label, kind, text in self._lines:
            head: list[Piece] = [(f" {label:<18}", "dim")]
            if kind:
                head.append((f"● {kind}  ", "live" if kind == "live" else ""))
            found += hang(head, safe(text, 1000), "" if kind else "dim", width - 1)
        return found

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        lines = self._wrapped(width)
        return (lines[y] if y < len(lines) else ()), ""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._wrapped(width))
