"""A dialog to write, paste or edit a longer text, which is returned only when it is valid."""

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
    """Returns the text.

    about: a line above the text.
    text: the initial text.
    check: returns what is wrong with a text, "" when it is valid.
    original: the text that may be discarded without a question; None for the initial text.
    problem: a problem of the initial text, shown from the start.
    verb: the label of the key that submits.
    """

    BINDINGS = bindings(KIT_ACTIONS, "text-editor")

    def __init__(
        self,
        title: str,
        about: str,
        text: str = "",
        *,
        check: Callable[[str], str] = lambda text: "",
        original: str | None = None,
        problem: str = "",
        verb: str = "continue",
    ) -> None:
        super().__init__(title, classes="large pasting")
        self.about = about
        self.text = text
        self.original = text if original is None else original
        self.problem = problem
        self.check = check
        self.footer_keys = (
            ("enter", "new line"),
            ("text-editor.submit", verb),
            ("ctrl+z", "undo"),
            ("dialog.cancel", "cancel"),
        )

    def content(self) -> ComposeResult:
        yield Static(safe(self.about, 300), classes="note", markup=False)
        area = TextArea(self.text, id="pasted", tab_behavior="focus", show_line_numbers=True)
        area.cursor_blink = False
        yield area
        yield Static(safe(self.problem, 500), id="problem", classes="problem", markup=False)

    @property
    def area(self) -> TextArea:
        return self.query_one("#pasted", TextArea)

    def action_submit(self) -> None:
        if problem := self.check(self.area.text):
            self.show_problem(problem)
        else:
            self.submit(self.area.text)

    def current_input(self) -> str:
        return self.area.text

    def initial_input(self) -> str:
        return self.original
