"""A webhook endpoint on this machine, that answers what a test tells it to."""

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
    """answers: the statuses of the next requests; 200 once they are used up. seen: headers and raw body of each. hold:
    while it is cleared, requests wait."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    waiting: int = 0

    def names(self) -> list[str]:
        return [self.event(number)["eventName"] for number in range(len(self.seen))]

    def event(self, number: int) -> dict[str, Any]:
        return dict(orjson.loads(self.seen[number][1]))


@contextmanager
def listening() -> Iterator[Listener]:
    state = Listener()
    state.hold.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            state.waiting += 1
            state.hold.wait(10)
            state.waiting -= 1
            state.seen.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(state.answers.pop(0) if state.answers else 200)
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
            state.hold.set()
            server.shutdown()
            thread.join(10)
