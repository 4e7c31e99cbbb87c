"""Progress of long work in any thread, as messages to a screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.message_pump import MessagePump

from dyntui.tui.kit.messages import LatestMessage

__all__ = ["Progressed", "progress_callback"]


@dataclass
class Progressed(LatestMessage):
    """Posted when long work made progress."""

    done: int
    total: int | None = None
    """How much there is in all; None when it is not known."""


def progress_callback(node: MessagePump) -> Callable[..., None]:
    """Return a function for work in any thread to call with `done` and `total`, which posts `Progressed` to `node`."""

    def on_progress(done: int, total: int | None = None) -> None:
        node.post_message(Progressed(done, total))

    return on_progress
