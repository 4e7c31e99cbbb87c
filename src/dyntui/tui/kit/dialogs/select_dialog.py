"""A dialog to choose one of a few options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.widgets.cells import cut, fit, width_of
from dyntui.tui.kit.widgets.line_list import ItemList, LineList, Piece

__all__ = ["Choice", "Choices", "SelectDialog"]

_SHARE, _CHROME = 0.9, 6
"""The share of the screen height that a dialog may use, and the lines of its title, keys and margin."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option."""

    key: str
    """What the dialog returns."""
    label: str
    """The text of the option, in raw text."""
    sign: str = ""
    """A key or a mark before the label; a key chooses the option."""
    note: str = ""
    """A short text after the label."""


class Choices(ItemList[Choice]):
    """The list of options, also used outside of the dialog."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__(choices, id="choices")
        self._signs = max((width_of(choice.sign) for choice in choices), default=0)
        self._labels = max((width_of(safe(choice.label, 60)) for choice in choices), default=0)

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        choice = self.items[index]
        sign = fit(choice.sign, self._signs) + "  " if self._signs else ""
        label = fit(safe(choice.label, 60), self._labels)
        return [
            self.bar(index),
            (sign, "strong"),
            (label, ""),
            ("   " + cut(safe(choice.note), self._note_width), "dim"),
        ]

    @property
    def _note_width(self) -> int:
        signs = self._signs + 2 if self._signs else 0
        return max(0, self.size.width - 1 - 2 - signs - self._labels - 3)

    def moved(self) -> None:
        if (choice := self.current) is not None and isinstance(self.screen, BaseDialog):
            self.screen.show_full_text(choice.note, self._note_width)


class SelectDialog(BaseDialog[str]):
    """Returns the key of the chosen option.

    start: the index of the option under the cursor at first.
    """

    BINDINGS = bindings(KIT_ACTIONS, "select")
    footer_keys = (("enter", "choose"), ("esc", "cancel"))

    def __init__(self, title: str, choices: Sequence[Choice], *, start: int = 0) -> None:
        super().__init__(title)
        self._choices = Choices(choices)
        self._choices.cursor = start

    def content(self) -> ComposeResult:
        max_height = int(self.app.size.height * _SHARE) - _CHROME
        self._choices.styles.height = max(1, min(len(self._choices.items), max_height))
        yield self._choices

    def on_key(self, event: events.Key) -> None:
        chosen = next((choice for choice in self._choices.items if choice.sign == event.character), None)
        if chosen is not None:
            event.stop()
            self.dismiss(chosen.key)

    @on(LineList.Opened)
    def action_choose(self) -> None:
        self.dismiss(choice.key if (choice := self._choices.current) is not None else None)
