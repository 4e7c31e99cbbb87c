"""The dialog that takes pasted rows instead of a file; opened by the source step."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static, TextArea

from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.base_dialog import BaseDialog

__all__ = ["PasteRowsDialog"]


class PasteRowsDialog(BaseDialog[str]):
    """Return the pasted text."""

    BINDINGS = bindings(IMPORTS_ACTIONS, "paste")
    title_text = "Paste rows"

    def __init__(self) -> None:
        super().__init__(classes="large paste")

    def content(self) -> ComposeResult:
        yield Static("CSV, TSV or JSON. The first row can contain the column names.", markup=False)
        area = TextArea("", show_line_numbers=False, tab_behavior="focus", id="rows")
        area.cursor_blink = False
        yield area

    def footer_keys(self) -> tuple[tuple[str, str], ...]:
        return (("ctrl+s", "import"), ("esc", "cancel"))

    def on_mount(self) -> None:
        self.set_focus(self.query_one(TextArea), scroll_visible=False)

    def current_input(self) -> str:
        return self.query_one(TextArea).text

    def action_submit_rows(self) -> None:
        self.submit(self.current_input())
