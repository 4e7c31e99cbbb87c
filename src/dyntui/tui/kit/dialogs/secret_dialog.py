"""Something that is shown once and kept nowhere: a new token, the secret of a webhook."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.widgets import Static

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.actions import KIT_ACTIONS
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog

if TYPE_CHECKING:
    from dyntui.tui.kit.clipboard import ClipboardApp

__all__ = ["SecretDialog"]

_WIDTH = 64


class SecretDialog(BaseDialog[None]):
    """what: its name. value: raw."""

    BINDINGS = bindings(KIT_ACTIONS, "secret")

    def __init__(self, what: str, value: str) -> None:
        super().__init__()
        self.title_text = f"The {what}"
        self.what = what
        self.value = value

    def content(self) -> ComposeResult:
        lines = [part for line in self.value.split("\n") for part in (wrap(safe(line, 4000), _WIDTH) or [""])]
        yield Static("\n".join(lines), classes="secret", markup=False)
        yield Static("It is shown once and kept nowhere.", classes="where", markup=False)

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        return (("c", "send to clipboard"), ("esc", "close"))

    def action_copy(self) -> None:
        console = cast("ClipboardApp", self.app)
        send_to_clipboard(console, self.value, self.what)
        # What was sent stays in the terminal's clipboard only.
        console.clipboard_text = ""
