"""The confirmation dialog of every write, and of other actions that are confirmed.

An action can be confirmed only when every line has been in view, so that no warning is skipped. esc always cancels, and
so does enter for a destructive action; the key that opened the dialog never confirms. A dialog that opens late, while
other keys are typed, is not confirmed by one of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, cast

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from dyntui.core.errors import DyntuiError
from dyntui.core.meanings import role_of_change
from dyntui.core.text import safe
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel, Requirement
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.widgets.cells import cut, fit, wrapped
from dyntui.tui.kit.widgets.line_list import ItemList, LineList, Piece
from dyntui.tui.kit.widgets.text_field import TextField
from dyntui.tui.kit.workers import start_worker
from dyntui.tui.shell.actions import SHELL_ACTIONS

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["ConfirmDialog", "Preview", "ask_confirmation"]

Preview = Callable[[], Awaitable[Sequence[str]]]
"""Loads further lines to read: numbers and their limits."""

_WIDTH, _SIDES = 66, 10
_MAX_LINES = 20
_MAX_TEXT = 20_000
"""Characters of one line before it is wrapped: what is confirmed can be read in full."""
_CHROME_LINES, _TYPED_LINES = 10, 3
_REACTION_S = 0.5
"""Seconds from when a dialog is drawn, in which a person who was typing cannot have read it."""
_COUNTING = "Counting affected users ···"

_CONFIRM, _ALTERNATIVE, _DECLINE, _ENTER = "y", "o", "n", "enter"


class ConfirmKeys:
    """The keys of one confirmation. Enter cancels a destructive action and confirms any other one."""

    def __init__(self, requirement: Requirement, opening_key: str) -> None:
        """opening_key: the key that opened the dialog, which never confirms."""
        self.key = _ALTERNATIVE if opening_key == _CONFIRM else _CONFIRM
        self._destructive = requirement.destructive
        self._enter_confirms = not requirement.destructive and opening_key != _ENTER

    @property
    def shown(self) -> str:
        """The keys that confirm, for the footer of the dialog."""
        return f"{self.key}, {_ENTER}" if self._enter_confirms else self.key

    def confirms(self, event: events.Key) -> bool:
        return event.character == self.key or (event.key == _ENTER and self._enter_confirms)

    def declines(self, event: events.Key) -> bool:
        return event.character == _DECLINE or (event.key == _ENTER and self._destructive)


class ReadTracker(ItemList[Piece], can_focus=False):
    """Lines that record whether all of them have been in view."""

    read_whole = True

    def __init__(self) -> None:
        super().__init__(id="read")
        self.seen = 0
        """The number of lines, from the first, that have been in view."""

    @property
    def all_seen(self) -> bool:
        return self.seen >= self.count

    def set_rows(self, rows: Sequence[Piece]) -> None:
        self.seen = min(self.seen, self.top)
        self.set_items(rows)

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        index = self.top + y
        if index >= self.count:
            return (), ""
        text, style = self.items[index]
        more = y == self.visible_count - 1 and index < self.count - 1
        if not more:
            return [(cut(text, width), style)], ""
        return [(fit(text, width - 2), style), (" ↓", "accent")], ""

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        return [self.items[index]]

    def moved(self) -> None:
        if not self.size:
            return
        seen = max(self.seen, min(self.count, self.top + self.visible_count))
        if seen != self.seen:
            self.seen = seen
            self.post_message(self.Moved(self))

    def scroll_by(self, lines: int) -> None:
        """Scroll; the cursor is invisible."""
        self.top = max(0, min(self.top + lines, self.count - self.visible_count))
        self.cursor = min(self.count - 1, self.top + (self.visible_count - 1 if lines > 0 else 0))
        self.repaint()
        self.moved()


class ConfirmDialog(BaseDialog[Confirmation]):
    """A question that is confirmed with `y` (`o` when `y` opened the dialog), or by typing a text.

    requirement: what has to be confirmed; its level is not NONE.
    verb: the label of the key that confirms.
    opening_key: the key that opened the dialog, which never confirms.
    summary_lines: lines to show instead of the targets, such as a plan.
    preview: loads further lines.
    typed_before: the number of keys that had been typed when the action began (`console.typed_keys`). When there are
        more, the dialog opened while something else was typed, and no key confirms in the first half second.
    """

    BINDINGS = bindings(SHELL_ACTIONS, "confirm")

    def __init__(
        self,
        requirement: Requirement,
        *,
        verb: str,
        opening_key: str = "",
        summary_lines: Sequence[str] = (),
        preview: Preview | None = None,
        typed_before: int | None = None,
    ) -> None:
        super().__init__(requirement.question, classes="confirm")
        self.requirement = requirement
        self.verb = verb
        self.keys = ConfirmKeys(requirement, opening_key)
        self.key = self.keys.key
        self.typed = requirement.level is ConfirmationLevel.TYPED
        self._summary_lines = list(summary_lines)
        self._preview = preview
        self._preview_lines: list[str] | None = None if preview is not None else []
        self._typed_before = typed_before
        self._keys_ignored_until = 0.0
        """The monotonic time from which keys confirm; infinite until the dialog is drawn."""

    def content(self) -> ComposeResult:
        yield ReadTracker()
        if self.typed:
            yield Static(f"Type {self._accepted_text} to confirm:", classes="ask", markup=False)
            yield TextField(id="typed", disabled=True)
        yield Static("", id="problem", classes="problem", markup=False)

    @property
    def _accepted_text(self) -> str:
        return " or ".join(safe(text, 80) for text in self.requirement.accepted)

    @property
    def tracker(self) -> ReadTracker:
        return self.query_one(ReadTracker)

    @property
    def may_confirm(self) -> bool:
        """Whether all lines are loaded and have been in view."""
        return self._preview_lines is not None and self.tracker.all_seen

    def on_mount(self) -> None:
        if self._typed_before is not None and cast("ConsoleApp", self.app).typed_keys > self._typed_before:
            self._keys_ignored_until = inf
            self.call_after_refresh(self._on_drawn)
        self._update_lines()
        if self._preview is not None:
            start_worker(self, partial(self._load_preview, self._preview), group="preview")

    def _on_drawn(self) -> None:
        self._keys_ignored_until = monotonic() + _REACTION_S

    async def _load_preview(self, preview: Preview) -> None:
        try:
            lines = await preview()
        except DyntuiError as error:
            lines = [f"The affected users could not be counted: {error.message}"]
        self.call_later(self._show_preview, lines)

    def _show_preview(self, lines: Sequence[str]) -> None:
        self._preview_lines = list(lines)
        self._update_lines()

    def on_resize(self) -> None:
        self._update_lines()

    def show_requirement(self, requirement: Requirement) -> None:
        """Show another question and other lines, such as the current numbers."""
        self.requirement = requirement
        self.query_one(".title", Static).update(safe(requirement.question, 200))
        self._update_lines()

    def _update_lines(self) -> None:
        """Wrap the text for the current width."""
        width = min(_WIDTH, self.app.size.width - _SIDES)
        rows: list[Piece] = []

        def add(texts: Sequence[str], style: str = "") -> None:
            for text in texts:
                indent = " " * (len(text) - len(text.lstrip()))
                parts = wrapped(safe(text.strip(), _MAX_TEXT), width - len(indent))
                rows.extend((indent + part, style or role_of_change(text)) for part in parts)

        add([f"In {self.requirement.environment}."], "dim")
        add(self._summary_lines or self.requirement.target_lines)
        for effect in self.requirement.effects:
            add([effect], "bad" if _is_severe(effect) else "warn")
        if self.requirement.warning:
            add([self.requirement.warning], "warn")
        if self._preview_lines is None:
            add([_COUNTING], "dim")
        elif self._preview_lines:
            rows.append(("", ""))
            add(self._preview_lines)
        height = min(len(rows), _MAX_LINES, self.app.size.height - _CHROME_LINES - _TYPED_LINES * self.typed)
        self.tracker.styles.height = max(1, height)
        self.tracker.set_rows(rows)
        scroll_keys = (("confirm.up confirm.down", "scroll"),) if len(rows) > height else ()
        confirm_keys = "enter" if self.typed else self.keys.shown
        self.show_footer_keys(("dialog.cancel", "cancel"), *scroll_keys, (confirm_keys, self.verb.lower()))
        self.call_after_refresh(self._update_field)

    def _update_field(self) -> None:
        """Enable the field when all lines have been in view."""
        if not self.is_mounted:
            return
        self.tracker.moved()
        if self.typed:
            field = self.query_one("#typed", Input)
            field.disabled = not self.may_confirm
            if self.may_confirm and self.focused is not field:
                field.focus()
        self.query_one("#problem", Static).update(self._reading_hint())

    def _reading_hint(self) -> str:
        if self._preview_lines is None:
            return ""
        return "" if self.may_confirm else "Scroll down with ↓ to read the remaining lines."

    @on(LineList.Moved)
    def _moved(self) -> None:
        self._update_field()

    # Keys

    def action_decline(self) -> None:
        if not self.typed:
            self.dismiss(None)

    def action_down(self) -> None:
        self.tracker.scroll_by(1)

    def action_up(self) -> None:
        self.tracker.scroll_by(-1)

    def action_page_down(self) -> None:
        self.tracker.scroll_by(self.tracker.visible_count)

    def action_page_up(self) -> None:
        self.tracker.scroll_by(-self.tracker.visible_count)

    def on_key(self, event: events.Key) -> None:
        if self.typed:
            return
        if self.keys.confirms(event):
            event.stop()
            if monotonic() < self._keys_ignored_until:
                hint = f"This opened while you were typing. Press {self.keys.shown} again to confirm."
                self.query_one("#problem", Static).update(hint)
            elif self.may_confirm:
                self.dismiss(Confirmation(yes=True, read=self.requirement.code))
        elif self.keys.declines(event):
            event.stop()
            self.dismiss(None)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if not self.may_confirm:
            return
        if text in self.requirement.accepted:
            self.dismiss(Confirmation(yes=True, typed=text, read=self.requirement.code))
        else:
            self.query_one("#problem", Static).update("The text does not match. Nothing was changed.")


def ask_confirmation(
    console: ConsoleApp,
    question: str,
    warning: str,
    environment: str,
    on_confirmed: Callable[[], None],
    on_canceled: Callable[[], None] = lambda: None,
    *,
    verb: str,
    opening_key: str = "",
) -> None:
    """Ask before something that is not a write at the server.

    environment: where it takes effect, as in `In this draft.`; verb, opening_key: as in `ConfirmDialog`.
    """
    requirement = Requirement(ConfirmationLevel.CONFIRM, question, (), warning, environment)
    dialog = ConfirmDialog(requirement, verb=verb, opening_key=opening_key)
    console.ask(dialog, lambda confirmation: (on_confirmed if confirmation is not None else on_canceled)())


def _is_severe(text: str) -> bool:
    """Return whether a sentence describes a severe effect, which is written with words in capitals."""
    return any(len(word) > 3 and word.isalpha() and word.isupper() for word in text.split())
