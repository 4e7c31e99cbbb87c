"""Confirmation dialogs. esc always cancels, and so does enter for a destructive action; the key that opened the dialog
never confirms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from dyntui.core.text import safe
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel, Requirement
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.kit.widgets.cells import width_of
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.confirm_keys import ConfirmKeys

if TYPE_CHECKING:
    from dyntui.tui.shell.impact_dialog import Preview

__all__ = ["ConfirmDialog", "TypedDialog", "confirm"]

_MAX_LINES, _MAX_WIDTH = 6, 60


def _texts(needed: Requirement) -> ComposeResult:
    for line in needed.target_lines:
        yield Static(f"  {safe(line, 200)}", classes="target", markup=False)
    yield Static(f"In {safe(needed.environment, 200)}.", classes="where", markup=False)
    if needed.warning:
        yield Static(safe(needed.warning, 500), classes="warning", markup=False)


class ConfirmDialog(BaseDialog[Confirmation]):
    """Confirmed with one key: `y`, or `o` when `y` opened the dialog; also enter unless the action is destructive.

    verb: what confirming is called in the footer.
    """

    BINDINGS = bindings(SHELL_ACTIONS, "confirm")

    def __init__(self, needed: Requirement, *, verb: str, opening_key: str = "") -> None:
        super().__init__()
        self.needed = needed
        self.title_text = needed.question
        self.verb = verb
        self.keys = ConfirmKeys(needed, opening_key)
        self.key = self.keys.key

    def content(self) -> ComposeResult:
        yield from _texts(self.needed)

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        return (("esc", "cancel"), (self.keys.shown, self.verb.lower()))

    def on_key(self, event: events.Key) -> None:
        if self.keys.confirms(event):
            event.stop()
            self.dismiss(Confirmation(yes=True))
        elif self.keys.declines(event):
            event.stop()
            self.dismiss(None)


class TypedDialog(BaseDialog[Confirmation]):
    """Confirmed by typing the name of the environment."""

    def __init__(self, needed: Requirement, *, verb: str) -> None:
        super().__init__()
        self.needed = needed
        self.title_text = needed.question
        self.verb = verb

    def content(self) -> ComposeResult:
        yield from _texts(self.needed)
        wanted = " or ".join(safe(text, 80) for text in self.needed.accepted)
        yield Static(f"Type {wanted} to confirm:", classes="ask", markup=False)
        field = Input(compact=True, id="typed")
        field.cursor_blink = False
        yield field
        yield Static("", id="problem", classes="problem", markup=False)

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        return (("esc", "cancel"), ("enter", self.verb.lower()))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.value.strip() in self.needed.accepted:
            self.dismiss(Confirmation(yes=True, typed=event.value.strip()))
        else:
            self.query_one("#problem", Static).update("The text does not match. Nothing was changed.")


def confirm(
    needed: Requirement, *, verb: str, opening_key: str = "", preview: Preview | None = None
) -> BaseDialog[Confirmation]:
    """Make the dialog that `needed` asks for; not for ConfirmationLevel.NONE.

    opening_key: the key that opened the dialog, which never confirms.
    preview: loads further lines to read.

    Effects are confirmed only in the dialog that shows them in full; so are long texts.
    """
    if needed.effects or _long(needed):
        from dyntui.tui.shell.impact_dialog import ImpactDialog

        return ImpactDialog(needed, verb=verb, opening_key=opening_key, preview=preview)
    if needed.level is ConfirmationLevel.TYPED:
        return TypedDialog(needed, verb=verb)
    return ConfirmDialog(needed, verb=verb, opening_key=opening_key)


def _long(needed: Requirement) -> bool:
    return len(needed.target_lines) > _MAX_LINES or any(width_of(line) > _MAX_WIDTH for line in needed.target_lines)
