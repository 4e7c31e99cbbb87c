"""The line where one types a jump or a filter: it takes the place of the bottom line, so nothing else moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from dyntui.core.text import safe
from dyntui.tui.kit.widgets.cells import cut, fit
from dyntui.tui.kit.widgets.line_list import LineList, Piece

__all__ = ["Prompt", "Suggest", "Suggestion", "Suggestions"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that may be meant. text: what it stands for when it is taken. note: a few words beside it."""

    text: str
    note: str = ""


Suggest = Callable[[str], Sequence[Suggestion]]

_SHOWN = 8


class Suggestions(LineList, can_focus=False):
    """What may be meant by what is typed, above the prompt."""

    def __init__(self) -> None:
        super().__init__(id="suggestions")
        self.found: Sequence[Suggestion] = ()

    @property
    def count(self) -> int:
        return len(self.found)

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        pieces, base = super().line(y, width)
        return pieces, "cursor" if base else ""  # the cursor is here, the focus in the field

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        found = self.found[index]
        bar: Piece = ("▌ ", "accent") if index == self.cursor else ("  ", "")
        return [bar, (fit(safe(found.text), 24) + " ", ""), (cut(safe(found.note), max(0, width - 28)), "dim")]

    def show(self, found: Sequence[Suggestion]) -> None:
        """Show these, at most a few lines of them."""
        self.found = found
        self.cursor = self.top = 0
        height = min(len(found), _SHOWN)
        self.display = height > 0
        self.styles.height = max(1, height)
        self.repaint()


class _PromptField(Input):
    """The text itself. Up, down and tab belong to the suggestions."""

    def on_key(self, event: events.Key) -> None:
        prompt = self.query_ancestor(Prompt)
        if event.key in ("down", "up", "tab", "escape"):
            event.stop()
            event.prevent_default()
            prompt.special(event.key)


class Prompt(Horizontal):
    """A sign, a field, and perhaps suggestions. Hidden until `ask` is called."""

    class Answered(Message):
        """Enter was pressed. sign: `:` or `/`. chosen: the suggestion under the cursor, None when there is none."""

        def __init__(self, sign: str, text: str, chosen: Suggestion | None) -> None:
            super().__init__()
            self.sign = sign
            self.text = text
            self.chosen = chosen

    class Closed(Message):
        """The prompt is gone, answered or not."""

    def __init__(self) -> None:
        super().__init__(id="prompt")
        self.sign = ""
        self._suggest: Suggest | None = None

    def compose(self) -> ComposeResult:
        yield Static("", id="sign", markup=False)
        yield _PromptField(compact=True, select_on_focus=False, id="field")

    @property
    def asking(self) -> bool:
        return bool(self.display)

    def _asking(self, asking: bool) -> None:
        # By hand: a class would count only in the next frame, and keys typed until then would go elsewhere.
        for neighbour in self.siblings:
            neighbour.display = not asking
        self.display = asking

    def ask(
        self, sign: str, text: str = "", *, label: str = "", placeholder: str = "", suggest: Suggest | None = None
    ) -> None:
        """Open the prompt with `text` in it. label: what the text is for, beside the sign."""
        self.sign = sign
        self._suggest = suggest
        self.query_one("#sign", Static).update(f"{sign} {label}".rstrip())
        field = self.query_one(_PromptField)
        field.cursor_blink = False
        field.placeholder = placeholder
        field.value = text
        field.cursor_position = len(text)
        self._asking(True)
        self._found(text)
        self.screen.set_focus(field, scroll_visible=False)

    def close(self) -> None:
        """Hide the prompt."""
        self._asking(False)
        self.screen.query_one(Suggestions).show(())
        self.post_message(self.Closed())

    def special(self, key: str) -> None:
        """A key of the field that is not text."""
        suggestions = self.screen.query_one(Suggestions)
        match key:
            case "escape":
                self.close()
            case "down":
                suggestions.move_to(suggestions.cursor + 1)
            case "up":
                suggestions.move_to(suggestions.cursor - 1)
            case "tab" if suggestions.found:
                field = self.query_one(_PromptField)
                field.value = suggestions.found[suggestions.cursor].text
                field.cursor_position = len(field.value)

    def _found(self, text: str) -> None:
        self.screen.query_one(Suggestions).show(self._suggest(text) if self._suggest else ())

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.asking:
            self._found(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        suggestions = self.screen.query_one(Suggestions)
        if not suggestions.found:  # what was typed may lead somewhere by now
            self._found(event.value)
        chosen = suggestions.found[suggestions.cursor] if suggestions.found else None
        sign = self.sign
        self.close()
        self.post_message(self.Answered(sign, event.value, chosen))
