"""Messages that are posted often, also from threads: only the latest in the queue is handled."""

from __future__ import annotations

from textual.message import Message

__all__ = ["LatestMessage"]


class LatestMessage(Message):
    """A message that replaces an earlier one of its class in the queue."""

    def can_replace(self, message: Message) -> bool:
        return type(message) is type(self)
