"""What an answer, or the lack of one, says about the request: the table of the import, as one function.

| answer | meaning | response |
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

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dyntui.api.errors import (
    ApiError,
    ApiProblem,
    Forbidden,
    NotSent,
    RateLimited,
    Redirected,
    RepeatedPage,
    TooLarge,
    Unauthorized,
    WriteRefused,
    request_id_of,
)

if TYPE_CHECKING:
    from dyntui.api.transport import ApiResponse

__all__ = ["RETRYABLE_CODES", "OutcomeKind", "ResponseOutcome", "outcome_of_error", "outcome_of_response"]

RETRYABLE_CODES = frozenset(
    {"lock_timeout", "lock_too_many_attempts", "too_many_requests", "wallet_service_connection_error"}
)
_REQUEST_TIMEOUT = 408
_ENDS = (b"}", b"]")


class OutcomeKind(StrEnum):
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
class ResponseOutcome:
    """What is known after a request, the answer when there is one, and the error when there is one. document: what the
    answer says, once it is `decoded`."""

    kind: OutcomeKind
    document: Any = None
    status: int = 0
    request_id: str = ""
    error: ApiProblem | None = None
    response: ApiResponse | None = None

    def decoded(self) -> ResponseOutcome:
        """With the document; MAYBE when the answer turns out to be no JSON."""
        from dyntui.api.client import decode

        if self.response is None:
            return self
        try:
            return replace(self, document=decode(self.response), response=None)
        except ApiProblem as problem:
            return outcome_of_error(problem)

    @property
    def message(self) -> str:
        return self.error.message if self.error is not None else ""

    @property
    def code(self) -> str:
        """The server's own code, or a short name of what happened."""
        if isinstance(self.error, ApiError):
            return self.error.code or f"http_{self.error.status}"
        return {OutcomeKind.MAYBE: "answer_lost", OutcomeKind.NOT_SENT: "not_sent"}.get(self.kind, "")


def outcome_of_response(answer: ApiResponse) -> ResponseOutcome:
    """The response on a 2xx answer. One that cannot be JSON, being cut off or a web page, is told at once (MAYBE); the
    rest is left to `decoded`, which takes as long as the server takes for a few rows."""
    response = ResponseOutcome(
        OutcomeKind.ANSWERED, status=answer.status, request_id=request_id_of(answer.headers), response=answer
    )
    return response if answer.body.rstrip()[-1:] in _ENDS else response.decoded()


def outcome_of_error(error: ApiProblem) -> ResponseOutcome:
    """The response on a request that did not end in an answer that can be used."""
    status = error.status if isinstance(error, ApiError) else 0
    request_id = error.request_id if isinstance(error, ApiError) else ""
    return ResponseOutcome(_outcome_kind(error, status), status=status, request_id=request_id, error=error)


def _outcome_kind(error: ApiProblem, status: int) -> OutcomeKind:
    if error.maybe_applied or status >= 500 or status == _REQUEST_TIMEOUT:
        return OutcomeKind.MAYBE
    match error:
        case NotSent():
            return OutcomeKind.NOT_SENT
        case RateLimited():
            return OutcomeKind.RATE_LIMITED
        case Unauthorized() | Forbidden() | WriteRefused() | Redirected():
            return OutcomeKind.NOT_ALLOWED
        case RepeatedPage():
            return OutcomeKind.REFUSED
        case TooLarge():
            return OutcomeKind.TOO_LARGE
        case ApiError():
            return OutcomeKind.BUSY if error.code in RETRYABLE_CODES else OutcomeKind.REFUSED
        case _:
            # Not known to be refused: so it may have worked.
            return OutcomeKind.MAYBE
