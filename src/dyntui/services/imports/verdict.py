"""What an answer, or the lack of one, says about the request: the table of the import, as one function.

| answer | meaning | verdict |
|---|---|---|
| DNS, connect or TLS failure | nothing was sent | NOT_SENT |
| 429 | refused before work | RATE_LIMITED |
| 401, 403 | refused | NOT_ALLOWED |
| 413 | refused | TOO_LARGE |
| other 4xx, a redirect | refused | REFUSED |
| 2xx with JSON | each row matched by key | ANSWERED |
| 5xx, timeout, reset, truncated or invalid JSON | may have worked, wholly or partly | MAYBE |
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dyntui.api.errors import (
    ApiError,
    ApiProblem,
    Forbidden,
    NotSent,
    RateLimited,
    Redirected,
    TooLarge,
    Unauthorized,
    WriteRefused,
)

__all__ = ["RETRYABLE_CODES", "Says", "Verdict", "verdict_of"]

RETRYABLE_CODES = frozenset(
    {"lock_timeout", "lock_too_many_attempts", "too_many_requests", "wallet_service_connection_error"}
)
_REQUEST_TIMEOUT = 408


class Says(StrEnum):
    """What is known after a request."""

    ANSWERED = "answered"
    NOT_SENT = "not sent"
    RATE_LIMITED = "rate limited"
    NOT_ALLOWED = "not allowed"
    TOO_LARGE = "too large"
    REFUSED = "refused"
    BUSY = "busy"
    MAYBE = "maybe applied"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known after a request, the answer when there is one, and the error when there is one."""

    says: Says
    document: Any = None
    status: int = 0
    request_id: str = ""
    error: ApiProblem | None = None

    @property
    def message(self) -> str:
        return self.error.message if self.error is not None else ""

    @property
    def code(self) -> str:
        """The server's own code, or a short name of what happened."""
        if isinstance(self.error, ApiError):
            return self.error.code or f"http_{self.error.status}"
        return {Says.MAYBE: "answer_lost", Says.NOT_SENT: "not_sent"}.get(self.says, "")


def verdict_of(error: ApiProblem) -> Verdict:
    """The verdict on a request that did not end in an answer that can be used."""
    status = error.status if isinstance(error, ApiError) else 0
    request_id = error.request_id if isinstance(error, ApiError) else ""
    return Verdict(_says(error, status), status=status, request_id=request_id, error=error)


def _says(error: ApiProblem, status: int) -> Says:
    if error.maybe_applied or status >= 500 or status == _REQUEST_TIMEOUT:
        return Says.MAYBE
    match error:
        case NotSent():
            return Says.NOT_SENT
        case RateLimited():
            return Says.RATE_LIMITED
        case Unauthorized() | Forbidden() | WriteRefused() | Redirected():
            return Says.NOT_ALLOWED
        case TooLarge():
            return Says.TOO_LARGE
        case ApiError():
            return Says.BUSY if error.code in RETRYABLE_CODES else Says.REFUSED
        case _:
            # Not known to be refused: so it may have worked.
            return Says.MAYBE
