"""How a sandbox is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dyntui.core.errors import UsageError

__all__ = ["DOCUMENTED_RATE", "RateLimit", "SandboxOptions", "parse_rate_limit"]


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Requests a minute, and bulk requests a minute; 0 is no limit."""

    requests: int
    bulk: int


DOCUMENTED_RATE = RateLimit(requests=1500, bulk=150)


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """The same options make the same sandbox: environment id, token, people.

    users: how many people to make. seed: for the people and for the faults.
    data: a file that keeps the state; one that exists brings its own people, and users and seed are not looked at.
    faults: name to probability (see faults.FAULTS). latency_ms: added to every answer.
    flags: values of behavior flags by name (see `behavior_flags.BEHAVIOR_FLAGS`). rate_limit: None is no limit.
    now: freezes the clock (RFC 3339). scopes: of the token; None is every scope.
    hostile: every text that is returned carries terminal escapes, markup and the like.
    """

    users: int = 200
    seed: int = 1
    data: Path | None = None
    faults: Mapping[str, float] = field(default_factory=dict)
    latency_ms: int = 0
    flags: Mapping[str, str] = field(default_factory=dict)
    rate_limit: RateLimit | None = None
    now: str | None = None
    scopes: tuple[str, ...] | None = None
    hostile: bool = False


def parse_rate_limit(text: str) -> RateLimit:
    """`documented`, `N` or `N:BULK`. Raises Usage for anything else."""
    if text == "documented":
        return DOCUMENTED_RATE
    requests, _, bulk = text.partition(":")
    try:
        return RateLimit(int(requests), int(bulk or 0))
    except ValueError:
        raise UsageError(f"--rate-limit cannot be {text!r}.", hint="Write N or N:BULK, requests a minute.") from None
