"""A dialog to paste a longer text, with a one-line field below it."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static, TextArea

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.widgets.text_field import TextField

__all__ = ["PasteTextDialog", "Pasted"]


@dataclass(frozen=True, slots=True)
class Pasted:
    """The result of the dialog."""

    text: str
    """The text of the text area."""
    line: str
    """The value of the field below the text."""


class PasteTextDialog(BaseDialog[Pasted]):
    """A text area with a field below it.

    about: a line above the text. line: the label of the field. verb: the label of the key that submits.
    """

    BINDINGS = bindings(KIT_ACTIONS, "paste-text")

    def __init__(self, title: str, about: str, *, line: str, verb: str) -> None:
        super().__init__(title, classes="large pasting")
        self.about = about
        self.line = line
        self.footer_keys = (
            ("tab", "field"),
            ("enter", "new line"),
            ("paste-text.submit", verb),
            ("dialog.cancel", "cancel"),
        )

    def content(self) -> ComposeResult:
        yield Static(safe(self.about, 300), classes="note", markup=False)
        area = TextArea(id="pasted", tab_behavior="focus")
        area.cursor_blink = False
        yield area
        yield Static(safe(self.line), classes="ask", markup=False)
        yield TextField(id="line")

    def current_input(self) -> Pasted:
        return Pasted(self.query_one("#pasted", TextArea).text, self.query_one("#line", Input).value)

    @on(Input.Submitted)
    def action_submit(self) -> None:
        self.submit(self.current_input())
