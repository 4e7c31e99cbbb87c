"""Messages that are posted often, also from threads: of each kind only the latest in the queue is handled."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

__all__ = ["LatestMessage", "Progressed"]


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
