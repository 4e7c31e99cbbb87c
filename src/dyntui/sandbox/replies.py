"""Replies of operations, and refusals in the documented shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dyntui.sandbox.store import Document

__all__ = ["Reply", "RequestRefused", "bad_request", "forbidden", "invalid", "not_found"]


@dataclass(frozen=True, slots=True)
class Reply:
    """A response of the sandbox."""

    status: int = 200
    """The HTTP status."""
    body: object = None
    """A value to send as JSON, or bytes to send unchanged."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Additional headers."""


class RequestRefused(Exception):
    """Raised by a handler to refuse a request with a reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply.body))
        self.reply = reply


def bad_request(message: str) -> RequestRefused:
    """Return the refusal of a request that violates the schema (400)."""
    return RequestRefused(Reply(400, {"error": message}))


def forbidden(reason: str) -> RequestRefused:
    """Return the refusal of a request that the caller may not make (403)."""
    return RequestRefused(Reply(403, {"error": f"Forbidden: {reason}"}))


def not_found(what: str) -> RequestRefused:
    """Return the refusal of an unknown path or id (404)."""
    return RequestRefused(Reply(404, {"error": f"{what} not found", "code": "not_found"}))


def invalid(code: str, message: str, payload: Document | None = None) -> RequestRefused:
    """Return the refusal of a well-formed request that violates a rule (422)."""
    body: Document = {"error": message, "code": code}
    if payload:
        body["payload"] = payload
    return RequestRefused(Reply(422, body))
