"""Choose any number of things from a list."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.widgets.cells import cut
from dyntui.tui.kit.widgets.line_list import LineList, Piece

__all__ = ["MultiSelectDialog"]


class _Options(LineList):
    def __init__(self, options: Sequence[str], chosen: set[str], many: bool) -> None:
        super().__init__(id="options")
        self.options = options
        self.chosen = chosen
        self.many = many

    @property
    def count(self) -> int:
        return len(self.options)

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        option = self.options[index]
        bar: Piece = ("▌ ", "accent") if index == self.cursor else ("  ", "")
        sign = ("[x] " if option in self.chosen else "[ ] ") if self.many else ""
        return [bar, (sign, "strong"), (cut(safe(option, 200), max(0, width - 2 - len(sign))), "")]


class MultiSelectDialog(BaseDialog[list[str]]):
    """Answers with what was chosen, in the order of the list; None when it was left. many: not only one."""

    BINDINGS = bindings(KIT_ACTIONS, "multi-select")

    def __init__(self, title: str, options: Sequence[str], chosen: Sequence[str], *, many: bool = True) -> None:
        super().__init__()
        self.title_text = title
        # What was written by hand stays among the options.
        self.options = [*options, *(each for each in chosen if each not in options)]
        self.many = many
        self._lines = _Options(self.options, set(chosen), many)

    def content(self) -> ComposeResult:
        self._lines.styles.height = max(1, min(len(self.options), 16))
        yield self._lines

    def on_mount(self) -> None:
        first = next((place for place, each in enumerate(self.options) if each in self._lines.chosen), 0)
        self._lines.move_to(first)

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        taking = (("space", "take it or not"), ("enter", "take these")) if self.many else (("enter", "take it"),)
        return (*taking, ("esc", "cancel"))

    def action_toggle_option(self) -> None:
        if self.options and self.many:
            self._lines.chosen ^= {self.options[self._lines.cursor]}
            self._lines.repaint()

    def current_input(self) -> frozenset[str]:
        return frozenset(self._lines.chosen)

    def action_submit(self) -> None:
        if not self.many:
            self.dismiss([self.options[self._lines.cursor]] if self.options else [])
            return
        self.dismiss([each for each in self.options if each in self._lines.chosen])
