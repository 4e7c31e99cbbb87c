"""`Listener`: a webhook endpoint on this machine that responds as a test decides."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson


@dataclass
class Listener:
    """The state of the endpoint."""

    url: str = ""
    """The URL."""
    statuses: list[int] = field(default_factory=list)
    """The statuses of the next responses; 200 after the last."""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    """Headers and raw body of each request."""
    released: threading.Event = field(default_factory=threading.Event)
    """Requests wait while it is cleared."""
    waiting: int = 0
    """The number of waiting requests."""

    def names(self) -> list[str]:
        """Return the names of the received events."""
        return [self.event(number)["eventName"] for number in range(len(self.requests))]

    def event(self, number: int) -> dict[str, Any]:
        """Return the decoded body of a request."""
        return dict(orjson.loads(self.requests[number][1]))


@contextmanager
def listening() -> Iterator[Listener]:
    """Run the endpoint until the block ends."""
    state = Listener()
    state.released.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            state.waiting += 1
            state.released.wait(10)
            state.waiting -= 1
            state.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(state.statuses.pop(0) if state.statuses else 200)
            self.end_headers()
            self.wfile.write(b"thanks")

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        state.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield state
        finally:
            state.released.set()
            server.shutdown()
            thread.join(10)
