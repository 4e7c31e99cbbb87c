"""A dialog that shows a longer text, such as a full message or error."""

from __future__ import annotations

from textual.app import ComposeResult

from dyntui.core.meanings import role_of
from dyntui.core.text import safe
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.wrapped_list import ItemLines, WrappedItemList, hang

__all__ = ["MessageDialog"]

_MAX_HEIGHT = 16


class _Text(WrappedItemList[str]):
    read_whole = True

    def item_lines(self, index: int, width: int) -> ItemLines:
        label, separator, value = self.items[index].partition(": ")
        if role := role_of(label, value):
            return hang([(label + separator, "")], value, role, width)
        return hang((), self.items[index], "", width)

    def bar(self, index: int) -> Piece:
        return (" ", "")


class MessageDialog(BaseDialog[None]):
    """Shows `text`, raw, with its line breaks."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__(title)
        self._text = _Text([safe(line, 20_000) for line in text.split("\n")], id="text")

    def content(self) -> ComposeResult:
        self._text.show_whole(_MAX_HEIGHT)
        yield self._text
