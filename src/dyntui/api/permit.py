"""The permit that every write needs. The write gate makes it, and the client refuses a write without it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

__all__ = ["WritePermit"]


@dataclass(slots=True)
class WritePermit:
    """Permission to write, given by the write gate (services.actions.write_gate) for one confirmed action."""

    action: str
    """The name of the confirmed action."""
    operations: frozenset[str] = frozenset()
    """The operations that were confirmed; the client refuses any other. Empty: all are allowed."""
    request_ids: deque[str] = field(default_factory=lambda: deque(maxlen=16))
    """The server's ids of the requests made with this permit, latest last; for the audit."""
