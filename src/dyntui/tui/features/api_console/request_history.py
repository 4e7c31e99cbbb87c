"""The requests that the API console sent, for each connection.

Those of this session have their responses, which stay in memory; those of earlier starts have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from dyntui.core.errors import DyntuiError
from dyntui.tui.kit.workers import run_in_thread

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from dyntui.services.api_console import ConsoleResponse
    from dyntui.services.connection import Connection

__all__ = ["add_to_history", "history_of", "load_history"]

_MAX_RESPONSES = 100
_histories: WeakKeyDictionary[Connection, list[ConsoleResponse]] = WeakKeyDictionary()


def history_of(connection: Connection) -> Sequence[ConsoleResponse]:
    """Return the responses to the requests of a connection, the latest last."""
    return _histories.get(connection, ())


def load_history(node: DOMNode, connection: Connection) -> None:
    """Read the requests of earlier starts in a thread of `node`, one time for a connection."""
    from dyntui.services.api_history import earlier_requests

    if connection in _histories:
        return
    _histories[connection] = []

    def on_read(earlier: list[ConsoleResponse]) -> None:
        _histories[connection] = [*earlier, *_histories[connection]][-_MAX_RESPONSES:]

    run_in_thread(node, lambda: earlier_requests(connection), on_read, _ignore, group="request-history")


def add_to_history(node: DOMNode, connection: Connection, response: ConsoleResponse) -> None:
    """Add a response, and store its request in a thread of `node`; the oldest ones are dropped."""
    from dyntui.services.api_history import record_request

    _histories[connection] = [*_histories.get(connection, ()), response][-_MAX_RESPONSES:]
    run_in_thread(node, partial(record_request, connection, response), lambda _: None, _ignore, group="request-history")


def _ignore(error: DyntuiError) -> None:
    """The history is a convenience; writes report a state folder that cannot be used."""
