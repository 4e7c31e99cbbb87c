"""JSON that comes from outside: finite numbers only, and not so deep that reading it again would fail."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

__all__ = ["DEEPEST", "decode_first", "parse_json"]

DEEPEST = 64


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text} is too large a number")
    return value


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)


def parse_json(text: str) -> Any:
    """The value a text holds; ValueError when it is no JSON, or nested too deeply."""
    try:
        value = _DECODER.decode(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    _check_depth(value, text.count("[") + text.count("{"))
    return value


def decode_first(text: str, place: int) -> tuple[Any, int]:
    """The value that begins at `place`, and where it ends; ValueError as parse_json."""
    try:
        value, end = _DECODER.raw_decode(text, place)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    _check_depth(value, text.count("[", place, end) + text.count("{", place, end))
    return value, end


_TOO_DEEP = f"it is nested more than {DEEPEST} levels deep"


def _check_depth(value: Any, brackets: int) -> None:
    if brackets <= DEEPEST:
        return
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, (list, dict))
            for inner in (each if isinstance(each, list) else each.values())
        ]
        if not level:
            return
    raise ValueError(_TOO_DEEP)
