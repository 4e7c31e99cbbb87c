"""The registry of the handlers of operations, and `OperationCall`, their argument.

A handler is a function in `sandbox/operations/` with the decorator `@operation("theOperationId")`. It takes an
`OperationCall` and returns the body of a 200 response, a `Reply`, or None for 204. To refuse it raises
`RequestRefused`. `Sandbox` calls it after routing, authorization and validation, with the store locked, in a
transaction unless the operation only reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from dyntui.sandbox.replies import bad_request, not_found
from dyntui.sandbox.store import Document

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation
    from dyntui.sandbox.state import SandboxState

__all__ = [
    "CHECKS_ITS_BODY",
    "HANDLERS",
    "Handler",
    "OperationCall",
    "operation",
]

_ORDER = re.compile(r"([A-Za-z]+)-(asc|desc)\Z")


@dataclass(slots=True)
class OperationCall:
    """One validated request."""

    sandbox: SandboxState
    """The state of the sandbox."""
    operation: Operation
    """The operation of the catalog."""
    path: Mapping[str, str]
    """The path parameters by name."""
    query: Document
    """The query parameters by name, as typed values."""
    body: Any
    """The decoded JSON body; None when there is none."""
    token: Document
    """The API token of the request; empty for public operations."""
    host: str
    """The Host header of the request."""

    @property
    def now(self) -> int:
        """The time of the sandbox in milliseconds since 1970."""
        return self.sandbox.clock.now()

    def find(self, kind: str, title: str, id: str, parent: str | None = None) -> Document:
        """Return a stored document. Raises RequestRefused (404) with the title if there is none.

        `parent`: also when it has another parent.
        """
        found = self.sandbox.store.get(kind, id)
        if found is None or (parent is not None and self.sandbox.store.parent(kind, id) != parent):
            raise not_found(title)
        return found

    def order(self, columns: Collection[str], title: str, default: str = "") -> str:
        """Return `orderBy` of the query: `COLUMN-asc` or `COLUMN-desc`, with one of the columns.

        default: the order without `orderBy`; by default that of the behavior flag `default-order`. Raises
        RequestRefused (400), which names the rows by the title.
        """
        flags = self.sandbox.flags
        default = default or flags["default-order"]
        order: str = self.query.get("orderBy", default)
        match = _ORDER.match(order)
        if match is None:
            raise bad_request("query/orderBy must look like COLUMN-asc or COLUMN-desc")
        if match[1] not in columns:
            if flags["unknown-order"] == "reject":
                raise bad_request(f"query/orderBy: {title} cannot be sorted by {match[1]}")
            return default
        return order

    def emit(self, name: str, data: Document) -> None:
        """Write an event without a user, because an API token caused it (docs/vendor-api.md#event-types)."""
        self.sandbox.events.emit(name, data, at=self.now)

    def new_id(self, kind: str) -> str:
        return self.sandbox.ids.uuid(f"created {kind} {self.sandbox.store.next_number(kind)}")


Handler = Callable[[OperationCall], object]
H = TypeVar("H", bound=Handler)
HANDLERS: dict[str, Handler] = {}
"""Handlers by operation id."""
CHECKS_ITS_BODY: set[str] = set()
"""Ids of the operations whose handler validates the body itself."""


def operation(*ids: str, checks_body: bool = False) -> Callable[[H], H]:
    """Register the decorated function as the handler of these operations.

    With `checks_body` the handler validates the body itself.
    """

    def register(handler: H) -> H:
        for each in ids:
            HANDLERS[each] = handler
            if checks_body:
                CHECKS_ITS_BODY.add(each)
        return handler

    return register
