"""What time it is at the server, as narrowly as its answers tell.

Whether a user is ours depends on whether it was created after our first send; the two clocks need not agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

__all__ = ["ServerClock"]

_UNTOLD = (-2_000, 2_000)


class ServerClock:
    """Bounds (ms) of what to add to our time to get the server's. Each observation narrows them.

    Before the first one, two seconds either way are assumed.
    """

    def __init__(self) -> None:
        self._low, self._high = _UNTOLD
        self._told = False

    def observe(self, sent: int, received: int, earliest: int, latest: int) -> None:
        """At the server it was some time from `earliest` to `latest` at some time from `sent` to `received` here."""
        low, high = earliest - received, latest - sent
        if self._told and low <= self._high and high >= self._low:
            self._low, self._high = max(self._low, low), min(self._high, high)
        else:  # the first one, or one of the clocks was set
            self._low, self._high = low, high
        self._told = True

    def observe_headers(self, sent: int, received: int, headers: Mapping[str, str]) -> None:
        """The same from the Date header, which names the second that had begun."""
        try:
            second = int(parsedate_to_datetime(headers["date"]).timestamp()) * 1000
        except (KeyError, ValueError, TypeError):
            return
        self.observe(sent, received, second, second + 999)

    def not_before(self, ours: int) -> int:
        """The earliest that it can have been at the server at our time `ours`."""
        return ours + self._low
