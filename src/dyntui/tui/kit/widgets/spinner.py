"""A spinner with a label. Its size is constant, so that only its own line is painted."""

from __future__ import annotations

from collections.abc import Sequence

from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece

__all__ = ["Spinner"]

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_STILL = "◦"
_FRAME_S = 0.12


class Spinner(LineWidget):
    """Turns while `turning`; shows a still sign when animations are off."""

    def __init__(self, label: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id, classes="spinner")
        self.label = label
        self.turning = True
        self._frame = 0

    def on_mount(self) -> None:
        if self.app.animation_level != "none":
            self.set_interval(_FRAME_S, self._turn)

    def _turn(self) -> None:
        if self.turning:
            self._frame += 1
            self.repaint()

    def stop(self, label: str = "") -> None:
        """Stop turning and show `label`."""
        self.turning = False
        self.label = label
        self.repaint()

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        if not self.turning:
            return [(self.label, "dim")], ""
        still = self.app.animation_level == "none"
        return [(_STILL if still else _FRAMES[self._frame % len(_FRAMES)], "accent"), (f" {self.label}", "dim")], ""
