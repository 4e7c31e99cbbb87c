"""What an operation answers: a reply, or a refusal in one of the documented shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Reply", "RequestRefused", "bad_request", "invalid", "not_found"]

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
