"""The rate limiter of the sandbox: 429 with Retry-After, and a body in one of the three documented shapes."""

from __future__ import annotations

import threading
import time

from dyntui.sandbox.behavior_flags import BehaviorFlags
from dyntui.sandbox.options import RateLimit
from dyntui.sandbox.replies import Reply

__all__ = ["SandboxRateLimiter", "too_many_requests"]

_MESSAGE = "Too many requests, please try again later."


def too_many_requests(seconds: float, shape: str, turn: int) -> Reply:
    """Return the 429 reply. `shape` is `error`, `message`, `text`, or `mixed` for all three in turn."""
    if shape == "mixed":
        shape = ("error", "message", "text")[turn % 3]
    headers = {"retry-after": str(max(1, -int(-seconds // 1)))}
    if shape == "text":
        return Reply(429, _MESSAGE.encode(), {**headers, "content-type": "text/plain; charset=utf-8"})
    return Reply(429, {"error": _MESSAGE} if shape == "error" else {"message": _MESSAGE, "code": 429}, headers)


class SandboxRateLimiter:
    """Counts requests in fixed windows. Bulk requests count against both limits."""

    def __init__(self, limit: RateLimit | None, flags: BehaviorFlags) -> None:
        self._limit = limit
        self._flags = flags
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._requests = self._bulk = self._refused = 0

    def check_request(self, *, bulk: bool) -> Reply | None:
        """Count one request. Returns the 429 reply when it exceeds a limit, else None."""
        if self._limit is None:
            return None
        with self._lock:
            window = self._flags.number("rate-window-ms") / 1000
            now = time.monotonic()
            if now - self._started >= window:
                self._started = now
                self._requests = self._bulk = 0
            self._requests += 1
            self._bulk += bulk
            over = 0 < self._limit.requests < self._requests or (bulk and 0 < self._limit.bulk < self._bulk)
            if not over:
                return None
            self._refused += 1
            return too_many_requests(self._started + window - now, self._flags["rate-limit-body"], self._refused)
