"""Differences of two values: of long texts for confirmations, and of objects leaf by leaf."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import takewhile

__all__ = ["elide_common", "leaf_diff", "list_diff"]

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


def leaf_diff(before: object, after: object) -> list[tuple[str, str, str]]:
    """Return the values that differ as sign, path and text: `-` for the one before, `+` for the one after.

    The values that are equal follow, with the sign "". A value that is no object has the path "".
    """
    was, now = dict(_leaves(before)), dict(_leaves(after))
    changed: list[tuple[str, str, str]] = []
    equal: list[tuple[str, str, str]] = []
    for path in dict.fromkeys((*was, *now)):
        if path in was and path in now and was[path] == now[path]:
            equal.append(("", path, was[path]))
            continue
        changed += [("-", path, was[path])] if path in was else []
        changed += [("+", path, now[path])] if path in now else []
    return changed + equal


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and text of each value in an object; an empty one and a list count as one value."""
    if isinstance(value, Mapping) and value:
        for name, part in value.items():
            yield from _leaves(part, f"{path}.{name}" if path else str(name))
    elif value is not None or path:
        yield path, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
