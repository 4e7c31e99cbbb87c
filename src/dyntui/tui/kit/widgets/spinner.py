"""A spinner with a label. Its size is constant, so that only its own line is painted."""

from __future__ import annotations

from collections.abc import Sequence

from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

__all__ = ["Spinner"]

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_STILL = "◦"
_FRAME_S = 0.12


class Spinner(LineWidget):
    """A turning sign and a label; a still sign when animations are off."""

    def __init__(self, label: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id, classes="spinner")
        self.label = label
        self._frame = 0

    def on_mount(self) -> None:
        if self.app.animation_level != "none":
            self.set_interval(_FRAME_S, self._turn)

    def _turn(self) -> None:
        self._frame += 1
        self.repaint()

    def accessible_lines(self) -> Sequence[str]:
        return [self.label] if self.label else []

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        still = self.app.animation_level == "none"
        return [(_STILL if still else _FRAMES[self._frame % len(_FRAMES)], "accent"), (f" {self.label}", "dim")], ""
