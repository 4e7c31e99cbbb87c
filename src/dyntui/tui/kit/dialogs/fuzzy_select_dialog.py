"""A dialog that selects by typing a part of a name, such as a field. Tab completes, Enter submits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input

from dyntui.core.text import safe
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.dialogs.select_dialog import Choice, Choices, match_choices
from dyntui.tui.kit.widgets.cells import width_of
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.search_field import SearchField

__all__ = ["FuzzySelectDialog", "named_choices"]


class _MatchList(Choices):
    """The matching choices. They never get the focus: the text field keeps it."""

    can_focus = False
    LOOKS_FOCUSED = True

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Show these choices."""
        self._signs = max((width_of(choice.sign) for choice in choices), default=0)
        self._labels = min(36, max((width_of(safe(choice.label, 60)) for choice in choices), default=0))
        self.cursor = self.top = 0
        self.set_items(choices)


class _CompletingField(SearchField):
    """The text field. Tab completes the text."""

    def on_key(self, event: events.Key) -> None:
        dialog = self.screen
        if event.key == "ctrl+s":
            event.stop()
            self.call_later(self.action_submit)
        elif event.key == "tab" and isinstance(dialog, FuzzySelectDialog):
            event.stop()
            event.prevent_default()
            dialog.complete()


class FuzzySelectDialog(BaseDialog[str]):
    """Select a choice by typing.

    find_choices: returns the choices for a typed text.
    verb: label of the Enter key.
    completes_keys: whether Tab puts the key of a choice into the field, not its label.
    """

    def __init__(
        self,
        title: str,
        find_choices: Callable[[str], Sequence[Choice]],
        *,
        placeholder: str = "",
        verb: str = "choose",
        completes_keys: bool = True,
    ) -> None:
        super().__init__(title, classes="search")
        self._find_choices = find_choices
        self._placeholder = placeholder
        self._completes_keys = completes_keys
        self.footer_keys = (("↑ ↓", "move"), ("tab", "complete"), ("enter", verb), ("dialog.cancel", "cancel"))

    def content(self) -> ComposeResult:
        matches = _MatchList(())
        yield _CompletingField(matches, placeholder=self._placeholder)
        yield matches

    def on_mount(self) -> None:
        self.set_focus(self.query_one(_CompletingField), scroll_visible=False)
        self.update_choices()

    def update_choices(self) -> None:
        """Update the choices after the text or the data changed."""
        self.query_one(_MatchList).set_choices(self._find_choices(self.typed))

    @property
    def typed(self) -> str:
        return self.query_one(_CompletingField).value

    def _under_cursor(self) -> Choice | None:
        return self.query_one(_MatchList).current

    @on(Input.Changed)
    def _changed(self) -> None:
        self.update_choices()

    def complete(self) -> None:
        """Put the choice under the cursor into the field."""
        if (choice := self._under_cursor()) is not None:
            field = self.query_one(_CompletingField)
            field.value = choice.key if self._completes_keys else choice.label
            field.cursor_position = len(field.value)

    @on(Input.Submitted)
    @on(LineList.Opened)
    def _submitted(self) -> None:
        choice = self._under_cursor()
        if choice is not None:
            self.dismiss(choice.key)


def named_choices(title: str, choices: Sequence[Choice], *, verb: str = "choose") -> FuzzySelectDialog:
    """Return the dialog that selects one of `choices` by a part of its label or note; their keys are ids."""
    return FuzzySelectDialog(
        title,
        lambda text: match_choices(choices, text, are_keys_names=False),
        placeholder="a part of the name",
        verb=verb,
        completes_keys=False,
    )
