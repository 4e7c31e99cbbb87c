"""What an operation is given and gives back, and the register of those that are implemented.

An operation is a plain function that takes a Call and returns the body of a 200, a Reply, or None for a 204; it
refuses by raising Refused. It runs with the store locked, in a transaction unless it only reads. To add one, write it
in sandbox/operations/ under `@operation("theOperationId")`; routing, validation, scopes and errors are there already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation
    from dyntui.sandbox.state import SandboxState

__all__ = [
    "CHECKS_ITS_BODY",
    "HANDLERS",
    "OperationCall",
    "operation",
]

Json = dict[str, Any]


@dataclass(slots=True)
class OperationCall:
    """One request, checked against the catalog. size: of its body in bytes. host: what it called this server."""

    sandbox: SandboxState
    operation: Operation
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    size: int
    token: Json
    host: str

    @property
    def now(self) -> int:
        """The sandbox's time in milliseconds since 1970."""
        return self.sandbox.clock.now()

    def emit(self, name: str, data: Json) -> None:
        """Write an event: nobody's, because a token did it (API.md 8)."""
        self.sandbox.events.emit(name, data, at=self.now)

    def new_id(self, kind: str) -> str:
        """The id of the next thing of that kind."""
        return self.sandbox.ids.uuid(f"created {kind} {self.sandbox.store.next_number(kind)}")


Handler = Callable[[OperationCall], Any]
HANDLERS: dict[str, Handler] = {}
CHECKS_ITS_BODY: set[str] = set()


def operation(*ids: str, checks_body: bool = False) -> Callable[[Handler], Handler]:
    """Registers the function as the implementation of these operations. checks_body: it validates its body itself."""

    def register(handler: Handler) -> Handler:
        for each in ids:
            HANDLERS[each] = handler
            if checks_body:
                CHECKS_ITS_BODY.add(each)
        return handler

    return register
