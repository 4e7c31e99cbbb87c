"""How values look in a list: short, safe to draw, `—` for nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from dyntui.core.ids import short_id as shorten_id
from dyntui.core.text import safe, shorten
from dyntui.core.times import age as _age
from dyntui.core.times import parse_time

__all__ = [
    "NOTHING",
    "Format",
    "address",
    "age",
    "comma_list",
    "enabled_since",
    "get_path",
    "item_count",
    "short_id",
    "text",
    "thousands",
    "yes_no",
]

Format = Callable[[Any, datetime], str]
NOTHING = "—"
_CELL = 200


def get_path(value: Any, path: str) -> Any:
    """The value at a dot path (`wallets.0.chain`), None when it is not there."""
    for part in path.split(".") if path else ():
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def text(value: Any, at: datetime) -> str:
    """Anything, as it is."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    return safe(value, _CELL)


def short_id(value: Any, at: datetime) -> str:
    """An id, shortened in the middle."""
    return safe(shorten_id(value), _CELL) if isinstance(value, str) and value else text(value, at)


def address(value: Any, at: datetime) -> str:
    """A wallet address, shortened in the middle."""
    return safe(shorten(value, 13), _CELL) if isinstance(value, str) and value else text(value, at)


def age(value: Any, at: datetime) -> str:
    """How long ago a time was."""
    moment = parse_time(value)
    return _age(moment, at) if moment is not None else text(value, at)


def enabled_since(value: Any, at: datetime) -> str:
    """For a time that means `on since then` when it is there: `on, 3 Nov`, else `off`."""
    return f"on, {age(value, at)}" if value else "off"


def thousands(value: Any, at: datetime) -> str:
    """A number with thousands separators."""
    return f"{value:,}" if isinstance(value, (int, float)) and not isinstance(value, bool) else text(value, at)


def item_count(value: Any, at: datetime) -> str:
    """How many things a list or an object holds."""
    return f"{len(value):,}" if isinstance(value, (list, dict)) else text(value, at)


def yes_no(value: Any, at: datetime) -> str:
    """A truth, in a word."""
    return NOTHING if value is None else "yes" if value else "no"


def comma_list(value: Any, at: datetime) -> str:
    """A list of words, on one line."""
    if isinstance(value, list):
        return safe(", ".join(str(part) for part in value), _CELL) or NOTHING
    return text(value, at)
