"""The dialog that asks for the new key of an action."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from dyntui.core.effect import Effect
from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import Action, key_label
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.shell.key_meanings import CONFIRMING_KEY, CONTEXT_KEYS

__all__ = ["KeyDialog"]

_RESET_KEY = "backspace"
_FIXED_KEYS = frozenset({*CONTEXT_KEYS, "shift+tab"})


class KeyDialog(BaseDialog[str]):
    """Returns the key that was pressed, as Textual names it; "" for the default keys of the action.

    A key that does something else has to be pressed twice. shown_keys: the keys now, for people.
    describe_conflict: returns what a key does now; "" for a free key.
    """

    footer_keys = ((key_label(_RESET_KEY), "default"), ("esc", "cancel"))

    def __init__(self, action: Action, shown_keys: str, describe_conflict: Callable[[str], str]) -> None:
        super().__init__(f"New key for {action.title}")
        self._action = action
        self._shown_keys = shown_keys
        self._describe_conflict = describe_conflict
        self._pressed = ""

    def content(self) -> ComposeResult:
        default = "  ".join(key_label(key) for key in self._action.keys)
        yield Static(f"{self._action.id}: {safe(self._action.help, 200)}", markup=False)
        yield Static(f"Now: {self._shown_keys}   Default: {default}", classes="note", markup=False)
        yield Static("Press the new key.", id="problem", classes="note", markup=False)

    def on_key(self, event: events.Key) -> None:
        key = event.key
        if key == "escape":
            return
        event.stop()
        event.prevent_default()
        if key == _RESET_KEY:
            self.dismiss("")
        elif key == CONFIRMING_KEY and self._action.effect is not Effect.READ:
            self._show(f"{key} confirms changes, so it cannot start one. Press another key.")
        elif key in _FIXED_KEYS:
            self._show(f"{key_label(key)} depends on what has the focus. Press another key.")
        elif key != self._pressed and (conflict := self._describe_conflict(key)):
            self._pressed = key
            self._show(f"{conflict} Press {key_label(key)} again to use it, or another key.")
        else:
            self.dismiss(key)

    def _show(self, text: str) -> None:
        line = self.query_one("#problem", Static)
        line.update(safe(text, 300))
        line.set_class(True, "problem")
