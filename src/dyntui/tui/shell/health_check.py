"""The result of the check of a profile, which the screen of environments shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dyntui.core.times import now

__all__ = ["HealthCheck"]


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The result of a profile check."""

    ok: bool
    """Whether the token works."""
    text: str
    """The result, for people."""
    token: str = ""
    """The hint of the token that was checked; "" for none."""
    at: datetime = field(default_factory=now)
