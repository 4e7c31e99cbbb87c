"""Formats of list cells: short text that is safe for the terminal, `—` for no value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from dyntui.core.ids import short_id as shorten_id
from dyntui.core.text import json_text, safe
from dyntui.core.times import parse_time, time_text, time_width

__all__ = [
    "NOTHING",
    "SHORTENING",
    "Format",
    "comma_list",
    "enabled_since",
    "get_path",
    "item_count",
    "min_width",
    "short_id",
    "text",
    "thousands",
    "time",
    "yes_no",
]

Format = Callable[[object, datetime], str]
NOTHING = "—"
_CELL = 200


def get_path(value: object, path: str | Sequence[str], default: object = None) -> object:
    """Return the value at a dot path (`wallets.0.chain`) or at these keys; `default` when there is none."""
    for part in path.split(".") if isinstance(path, str) and path else path:
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return default
    return value


def text(value: object, now: datetime) -> str:
    """Format any value as text."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    return safe(value, _CELL)


def short_id(value: object, now: datetime) -> str:
    """Format an id, shortened in the middle."""
    return safe(shorten_id(value), _CELL) if isinstance(value, str) and value else text(value, now)


def time(value: object, now: datetime) -> str:
    """Format a time as its age or exactly, as `core.times.time_display` says."""
    moment = parse_time(value)
    return time_text(moment, now) if moment is not None else text(value, now)


def enabled_since(value: object, now: datetime) -> str:
    """Format the time at which something was enabled: `yes, 3 Nov`; `no` without a time."""
    return f"{_ENABLED}{time(value, now)}" if value else "no"


_ENABLED = "yes, "
_TIME_PREFIXES: dict[Format, str] = {time: "", enabled_since: _ENABLED}
"""The formats of times, and the text before the time."""


def min_width(format: Format) -> int:
    """Return the width in cells that a format of times needs while exact times are shown; otherwise 0."""
    prefix, width = _TIME_PREFIXES.get(format), time_width()
    return len(prefix) + width if prefix is not None and width else 0


def thousands(value: object, now: datetime) -> str:
    """Format a number with thousands separators."""
    return f"{value:,}" if isinstance(value, (int, float)) and not isinstance(value, bool) else text(value, now)


def item_count(value: object, now: datetime) -> str:
    """Format the number of items of a list or an object."""
    return f"{len(value):,}" if isinstance(value, (list, dict)) else text(value, now)


def yes_no(value: object, now: datetime) -> str:
    """Format a boolean as `yes` or `no`."""
    return NOTHING if value is None else "yes" if value else "no"


def comma_list(value: object, now: datetime) -> str:
    """Format a list of words, separated by commas."""
    if isinstance(value, list):
        return safe(", ".join(map(json_text, value)), _CELL) or NOTHING
    return text(value, now)


SHORTENING: frozenset[Format] = frozenset({text, short_id, time, enabled_since, comma_list})
"""The formats that show less than the whole value."""
