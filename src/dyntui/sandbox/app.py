"""`Gateway`: the sandbox as an ASGI application. `dyntui demo` and tests call it in process, `server` by uvicorn."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import quote

import orjson

from dyntui.sandbox import exports, test_control
from dyntui.sandbox.faults import ConnectionCut
from dyntui.sandbox.rate_limit import too_many_requests
from dyntui.sandbox.replies import Reply
from dyntui.sandbox.sandbox import Sandbox

__all__ = ["BASE_PATH", "CUT_EXTENSION", "Gateway", "Message", "Receive", "Send"]

Message: TypeAlias = MutableMapping[str, Any]
"""A scope or a message, as the ASGI specification defines them."""
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

BASE_PATH = "/api/v0"
CUT_EXTENSION = "dyntui.cut"
"""Name of the ASGI extension with which a fault cuts the connection: a function with the argument `abrupt`."""

_PROXY_PAGE = b"""<!DOCTYPE html>
<html><head><title>503 Service Temporarily Unavailable</title></head>
<body><center><h1>503 Service Temporarily Unavailable</h1></center><hr><center>edge-proxy</center></body></html>
"""


_REQUEST_ID = "x-dyn-request-id"
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_INTERNAL_ERROR = Reply(500, {"error": "Internal Server Error"})


class Gateway:
    """An ASGI application that applies the rate limit, the latency and the faults before the API.

    An exception of the sandbox is a 500, and is raised afterwards.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise RuntimeError(f"the sandbox supports http, not {scope['type']}")
        raw = scope.get("raw_path") or quote(scope["path"]).encode()
        path: str = raw.decode("ascii")
        exchange = _Exchange(self.sandbox, scope, receive, send, path.removeprefix(BASE_PATH))
        try:
            await self._answer(exchange, scope, path)
        except ConnectionCut:
            raise
        except Exception:
            if not exchange.is_started:
                await exchange.send(_INTERNAL_ERROR)
            raise

    async def _answer(self, exchange: _Exchange, scope: Message, path: str) -> None:
        if path.startswith(test_control.PREFIX):
            host = (scope.get("client") or ("127.0.0.1",))[0]
            body = await exchange.body()
            await exchange.send(test_control.answer_request(self.sandbox, exchange.method, path, host, body))
        elif path.startswith(exports.PREFIX):
            await exchange.download(path)
        elif not path.startswith(BASE_PATH + "/"):
            await exchange.send(Reply(404, {"error": "Path not found", "code": "not_found"}))
        else:
            await self._call_api(exchange)

    async def _call_api(self, exchange: _Exchange) -> None:
        sandbox = self.sandbox
        bulk = exchange.method == "POST" and exchange.path.rstrip("/").endswith("/users/bulk")
        if refusal := sandbox.limiter.check_request(bulk=bulk):
            await exchange.send(refusal)
            return
        if sandbox.options.latency_ms:
            await asyncio.sleep(sandbox.options.latency_ms / 1000)
        fault = sandbox.faults.draw(bulk=bulk)
        if not fault:
            await exchange.send(exchange.handle(await exchange.body()))
            return
        await _FAULTS[fault](exchange)


class _Exchange:
    """One request, and the ways to respond to it or to cut its connection."""

    def __init__(self, sandbox: Sandbox, scope: Message, receive: Receive, send: Send, path: str) -> None:
        self.sandbox = sandbox
        self.method: str = scope["method"]
        self.path = path
        self.is_started = False
        self._scope = scope
        self._receive = receive
        self._send = send
        self._headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}

    async def body(self) -> bytes:
        """Read the whole body of the request."""
        chunks: list[bytes] = []
        while (message := await self._receive())["type"] == "http.request":
            chunks.append(message.get("body", b""))
            if not message.get("more_body"):
                break
        return b"".join(chunks)

    def handle(self, body: bytes) -> Reply:
        """Apply the request and return the reply of the API."""
        return self.sandbox.handle(
            self.method, self.path, self._scope["query_string"].decode("latin-1"), self._headers, body
        )

    async def send(self, reply: Reply, *, share: float = 1.0) -> None:
        """Send a reply. `share` below 1 sends only that part of the body, with the headers of the whole body."""
        headers = {
            "content-type": "application/json; charset=utf-8",
            "x-request-id": (request_id := self.sandbox.request_id()),
            _REQUEST_ID: sent if _ID.fullmatch(sent := self._headers.get(_REQUEST_ID, "")) else request_id,
            **reply.headers,
        }
        content = b""
        if reply.body is None:
            del headers["content-type"]
        elif isinstance(reply.body, bytes):
            content = reply.body
        else:
            content = orjson.dumps(reply.body)
        if reply.status != 204:
            headers["content-length"] = str(len(content))
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        self.is_started = True
        await self._send({"type": "http.response.start", "status": reply.status, "headers": pairs})
        part = content if share == 1.0 else content[: int(len(content) * share)]
        await self._send({"type": "http.response.body", "body": part, "more_body": share != 1.0})

    async def download(self, path: str) -> None:
        """Send the file of an export in pieces. As with a pre-signed URL, no token is needed."""
        pieces = self.sandbox.exports.open(path) if self.method == "GET" else 405
        if isinstance(pieces, int):
            await self.send(Reply(pieces, b"This link is invalid or has expired", {"content-type": "text/plain"}))
            return
        head = [(b"content-type", b"text/csv; charset=utf-8"), (b"content-disposition", b"attachment")]
        self.is_started = True
        await self._send({"type": "http.response.start", "status": 200, "headers": head})
        for piece in pieces:
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        await self._send({"type": "http.response.body", "body": b""})

    async def cut(self, *, abrupt: bool) -> None:
        """Cut the connection; in process, raise ConnectionCut. `abrupt` resets the connection."""
        cut: Callable[[bool], None] | None = self._scope.get("extensions", {}).get(CUT_EXTENSION)
        if cut is None:
            raise ConnectionCut("the sandbox cut the connection")
        cut(abrupt)
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def _429(exchange: _Exchange) -> None:
    await exchange.body()
    sandbox = exchange.sandbox
    await exchange.send(too_many_requests(1, sandbox.flags["rate-limit-body"], sandbox.faults.happened["429"]))


async def _500_before(exchange: _Exchange) -> None:
    await exchange.body()
    await exchange.send(_INTERNAL_ERROR)


async def _502_after(exchange: _Exchange) -> None:
    exchange.handle(await exchange.body())
    await exchange.send(Reply(502, {"error": "Bad Gateway"}))


async def _html(exchange: _Exchange) -> None:
    await exchange.body()
    await exchange.send(Reply(503, _PROXY_PAGE, {"content-type": "text/html"}))


async def _cut_before(exchange: _Exchange) -> None:
    await exchange.cut(abrupt=exchange.sandbox.faults.draw_bool())


async def _cut_after(exchange: _Exchange) -> None:
    exchange.handle(await exchange.body())
    await exchange.cut(abrupt=exchange.sandbox.faults.draw_bool())


async def _half(exchange: _Exchange) -> None:
    body = await exchange.body()
    try:
        rows = orjson.loads(body)
    except orjson.JSONDecodeError:
        rows = None
    if isinstance(rows, list):
        exchange.handle(orjson.dumps(rows[: len(rows) // 2]))
    await exchange.cut(abrupt=False)


async def _late(exchange: _Exchange) -> None:
    body = await exchange.body()
    flags = exchange.sandbox.flags
    delay = exchange.sandbox.faults.draw_delay_s(flags.number("late-min-ms"), flags.number("late-max-ms"))
    exchange.sandbox.run_delayed(delay, lambda: exchange.handle(body))
    await exchange.cut(abrupt=False)


async def _slow(exchange: _Exchange) -> None:
    body = await exchange.body()
    await asyncio.sleep(exchange.sandbox.flags.number("slow-ms") / 1000)
    await exchange.send(exchange.handle(body))


async def _truncate(exchange: _Exchange) -> None:
    reply = exchange.handle(await exchange.body())
    if reply.status != 204:
        await exchange.send(reply, share=0.6)
    await exchange.cut(abrupt=False)


_FAULTS = {
    "429": _429,
    "500-before": _500_before,
    "502-after": _502_after,
    "cut-before": _cut_before,
    "cut-after": _cut_after,
    "half": _half,
    "late": _late,
    "slow": _slow,
    "html": _html,
    "truncate": _truncate,
}
