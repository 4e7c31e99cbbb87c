"""A dialog with a web address to copy, or to open where there is a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.widgets import Static

from dyntui.core.text import safe
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.error_hints import errors_shown
from dyntui.tui.shell.web_browser import browser_unavailable_reason, open_page

if TYPE_CHECKING:
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["LinkDialog"]


class LinkDialog(BaseDialog[None]):
    """Shows an address.

    title: the title. note: a line about the page. find: the text to search for on the page; "" for none.
    """

    BINDINGS = bindings(SHELL_ACTIONS, "link")

    def __init__(self, title: str, url: str, *, note: str = "", find: str = "") -> None:
        super().__init__(title)
        self.url = url
        self.note = note
        self.find = find
        keys = [("link.copy", "copy")]
        keys += [("link.find", "copy search text")] if find else []
        keys += [] if browser_unavailable_reason() else [("link.open", "open in the browser")]
        self.footer_keys = (*keys, ("dialog.cancel", "close"))

    def content(self) -> ComposeResult:
        yield Static(safe(self.url), id="url", markup=False)
        lines = [self.note, f"Search there for: {self.find}" if self.find else "", browser_unavailable_reason()]
        yield Static("\n".join(safe(line, 300) for line in lines if line), classes="note", markup=False)

    def find_disabled_reason(self) -> str | None:
        return None if self.find else "There is no text to search for."

    def open_disabled_reason(self) -> str | None:
        return browser_unavailable_reason() or None

    def action_copy(self) -> None:
        send_to_clipboard(cast("ConsoleApp", self.app), self.url, "address")

    def action_copy_find(self) -> None:
        send_to_clipboard(cast("ConsoleApp", self.app), self.find, "search text")

    def action_open(self) -> None:
        with errors_shown(cast("ConsoleApp", self.app)):
            open_page(self.url)
            self.dismiss(None)
