"""`WebhookSender`: POST requests to http URLs on this machine, the only requests that the sandbox sends."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from dyntui.config.urls import is_loopback
from dyntui.sandbox.store import Document

__all__ = ["TIMEOUT_S", "WebhookSender", "is_local_url"]

TIMEOUT_S = 5.0
_MAX_RESPONSE_BYTES = 10_000


def is_local_url(text: str) -> bool:
    """Return whether a text is an http URL on this machine."""
    try:
        parts = urlsplit(text)
        return parts.scheme == "http" and parts.port != 0 and is_loopback(parts.hostname or "")
    except ValueError:
        return False


class WebhookSender:
    """Sends requests. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closed = False

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Document:
        """Send a POST request. Returns status, headers and the first 10,000 bytes of the response, or `error`."""
        if not is_local_url(url):
            raise ValueError(f"{url} is not on this machine")
        parts = urlsplit(url)
        host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
        connection = http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_S)
        try:
            connection.connect()
        except OSError as error:
            return {"error": str(error)}
        opened: socket.socket = connection.sock
        try:
            with self._lock:
                if self._closed:
                    return {"error": "closed"}
                self._open.add(opened)
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body, dict(headers))
            response = connection.getresponse()
            text = response.read(_MAX_RESPONSE_BYTES).decode("utf-8", "replace")
            return {"status": response.status, "headers": dict(response.getheaders()), "body": text}
        except (OSError, http.client.HTTPException) as error:
            return {"error": str(error) or type(error).__name__}
        finally:
            with self._lock:
                self._open.discard(opened)
            connection.close()

    def close(self) -> None:
        """Cut the current requests and refuse new ones."""
        with self._lock:
            self._closed = True
            for opened in self._open:
                with suppress(OSError):  # already closed
                    opened.shutdown(socket.SHUT_RDWR)
