"""Choose by typing a part of it: a field, a transform, a path. Tab takes the one under the cursor, Enter answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from dyntui.core.text import safe
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.dialogs.select_dialog import Choice, Choices
from dyntui.tui.kit.widgets.cells import width_of
from dyntui.tui.kit.widgets.line_list import LineList

__all__ = ["FuzzyChoice", "FuzzySelectDialog", "matching"]


@dataclass(frozen=True, slots=True)
class FuzzyChoice:
    """What was answered. key: of the choice under the cursor, "" when none was in view."""

    text: str
    key: str


class _Found(Choices):
    """The choices that fit, without the focus: the field keeps it."""

    can_focus = False

    def offer(self, choices: Sequence[Choice]) -> None:
        """Show these."""
        self.choices = choices
        self._signs = max((width_of(choice.sign) for choice in choices), default=0)
        self._labels = min(36, max((width_of(safe(choice.label, 60)) for choice in choices), default=0))
        self.cursor = self.top = 0
        self.count_changed()

    def line(self, y: int, width: int) -> tuple[Sequence[tuple[str, str]], str]:
        index = self.top + y
        if index >= self.count:
            return (), ""
        return self.draw(index, width), "cursor" if index == self.cursor else ""


class _SearchField(Input):
    """The text. Up, down and tab belong to the choices."""

    def on_key(self, event: events.Key) -> None:
        dialog = self.screen
        if event.key in ("down", "up", "tab", "pagedown", "pageup") and isinstance(dialog, FuzzySelectDialog):
            event.stop()
            event.prevent_default()
            dialog.special(event.key)


class FuzzySelectDialog(BaseDialog[FuzzyChoice]):
    """find: the choices for what is typed. free: whether text that is none of them may be answered.

    says: a line for the choice under the cursor, below the list.
    """

    def __init__(
        self,
        title: str,
        find: Callable[[str], Sequence[Choice]],
        *,
        text: str = "",
        placeholder: str = "",
        free: bool = False,
        says: Callable[[str], str] | None = None,
        verb: str = "choose",
    ) -> None:
        super().__init__(classes="search")
        self.title_text = title
        self._find = find
        self._text = text
        self._placeholder = placeholder
        self._free = free
        self._says = says
        self._verb = verb
        self._moved_to = False

    def content(self) -> ComposeResult:
        field = _SearchField(
            self._text, placeholder=self._placeholder, compact=True, id="search", select_on_focus=False
        )
        field.cursor_blink = False
        yield field
        yield _Found(())
        if self._says is not None:
            yield Static("", id="says", markup=False)

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        return (("↑ ↓", "move"), ("tab", "complete"), ("enter", self._verb), ("esc", "cancel"))

    def on_mount(self) -> None:
        self.set_focus(self.query_one(_SearchField), scroll_visible=False)
        self.look()

    def current_input(self) -> str | None:
        return self.typed if self._free else None

    def look(self) -> None:
        """Find anew: what is typed, or what there is, is different."""
        self.query_one(_Found).offer(self._find(self.query_one(_SearchField).value))
        self._say()

    @property
    def typed(self) -> str:
        return self.query_one(_SearchField).value

    def _under_cursor(self) -> Choice | None:
        found = self.query_one(_Found)
        return found.choices[found.cursor] if found.count else None

    def _say(self) -> None:
        if self._says is not None:
            choice = self._under_cursor()
            self.query_one("#says", Static).update(safe(self._says(choice.key), 500) if choice is not None else "")

    @on(LineList.Moved)
    def _moved(self) -> None:
        self._say()

    @on(Input.Changed)
    def _changed(self) -> None:
        self._moved_to = False
        self.look()

    def special(self, key: str) -> None:
        """A key of the field that is not text."""
        found = self.query_one(_Found)
        self._moved_to = True
        match key:
            case "down":
                found.move_to(found.cursor + 1)
            case "up":
                found.move_to(found.cursor - 1)
            case "pagedown":
                found.action_page_down()
            case "pageup":
                found.action_page_up()
            case "tab" if (choice := self._under_cursor()) is not None:
                field = self.query_one(_SearchField)
                field.value = choice.key
                field.cursor_position = len(choice.key)

    @on(Input.Submitted)
    @on(LineList.Opened)
    def _submitted(self) -> None:
        choice = self._under_cursor()
        if self._free and choice is not None and self._moved_to:
            self.dismiss(FuzzyChoice(choice.key, choice.key))
        elif choice is not None or self._free:
            self.dismiss(FuzzyChoice(self.typed, choice.key if choice is not None else ""))


def matching(choices: Sequence[Choice], text: str) -> list[Choice]:
    """The choices whose key or label has `text` in it; those that begin with it first."""
    wanted = text.strip().casefold()
    if not wanted:
        return list(choices)
    ranked = [(_rank(choice, wanted), choice) for choice in choices]
    return [choice for rank, choice in sorted(ranked, key=lambda pair: pair[0]) if rank < 3]


def _rank(choice: Choice, wanted: str) -> int:
    texts = (choice.key.casefold(), choice.label.casefold())
    if any(text.startswith(wanted) for text in texts):
        return 0
    if any(wanted in text for text in texts):
        return 1
    return 2 if wanted in choice.note.casefold() else 3
