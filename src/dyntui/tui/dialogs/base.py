"""What every dialog is: a box over the screen, one title, its own keys, left by esc with nothing done."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import Reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from dyntui.core.text import safe
from dyntui.tui.actions import Acting, bindings
from dyntui.tui.widgets.cells import cut, width_of
from dyntui.tui.widgets.painted import Painted, Piece

__all__ = ["Dialog", "Foot"]

T = TypeVar("T")


class Foot(Painted):
    """The last lines of a dialog: what has no room above, and the keys."""

    def __init__(self, *keys: tuple[str, str]) -> None:
        super().__init__(classes="foot")
        self.keys = keys
        self.said = ""

    def line(self, y: int, width: int) -> tuple[list[Piece], str]:
        if y == 0:
            return [(cut(self.said, width), "dim")], ""
        pieces: list[Piece] = []
        for key, title in self.keys:
            pieces += [(key, "strong"), (f" {title}   ", "dim")]
        return pieces, ""


class Dialog(Acting, ModalScreen[T | None], Generic[T]):
    """A dialog. A subclass gives `content` and `foot`; None is what it returns when it is left."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    BINDINGS = bindings("dialog")
    title_text = ""

    def content(self) -> ComposeResult:
        """What is in the box below the title."""
        raise NotImplementedError

    def foot(self) -> tuple[tuple[str, str], ...]:
        """The keys and what they do."""
        return (("esc", "close"),)

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield Static(safe(self.title_text, 200), classes="title", markup=False)
            yield from self.content()
            yield Foot(*self.foot())

    def say_whole(self, text: str, room: int) -> None:
        """Say above the keys what was cut because there is room for fewer cells."""
        foot = self.query_one(Foot)
        foot.said = safe(text, 200) if width_of(text) > room else ""
        foot.repaint()

    def action_cancel(self) -> Any:
        self.dismiss(None)
