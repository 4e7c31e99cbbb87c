"""The permit that every write needs. The write gate makes it, and the client refuses a write without it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dyntui.api.errors import WriteStopped

__all__ = ["PreparedRequest", "WritePermit"]


@dataclass(frozen=True, slots=True)
class PreparedRequest:
    """A request that was made but not sent."""

    operation: str
    """Catalog id."""
    method: str
    path: str
    """Below the base URL, quoted."""
    query: Sequence[tuple[str, str]] = ()
    """Query parameters, not quoted."""
    body: bytes = b""
    """JSON; empty for none."""


@dataclass(slots=True)
class WritePermit:
    """Permission to write, given by the write gate (services.actions.write_gate) for one confirmed action."""

    action: str
    """The name of the confirmed action."""
    operations: frozenset[str] = frozenset()
    """The operations that were confirmed; the client refuses any other. Empty: all are allowed."""
    request_ids: deque[str] = field(default_factory=lambda: deque(maxlen=16))
    """The server's ids of the requests made with this permit, latest last; for the audit."""
    accepted: list[str] = field(default_factory=list)
    """The operations that the server accepted with this permit (202), and had not done when it responded."""
    is_stopped: Callable[[], bool] | None = None
    """Returns whether the action was stopped, so that nothing more is begun; None when it cannot be stopped."""
    sent_at: float = 0.0
    """When the latest request was sent with this permit, as in `time.monotonic`; 0 before the first."""
    prepared: list[PreparedRequest] | None = None
    """For a preview: gets each request with this permit, which is not sent. None when they are sent."""

    @property
    def has_sent(self) -> bool:
        """Whether a request was sent with this permit."""
        return self.sent_at > 0.0

    def for_target(self, is_stopped: Callable[[], bool] | None = None) -> WritePermit:
        """Return a copy for one target of the action, so that what the server responded is about the target."""
        return WritePermit(self.action, self.operations, is_stopped=is_stopped, prepared=self.prepared)

    def begin_request(self) -> None:
        """Record that a request is sent now. Raises WriteStopped when the action was stopped and nothing was sent yet.

        A target that was begun is finished: an entry that was deleted to be replaced is still added.
        """
        if not self.has_sent and self.is_stopped is not None and self.is_stopped():
            raise WriteStopped("The action was stopped; nothing was sent.")
        self.sent_at = time.monotonic()
