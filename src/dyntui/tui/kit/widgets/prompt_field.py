"""The text field of the prompt, and the note at its right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events

from dyntui.tui.kit.widgets.cells import cut, width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.kit.widgets.text_field import TextField

__all__ = ["PromptField", "PromptNote"]


class PromptNote(LineWidget):
    """A note at the right of the field, of a fixed width, so that nothing moves while it changes.

    Where it does not fit, its last part is left out.
    """

    text = ""

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        text = self.text if width_of(self.text) < width else cut(self.text.rpartition(" · ")[0] or self.text, width - 1)
        return [(" " * (width - 1 - width_of(text)) + text, "dim")], ""


class PromptField(TextField):
    """The text field. Up, down, tab and escape are for the prompt."""

    def __init__(self, control: Callable[[str], None]) -> None:
        """control: called with a key that is not text."""
        super().__init__(id="field")
        self._control = control

    async def on_key(self, event: events.Key) -> None:
        if event.key == "ctrl+s":
            event.stop()
            await self.action_submit()
        elif event.key in ("down", "up", "tab", "escape"):
            event.stop()
            event.prevent_default()
            self._control(event.key)
