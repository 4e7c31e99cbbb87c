"""The permit that every write needs; the write gate makes it, the client refuses a write without one."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

__all__ = ["WritePermit"]


@dataclass(slots=True)
class WritePermit:
    """Leave to write, given by the one door (services.actions.write_gate) for one confirmed action, which it names.

    request_ids: what the server called the requests made with it, latest last; for the audit.
    """

    action: str
    operations: frozenset[str] = frozenset()
    """The operations that were confirmed: it serves for no other. Empty: for any."""
    request_ids: deque[str] = field(default_factory=lambda: deque(maxlen=16))
