"""A download goes to another host: without the token, without redirects, within bounds."""

from __future__ import annotations

import io
from typing import Any

import pytest
from tests.api.conftest import CUT, reply

from dyntui.api.download import fetch, host_of
from dyntui.api.errors import BadResponse, ConnectionLost, Forbidden, NotSent, Redirected
from dyntui.api.request_log import RequestLog
from dyntui.core.errors import UsageError
from dyntui.core.redact import redactor

TOKEN = "dyn_" + "Canary1" * 8


@pytest.fixture
def log() -> RequestLog:
    redactor.add(TOKEN)
    return RequestLog()


async def got(script: Any, log: RequestLog, *answers: bytes, **more: Any) -> tuple[bytes, Any]:
    async with script(*answers) as server:
        stream = io.BytesIO()
        await fetch(f"{server.url}/file.csv?signature=x", stream, log=log, loopback=True, **more)
        return stream.getvalue(), server


async def test_a_file_is_downloaded_without_sending_the_token(
    script: Any, log: RequestLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DYNTUI_TOKEN", TOKEN)
    steps: list[tuple[int, int | None]] = []
    body, server = await got(script, log, reply(200, b"a,b\n1,2\n"), on_progress=lambda *step: steps.append(step))
    assert body == b"a,b\n1,2\n"
    assert steps[-1] == (8, 8)
    request = server.requests[0]
    assert not {"authorization", "cookie", "proxy-authorization"} & request.headers.keys()
    assert TOKEN not in str(request)
    entry = log.entries()[-1]
    assert (entry.method, entry.operation, entry.status, entry.bytes_in) == ("GET", "download", 200, 8)


@pytest.mark.parametrize("location", ["https://elsewhere.example/?signature=hidden", "javascript:hidden", "//[hidden"])
async def test_a_redirect_is_not_followed_and_its_url_is_not_shown(script: Any, log: RequestLog, location: str) -> None:
    answer = reply(302, headers=f"Location: {location}\r\n")
    with pytest.raises(Redirected) as found:
        await got(script, log, answer)
    assert "hidden" not in str(found.value)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ((reply(403, b"<Error>Request has expired</Error>", content_type="application/xml"),), Forbidden),
        ((CUT,), ConnectionLost),
        ((b"HTTP/1.1 200 X\r\nContent-Length: 999\r\n\r\nhalf",), (ConnectionLost, BadResponse)),
    ],
)
async def test_a_failed_download_raises_a_dyntui_error(script: Any, log: RequestLog, answers: Any, error: Any) -> None:
    with pytest.raises(error):
        await got(script, log, *answers)
    assert log.entries()[-1].error
    assert log.in_flight == 0


async def test_a_file_that_is_too_large_is_not_read_to_its_end(
    script: Any, log: RequestLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dyntui.api.download.MOST_BYTES", 1000)
    with pytest.raises(BadResponse, match="larger"):
        await got(script, log, reply(200, b"x" * 5000))


async def test_an_unreachable_host_is_an_error(log: RequestLog) -> None:
    with pytest.raises(NotSent):
        await fetch("http://127.0.0.1:9/x", io.BytesIO(), log=log, loopback=True)


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example/x",
        "ftp://files.example/x",
        "file:///etc/passwd",
        "https://user:pass@files.example/x",
        "https:///x",
        "no url at all",
        "http://127.0.0.1.files.example/x",
    ],
)
async def test_only_https_urls_without_passwords_are_downloaded(url: str, log: RequestLog) -> None:
    with pytest.raises(UsageError):
        await fetch(url, io.BytesIO(), log=log, loopback=True)
    assert log.total == 0


def test_http_to_loopback_is_allowed_for_sandboxes_only() -> None:
    assert host_of("http://127.0.0.1:8080/x", loopback=True) == "127.0.0.1:8080"
    assert host_of("https://files.example/x") == "files.example"
    with pytest.raises(UsageError):
        host_of("http://127.0.0.1:8080/x")
