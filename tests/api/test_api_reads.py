"""What only reads is never said to have been applied, never read for ever, and never waited for in silence."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.api.conftest import CUT, reply

from dyntui.api import transport, waits
from dyntui.api.client import Client
from dyntui.api.errors import ApiProblem, RepeatedPage
from dyntui.api.pagination import PageCheck, page_from
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.api.request_log import RequestLog
from dyntui.api.waits import Waits

SILENT = b""
"""Not one byte of an answer."""
FAILURES = {
    "500": reply(500, b'{"error": "boom"}'),
    "503 page": reply(503, b"<html>down</html>", content_type="text/html"),
    "cut": CUT,
    "half": b"HTTP/1.1 200 X\r\nContent-Length: 999\r\n\r\n{",
    "bad JSON": reply(200, b'{"users": ['),
    "page": reply(200, b"<html>proxy</html>", content_type="text/html"),
    "not UTF-8": reply(200, b'{"users": "\xff"}'),
    "no list": reply(200, b'{"a": [1], "b": [2]}'),
    "silent": SILENT,
}


def client(url: str, log: RequestLog | None = None) -> Client:
    return Client(
        url, "26ff0bcf-34e3-43cd-9cd5-091f0c3c982d", "dyn_" + "a" * 56, rate_limiters=RateLimiters(0, 0), log=log
    )


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_failed_read_is_not_reported_as_possibly_applied(
    script: Any, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    monkeypatch.setattr(transport, "RETRIES", 1)
    async with script(FAILURES[failure]) as server, client(server.url) as api:
        with pytest.raises(ApiProblem) as caught:
            page_from(await api.call("getEnvironmentUsers", timeout=0.2 if failure == "silent" else None), "users")
        assert not caught.value.maybe_applied
        texts = [caught.value.message, caught.value.hint, *(entry.error for entry in api.log.entries())]
        assert not any("applied" in text for text in texts), texts


@pytest.mark.parametrize("failure", ["500", "503 page", "cut", "half", "bad JSON", "page", "silent"])
async def test_a_write_without_a_response_is_reported_as_possibly_applied(script: Any, failure: str) -> None:
    async with script(FAILURES[failure]) as server, client(server.url) as api:
        with pytest.raises(ApiProblem) as caught:
            timeout = 0.2 if failure == "silent" else None
            await api.call("createUser", body={"email": "a@example.com"}, permit=WritePermit("test"), timeout=timeout)
        assert caught.value.maybe_applied
        assert "may have been applied" in caught.value.hint
        assert "Try again later" not in caught.value.hint


def rows(*ids: str) -> list[dict[str, str]]:
    return [{"id": each} for each in ids]


@pytest.mark.parametrize(
    ("second", "repeated"),
    [
        (rows("a", "b", "c"), True),
        (rows("a"), True),
        (rows("a", "b", "c", "d"), True),
        (rows("c", "d"), False),
        ([], False),
    ],
)
def test_the_same_rows_at_another_offset_end_the_iteration(second: list[dict[str, str]], repeated: bool) -> None:
    check = PageCheck()
    check.offset(0, rows("a", "b", "c"))
    if repeated:
        with pytest.raises(RepeatedPage, match="does not page"):
            check.offset(2, second)
    else:
        check.offset(2, second)


def test_rows_without_an_id_are_compared_by_all_fields() -> None:
    check = PageCheck()
    check.offset(0, [{"day": 1}, {"day": 2}])
    check.offset(2, [{"day": 3}, {"day": 4}])
    with pytest.raises(RepeatedPage):
        check.offset(4, [{"day": 3}, {"day": 4}])


def test_a_repeated_cursor_ends_the_iteration() -> None:
    check = PageCheck()
    for cursor in ("a", "b", None):
        check.cursor(cursor)
    with pytest.raises(RepeatedPage, match="cannot be read to its end"):
        check.cursor("a")


def test_the_same_rows_at_a_new_cursor_end_the_iteration() -> None:
    check = PageCheck()
    check.cursor("a", rows("a", "b"))
    with pytest.raises(RepeatedPage, match="cannot be read to its end"):
        check.cursor("b", rows("a", "b"))


# Waits


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits of more than a few milliseconds are long."""
    monkeypatch.setattr(waits, "LONG_S", 0.02)


class WaitEvents:
    """The texts of all waits that a request log announced."""

    def __init__(self, log: RequestLog) -> None:
        self.texts: list[str] = []
        self.now = log.waits.current
        log.subscribe(self._on_change)

    def _on_change(self) -> None:
        self.texts += [wait.what for wait in self.now() if wait.what not in self.texts]


@pytest.mark.usefixtures("soon")
async def test_the_servers_rate_limit_is_announced_and_ends(script: Any) -> None:
    log = RequestLog()
    events = WaitEvents(log)
    limited = reply(429, b"{}", "Retry-After: 0.2\r\n")
    async with script(limited, reply(200, b'{"users": []}')) as server, client(server.url, log) as api:
        await api.users.list()
    assert events.texts == ["the server's rate limit"]
    assert events.now() == []


@pytest.mark.usefixtures("soon")
async def test_a_slow_response_is_announced_and_ends(script: Any) -> None:
    log = RequestLog()
    events = WaitEvents(log)
    async with script(SILENT) as server, client(server.url, log) as api:
        with pytest.raises(ApiProblem):
            await api.call("createUser", body={}, permit=WritePermit("test"), timeout=0.2)
    assert events.texts == ["a response to createUser"]
    assert events.now() == []


@pytest.mark.usefixtures("soon")
async def test_the_configured_rate_limit_is_announced(script: Any) -> None:
    log = RequestLog()
    events = WaitEvents(log)
    async with script(reply(200, b'{"users": []}')) as server:
        api = Client(server.url, "e", "dyn_" + "a" * 56, rate_limiters=RateLimiters(120, 0), log=log)
        async with api:
            await asyncio.gather(*(api.users.list() for _ in range(3)))
    assert "the rate of 120 requests a minute" in events.texts


async def test_a_quick_response_is_not_announced(script: Any) -> None:
    log = RequestLog()
    events = WaitEvents(log)
    async with script(reply(200, b'{"users": []}')) as server, client(server.url, log) as api:
        await api.users.list()
    assert events.texts == []


def test_a_wait_that_several_requests_share_is_announced_one_time() -> None:
    log = Waits(lambda: None)
    with log.known("a", 10), log.known("a", 20), log.known("b", 15), log.known("c", 1):
        assert [wait.what for wait in log.current()] == ["a", "b"]
        longest = log.current()[0]
        assert (longest.until - log.current()[1].until).total_seconds() > 4
        assert str(longest).startswith("a, until ")
    assert log.current() == []
