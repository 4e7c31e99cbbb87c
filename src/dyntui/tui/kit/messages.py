"""Messages that are posted often, also from threads: of each kind only the latest in the queue is handled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message
from textual.message_pump import MessagePump

__all__ = ["LatestMessage", "Progressed", "progress_callback"]


class LatestMessage(Message):
    """A message that replaces an earlier one of its class in the queue."""

    def can_replace(self, message: Message) -> bool:
        return type(message) is type(self)


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
