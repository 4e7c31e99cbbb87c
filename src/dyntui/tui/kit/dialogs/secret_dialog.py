"""A dialog for a secret value that is shown one time and not stored."""

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
    """Shows a secret.

    name: the name of the value, in lower case.
    value: the value, in raw text.
    """

    BINDINGS = bindings(KIT_ACTIONS, "secret")
    footer_keys = (("secret.copy", "copy"), ("dialog.cancel", "close"))

    def __init__(self, name: str, value: str) -> None:
        super().__init__(name[:1].upper() + name[1:])
        self.value_name = name
        self.value = value

    def content(self) -> ComposeResult:
        lines = [part for line in self.value.split("\n") for part in (wrap(safe(line, 4000), _WIDTH) or [""])]
        yield Static("\n".join(lines), classes="secret", markup=False)
        yield Static("This value is shown one time and is not stored.", classes="note", markup=False)

    def action_copy(self) -> None:
        console = cast("ClipboardApp", self.app)
        send_to_clipboard(console, self.value, self.value_name)
        # Only the clipboard of the terminal may keep the secret, not this process.
        console.clipboard_text = ""
