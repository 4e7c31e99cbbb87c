"""The requests that the API console sent in this session, for each connection. They are not saved to disk."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from dyntui.services.api_console import ConsoleResponse
    from dyntui.services.connection import Connection

__all__ = ["add_to_history", "history_of"]

_MAX_RESPONSES = 100
_histories: WeakKeyDictionary[Connection, list[ConsoleResponse]] = WeakKeyDictionary()


def history_of(connection: Connection) -> list[ConsoleResponse]:
    """Return the responses to the requests of a connection, the latest last."""
    return _histories.setdefault(connection, [])


def add_to_history(connection: Connection, response: ConsoleResponse) -> None:
    """Add a response; the oldest ones are dropped."""
    history = history_of(connection)
    history.append(response)
    del history[:-_MAX_RESPONSES]
