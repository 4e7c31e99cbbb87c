"""The requests that the API console sent in this session, by connection."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from dyntui.services.api_console import ConsoleResponse
    from dyntui.services.connection import Connection

__all__ = ["history_of", "remember"]

_MOST = 100
_histories: WeakKeyDictionary[Connection, list[ConsoleResponse]] = WeakKeyDictionary()


def history_of(connection: Connection) -> list[ConsoleResponse]:
    """What was sent from here over this connection, the latest last; it is kept in memory only."""
    return _histories.setdefault(connection, [])


def remember(connection: Connection, answered: ConsoleResponse) -> None:
    """Keep one answer for the history."""
    kept = history_of(connection)
    kept.append(answered)
    del kept[:-_MOST]
