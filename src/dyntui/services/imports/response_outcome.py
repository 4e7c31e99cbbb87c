"""What a response, or its absence, means for the rows of a request.

| response | meaning | kind |
|---|---|---|
| DNS, connect or TLS failure | nothing was sent | NOT_SENT |
| 429 | refused before work | RATE_LIMITED |
| 401, 403 | refused | NOT_ALLOWED |
| 413, and a 4xx about the number of rows | refused | TOO_LARGE |
| other 4xx, a redirect | refused | REFUSED |
| 2xx with JSON | each row matched by key | ANSWERED |
| 202 | accepted, not done yet | ANSWERED |
| 5xx, timeout, reset, truncated or invalid JSON | may have worked, completely or partly | MAYBE |
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

from dyntui.api.errors import (
    ApiError,
    ApiProblem,
    Forbidden,
    MaskedValue,
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
_ROW_PATH = re.compile(r"[/.\[]\d+[/.\]]")
"""A path to a field of one row, such as `body/3/wallets`: the message is not about the number of rows."""
_ROWS = r"(?:items|rows|users|elements|entries|records|objects)"
_MAXIMUM = r"(?:more than|at most|up to|maximum|limit|max)"
_TOO_MANY = re.compile(
    rf"{_MAXIMUM}\D{{0,24}}?(\d{{1,5}})\s*{_ROWS}|{_ROWS}\D{{0,40}}?{_MAXIMUM}\D{{0,12}}(\d{{1,5}})"
    rf"|too many {_ROWS}|maxitems\D{{0,6}}(\d{{1,5}})",
    re.IGNORECASE,
)
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
    """What is known after a request, with the response or the error."""

    kind: OutcomeKind
    document: object = None
    """The decoded response body; set by `decoded`."""
    status: int = 0
    request_id: str = ""
    error: ApiProblem | None = None
    response: ApiResponse | None = None

    def decoded(self) -> ResponseOutcome:
        """Return this outcome with the decoded document; MAYBE when the body is not JSON."""
        from dyntui.api.client import decode

        if self.response is None:
            return self
        try:
            return replace(self, document=decode(self.response), response=None)
        except ApiProblem as problem:
            if self.status == HTTPStatus.ACCEPTED:
                return replace(self, response=None)  # accepted all the same
            return outcome_of_error(problem)

    @property
    def message(self) -> str:
        return self.error.message if self.error is not None else ""

    @property
    def stated_limit(self) -> int | None:
        """The number of rows that the server says it accepts, in a refusal about their number; None without one."""
        match = _TOO_MANY.search(self.message)
        number = next((group for group in match.groups() if group), None) if match else None
        return None if number is None else int(number)

    @property
    def code(self) -> str:
        """The error code of the server, or a short name of what happened."""
        if isinstance(self.error, ApiError):
            return self.error.code or f"http_{self.error.status}"
        return {OutcomeKind.MAYBE: "answer_lost", OutcomeKind.NOT_SENT: "not_sent"}.get(self.kind, "")


def outcome_of_response(answer: ApiResponse) -> ResponseOutcome:
    """Return the outcome of a 2xx response.

    A body that cannot be JSON (cut off, or a web page) is MAYBE at once. Other bodies are decoded later by `decoded`,
    while the next request is in flight.
    """
    response = ResponseOutcome(
        OutcomeKind.ANSWERED, status=answer.status, request_id=request_id_of(answer.headers), response=answer
    )
    return response if answer.body.rstrip()[-1:] in _ENDS else response.decoded()


def outcome_of_error(error: ApiProblem) -> ResponseOutcome:
    """Return the outcome of a request that has no usable response."""
    status = error.status if isinstance(error, ApiError) else 0
    return ResponseOutcome(_outcome_kind(error, status), status=status, request_id=error.request_id, error=error)


def _outcome_kind(error: ApiProblem, status: int) -> OutcomeKind:
    if error.maybe_applied or status >= 500 or status == _REQUEST_TIMEOUT:
        return OutcomeKind.MAYBE
    match error:
        case NotSent():
            return OutcomeKind.NOT_SENT
        case RateLimited():
            return OutcomeKind.RATE_LIMITED
        case RepeatedPage() | MaskedValue():
            return OutcomeKind.REFUSED
        case Unauthorized() | Forbidden() | WriteRefused() | Redirected():
            return OutcomeKind.NOT_ALLOWED
        case TooLarge():
            return OutcomeKind.TOO_LARGE
        case ApiError() if _TOO_MANY.search(error.message) and not _ROW_PATH.search(error.message):
            return OutcomeKind.TOO_LARGE
        case ApiError():
            return OutcomeKind.BUSY if error.code in RETRYABLE_CODES else OutcomeKind.REFUSED
        case _:
            # Not known to be refused: so it may have worked.
            return OutcomeKind.MAYBE
