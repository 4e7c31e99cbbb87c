"""The text field for a cell of the review, placed over the table."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from dyntui.tui.features.imports.actions import IMPORTS_ACTIONS
from dyntui.tui.kit.action_registry import ActionMixin, bindings
from dyntui.tui.kit.widgets.text_field import TextField

__all__ = ["CellEditor"]

_MIN_WIDTH = 32
_SIDES = 2


class CellEditor(ActionMixin, TextField):
    """The field. Enter applies the text, Esc discards it, Tab inserts the suggestion."""

    BINDINGS = bindings(IMPORTS_ACTIONS, "cell")

    @dataclass
    class Closed(Message):
        """Posted when the editor closed."""

        value: str | None
        """The new text; None when the cell stays unchanged."""

    def __init__(self) -> None:
        super().__init__(id="cell")
        self.border_title = "Cell"  # not drawn, as there is no border; the name of the field in plain mode
        self._suggestion = ""

    def open(self, value: str, suggestion: str, span: tuple[int, int, int], room: int) -> None:
        """Show it over a cell. span: x, y and width of the cell; room: the width of the table."""
        x, y, width = span
        field_width = min(max(width + 1, _MIN_WIDTH) + _SIDES, room)
        self.styles.width = field_width
        self.styles.offset = (max(0, min(x - 1, room - field_width)), y)
        self._suggestion = suggestion
        self.value = value
        self.cursor_position = len(value)
        self.display = True
        self.screen.set_focus(self, scroll_visible=False)

    def suggest_disabled_reason(self) -> str | None:
        return None if self._suggestion else "There is no suggestion for this cell."

    def action_suggest(self) -> None:
        self.value = self._suggestion
        self.cursor_position = len(self.value)

    def action_apply(self) -> None:
        self.post_message(self.Closed(self.value))

    def action_cancel(self) -> None:
        self.post_message(self.Closed(None))
