"""The base class of dialogs: a box over the screen with a title and a footer of keys; esc cancels.

Input is not lost by one key: canceling a changed dialog needs esc twice, and a form whose input is confirmed and sent
afterwards stays open until that is done (`on_submit`, `finish`, `reopen`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.reactive import Reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import ACTIONS, ActionMixin, bindings, footer_label, key_of, press_label
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.plain.plain_text import plain_text
from dyntui.tui.kit.widgets.cells import width_of, wrapped
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

__all__ = ["BaseDialog", "DialogFooter"]

T = TypeVar("T")


class DialogFooter(LineWidget):
    """The last lines of a dialog: a message, and the keys."""

    def __init__(self, *keys: tuple[str, str]) -> None:
        super().__init__(classes="footer")
        self.keys = keys
        """Pairs of keys and title, as in `footer_keys` of the dialog."""
        self.message = ""
        self.message_style = "dim"

    def _labeled_keys(self) -> list[tuple[str, str]]:
        """Return the keys as people write them, each with its title."""
        return [
            (" ".join(footer_label(key) if key in ACTIONS else key for key in keys.split(" ")), title)
            for keys, title in self.keys
        ]

    def accessible_lines(self) -> Sequence[str]:
        keys = ", ".join(f"{plain_text(key).replace(', ', ' or ')} {title}" for key, title in self._labeled_keys())
        return [text for text in (plain_text(self.message), f"Keys: {keys}" if keys else "") if text]

    def line(self, y: int, width: int) -> tuple[list[Piece], str]:
        lines = self._lines(width)
        return (lines[y] if y < len(lines) else []), ""

    def _lines(self, width: int) -> list[list[Piece]]:
        message: list[list[Piece]] = [[(line, self.message_style)] for line in wrapped(self.message, width)]
        labeled = self._labeled_keys()
        used = sum(width_of(key) + 1 + width_of(title) for key, title in labeled)
        gap = max(1, min(3, (width - used) // max(1, len(labeled) - 1)))
        keys: list[list[Piece]] = [[]]
        room = width
        for key, title in labeled:
            needed = width_of(key) + 1 + width_of(title)
            if needed > room and keys[-1]:
                keys.append([])
                room = width
            keys[-1] += [(key, "strong"), (f" {title}" + " " * gap, "dim")]
            room -= needed + gap
        return message + keys

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self.count_lines(width)

    def count_lines(self, width: int) -> int:
        return len(self._lines(width))

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        if event.y == 1:
            press_label(self.app, self.label_at(event.x, event.y))


class BaseDialog(ActionMixin, ModalScreen[T | None], Generic[T]):
    """A dialog. A subclass defines `content`; a canceled dialog returns None."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    BINDINGS = bindings(KIT_ACTIONS, "dialog")
    badge = ""
    """The environment in the first line of the box, where a mistake would be expensive; "" for none."""
    title_text = ""
    footer_keys: tuple[tuple[str, str], ...] = (("dialog.cancel", "close"),)
    """Pairs of keys and title. A key is the id of its action, or its label where it is always the same key."""
    on_submit: Callable[[T], object] | None = None
    """Called with the submitted value while the dialog stays open and locked. It has to end in `finish` or `reopen`.

    None: submitting closes the dialog.
    """
    was_left = False
    """Whether the user closed the dialog; what was submitted must not continue then."""
    _locked = False
    """Whether a submitted value is being processed."""
    _is_finished = _is_dismissed = False
    """Whether the work is done, and whether the dialog was closed after it."""
    _initial: object = None
    """The input that may be discarded without a question."""
    _warned_about: object = None
    """The changed input that esc has warned about; None for none."""
    _focused_before: Widget | None = None
    """The widget that gets the focus when the dialog is unlocked."""

    def __init__(self, title: str = "", *, classes: str | None = None) -> None:
        """title: the title, raw; "" for the `title_text` of the class."""
        super().__init__(classes=classes)
        self.title_text = title or self.title_text

    def content(self) -> ComposeResult:
        """Yield the widgets below the title."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog") as box:
            if self.badge:
                box.border_title = Content(safe(self.badge, 60))
            yield Static(safe(self.title_text, 200), classes="title", markup=False)
            yield from self.content()
            yield DialogFooter(*self.footer_keys)

    @property
    def is_mounted(self) -> bool:
        """Whether the widgets are there: the dialog is composed, and is not being removed."""
        return super().is_mounted and self.display

    def show_footer_message(self, text: str, style: str) -> None:
        """Show a message above the keys. style: `dim` or `warn`."""
        footer = self.query_one(DialogFooter)
        footer.message, footer.message_style = safe(text, 500), style
        footer.repaint_lines()

    def show_footer_keys(self, *keys: tuple[str, str]) -> None:
        """Show other keys."""
        footer = self.query_one(DialogFooter)
        footer.keys = keys
        footer.repaint_lines()

    # Canceling

    def current_input(self) -> object:
        """Return the current input, as a value that can be compared; None for a dialog without input."""
        return None

    def initial_input(self) -> object:
        """Return the value of `current_input` that may be discarded without a question."""
        return self.current_input()

    def on_mount(self) -> None:
        self._initial = self.initial_input()

    def action_cancel(self) -> None:
        entered = self.current_input()
        if entered not in (self._initial, self._warned_about):
            self._warned_about = entered
            self.show_footer_message(f"Press {key_of('dialog.cancel')} again to discard your changes.", "warn")
            return
        self.was_left = True
        self.dismiss(None)

    @on(Input.Changed)
    @on(TextArea.Changed)
    def input_changed(self) -> None:
        """Require the question again when the input changed after it."""
        if self._warned_about is not None and self.current_input() != self._warned_about:
            self._warned_about = None
            self.show_footer_message("", "dim")

    # Submitting

    @property
    def is_locked(self) -> bool:
        """Whether a submitted value is being processed."""
        return self._locked

    def submit(self, value: T) -> None:
        """Pass `value` to `on_submit` with the dialog locked, or return it as the result of the dialog."""
        if self.on_submit is None:
            self.dismiss(value)
        elif not self._locked:
            self._locked = True
            self._focused_before = self.focused
            self.query_one("#dialog").disabled = True
            self.show_footer_message("", "dim")
            self.on_submit(value)

    def finish(self) -> None:
        """Close the dialog after its work is done; below another dialog, when that one is closed."""
        self._is_finished = True
        self.on_screen_resume()

    def on_screen_resume(self) -> None:
        if self._is_finished and self.is_active and not self._is_dismissed:
            self._is_dismissed = True
            self.dismiss(None)

    def reopen(self, problem: str = "") -> None:
        """Unlock the dialog with its input. problem: why the submitted value was not applied."""
        if self.was_left or not self.is_attached:
            return
        self._locked = False
        self._warned_about = None
        self.query_one("#dialog").disabled = False
        if self._focused_before is not None:
            self.set_focus(self._focused_before, scroll_visible=False)
        self.show_problem(problem)

    def show_problem(self, text: str) -> None:
        """Show an error that is about no single field; "" for none."""
        for line in self.query("#problem").results(Static):
            line.update(safe(text, 500))
            line.set_class(not text, "-none")
            self.query_one("#dialog").set_class(bool(text), "-problem")
