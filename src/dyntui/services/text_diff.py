"""Shorten two long values so that their difference is visible, for confirmations."""

from __future__ import annotations

from itertools import takewhile

__all__ = ["elide_common", "list_diff"]

_SHORT = 120
_AROUND = 12


def elide_common(was: str, now: str) -> tuple[str, str]:
    """Return both values; for long ones, the common start and end are replaced with `…`."""
    if len(was) + len(now) <= _SHORT:
        return was, now
    head = _common_length(was, now)
    tail = _common_length(was[head:][::-1], now[head:][::-1])
    head, tail = max(0, head - _AROUND), max(0, tail - _AROUND)
    before, after = "…" if head else "", "…" if tail else ""
    return f"{before}{was[head : len(was) - tail]}{after}", f"{before}{now[head : len(now) - tail]}{after}"


def list_diff(was: str, now: str) -> list[str]:
    """Return what was added to and removed from a long comma-separated list; [] for short lists."""
    if len(was) + len(now) <= _SHORT or was.startswith("[") or now.startswith("["):
        return []  # JSON, where commas do not only separate items
    before, after = ([part.strip() for part in text.split(",") if part.strip()] for text in (was, now))
    more, less = [part for part in after if part not in before], [part for part in before if part not in after]
    return [*([f"added: {', '.join(more)}"] if more else []), *([f"removed: {', '.join(less)}"] if less else [])]


def _common_length(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
