"""Encode cells as bytes and decode them: fast for usual values, exact for huge numbers and lone surrogates."""

from __future__ import annotations

import json
from typing import Any

import orjson

__all__ = ["pack", "unpack"]

_EXACT = b" "
"""Prefix of values that orjson would not read exactly: it reads numbers of over 64 bits as floats."""


def pack(value: object) -> bytes:
    """Return `value` as JSON."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return _EXACT + json.dumps(value).encode()


def unpack(data: bytes) -> Any:
    """Return the value that `pack` encoded; tuples become lists."""
    return json.loads(data) if data.startswith(_EXACT) else orjson.loads(data)
