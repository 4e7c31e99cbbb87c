"""A dialog to edit a longer text, which is returned only when it is valid."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.widgets import Static, TextArea

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog

__all__ = ["TextDialog"]


class TextDialog(BaseDialog[str]):
    """Returns the edited text.

    about: a line above the text.
    text: the initial text.
    check: returns what is wrong with a text, "" when it is valid.
    original: the text that may be discarded without a question.
    problem: a problem of the initial text, shown from the start.
    """

    BINDINGS = bindings(KIT_ACTIONS, "text-editor")
    footer_keys = (("ctrl+s, f2", "continue"), ("ctrl+z", "undo"), ("esc", "cancel"))

    def __init__(
        self,
        title: str,
        about: str,
        text: str,
        *,
        check: Callable[[str], str],
        original: str,
        problem: str = "",
    ) -> None:
        super().__init__(title, classes="large pasting")
        self.about = about
        self.text = text
        self.original = original
        self.problem = problem
        self.check = check

    def content(self) -> ComposeResult:
        yield Static(safe(self.about, 300), classes="note", markup=False)
        area = TextArea(self.text, id="pasted", compact=True, tab_behavior="focus", show_line_numbers=True)
        area.cursor_blink = False
        yield area
        yield Static(safe(self.problem, 500), id="problem", classes="problem", markup=False)

    @property
    def area(self) -> TextArea:
        return self.query_one("#pasted", TextArea)

    def show_problem(self, text: str) -> None:
        """Show a problem below the text."""
        self.query_one("#problem", Static).update(safe(text, 500))

    def action_submit(self) -> None:
        if problem := self.check(self.area.text):
            self.show_problem(problem)
        else:
            self.submit(self.area.text)

    def current_input(self) -> str:
        return self.area.text

    def initial_input(self) -> str:
        return self.original
