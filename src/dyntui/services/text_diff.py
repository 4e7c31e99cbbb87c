"""Two values told beside each other, so that what differs is seen however long they are."""

from __future__ import annotations

from itertools import takewhile

__all__ = ["elide_common", "list_diff"]

_SHORT = 120
_AROUND = 12


def elide_common(was: str, now: str) -> tuple[str, str]:
    """Both values; of long ones, what they have in common at either end is left out but for a little, with a `…`."""
    if len(was) + len(now) <= _SHORT:
        return was, now
    head = _common_length(was, now)
    tail = _common_length(was[head:][::-1], now[head:][::-1])
    head, tail = max(0, head - _AROUND), max(0, tail - _AROUND)
    before, after = "…" if head else "", "…" if tail else ""
    return f"{before}{was[head : len(was) - tail]}{after}", f"{before}{now[head : len(now) - tail]}{after}"


def list_diff(was: str, now: str) -> list[str]:
    """What a long list with commas between has more and less than before; [] where that says less than both lists."""
    if len(was) + len(now) <= _SHORT or was.startswith("[") or now.startswith("["):
        return []  # in brackets it is JSON, where commas stand for other things too
    before, after = ([part.strip() for part in text.split(",") if part.strip()] for text in (was, now))
    more, less = [part for part in after if part not in before], [part for part in before if part not in after]
    return [*([f"and {', '.join(more)}"] if more else []), *([f"without {', '.join(less)}"] if less else [])]


def _common_length(one: str, other: str) -> int:
    """How many characters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
