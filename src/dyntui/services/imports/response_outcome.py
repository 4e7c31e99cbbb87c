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
    from dyntui.api.transport import Answer

__all__ = ["RETRYABLE_CODES", "Says", "Verdict", "verdict_of", "verdict_on"]

RETRYABLE_CODES = frozenset(
    {"lock_timeout", "lock_too_many_attempts", "too_many_requests", "wallet_service_connection_error"}
)
_REQUEST_TIMEOUT = 408
_ENDS = (b"}", b"]")


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
    """What is known after a request, the answer when there is one, and the error when there is one. document: what the
    answer says, once it is `decoded`."""

    says: Says
    document: Any = None
    status: int = 0
    request_id: str = ""
    error: ApiProblem | None = None
    answer: Answer | None = None

    def decoded(self) -> Verdict:
        """With the document; MAYBE when the answer turns out to be no JSON."""
        from dyntui.api.client import decode

        if self.answer is None:
            return self
        try:
            return replace(self, document=decode(self.answer), answer=None)
        except ApiProblem as problem:
            return verdict_of(problem)

    @property
    def message(self) -> str:
        return self.error.message if self.error is not None else ""

    @property
    def code(self) -> str:
        """The server's own code, or a short name of what happened."""
        if isinstance(self.error, ApiError):
            return self.error.code or f"http_{self.error.status}"
        return {Says.MAYBE: "answer_lost", Says.NOT_SENT: "not_sent"}.get(self.says, "")


def verdict_on(answer: Answer) -> Verdict:
    """The verdict on a 2xx answer. One that cannot be JSON, being cut off or a web page, is told at once (MAYBE); the
    rest is left to `decoded`, which takes as long as the server takes for a few rows."""
    verdict = Verdict(Says.ANSWERED, status=answer.status, request_id=request_id_of(answer.headers), answer=answer)
    return verdict if answer.body.rstrip()[-1:] in _ENDS else verdict.decoded()


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
        case RepeatedPage():
            return Says.REFUSED
        case TooLarge():
            return Says.TOO_LARGE
        case ApiError():
            return Says.BUSY if error.code in RETRYABLE_CODES else Says.REFUSED
        case _:
            # Not known to be refused: so it may have worked.
            return Says.MAYBE
