"""The prompt for a jump or a filter. It takes the place of the footer, so that nothing else moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypedDict, Unpack

from textual import on
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from dyntui.core.text import safe
from dyntui.tui.kit.widgets.cells import width_of

if TYPE_CHECKING:
    from dyntui.tui.kit.widgets.prompt_field import PromptField, PromptNote
    from dyntui.tui.kit.widgets.suggestions import Suggestion, Suggestions

__all__ = ["Prompt", "PromptOptions", "Suggest"]

Suggest = Callable[[str], "Sequence[Suggestion]"]
"""Returns the suggestions for a text."""

_FIELD_MARGIN, _NOTE_WIDTH = 3, 48
"""Cells of the prompt that are not for text: its margin, and the note on a wide screen."""


class PromptOptions(TypedDict, total=False):
    """How a prompt differs from a plain one."""

    label: str
    """What the text is for, shown after the sign."""
    suggest: Suggest | None
    """Returns the suggestions for a text."""
    on_change: Callable[[str], None] | None
    """Called with the text after every change, while it is typed. It must return at once."""


class Prompt(Horizontal):
    """A sign, a text field and suggestions; hidden until `ask` is called, which adds the widgets the first time."""

    class Answered(Message):
        """Posted on enter."""

        def __init__(self, sign: str, text: str, chosen: Suggestion | None) -> None:
            """sign: `:` or `/`. chosen: the suggestion under the cursor; None without one."""
            super().__init__()
            self.sign = sign
            self.text = text
            self.chosen = chosen

    class Closed(Message):
        """Posted when the prompt closed, answered or canceled."""

        def __init__(self, *, is_answered: bool) -> None:
            """is_answered: whether `Answered` follows."""
            super().__init__()
            self.is_answered = is_answered

    _field: PromptField
    _note: PromptNote
    _suggestions: Suggestions

    def __init__(self) -> None:
        super().__init__(id="prompt")
        self.sign = ""
        self._suggest: Suggest | None = None
        self._on_change: Callable[[str], None] | None = None
        self._hint = ""

    def _add_widgets(self) -> None:
        """Add the text field and the suggestions. They take keys at once, also those typed before the next frame."""
        from dyntui.tui.kit.widgets.prompt_field import PromptField, PromptNote
        from dyntui.tui.kit.widgets.suggestions import Suggestions

        self._field, self._note, self._suggestions = (
            PromptField(self._control_key),
            PromptNote(id="note"),
            Suggestions(),
        )
        self.mount(Static("", id="sign", markup=False), self._field, self._note)
        self.screen.mount(self._suggestions, before="#footer")

    @property
    def is_open(self) -> bool:
        """Whether the prompt is open and has the focus."""
        return bool(self.display)

    def _set_open(self, is_open: bool) -> None:
        # A CSS class would apply only in the next frame, and keys typed until then would be lost.
        for neighbor in self.siblings:
            neighbor.display = not is_open
        self.display = is_open

    def ask(self, sign: str, text: str = "", placeholder: str = "", **options: Unpack[PromptOptions]) -> None:
        """Open the prompt.

        sign: the sign before the field, and the `sign` of the answer.
        text: the initial text.
        """
        if not self.children:
            self._add_widgets()
        label, on_change = options.get("label", ""), options.get("on_change")
        self.sign = sign
        self._suggest = options.get("suggest")
        self._on_change = on_change
        self.show_note("")
        self.query_one("#sign", Static).update(f"{sign} {label}".rstrip())
        # A placeholder that is wider than the field is shown above it.
        room = self.app.size.width - width_of(f" {sign} {label} ") - _FIELD_MARGIN
        fits = width_of(placeholder) <= room - (_NOTE_WIDTH if on_change is not None else 0)
        self._field.placeholder, self._hint = (placeholder, "") if fits else ("", placeholder)
        self._field.value = text
        self._field.cursor_position = len(text)
        self._set_open(True)
        self._show_suggestions(text)
        self.screen.set_focus(self._field, scroll_visible=False)

    def show_note(self, text: str) -> None:
        """Show a note at the right of the field of the open prompt, such as how many rows match; "" for none."""
        self._note.text = safe(text)
        self._note.display = bool(text)
        self._note.repaint()

    def close(self, *, is_answered: bool = False) -> None:
        """Close the prompt and its suggestions. is_answered: whether the text is used."""
        self._set_open(False)
        self._suggestions.show(())
        self.post_message(self.Closed(is_answered=is_answered))

    def _control_key(self, key: str) -> None:
        suggestions = self._suggestions
        match key:
            case "escape":
                self.close()
            case "down":
                suggestions.move_to(suggestions.cursor + 1)
            case "up":
                suggestions.move_to(suggestions.cursor - 1)
            case "tab" if suggestions.items:
                self._field.value = suggestions.items[suggestions.cursor].text
                self._field.cursor_position = len(self._field.value)

    def _show_suggestions(self, text: str) -> None:
        self._suggestions.show(self._suggest(text) if self._suggest else (), self._hint)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self._show_suggestions(event.value)
            if self._on_change is not None:
                self._on_change(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if not self._suggestions.items:  # the text may have suggestions by now
            self._show_suggestions(event.value)
        chosen = self._suggestions.current
        self.close(is_answered=True)
        self.post_message(self.Answered(self.sign, event.value, chosen))
