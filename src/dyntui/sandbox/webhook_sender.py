"""The only way out of the sandbox: POST to an http URL on this machine, which can be cut off."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

__all__ = ["TIMEOUT", "WebhookSender", "is_loopback"]

TIMEOUT = 5.0
_ANSWER_BYTES = 10_000


def is_loopback(url: str) -> bool:
    """Whether that http URL is on this machine."""
    try:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or parts.port == 0:
            return False
        return parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


class WebhookSender:
    """Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._closed = False

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Status, headers and the beginning of the body of the answer; or `error`, when there was none."""
        if not is_loopback(url):
            raise ValueError(f"{url} is not on this machine")
        parts = urlsplit(url)
        host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
        connection = http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT)
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
            text = response.read(_ANSWER_BYTES).decode("utf-8", "replace")
            return {"status": response.status, "headers": dict(response.getheaders()), "body": text}
        except (OSError, http.client.HTTPException) as error:
            return {"error": str(error) or type(error).__name__}
        finally:
            with self._lock:
                self._open.discard(opened)
            connection.close()

    def close(self) -> None:
        """Cut off what is under way, and post nothing more."""
        with self._lock:
            self._closed = True
            for opened in self._open:
                with suppress(OSError):  # it may be closed already
                    opened.shutdown(socket.SHUT_RDWR)
