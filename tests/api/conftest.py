"""A raw loopback server that says what a test tells it to: what a proxy, a broken line or another version says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

CUT = b"\x00cut"


@dataclass
class Request:
    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Script:
    url: str
    answers: list[bytes]
    requests: list[Request] = field(default_factory=list)


def reply(status: int, body: bytes = b"", headers: str = "", content_type: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


@pytest.fixture
def script() -> Callable[..., object]:
    @asynccontextmanager
    async def serve(*answers: bytes) -> AsyncIterator[Script]:
        """Answer each request with the next of `answers`, the last one for ever; CUT closes without an answer."""
        script = Script("", remaining := list(answers))

        async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while line := (await reader.readline()).decode().strip():
                    headers = {}
                    while header := (await reader.readline()).decode().strip():
                        name, _, value = header.partition(":")
                        headers[name.lower()] = value.strip()
                    body = await reader.readexactly(int(headers.get("content-length", 0)))
                    script.requests.append(Request(line, headers, body))
                    answer = remaining.pop(0) if len(remaining) > 1 else remaining[0]
                    if answer == CUT:
                        break
                    writer.write(answer)
                    await writer.drain()
                    if b"Content-Length: 999" in answer:
                        break
            finally:
                writer.close()

        server = await asyncio.start_server(one, "127.0.0.1", 0)
        script.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/v0"
        async with server:
            yield script
            server.close()

    return serve
