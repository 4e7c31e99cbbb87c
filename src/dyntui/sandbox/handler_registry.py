"""What an operation is given and gives back, and the register of those that are implemented.

An operation is a plain function that takes a Call and returns the body of a 200, a Reply, or None for a 204; it
refuses by raising Refused. It runs with the store locked, in a transaction unless it only reads. To add one, write it
in sandbox/operations/ under `@operation("theOperationId")`; routing, validation, scopes and errors are there already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation
    from dyntui.sandbox.sandbox import Sandbox

__all__ = [
    "CHECKS_ITS_BODY",
    "HANDLERS",
    "OperationCall",
    "Reply",
    "RequestRefused",
    "bad_request",
    "invalid",
    "not_found",
    "operation",
]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: a body to be sent as JSON, or raw bytes."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class RequestRefused(Exception):
    """An answer that is a refusal, in one of the documented shapes."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply.body))
        self.reply = reply


@dataclass(slots=True)
class OperationCall:
    """One request, checked against the catalog. size: of its body in bytes. host: what it called this server."""

    sandbox: Sandbox
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


def bad_request(message: str) -> RequestRefused:
    """400: the request breaks the schema."""
    return RequestRefused(Reply(400, {"error": message}))


def not_found(what: str) -> RequestRefused:
    """404, for a wrong path as for a wrong id."""
    return RequestRefused(Reply(404, {"error": f"{what} not found", "code": "not_found"}))


def invalid(code: str, message: str, payload: Json | None = None) -> RequestRefused:
    """422: the request is well formed and cannot be carried out."""
    body: Json = {"error": message, "code": code}
    if payload:
        body["payload"] = payload
    return RequestRefused(Reply(422, body))
