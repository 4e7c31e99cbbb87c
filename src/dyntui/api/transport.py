"""Send requests: check the origin, add the token, wait for the rate limit, log. Reads are retried, writes never.

The token is added here, for the pinned origin only, and no redirect is followed: httpx itself would send an
Authorization header to any absolute URL.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias
from uuid import uuid4

import stamina
import stamina.instrumentation

from dyntui import __version__
from dyntui.api._httpx import httpx, redirect_location, set_location_aside
from dyntui.api.errors import (
    REQUEST_ID,
    ApiProblem,
    BadResponse,
    ConnectionLost,
    NotSent,
    RateLimited,
    Redirected,
    ServerError,
    TimedOut,
    Unreachable,
    error_from,
)
from dyntui.api.in_flight import bulk_request
from dyntui.api.rate_limiter import RateLimiter
from dyntui.api.request_log import AttemptContent, RequestLog
from dyntui.config.urls import check_base_url, is_loopback
from dyntui.core.errors import UsageError
from dyntui.core.redact import redact, redactor
from dyntui.core.text import safe

__all__ = [
    "BULK_TIMEOUT",
    "MAX_RESPONSE",
    "READ_TIMEOUT",
    "ApiResponse",
    "AsgiApp",
    "Transport",
    "open_client",
    "origin_of",
    "translate",
]

AsgiApp: TypeAlias = Callable[..., Coroutine[None, None, None]]
"""An application that answers requests in this process, instead of the network."""

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 30.0
BULK_TIMEOUT = 120.0
MAX_RESPONSE = 64 * 1024 * 1024
RETRIES = 4
RETRY_AFTER_DEFAULT = 5.0
RETRY_AFTER_CAP = 60.0
_NOT_IMPLEMENTED = 501

stamina.instrumentation.set_on_retry_hooks([])  # httpx logs every request by default; dyntui has its own request log

Origin = tuple[str, str, int]


def origin_of(url: httpx.URL) -> Origin:
    """Return scheme, host and port of a URL. A token is only sent to one origin."""
    return url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme, 0)


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A complete 2xx response."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    ms: float
    """Milliseconds from the start of the successful attempt, connecting included, to the last byte."""
    reads: bool = False
    """Whether the request only reads."""


class Transport:
    """Sends requests to one base URL with one token. It belongs to one event loop; the log can be shared.

    app: an ASGI application in this process to call instead of the network, as in the demo.
    ca_file: certificates to trust instead of the system's; verification cannot be turned off.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        log: RequestLog,
        app: AsgiApp | None = None,
        ca_file: str = "",
    ) -> None:
        self._base = httpx.URL(check_base_url(base_url))
        self._origin = origin_of(self._base)
        self._token = token
        redactor.add(token)
        self._log = log
        self._app = app
        self._ca_file = ca_file
        self._http: httpx.AsyncClient | None = None
        self._last_url: tuple[str, Sequence[tuple[str, str]], httpx.URL] | None = None
        """Path, query and URL of the last request: the requests of an import have the same."""

    def __repr__(self) -> str:
        return f"Transport({str(self._base)!r})"

    @property
    def base_url(self) -> str:
        return str(self._base)

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            own_trust = self._app is None and self._base.scheme == "https" and bool(self._ca_file)
            trusted = self._trusted() if own_trust else None
            self._http = open_client(self._base, {"Accept": "application/json"}, self._app, trusted)
        return self._http

    def _trusted(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self._ca_file)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(
                f"The CA file {self._ca_file} cannot be used: {error.strerror or error}.",
                hint="Fix ca_file of this environment's profile. Verification cannot be turned off.",
            ) from error

    async def aclose(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def request(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        query: Sequence[tuple[str, str]] = (),
        content: bytes | None = None,
        timeout: float = READ_TIMEOUT,
        rate_limiters: Sequence[RateLimiter] = (),
        reads: bool = False,
        headers: Mapping[str, str] | None = None,
        before_send: Callable[[], None] | None = None,
    ) -> ApiResponse:
        """Send a request and return the complete 2xx response; raise an ApiProblem otherwise.

        reads: whether the request changes nothing and may be retried after 5xx, 429, or a lost or refused connection.
        before_send: called right before each attempt, after the wait for the rate limit; nothing is sent if it raises.
        """
        request = self._build_request(method, path, query, content, headers, timeout)
        attempt = 0

        async def send_attempt() -> ApiResponse:
            nonlocal attempt
            attempt += 1
            is_bulk = bulk_request.get() is not None
            for rate_limiter in rate_limiters:
                await rate_limiter.acquire(self._log.waits, is_bulk=is_bulk)
            if before_send is not None:
                before_send()
            try:
                with _reported():
                    return await self._attempt(request, operation, timeout, attempt, reads)
            except RateLimited as error:
                seconds = RETRY_AFTER_DEFAULT if error.retry_after is None else error.retry_after
                for rate_limiter in rate_limiters[:1]:
                    rate_limiter.hold(min(seconds, RETRY_AFTER_CAP))
                raise

        def may_retry(error: Exception) -> bool | float:
            if isinstance(error, RateLimited):
                return 0.0 if rate_limiters else min(error.retry_after or RETRY_AFTER_DEFAULT, RETRY_AFTER_CAP)
            return isinstance(error, Unreachable) or (
                isinstance(error, ServerError) and error.status != _NOT_IMPLEMENTED
            )

        if not reads:
            return await send_attempt()
        async for retry in stamina.retry_context(
            on=may_retry, attempts=RETRIES, timeout=None, wait_initial=0.2, wait_max=5.0, wait_jitter=0.3
        ):
            with retry:
                return await send_attempt()
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _url(self, path: str, query: Sequence[tuple[str, str]]) -> httpx.URL:
        """Return the URL of a request; raise UsageError as `_build_request` does."""
        try:
            url = httpx.URL(str(self._base) + path, params=list(query)) if query else httpx.URL(str(self._base) + path)
        except httpx.InvalidURL as error:
            raise UsageError(
                f"The URL of the request is not valid: {safe(str(error), 200)}; nothing was sent.",
                hint="Shorten the id, the filter or the order.",
            ) from None
        if origin_of(url) != self._origin or not url.path.startswith(self._base.path):
            raise UsageError(f"{safe(path, 200)!r} leads away from {self.base_url}; nothing was sent.")
        return url

    def _build_request(
        self,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]],
        content: bytes | None,
        headers: Mapping[str, str] | None,
        timeout: float,
    ) -> httpx.Request:
        """Return a request with the token.

        Raises UsageError for a path that leads away from the base URL, and for a URL that is too long.
        """
        if self._last_url is None or self._last_url[:2] != (path, query):
            self._last_url = path, query, self._url(path, query)
        url = self._last_url[2]
        sent = {**(headers or {}), "Authorization": f"Bearer {self._token}"}
        if content is not None:
            sent["Content-Type"] = "application/json"
        limits = httpx.Timeout(timeout, connect=CONNECT_TIMEOUT)
        return self._client().build_request(method, url, content=content, headers=sent, timeout=limits)

    async def _attempt(
        self, request: httpx.Request, operation: str, timeout: float, attempt: int, reads: bool
    ) -> ApiResponse:
        status, body, problem = 0, b"", ""
        # New for each attempt, as the vendor's SDKs do (docs/vendor-api.md#errors).
        sent_id = request.headers[REQUEST_ID] = str(uuid4())
        started = time.perf_counter()
        self._log.started()
        try:
            longest = timeout + CONNECT_TIMEOUT
            with self._log.waits.open_ended(f"a response to {operation}", longest):
                async with asyncio.timeout(longest):
                    response, body = await _exchange(self._client(), request)
            status, answer_headers = response.status_code, response.headers
            ms = (time.perf_counter() - started) * 1000
            if status >= 400:
                raise error_from(status, answer_headers, body)
            if status >= 300:
                location = safe(redact(redirect_location(response)), 200) or "no other URL"
                raise Redirected(
                    status,
                    f"The server answered {status} and points to {location}; it was not followed.",
                    hint="Check the base URL of this environment.",
                    location=redirect_location(response),
                )
            return ApiResponse(status, answer_headers, body, ms, reads)
        except BaseException as error:
            raised = translate(error, self._base.host)
            if isinstance(raised, ApiProblem):
                raised.sent(reads=reads)
                raised.request_id = raised.request_id or sent_id
            if isinstance(raised, Unreachable):
                self._log.record_no_response(was_sent=not isinstance(raised, NotSent))
            problem = redact(safe(raised if isinstance(raised, ApiProblem) else type(raised).__name__, 200))
            if raised is error:
                raise
            raise raised from error
        finally:
            ms = (time.perf_counter() - started) * 1000
            path = request.url.raw_path.decode("ascii", "replace").removeprefix(self._base.path.rstrip("/"))
            content = AttemptContent(path, request.content, body, bulk_request.get() is not None)
            out, got = len(request.content), len(body)
            self._log.finished(request.method, operation, status, ms, out, got, attempt, problem, content)


@contextmanager
def _reported() -> Iterator[None]:
    """Tell the listener of a bulk request how the attempt in the block ends."""
    listener = bulk_request.get()
    started = time.monotonic()
    try:
        yield
    except (RateLimited, ServerError, Unreachable):
        if listener is not None:
            listener.record_failure(started)
        raise
    except ApiProblem:
        if listener is not None:
            listener.record_response(time.monotonic() - started)
        raise
    if listener is not None:
        listener.record_response(time.monotonic() - started)


def open_client(
    url: httpx.URL, headers: Mapping[str, str], app: AsgiApp | None, trusted: ssl.SSLContext | None = None
) -> httpx.AsyncClient:
    """Return an httpx client for the host of a URL that follows no redirect.

    app: an ASGI application instead of the network; trusted: the certificates to trust instead of the usual ones.
    """
    if trusted is None and url.scheme == "http":
        # Plain HTTP, which is for loopback only, needs no certificates. Loading them takes 14 ms.
        trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.AsyncClient(
        follow_redirects=False,
        event_hooks={"response": [set_location_aside]},
        timeout=httpx.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT),
        # All connections stay open for the next request, also those of the most requests in flight.
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=100),
        headers={"User-Agent": f"dyntui/{__version__}", **headers},
        # A proxy from the environment is used, but never for this machine's own servers.
        trust_env=not is_loopback(url.host),
        transport=httpx.ASGITransport(app=app) if app is not None else None,
        verify=trusted or True,
    )


async def _exchange(client: httpx.AsyncClient, request: httpx.Request) -> tuple[httpx.Response, bytes]:
    """Send the request and return the response, closed, and its body."""
    response = await client.send(request, stream=True)
    try:
        chunks: list[bytes] = []
        size = 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > MAX_RESPONSE:
                raise BadResponse(f"The response is larger than {MAX_RESPONSE >> 20} MiB; reading was stopped.")
            chunks.append(chunk)
        return response, b"".join(chunks)
    finally:
        await response.aclose()


def translate(error: BaseException, host: str) -> BaseException:
    """Return the ApiProblem for an error of httpx, the socket or the timeout; any other error unchanged."""
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout() | httpx.UnsupportedProtocol():
            detail = str(error) or "no answer to the connection attempt"
            return NotSent(
                f"{safe(host)} cannot be reached: {safe(detail, 200)}.",
                hint="Nothing was sent. Check the network, the proxy (HTTPS_PROXY) and the base URL.",
            )
        case httpx.ProxyError():
            return NotSent(f"The proxy refused the connection: {safe(str(error), 200)}.", hint="Nothing was sent.")
        case httpx.TimeoutException() | TimeoutError():
            return TimedOut(f"No complete response from {safe(host)} in time.")
        case httpx.TransportError() | httpx.StreamError() | httpx.DecodingError() | ConnectionError():
            return ConnectionLost(f"The connection to {safe(host)} broke before the response was complete.")
        case _:
            return error
