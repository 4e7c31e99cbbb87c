"""What every dialog is: a box over the screen, one title, its own keys, left by esc with nothing done.

What was filled in is never lost by one key: leaving a changed dialog asks once, and a form whose contents are to be
confirmed and sent stays open until that is done (`on_submit`, `finish`, `reopen`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import Reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import ActionMixin, bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.widgets.cells import cut, width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

__all__ = ["BaseDialog", "DialogFooter"]

T = TypeVar("T")


class DialogFooter(LineWidget):
    """The last lines of a dialog: what has no room above, and the keys."""

    def __init__(self, *keys: tuple[str, str]) -> None:
        super().__init__(classes="foot")
        self.keys = keys
        self.said = ""
        self.said_style = "dim"

    def line(self, y: int, width: int) -> tuple[list[Piece], str]:
        if y == 0:
            return [(cut(self.said, width), self.said_style)], ""
        pieces: list[Piece] = []
        for key, title in self.keys:
            pieces += [(key, "strong"), (f" {title}   ", "dim")]
        return pieces, ""


class BaseDialog(ActionMixin, ModalScreen[T | None], Generic[T]):
    """A dialog. A subclass gives `content` and `foot`; None is what it returns when it is left.

    on_submit: gets what is submitted while the dialog stays open, locked; whoever sets it ends with `finish` or
    `reopen`. None: submitting closes the dialog. was_left: a person closed it; what was submitted is not to go on.
    """

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    BINDINGS = bindings(KIT_ACTIONS, "dialog")
    title_text = ""
    on_submit: Callable[[T], Any] | None = None
    was_left = False
    _locked = False
    _initial: object = None
    _asked_about: object = None
    _focused_before: Widget | None = None

    def content(self) -> ComposeResult:
        """What is in the box below the title."""
        raise NotImplementedError

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        """The keys and what they do."""
        return (("esc", "close"),)

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(safe(self.title_text, 200), classes="title", markup=False)
            yield from self.content()
            yield DialogFooter(*self.footer_keys())

    def show_full_text(self, text: str, room: int) -> None:
        """Say above the keys what was cut because there is room for fewer cells."""
        self.show_footer_message(text if width_of(text) > room else "", "dim")

    def show_footer_message(self, text: str, style: str) -> None:
        """Say something above the keys."""
        foot = self.query_one(DialogFooter)
        foot.said, foot.said_style = safe(text, 200), style
        foot.repaint()

    # Leaving

    def current_input(self) -> object:
        """What is filled in now, to be compared; None for a dialog in which nothing is."""
        return None

    def initial_input(self) -> object:
        """What `entered` is worth when nothing of it would be lost."""
        return self.current_input()

    def on_mount(self) -> None:
        self._initial = self.initial_input()

    def action_cancel(self) -> Any:
        entered = self.current_input()
        if entered not in (self._initial, self._asked_about):
            self._asked_about = entered
            self.show_footer_message("esc once more throws away what you typed.", "warn")
            return
        self.was_left = True
        self.dismiss(None)

    @on(Input.Changed)
    @on(TextArea.Changed)
    def input_changed(self) -> None:
        """Ask anew before leaving: other input would be lost now."""
        if self._asked_about is not None and self.current_input() != self._asked_about:
            self._asked_about = None
            self.show_footer_message("", "dim")

    # Submitting

    def submit(self, answer: T) -> None:
        """Hand `answer` on: to `on_submit`, with the dialog locked until that is done, or as the dialog's result."""
        if self.on_submit is None:
            self.dismiss(answer)
        elif not self._locked:
            self._locked = True
            self._focused_before = self.focused
            self.query_one("#dialog").disabled = True
            self.show_footer_message("", "dim")
            self.on_submit(answer)

    def finish(self) -> None:
        """Close the dialog: what was submitted is done."""
        if self.is_active:
            self.dismiss(None)

    def reopen(self, problem: str = "") -> None:
        """Take input again, with all that is filled in. problem: why what was submitted was not done."""
        if self.was_left or not self.is_attached:
            return
        self._locked = False
        self._asked_about = None
        self.query_one("#dialog").disabled = False
        if self._focused_before is not None:
            self.set_focus(self._focused_before, scroll_visible=False)
        for line in self.query("#problem").results(Static):
            line.update(safe(problem, 500))
