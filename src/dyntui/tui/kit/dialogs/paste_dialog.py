"""Dialogs to paste or write a longer text: of lines, or with an optional one-line field below."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.widgets import Input, Static, TextArea

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog

__all__ = ["PasteLinesDialog", "PasteTextDialog", "Pasted"]


@dataclass(frozen=True, slots=True)
class Pasted:
    """The result of the dialog."""

    text: str
    """The text of the text area."""
    line: str = ""
    """The value of the field below the text, if there is one."""


class PasteTextDialog(BaseDialog[Pasted]):
    """A text area.

    about: a line above the text.
    line: the label of a field below it, "" for none.
    text: the initial text.
    verb: the label of the key that submits.
    """

    BINDINGS = bindings(KIT_ACTIONS, "paste-text")

    def __init__(self, title: str, about: str, *, line: str = "", text: str = "", verb: str = "submit") -> None:
        super().__init__(title, classes="large pasting")
        self.about = about
        self.line = line
        self.text = text
        self.footer_keys = (("ctrl+s", verb), ("tab", "next"), ("esc", "cancel"))

    def content(self) -> ComposeResult:
        yield Static(safe(self.about, 300), classes="note", markup=False)
        area = TextArea(self.text, id="pasted", compact=True, tab_behavior="focus")
        area.cursor_blink = False
        yield area
        if self.line:
            yield Static(safe(self.line), classes="ask", markup=False)
            field = Input(compact=True, id="line")
            field.cursor_blink = False
            yield field

    def current_input(self) -> Pasted:
        line = self.query_one("#line", Input).value if self.line else ""
        return Pasted(self.query_one("#pasted", TextArea).text, line)

    def action_submit(self) -> None:
        self.submit(self.current_input())


class PasteLinesDialog(BaseDialog[str]):
    """A text area for pasted lines. A subclass binds the key of `action_submit` and defines the texts."""

    about = ""
    """A line above the text."""

    def __init__(self, title: str) -> None:
        super().__init__(title, classes="large paste")

    def content(self) -> ComposeResult:
        yield Static(self.about, markup=False)
        area = TextArea("", show_line_numbers=False, tab_behavior="focus", id="rows")
        area.cursor_blink = False
        yield area

    def on_mount(self) -> None:
        self.set_focus(self.query_one(TextArea), scroll_visible=False)

    def current_input(self) -> str:
        return self.query_one(TextArea).text

    def action_submit(self) -> None:
        self.submit(self.current_input())
