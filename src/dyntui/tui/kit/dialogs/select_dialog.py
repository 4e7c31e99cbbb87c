"""A dialog to choose one of a few options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.dialogs.filterable_dialog import FilterableDialog
from dyntui.tui.kit.plain.plain_text import join_texts, plain_text
from dyntui.tui.kit.widgets.cells import pad, width_of
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.wrapped_list import ItemLines, WrappedItemList, hang

__all__ = ["Choice", "Choices", "SelectDialog", "match_choices"]

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

    def draw_empty(self, y: int, width: int) -> Sequence[Piece]:
        return [("  No choice contains this text.", "dim")] if not self.count and y == 0 else ()

    def item_lines(self, index: int, width: int) -> ItemLines:
        choice = self.items[index]
        sign = pad(choice.sign, self._signs) + "  " if self._signs else ""
        label = pad(safe(choice.label), self._labels)
        sign_style, style = ("dim", "dim") if choice.is_disabled else ("strong", "")
        if not choice.note:
            return hang([(sign, sign_style)], safe(choice.label), style, width)
        return hang([(sign, sign_style), (label + "   ", style)], safe(choice.note), "dim", width)


class SelectDialog(FilterableDialog[str]):
    """Returns the key of the chosen option. Typing filters a long list, unless the options have keys.

    start: the index of the option under the cursor at first.
    max_height: the most lines of options that are shown at once; None for as many as fit.
    """

    BINDINGS = bindings(KIT_ACTIONS, "select")
    footer_keys = (("select.choose", "choose"), ("dialog.cancel", "cancel"))

    def __init__(self, title: str, choices: Sequence[Choice], *, start: int = 0, max_height: int | None = None) -> None:
        super().__init__(title)
        self._max_height = max_height
        self._all = tuple(choices)
        self._choices = Choices(choices)
        self._choices.cursor = start

    def content(self) -> ComposeResult:
        yield from self.filterable(
            self._choices,
            max_height=self._max_height,
            has_keys=any(choice.sign.isascii() and choice.sign for choice in self._all),
        )

    def on_key(self, event: events.Key) -> None:
        chosen = next((choice for choice in self._choices.items if choice.sign == event.character), None)
        if chosen is not None:
            event.stop()
            event.prevent_default()
            self.dismiss(chosen.key)

    def apply_filter(self, text: str) -> None:
        self._choices.cursor = self._choices.top = self._choices.first_line = 0
        self._choices.set_items(match_choices(self._all, text, are_keys_names=False))

    def submit_choice(self) -> None:
        if self.current is not None:
            self.action_choose()

    @property
    def current(self) -> Choice | None:
        """The option under the cursor."""
        return self._choices.current

    @on(LineList.Opened)
    def action_choose(self) -> None:
        self.dismiss(choice.key if (choice := self._choices.current) is not None else None)


def match_choices(choices: Sequence[Choice], text: str, *, are_keys_names: bool = True) -> list[Choice]:
    """Return the choices whose key or label contains `text`; those that start with it first.

    are_keys_names: whether people know the keys, so that they are searched too.
    """
    pattern = text.strip().casefold()
    if not pattern:
        return list(choices)
    ranked = [(_rank(choice, pattern, are_keys_names=are_keys_names), choice) for choice in choices]
    return [choice for rank, choice in sorted(ranked, key=lambda pair: pair[0]) if rank < 3]


def _rank(choice: Choice, pattern: str, *, are_keys_names: bool) -> int:
    texts = (choice.label.casefold(), *([choice.key.casefold()] if are_keys_names else []))
    if any(text.startswith(pattern) for text in texts):
        return 0
    if any(pattern in text for text in texts):
        return 1
    return 2 if pattern in choice.note.casefold() else 3
