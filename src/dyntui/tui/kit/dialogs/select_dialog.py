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
from dyntui.tui.kit.plain.plain_text import join_texts, plain_text
from dyntui.tui.kit.widgets.cells import pad, width_of
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.wrapped_list import ItemLines, WrappedItemList, hang

__all__ = ["Choice", "Choices", "SelectDialog"]

_SHARE, _CHROME = 0.9, 6
"""The share of the screen height that a dialog may use, and the lines of its title, keys and margin."""
_MAX_LABEL_WIDTH = 40
"""The width of the column of labels in cells."""


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
    is_disabled: bool = False
    """Whether it is not available now; the note says why."""


class Choices(WrappedItemList[Choice]):
    """The list of options, also used outside of the dialog."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__(choices, id="choices")
        self._signs = max((width_of(choice.sign) for choice in choices), default=0)
        labels = (width_of(safe(choice.label)) for choice in choices if choice.note)
        self._labels = min(_MAX_LABEL_WIDTH, max(labels, default=0))

    def accessible_line(self, index: int) -> str:
        choice = self.items[index]
        return join_texts(*(plain_text(safe(text, 500)) for text in (choice.sign, choice.label, choice.note)))

    def item_lines(self, index: int, width: int) -> ItemLines:
        choice = self.items[index]
        sign = pad(choice.sign, self._signs) + "  " if self._signs else ""
        label = pad(safe(choice.label), self._labels)
        sign_style, style = ("dim", "dim") if choice.is_disabled else ("strong", "")
        if not choice.note:
            return hang([(sign, sign_style)], safe(choice.label), style, width)
        return hang([(sign, sign_style), (label + "   ", style)], safe(choice.note), "dim", width)


class SelectDialog(BaseDialog[str]):
    """Returns the key of the chosen option.

    start: the index of the option under the cursor at first.
    max_height: the most lines of options that are shown at once; None for as many as fit.
    """

    BINDINGS = bindings(KIT_ACTIONS, "select")
    footer_keys = (("select.choose", "choose"), ("dialog.cancel", "cancel"))

    def __init__(self, title: str, choices: Sequence[Choice], *, start: int = 0, max_height: int | None = None) -> None:
        super().__init__(title)
        self._max_height = max_height
        self._choices = Choices(choices)
        self._choices.cursor = start

    def content(self) -> ComposeResult:
        max_height = self._max_height or int(self.app.size.height * _SHARE) - _CHROME
        self._choices.show_whole(max_height)
        yield self._choices

    def on_key(self, event: events.Key) -> None:
        chosen = next((choice for choice in self._choices.items if choice.sign == event.character), None)
        if chosen is not None:
            event.stop()
            self.dismiss(chosen.key)

    @property
    def current(self) -> Choice | None:
        """The option under the cursor."""
        return self._choices.current

    @on(LineList.Opened)
    def action_choose(self) -> None:
        self.dismiss(choice.key if (choice := self._choices.current) is not None else None)
