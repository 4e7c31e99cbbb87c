"""Cells of any file as bytes and back: quick for the usual, exact for huge numbers and lone surrogates."""

from __future__ import annotations

import json
from typing import Any

import orjson

__all__ = ["pack", "unpack"]


def pack(value: Any) -> bytes:
    """`value` as JSON."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value).encode()


def unpack(data: bytes) -> Any:
    """What `pack` was given; tuples come back as lists."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)
