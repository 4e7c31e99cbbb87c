"""The prompt for a jump or a filter. It takes the place of the footer, so that nothing else moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict, Unpack

from textual import events, on
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from dyntui.core.text import safe
from dyntui.tui.kit.widgets.cells import cut, pad, width_of, wrapped
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.kit.widgets.text_field import TextField
from dyntui.tui.kit.widgets.wrapped_list import ItemLines, WrappedItemList, hang

__all__ = ["Prompt", "PromptOptions", "Suggest", "Suggestion", "Suggestions"]


class Suggestion(NamedTuple):
    """A suggestion for the typed text."""

    text: str
    """The text of the field when the suggestion is chosen."""
    note: str = ""
    """A description."""


Suggest = Callable[[str], Sequence[Suggestion]]
"""Returns the suggestions for a text."""

_MAX_VISIBLE = 8
_MIN_LABEL_WIDTH, _MAX_LABEL_WIDTH = 25, 40
"""Cells for the texts of the suggestions, before their descriptions."""
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


class Suggestions(WrappedItemList[Suggestion], can_focus=False):
    """The suggestions above the prompt, whose field keeps the focus, below a hint that is wider than the field."""

    LOOKS_FOCUSED = True

    def __init__(self) -> None:
        super().__init__(id="suggestions")
        self._label_width = _MIN_LABEL_WIDTH
        self._hint: list[str] = []

    def item_lines(self, index: int, width: int) -> ItemLines:
        suggestion = self.items[index]
        return hang([(pad(safe(suggestion.text), self._label_width) + " ", "")], safe(suggestion.note), "dim", width)

    def draw_head(self, y: int, width: int) -> Sequence[Piece]:
        return [(f"  {self._hint[y]}", "dim")]

    def show(self, items: Sequence[Suggestion], hint: str = "") -> None:
        """Show these suggestions, in at most eight lines. hint: what can be typed, shown above them."""
        self.items = items
        widest = max((width_of(safe(item.text)) for item in items), default=0)
        self._label_width = max(_MIN_LABEL_WIDTH, min(widest, _MAX_LABEL_WIDTH))
        self.cursor = self.top = self.first_line = 0
        self._hint = wrapped(hint, self.app.size.width - 4) if hint else []
        self.head = len(self._hint)
        self.display = bool(items or hint)
        self.show_whole(_MAX_VISIBLE)
        self.refresh(layout=True)
        self.repaint()


class PromptNote(LineWidget):
    """A note at the right of the field, of a fixed width, so that nothing moves while it changes.

    Where it does not fit, its last part is left out.
    """

    text = ""

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        text = self.text if width_of(self.text) < width else cut(self.text.rpartition(" · ")[0] or self.text, width - 1)
        return [(" " * (width - 1 - width_of(text)) + text, "dim")], ""


class _PromptField(TextField):
    """The text field. Up, down and tab control the suggestions."""

    async def on_key(self, event: events.Key) -> None:
        prompt = self.query_ancestor(Prompt)
        if event.key == "ctrl+s":
            event.stop()
            await self.action_submit()
        elif event.key in ("down", "up", "tab", "escape"):
            event.stop()
            event.prevent_default()
            prompt.control_key(event.key)


class Prompt(Horizontal):
    """A sign, a text field and suggestions, in the footer of a screen. Open from `ask` to the answer, then hidden."""

    @dataclass
    class Answered(Message):
        """Posted on enter."""

        sign: str
        """`:` or `/`."""
        text: str
        chosen: Suggestion | None
        """The suggestion under the cursor; None without one."""

    @dataclass
    class Closed(Message):
        """Posted when the prompt closed, answered or canceled."""

        is_answered: bool = False
        """Whether `Answered` follows."""

    def __init__(self) -> None:
        super().__init__(id="prompt")
        self.sign = ""
        self._suggest: Suggest | None = None
        self._on_change: Callable[[str], None] | None = None
        self._hint = ""

    @staticmethod
    def mount_in(screen: Screen[Any]) -> Prompt:
        """Add a prompt to a screen. It takes keys at once, also those typed before the next frame."""
        prompt = Prompt()
        screen.query_one("#footer").mount(prompt)
        prompt.mount(Static("", id="sign", markup=False), _PromptField(id="field"), PromptNote(id="note"))
        screen.mount(Suggestions(), before="#footer")
        return prompt

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
        label, on_change = options.get("label", ""), options.get("on_change")
        self.sign = sign
        self._suggest = options.get("suggest")
        self._on_change = on_change
        self.show_note("")
        self.query_one("#sign", Static).update(f"{sign} {label}".rstrip())
        field = self.query_one(_PromptField)
        # A placeholder that is wider than the field is shown above it.
        room = self.app.size.width - width_of(f" {sign} {label} ") - _FIELD_MARGIN
        fits = width_of(placeholder) <= room - (_NOTE_WIDTH if on_change is not None else 0)
        field.placeholder, self._hint = (placeholder, "") if fits else ("", placeholder)
        field.value = text
        field.cursor_position = len(text)
        self._set_open(True)
        self._show_suggestions(text)
        self.screen.set_focus(field, scroll_visible=False)

    def show_note(self, text: str) -> None:
        """Show a note at the right of the field, such as how many rows match; "" for none."""
        note = self.query_one(PromptNote)
        note.text = safe(text)
        note.display = bool(text)
        note.repaint()

    def close(self, *, is_answered: bool = False) -> None:
        """Close the prompt and its suggestions. is_answered: whether the text is used."""
        self._set_open(False)
        self.screen.query_one(Suggestions).show(())
        self.post_message(self.Closed(is_answered))

    def control_key(self, key: str) -> None:
        """Handle a key of the field that is not text."""
        suggestions = self.screen.query_one(Suggestions)
        match key:
            case "escape":
                self.close()
            case "down":
                suggestions.move_to(suggestions.cursor + 1)
            case "up":
                suggestions.move_to(suggestions.cursor - 1)
            case "tab" if suggestions.items:
                field = self.query_one(_PromptField)
                field.value = suggestions.items[suggestions.cursor].text
                field.cursor_position = len(field.value)

    def _show_suggestions(self, text: str) -> None:
        self.screen.query_one(Suggestions).show(self._suggest(text) if self._suggest else (), self._hint)

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
        suggestions = self.screen.query_one(Suggestions)
        if not suggestions.items:  # the text may have suggestions by now
            self._show_suggestions(event.value)
        chosen = suggestions.current
        self.close(is_answered=True)
        self.post_message(self.Answered(self.sign, event.value, chosen))
