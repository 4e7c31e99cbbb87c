"""A dialog that shows a longer text, such as a full message or error."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from textual.app import ComposeResult

from dyntui.core.text import safe
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.widgets.cells import cut
from dyntui.tui.kit.widgets.line_list import ItemList, Piece

__all__ = ["MessageDialog"]

_WIDTH = 66
"""The width of the text: that of the dialog without padding, indent and scroll mark."""


class _Text(ItemList[str]):
    def draw(self, index: int, width: int) -> Sequence[Piece]:
        return [(" " + cut(self.items[index], width - 1), "")]


class MessageDialog(BaseDialog[None]):
    """Shows `text`, raw, with its line breaks."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__(title)
        lines = [part for line in text.split("\n") for part in (wrap(safe(line, 20_000), _WIDTH) or [""])]
        self._text = _Text(lines, id="text")

    def content(self) -> ComposeResult:
        self._text.styles.height = max(1, min(self._text.count, 16))
        yield self._text
