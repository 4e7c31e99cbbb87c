"""The progress of long work: its message from a thread, and a bar of text that is readable without color."""

from __future__ import annotations

from textual.message import Message

__all__ = ["Progressed", "draw_bar"]

_FULL, _EMPTY = "█", "░"


class Progressed(Message):
    """Posted from a thread when work made progress. total: how much there is in all; None when it is not known."""

    def __init__(self, done: int, total: int | None = None) -> None:
        super().__init__()
        self.done = done
        self.total = total

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Progressed)


def draw_bar(done: int, total: int | None, width: int = 40) -> str:
    """Return a bar in `width` cells: at least one full cell when something is done, one empty when not all is."""
    share = max(0.0, min(1.0, done / total)) if total else 0.0
    full = round(share * width)
    if share > 0:
        full = max(1, full)
    if share < 1:
        full = min(width - 1, full)
    return _FULL * full + _EMPTY * (width - full)
