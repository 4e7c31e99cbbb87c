"""The errors of API calls, as one tree.

ApiProblem(DyntuiError)             .maybe_applied: whether a write may have taken effect all the same; never of a read
├── ApiError                        the server responded with an error
│   ├── BadRequest                  400
│   ├── Unauthorized                401, exit 3
│   ├── Forbidden                   403, exit 3: scope or plan
│   ├── NotFound                    404: the id is wrong, or this server lacks the endpoint
│   ├── Conflict                    409
│   ├── TooLarge                    413
│   ├── Invalid                     422: .code is an open set
│   ├── RateLimited                 429, exit 6: .retry_after in seconds, None when the server did not say
│   └── ServerError                 5xx, exit 6: may have been applied
├── Unreachable                     exit 4: no complete response
│   ├── NotSent                     DNS, connect or TLS failure: nothing left this machine
│   └── ConnectionLost              the connection broke after the request was (perhaps) written: may have been applied
│       └── TimedOut                no response in time: may have been applied
├── BadResponse                     a success without usable JSON, or too large: may have been applied
│   └── BadPage                     a response of a list without usable rows
│       └── RepeatedPage            a list that the server never ends
├── FilterUnsupported               the server ignores or refuses the filter of a list
├── Redirected                      the server points elsewhere; the token never follows
├── WriteRefused                    exit 2: this client may not write: read-only, or no permit from the write gate
└── WriteStopped                    the action was stopped while the request waited for the rate limit

Source of the shapes: docs/vendor-api.md#errors.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar, Self

from dyntui.core.errors import EXIT_NOT_AUTHORIZED, EXIT_SERVER_FAILED, EXIT_UNREACHABLE, EXIT_USAGE, DyntuiError
from dyntui.core.json_types import Row
from dyntui.core.strict_json import load_json
from dyntui.core.text import json_text

__all__ = [
    "ApiError",
    "ApiProblem",
    "BadPage",
    "BadRequest",
    "BadResponse",
    "Conflict",
    "ConnectionLost",
    "FilterUnsupported",
    "Forbidden",
    "Invalid",
    "NotFound",
]
__all__ += [
    "NotSent",
    "RateLimited",
    "Redirected",
    "RepeatedPage",
    "ServerError",
    "TimedOut",
    "TooLarge",
    "Unauthorized",
    "Unreachable",
]
__all__ += ["REQUEST_ID", "WriteRefused", "WriteStopped", "error_from", "request_id_of"]

MAYBE_APPLIED = "The request may have been applied. Check before you send it again."

_SHOWN_BODY = 300
_LONGEST_RETRY_AFTER_S = 3600.0


class ApiProblem(DyntuiError):
    """A call that got no usable response."""

    advice: ClassVar[str] = ""
    """Default hint of this class."""
    uncertain: ClassVar[bool] = False
    """Whether the server may have acted before it failed."""
    request_id: str = ""
    """The id of the request: that of the response, or else the one that was sent with it."""
    reads: bool = False
    """Whether the request only reads."""

    @property
    def maybe_applied(self) -> bool:
        """Whether a write may have taken effect; always False for a request that only reads."""
        return self.uncertain and not self.reads

    def sent(self, *, reads: bool) -> Self:
        """Set whether the request only reads, and return self. The hint says so if a write may have taken effect."""
        self.reads = reads
        if self.maybe_applied:
            self.hint = f"{MAYBE_APPLIED} {self.hint}".strip() if self.hint != self.advice else MAYBE_APPLIED
        return self


class ApiError(ApiProblem):
    """The server responded with an error."""

    status: int
    """The HTTP status."""
    code: str
    """The server's own error code, "" when it gave none."""
    payload: Row | None
    """Details that the server added, or None."""
    retry_after: float | None
    """Seconds to wait before the next attempt; None when the server did not say."""
    body: str
    """The raw start of the response body."""
    headers: Mapping[str, str]
    """The headers of the response, as they came."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str = "",
        payload: Row | None = None,
        request_id: str = "",
        retry_after: float | None = None,
        body: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, hint=self.advice)
        self.status = status
        self.code = code
        self.payload = payload
        self.request_id = request_id
        self.retry_after = retry_after
        self.body = body
        self.headers = headers or {}


class BadRequest(ApiError):
    """400: the request does not fit the API's schema."""


class Unauthorized(ApiError):
    """401: the token is missing, wrong or deleted."""

    exit_code = EXIT_NOT_AUTHORIZED
    advice = "Store a token that works with `dyntui auth login`."


class Forbidden(ApiError):
    """403: the token is valid but may not do this."""

    exit_code = EXIT_NOT_AUTHORIZED
    advice = "The token may lack the scope, or the plan the feature; `dyntui auth status` shows the scopes."


class NotFound(ApiError):
    """404: the id is wrong, or this server has no such endpoint."""

    advice = "Check the id and the environment; a server of another version may also lack the endpoint."


class Conflict(ApiError):
    """409: the request conflicts with the current state."""


class TooLarge(ApiError):
    """413: the request body is larger than the server takes."""


class Invalid(ApiError):
    """422: the values are not accepted; `code` says why and is an open set."""


class RateLimited(ApiError):
    """429: refused before any work was done."""

    exit_code = EXIT_SERVER_FAILED
    is_temporary = True
    advice = "The limit applies per IP address and includes other clients. Wait, or lower the rate."


class ServerError(ApiError):
    """5xx: the server failed; a write may have taken effect."""

    exit_code = EXIT_SERVER_FAILED
    uncertain = True
    is_temporary = True
    advice = "Try again later."


class Unreachable(ApiProblem):
    """No complete response was received."""

    exit_code = EXIT_UNREACHABLE
    is_temporary = True


class NotSent(Unreachable):
    """The server could not be reached: nothing was sent."""


class ConnectionLost(Unreachable):
    """The connection broke before the response was complete: a write may have taken effect."""

    uncertain = True


class TimedOut(ConnectionLost):
    """No response was received in time: a write may have taken effect."""


class BadResponse(ApiProblem):
    """The response reports success but cannot be read: a write may have taken effect."""

    exit_code = EXIT_UNREACHABLE
    uncertain = True
    is_temporary = True


class BadPage(BadResponse):
    """The response of a list has no usable rows."""

    reads = True


class RepeatedPage(BadPage):
    """The server sends the same page, or the same cursor, again and again: the list cannot be read to its end."""

    is_temporary = False


class FilterUnsupported(ApiProblem):
    """The server ignores or refuses the filter of a list in every form, so its rows are not those asked for."""

    reads = True

    def __init__(self, how: str) -> None:
        """how: what the server does with the filter, such as `ignores` or `refuses`."""
        super().__init__(
            f"The server {how} the filter, so the rows it lists are not those that were asked for.",
            hint="Read the list without the filter, or use an id.",
        )
        self.how = how


class Redirected(ApiProblem):
    """The server responded with a redirect. It is never followed, so the token is only sent to its origin."""

    status: int
    """The HTTP status, 300 to 399."""
    location: str
    """The URL that the server named, as it was received; "" for none."""

    def __init__(self, status: int, message: str, *, hint: str = "", location: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.location = location

    @property
    def maybe_applied(self) -> bool:
        """Whether a write may have taken effect: 307 and 308 ask to send it elsewhere, others may follow its work."""
        return not self.reads and self.status not in (307, 308)


class WriteRefused(ApiProblem):
    """This client may not write. Nothing was sent."""

    exit_code = EXIT_USAGE


class MaskedValue(WriteRefused):
    """The body of a write contains the text that is shown in place of a secret. Nothing was sent."""


class WriteStopped(ApiProblem):
    """The action was stopped before its request was sent. Nothing was sent."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: Invalid,
    429: RateLimited,
}


def _seconds(value: str | None) -> float | None:
    """Return the Retry-After header, a number or an HTTP date, in seconds; at most an hour, None when it is neither."""
    seconds = _raw_seconds(value)
    return None if seconds is None or math.isnan(seconds) else min(max(0.0, seconds), _LONGEST_RETRY_AFTER_S)


def _raw_seconds(value: str | None) -> float | None:
    if not value:
        return None
    try:
        return float(value)
    except ValueError:
        pass
    from email.utils import parsedate_to_datetime

    from dyntui.core.times import now

    try:
        return (parsedate_to_datetime(value) - now()).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None


REQUEST_ID = "x-dyn-request-id"
"""The header with the id of a request: the client sends a new one with each, and a response may have it."""


def request_id_of(headers: Mapping[str, str]) -> str:
    """Return the server's id of the request from the headers that may hold one; "" when none does.

    Source: docs/vendor-api.md#errors.
    """
    return next(
        (headers[name] for name in (REQUEST_ID, "x-request-id", "x-amzn-requestid", "cf-ray") if name in headers), ""
    )


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The contents of an error body; every field may be empty."""

    text: str = ""
    """The message to display."""
    code: str = ""
    """The server's own error code."""
    payload: Row | None = None
    """Details that the server added."""


def read_error(body: bytes) -> ErrorBody:
    """Read {error}, {error: {code, message}, payload}, {error, code, payload}, {message, code}; else an empty body."""
    try:
        document = load_json(body)
    except ValueError:
        return ErrorBody()
    if not isinstance(document, dict):
        return ErrorBody()
    error, payload = document.get("error"), document.get("payload")
    detail = error if isinstance(error, dict) else {}
    payload = payload if isinstance(payload, dict) else None
    more = (payload or {}).get("additionalMessages")
    texts = (error, detail.get("message"), document.get("message"))
    text = next((text for text in texts if isinstance(text, str) and _is_readable(text)), "")
    text = text or ("; ".join(map(json_text, more)) if isinstance(more, list) else "")
    codes = (code for code in (document.get("code"), detail.get("code")) if isinstance(code, str | int))
    return ErrorBody(text, str(next(codes, "")), payload)


def _is_readable(text: str) -> bool:
    """Return whether a text contains anything but lone surrogates."""
    return any(not "\ud800" <= char <= "\udfff" for char in text)


def error_from(status: int, headers: Mapping[str, str], body: bytes) -> ApiError:
    """Make the error for a response with `status` >= 400, whatever its body: four JSON shapes, HTML, or nothing."""
    text = body.decode("utf-8", "replace")
    error_body = read_error(body)
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "error"
    message = error_body.text
    if not message:
        page = " (an HTML page, not the API: is a proxy in between?)" if "<html" in text[:1000].lower() else ""
        message = f"{status} {phrase}{page}"
    cls = _BY_STATUS.get(status) or (ServerError if status >= 500 else ApiError)
    return cls(
        status,
        message,
        code=error_body.code,
        payload=error_body.payload,
        request_id=request_id_of(headers),
        retry_after=_seconds(headers.get("retry-after")),
        body=text[:_SHOWN_BODY],
        headers=headers,
    )
