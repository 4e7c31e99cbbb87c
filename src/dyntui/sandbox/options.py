"""The options of a sandbox, and the parser of `--rate-limit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dyntui.core.errors import UsageError

__all__ = ["DOCUMENTED_RATE", "RateLimit", "SandboxOptions", "parse_rate_limit"]


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The limits of requests a minute; 0 is no limit."""

    requests: int
    """All requests a minute."""
    bulk: int
    """Bulk requests a minute."""


DOCUMENTED_RATE = RateLimit(requests=1500, bulk=150)


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """The options of a sandbox. The same options make the same environment id, token and users."""

    users: int = 200
    """Number of sample users."""
    seed: int = 1
    """The seed of the sample users, the token and the faults."""
    data: Path | None = None
    """The file of the state; None for memory. An existing file keeps its own users and seed."""
    faults: Mapping[str, float] = field(default_factory=dict)
    """Probabilities of faults by name (see `faults.FAULTS`)."""
    latency_ms: int = 0
    """Milliseconds added to every response."""
    flags: Mapping[str, str] = field(default_factory=dict)
    """Values of behavior flags by name (see `behavior_flags.BEHAVIOR_FLAGS`)."""
    rate_limit: RateLimit | None = None
    """The rate limits; None for no limit."""
    now: str | None = None
    """The fixed time of the clock (RFC 3339); None for the system time."""
    scopes: tuple[str, ...] | None = None
    """The scopes of the main token; None for all scopes."""
    empty: bool = False
    """Whether the environment has no sample configuration and no history, so that it is as a new one."""
    hostile: bool = False
    """Whether texts in responses contain terminal escapes, markup and the like."""


def parse_rate_limit(text: str) -> RateLimit:
    """Parse `documented`, `N` or `N:BULK`. Raises UsageError for anything else."""
    if text == "documented":
        return DOCUMENTED_RATE
    requests, _, bulk = text.partition(":")
    try:
        return RateLimit(int(requests), int(bulk or 0))
    except ValueError:
        raise UsageError(f"--rate-limit cannot be {text!r}.", hint="Write N or N:BULK, requests a minute.") from None
