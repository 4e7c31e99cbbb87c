"""Serves the sandbox on loopback with uvicorn, so that faults cut real connections.

`dyntui sandbox` calls `serve`, tests and benchmarks call `serving`.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from dyntui.core.errors import UsageError
from dyntui.sandbox.app import BASE_PATH, CUT_EXTENSION, Gateway, Message, Receive, Send
from dyntui.sandbox.options import SandboxOptions
from dyntui.sandbox.sandbox import Sandbox
from dyntui.sandbox.store import Document

__all__ = ["RunningServer", "serve", "serving"]

_HOST = "127.0.0.1"
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with zero seconds: closing sends RST


class _CuttableProtocol(H11Protocol):
    """HTTP/1.1 with an extension by which the application cuts its connection."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: Document,
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        inner = self.app

        async def app(scope: Message, receive: Receive, send: Send) -> None:
            await inner(
                {**scope, "extensions": {**scope.get("extensions", {}), CUT_EXTENSION: self.cut}}, receive, send
            )

        self.app = app

    def cut(self, abrupt: bool) -> None:
        """Close the connection after the written data was sent; with `abrupt` reset it immediately."""
        if abrupt:
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.transport.abort()
        else:
            self.transport.close()


class _Server(uvicorn.Server):
    """A uvicorn server that calls `on_ready` when it accepts connections."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A sandbox that is being served."""

    base_url: str
    """The base URL of the API."""
    environment_id: str
    """The id of the environment with the users."""
    token: str = field(repr=False)
    """An API token with the configured scopes."""
    sandbox: Sandbox = field(repr=False)
    """The sandbox, of which tests read and change the state."""

    @property
    def root_url(self) -> str:
        """The URL without the base path; the test control is at `root_url + "/__sandbox__/state"`."""
        return self.base_url.removesuffix(BASE_PATH)


def _bind(port: int) -> socket.socket:
    """Return a listener on this machine only. Raises UsageError for a port that cannot be used."""
    # asyncio sets TCP_NODELAY only on sockets with an explicit TCP protocol.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
    except OSError as error:
        listener.close()
        raise UsageError(
            f"Port {port} cannot be used: {error.strerror}.", hint="Choose another port, or 0 for any free port."
        ) from error
    return listener


def _prepare(
    options: SandboxOptions, listener: socket.socket, ready: Callable[[], None]
) -> tuple[RunningServer, _Server]:
    sandbox = Sandbox(options)
    base = f"http://{_HOST}:{listener.getsockname()[1]}{BASE_PATH}"
    config = uvicorn.Config(
        Gateway(sandbox),
        http=_CuttableProtocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
        server_header=False,
    )
    return RunningServer(base, sandbox.environment_id, sandbox.token, sandbox), _Server(config, ready)


def serve(options: SandboxOptions, port: int = 0) -> None:
    """Serve until SIGTERM or SIGINT. Prints one line with the URL, environment id and token when it is ready."""
    listener = _bind(port)

    def print_address() -> None:
        print(f"listening on {served.base_url} environment {served.environment_id} token {served.token}", flush=True)

    served, server = _prepare(options, listener, print_address)
    # uvicorn raises the signal again after it stopped; the server has ended by then, so the signal is ignored.
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        server.run(sockets=[listener])
    finally:
        served.sandbox.close()
        for number, handler in before.items():
            signal.signal(number, handler)
    sys.stdout.flush()


@contextmanager
def serving(options: SandboxOptions | None = None) -> Iterator[RunningServer]:
    """Serve a sandbox in a thread, for tests and benchmarks."""
    listener = _bind(0)
    started = threading.Event()
    served, server = _prepare(options or SandboxOptions(), listener, started.set)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    try:
        started.wait(10)
        yield served
    finally:
        server.should_exit = True
        thread.join(10)
        served.sandbox.close()
