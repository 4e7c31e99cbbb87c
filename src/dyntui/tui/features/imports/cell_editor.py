"""A cell of the review being changed, in its place in the table."""

from __future__ import annotations

from textual.message import Message
from textual.widgets import Input

from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.kit.action_registry import ActionMixin, bindings

__all__ = ["CellEditor"]

_LEAST = 32


class CellEditor(ActionMixin, Input):
    """Over the table while a cell is changed. Enter keeps the change, esc does not, tab takes what is suggested."""

    BINDINGS = bindings(IMPORTS_ACTIONS, "cell")

    class Closed(Message):
        """It is over. value: what the cell is to be, None when it stays as it was."""

        def __init__(self, value: str | None) -> None:
            super().__init__()
            self.value = value

    def __init__(self) -> None:
        super().__init__(compact=True, select_on_focus=False, id="cell")
        self.cursor_blink = False
        self._suggested = ""

    def open(self, value: str, suggested: str, span: tuple[int, int, int], room: int) -> None:
        """Show it over a cell. span: x, y and width of the cell; room: the width of the table."""
        x, y, width = span
        wide = min(max(width + 1, _LEAST), room)
        self.styles.width = wide
        self.styles.offset = (min(x, room - wide), y)
        self._suggested = suggested
        self.value = value
        self.cursor_position = len(value)
        self.display = True
        self.screen.set_focus(self, scroll_visible=False)

    def suggest_disabled_reason(self) -> str | None:
        return None if self._suggested else "Nothing is suggested for this cell."

    def action_suggest(self) -> None:
        self.value = self._suggested
        self.cursor_position = len(self.value)

    def action_keep(self) -> None:
        self.post_message(self.Closed(self.value))

    def action_leave(self) -> None:
        self.post_message(self.Closed(None))
