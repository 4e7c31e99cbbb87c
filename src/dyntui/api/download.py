"""Download a file from a pre-signed URL. It is on another host, so a client without the token is used."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from dyntui.api._httpx import httpx
from dyntui.api.errors import ApiProblem, BadResponse, Redirected, error_from
from dyntui.api.request_log import RequestLog
from dyntui.api.transport import AsgiApp, open_client, translate
from dyntui.config.urls import is_loopback
from dyntui.core.errors import UsageError
from dyntui.core.redact import redact
from dyntui.core.text import safe

__all__ = ["LONGEST", "MOST_BYTES", "DownloadResult", "Progress", "fetch", "host_of"]

MOST_BYTES = 4 << 30
LONGEST = 3600.0
"""The maximum duration of a download, in seconds."""
_ERROR_BYTES = 4096

Progress = Callable[[int, int | None], None]
"""Gets the bytes received and the total bytes; the latter is None when unknown."""


@dataclass(frozen=True, slots=True)
class DownloadResult:
    size: int
    """Bytes received."""
    kind: str
    """The content type that the server declared."""


def host_of(url: str, *, loopback: bool = False) -> str:
    """Return the host of a URL, for display. loopback: whether http to this machine is allowed, as for a sandbox.

    Raises UsageError for a URL that is not https, contains a name and password, or has no host.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise UsageError("The server returned an invalid download URL.", hint="Request the export again.") from None
    if parsed.userinfo or not parsed.host:
        raise UsageError("The download URL has a password in it, or no host; it is not followed.")
    if parsed.scheme != "https" and not (parsed.scheme == "http" and loopback and is_loopback(parsed.host)):
        raise UsageError(
            f"The download URL leads to {safe(parsed.scheme, 20)}://{safe(parsed.host, 100)} without encryption.",
            hint="It is not followed.",
        )
    return parsed.netloc.decode("ascii", "replace")


async def fetch(
    url: str,
    stream: BinaryIO,
    *,
    log: RequestLog,
    loopback: bool = False,
    app: AsgiApp | None = None,
    on_progress: Progress | None = None,
) -> DownloadResult:
    """Write what a URL answers to `stream`. No token, no cookie and no redirect; app: an ASGI application instead of
    the network. Raises an ApiProblem, or Usage when the URL is not one to follow."""
    host = host_of(url, loopback=loopback)
    started, status, got, problem = time.perf_counter(), 0, 0, ""
    log.started()
    try:
        async with (
            asyncio.timeout(LONGEST),
            open_client(httpx.URL(url), {"Accept-Encoding": "identity"}, app) as client,
            client.stream("GET", url) as response,
        ):
            status = response.status_code
            if status >= 300:
                await _refused(response)
            promised = response.headers.get("content-length", "")
            total = int(promised) if promised.isdigit() and "content-encoding" not in response.headers else None
            async for chunk in response.aiter_bytes():
                got += len(chunk)
                if got > MOST_BYTES:
                    raise BadResponse(f"The file is larger than {MOST_BYTES >> 20} MiB; reading was stopped.")
                await asyncio.to_thread(stream.write, chunk)
                if on_progress is not None:
                    on_progress(got, total)
            if total is not None and got != total:
                raise BadResponse(f"The file ends after {got:,} of {total:,} bytes.", hint="Download it again.")
            return DownloadResult(got, response.headers.get("content-type", ""))
    except BaseException as error:
        raised = translate(error, host)
        if isinstance(raised, ApiProblem):
            raised.sent(reads=True)
        problem = redact(safe(raised, 200))
        if raised is error:
            raise
        raise raised from error
    finally:
        ms = (time.perf_counter() - started) * 1000
        log.finished("GET", "download", status, ms, 0, got, 1, problem)


async def _refused(response: httpx.Response) -> None:
    if response.status_code < 400:
        status = response.status_code
        raise Redirected(status, f"The download answered {status} and points elsewhere; it was not followed.")
    start = b""
    async for chunk in response.aiter_bytes():
        start += chunk
        if len(start) >= _ERROR_BYTES:
            break
    raise error_from(response.status_code, response.headers, start[:_ERROR_BYTES])
