"""Cells of any file as bytes and back: quick for the usual, exact for huge numbers and lone surrogates."""

from __future__ import annotations

import json
from typing import Any

import orjson

__all__ = ["pack", "unpack"]

_EXACT = b" "
"""Before what orjson would read as something else: it makes floats of numbers over 64 bits."""


def pack(value: Any) -> bytes:
    """`value` as JSON."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return _EXACT + json.dumps(value).encode()


def unpack(data: bytes) -> Any:
    """What `pack` was given; tuples come back as lists."""
    return json.loads(data) if data.startswith(_EXACT) else orjson.loads(data)
