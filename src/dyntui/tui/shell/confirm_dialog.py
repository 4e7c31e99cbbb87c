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


def _texts(requirement: Requirement) -> ComposeResult:
    for line in requirement.target_lines:
        yield Static(f"  {safe(line, 200)}", classes="target", markup=False)
    yield Static(f"In {safe(requirement.environment, 200)}.", classes="environment", markup=False)
    if requirement.warning:
        yield Static(safe(requirement.warning, 500), classes="warning", markup=False)


class ConfirmDialog(BaseDialog[Confirmation]):
    """Confirmed with one key: `y`, or `o` when `y` opened the dialog; also enter unless the action is destructive.

    verb: the label of the key that confirms.
    """

    BINDINGS = bindings(SHELL_ACTIONS, "confirm")

    def __init__(self, requirement: Requirement, *, verb: str, opening_key: str = "") -> None:
        super().__init__()
        self.requirement = requirement
        self.title_text = requirement.question
        self.verb = verb
        self.keys = ConfirmKeys(requirement, opening_key)
        self.key = self.keys.key

    def content(self) -> ComposeResult:
        yield from _texts(self.requirement)

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

    def __init__(self, requirement: Requirement, *, verb: str) -> None:
        super().__init__()
        self.requirement = requirement
        self.title_text = requirement.question
        self.verb = verb

    def content(self) -> ComposeResult:
        yield from _texts(self.requirement)
        accepted = " or ".join(safe(text, 80) for text in self.requirement.accepted)
        yield Static(f"Type {accepted} to confirm:", classes="ask", markup=False)
        field = Input(compact=True, id="typed")
        field.cursor_blink = False
        yield field
        yield Static("", id="problem", classes="problem", markup=False)

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        return (("esc", "cancel"), ("enter", self.verb.lower()))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.value.strip() in self.requirement.accepted:
            self.dismiss(Confirmation(yes=True, typed=event.value.strip()))
        else:
            self.query_one("#problem", Static).update("The text does not match. Nothing was changed.")


def confirm(
    requirement: Requirement, *, verb: str, opening_key: str = "", preview: Preview | None = None
) -> BaseDialog[Confirmation]:
    """Make the dialog for a requirement, whose level is not NONE.

    opening_key: the key that opened the dialog, which never confirms.
    preview: loads further lines to read.

    Effects are confirmed only in the dialog that shows them in full; so are long texts.
    """
    if requirement.effects or _is_long(requirement):
        from dyntui.tui.shell.impact_dialog import ImpactDialog

        return ImpactDialog(requirement, verb=verb, opening_key=opening_key, preview=preview)
    if requirement.level is ConfirmationLevel.TYPED:
        return TypedDialog(requirement, verb=verb)
    return ConfirmDialog(requirement, verb=verb, opening_key=opening_key)


def _is_long(requirement: Requirement) -> bool:
    return len(requirement.target_lines) > _MAX_LINES or any(
        width_of(line) > _MAX_WIDTH for line in requirement.target_lines
    )
