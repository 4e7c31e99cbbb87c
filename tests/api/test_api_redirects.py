"""No redirect is followed: the token stays with its origin, a write is sent once, and the message is true."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from tests.api.conftest import reply

from dyntui.api.client import Client
from dyntui.api.download import fetch
from dyntui.api.errors import MAYBE_APPLIED, Redirected
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.api.request_log import RequestLog

ENV = "11111111-2222-4333-8444-555555555555"
TOKEN = "dyn_" + "c4nary" * 9 + "ab"
STATUSES = (300, 301, 302, 303, 304, 305, 307, 308, 399)
NOT_APPLIED = (307, 308)
"""These ask for the same request at another address, so the server did nothing."""

TARGETS: dict[str, Callable[[str, str], str]] = {
    "another origin": lambda own, other: f"{other}/environments/{ENV}/users",
    "its own path": lambda own, other: f"{own}/environments/{ENV}/users",
    "a relative path": lambda own, other: "/api/v0/elsewhere",
    "no scheme": lambda own, other: other.removeprefix("http:"),
    "https": lambda own, other: own.replace("http:", "https:"),
    "http of a public host": lambda own, other: "http://app.dynamicauth.com/api/v0/users",
    "another name of the host": lambda own, other: own.replace("127.0.0.1", "localhost"),
    "a name and password": lambda own, other: other.replace("http://", "http://user:password@"),
}


def _client(url: str) -> Client:
    return Client(url, ENV, TOKEN, rate_limiters=RateLimiters(0, 0))


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("target", list(TARGETS))
async def test_no_redirect_is_followed(script: Any, status: int, target: str) -> None:
    # The second reply is what a client that follows would get.
    found = reply(200, b'{"count": 0, "users": []}')
    async with script(found) as other, script(found) as server, _client(server.url) as api:
        location = TARGETS[target](server.url, other.url)
        moved = reply(status, headers=f"Location: {location}\r\n")
        server.answers.insert(0, moved)
        with pytest.raises(Redirected) as read:
            await api.users.list()
        read_requests = len(server.requests)
        server.answers.insert(0, moved)
        with pytest.raises(Redirected) as write:
            await api.call("createUser", body={"email": "a@x.example"}, permit=WritePermit("a test"))
    assert (read_requests, len(server.requests), other.requests) == (1, 2, [])
    for error in (read.value, write.value):
        assert f"answered {status}" in error.message
        assert "password" not in error.message
    assert not read.value.maybe_applied
    assert MAYBE_APPLIED not in read.value.hint
    assert write.value.maybe_applied is (status not in NOT_APPLIED)
    assert (MAYBE_APPLIED in write.value.hint) is (status not in NOT_APPLIED)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("target", list(TARGETS))
async def test_no_redirect_of_a_download_is_followed(script: Any, status: int, target: str) -> None:
    async with script(reply(200, b"other")) as other, script(reply(200, b"own")) as server:
        location = TARGETS[target](server.url, other.url)
        moved = reply(status, b"moved", headers=f"Location: {location}\r\n")
        server.answers.insert(0, moved)
        stream = io.BytesIO()
        with pytest.raises(Redirected, match=f"answered {status}"):
            await fetch(f"{server.url}/file.csv", stream, log=RequestLog(), loopback=True)
    assert (len(server.requests), other.requests, stream.getvalue()) == (1, [], b"")
