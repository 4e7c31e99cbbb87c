"""The one way out: what is sent where, what is tried again, and what each way of failing is called."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
import stamina
from tests.api.conftest import CUT, reply

from dyntui.api.client import Client
from dyntui.api.errors import (
    ApiProblem,
    BadRequest,
    BadResponse,
    Conflict,
    ConnectionLost,
    Forbidden,
    Invalid,
    NotFound,
    NotSent,
    RateLimited,
    Redirected,
    ServerError,
    TooLarge,
    Unauthorized,
    WriteRefused,
    error_from,
)
from dyntui.api.permit import WritePermit
from dyntui.api.rate_limiter import RateLimiters
from dyntui.core.errors import UsageError

ENV = "11111111-2222-4333-8444-555555555555"
TOKEN = "dyn_" + "c4nary" * 9 + "ab"
USERS = reply(200, b'{"count": 1, "users": [{"id": "u1"}]}')


@pytest.fixture(autouse=True)
def fast_retries() -> Iterator[Any]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


def client(url: str, **options: Any) -> Client:
    return Client(url, ENV, TOKEN, rate_limiters=RateLimiters(0, 0), **options)


async def test_every_request_carries_the_token_to_the_pinned_origin(script: Any) -> None:
    async with script(USERS) as server, client(server.url) as api:
        page = await api.users.list(limit=1)
    assert page.rows == [{"id": "u1"}] and page.total == 1
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert server.requests[0].line.startswith(f"GET /api/v0/environments/{ENV}/users?")


async def test_each_attempt_has_an_id_of_its_own_which_an_error_states(script: Any) -> None:
    async with script(CUT, reply(503), reply(503)) as server, client(server.url) as api:
        with pytest.raises(ServerError) as failed:
            await api.users.list()
    sent = [request.headers["x-dyn-request-id"] for request in server.requests]
    assert len({*sent, ""}) == 4 and failed.value.request_id == sent[-1]
    async with script(reply(404, headers="x-dyn-request-id: of-the-server\r\n")) as server, client(server.url) as api:
        with pytest.raises(NotFound) as missing:
            await api.users.list()
    assert missing.value.request_id == "of-the-server"
    async with script(CUT) as server, client(server.url) as api:
        with pytest.raises(ConnectionLost) as lost:
            await api.call("updateUser", path={"userId": "u1"}, body={}, permit=WritePermit(action="users.edit"))
    assert lost.value.request_id == server.requests[0].headers["x-dyn-request-id"]


async def test_a_redirect_is_an_error_and_the_token_is_not_sent(script: Any) -> None:
    async with script(USERS) as other:
        moved = reply(302, headers=f"Location: {other.url}/elsewhere\r\n")
        async with script(moved) as server, client(server.url) as api:
            with pytest.raises(Redirected) as caught:
                await api.users.list()
    assert "not followed" in caught.value.message
    assert other.requests == []


LOCATIONS = [
    "javascript:1",
    "http://[::1",
    "http://127.0.0.1:99999/",
    "\x1b]0;x\x07",
    "ftp://x/",
    "http://u:p@\x1bx/",
    "",
]


@pytest.mark.parametrize("location", LOCATIONS)
async def test_a_redirect_to_what_is_no_url_is_the_same_error(script: Any, location: str) -> None:
    async with script(reply(302, headers=f"Location: {location}\r\n")) as server, client(server.url) as api:
        with pytest.raises(Redirected) as caught:
            await api.users.list()
    assert "answered 302" in caught.value.message
    assert "\x1b" not in caught.value.message
    assert len(server.requests) == 1


@pytest.mark.parametrize("bad", ["..", ".", ""])
async def test_an_id_that_would_leave_its_path_is_refused_before_anything_is_sent(script: Any, bad: str) -> None:
    async with script(USERS) as server, client(server.url) as api:
        with pytest.raises(UsageError):
            await api.users.get(bad)
    assert server.requests == []


async def test_a_slash_in_an_id_is_quoted(script: Any) -> None:
    async with script(reply(200, b"{}")) as server, client(server.url) as api:
        await api.users.get_raw("../../tokens")
    assert server.requests[0].line.split()[1].endswith("/users/..%2F..%2Ftokens")


@pytest.mark.parametrize("url", ["http://example.com/api/v0", "ftp://127.0.0.1/api/v0", "file:///etc/passwd"])
def test_only_https_or_loopback_base_urls_are_accepted(url: str) -> None:
    with pytest.raises(UsageError):
        client(url)


@pytest.mark.parametrize("answer", [reply(503, b""), reply(429, b"slow down", "Retry-After: 0\r\n"), CUT])
async def test_reads_are_retried(script: Any, answer: Any) -> None:
    async with script(answer, USERS) as server, client(server.url) as api:
        page = await api.users.list()
    assert page.total == 1
    assert len(server.requests) == 2
    assert [entry.attempt for entry in api.log.entries()] == [1, 2]


@pytest.mark.parametrize(
    ("answer", "error", "maybe_applied"),
    [
        (reply(503, b""), ServerError, True),
        (reply(429, b"{}", "Retry-After: 0\r\n"), RateLimited, False),
        (CUT, ConnectionLost, True),
        (b"HTTP/1.1 201 X\r\nContent-Length: 999\r\n\r\n{", ConnectionLost, True),
        (reply(201, b'{"user": {"id"'), BadResponse, True),
        (reply(200, b"<html>proxy</html>", content_type="text/html"), BadResponse, True),
        (reply(422, b'{"error": "no"}'), Invalid, False),
    ],
)
async def test_writes_are_not_retried_and_report_whether_they_may_have_been_applied(
    script: Any, answer: Any, error: Any, maybe_applied: bool
) -> None:
    async with script(answer) as server, client(server.url) as api:
        with pytest.raises(error) as caught:
            await api.call("createUser", body={"email": "ada@example.com"}, permit=WritePermit("test"))
    assert caught.value.maybe_applied is maybe_applied
    assert len(server.requests) == 1


async def test_a_refused_connection_is_reported_as_not_sent() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{sock.getsockname()[1]}/api/v0"
    async with client(url) as api:
        with pytest.raises(NotSent) as caught:
            await api.call("createUser", body={}, permit=WritePermit("test"))
    assert caught.value.exit_code == 4 and not caught.value.maybe_applied


async def test_a_write_needs_a_permit_and_a_client_that_may_write(script: Any) -> None:
    async with script(reply(200, b"{}")) as server:
        async with client(server.url) as api:
            with pytest.raises(WriteRefused):
                await api.call("deleteUser", path={"userId": "u1"})
        async with client(server.url, read_only=True) as api:
            with pytest.raises(WriteRefused):
                await api.call("deleteUser", path={"userId": "u1"}, permit=WritePermit("test"))
    assert server.requests == []


@pytest.mark.parametrize(
    ("status", "body", "cls", "message", "code"),
    [
        (400, b'{"error": "bad field"}', BadRequest, "bad field", ""),
        (401, b'{"error": "no token"}', Unauthorized, "no token", ""),
        (403, b'{"error": "forbidden"}', Forbidden, "forbidden", ""),
        (403, b'{"error": {"code": "gate", "message": "closed"}, "payload": {}}', Forbidden, "closed", "gate"),
        (404, b'{"error": "gone", "code": "not_found"}', NotFound, "gone", "not_found"),
        (409, b'{"message": "twice"}', Conflict, "twice", ""),
        (413, b"", TooLarge, f"413 {HTTPStatus(413).phrase}", ""),  # newer Pythons have newer words
        (422, b'{"error": "e", "code": "email_already_exists"}', Invalid, "e", "email_already_exists"),
        (422, b'{"payload": {"additionalMessages": ["a", "b"]}}', Invalid, "a; b", ""),
        (429, b'{"message": "slow", "code": 429}', RateLimited, "slow", "429"),
        (429, b'{"error": "slow"}', RateLimited, "slow", ""),
        (429, b"Too many", RateLimited, "429 Too Many Requests", ""),
        (
            502,
            b"<html><h1>Bad</h1></html>",
            ServerError,
            "502 Bad Gateway (an HTML page, not the API: is a proxy in between?)",
            "",
        ),
        (599, b"[1]", ServerError, "599 error", ""),
        (500, b'{"error":' * 100_000, ServerError, "500 Internal Server Error", ""),
        (500, b'{"error": "\\ud800"}', ServerError, "500 Internal Server Error", ""),
        (418, b'{"error": 7}', None, "418 I'm a Teapot", ""),
    ],
)
def test_each_error_shape_gives_a_message_and_a_code(
    status: int, body: bytes, cls: type[ApiProblem], message: str, code: str
) -> None:
    error = error_from(status, {"x-request-id": "r1"}, body)
    assert cls is None or type(error) is cls
    assert (error.message, error.code, error.request_id) == (message, code, "r1")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600.0),
        ("1e15", 3600.0),
        ("inf", 3600.0),
        ("nan", None),
        ("soon", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(header: str, seconds: float | None) -> None:
    assert error_from(429, {"retry-after": header}, b"").retry_after == seconds


async def test_the_log_has_path_and_bodies_without_secrets_and_emails(script: Any) -> None:
    refusal = json.dumps({"error": f"no {TOKEN}", "code": "x", "hint": "Ada"}).encode()
    async with script(reply(404, refusal), reply(200, b'{"clientSecret": "abc", "id": 1}')) as server:
        async with client(server.url) as api:
            with pytest.raises(NotFound):
                await api.users.list(filter={"filterValue": "ada@example.com", "filterColumn": "email"})
            body = {"provider": "google", "clientSecret": "Canary", "note": "x" * 50_000}
            await api.call("createProvider", body=body, permit=WritePermit("t"))
    entry, write = api.log.entries()
    assert (entry.operation, entry.status) == ("getEnvironmentUsers", 404)
    assert TOKEN not in repr(entry) and "ada@" not in repr(entry)
    assert entry.path.startswith("/environments/")
    assert "filterValue%5D=<email>&" in entry.path and "filterColumn%5D=email" in entry.path
    assert json.loads(entry.received)["hint"] == "Ada"
    assert "Canary" not in repr(write) and "abc" not in repr(write)
    assert '"provider"' in write.sent and len(write.sent) < 3_000
    assert json.loads(write.received) == {"clientSecret": "<secret>", "id": 1}
    assert TOKEN not in repr(api)


async def test_a_response_above_the_size_limit_is_not_read_to_its_end(
    script: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dyntui.api.transport.MAX_RESPONSE", 1000)
    async with script(reply(200, b"[" + b"1," * 2000 + b"1]")) as server, client(server.url) as api:
        with pytest.raises(BadResponse, match="larger"):
            await api.call("getAllowlistsByEnvironmentId")


async def test_a_body_of_no_content_is_none(script: Any) -> None:
    async with script(reply(204)) as server, client(server.url) as api:
        assert await api.call("deleteUser", path={"userId": "u1"}, permit=WritePermit("t")) is None


async def test_all_connections_of_many_requests_are_used_again() -> None:
    connections = 0
    together = asyncio.Barrier(40)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        body = b'{"count": 0, "users": []}'
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                await together.wait()
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        except asyncio.IncompleteReadError:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, client(f"http://127.0.0.1:{port}/api/v0") as api:
        for _ in range(3):
            await asyncio.gather(*(api.users.list() for _ in range(40)))
    assert connections == 40
