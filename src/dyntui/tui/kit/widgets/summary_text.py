"""A few sentences above a list."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widgets import Static

from dyntui.core.text import safe

__all__ = ["SummaryText"]


class SummaryText(Static):
    """Sentences above a list; painted only when they are others."""

    def __init__(self) -> None:
        super().__init__("", id="summary", markup=False)
        self._said = ""

    def say(self, lines: Sequence[str]) -> None:
        said = "\n".join(safe(line, 300) for line in lines)
        if said != self._said:
            self._said = said
            self.update(said)
