"""Strict JSON for input from outside: only finite numbers, no key with two values, and limited depth."""

from __future__ import annotations

import json
import math
from typing import NoReturn

from dyntui.core.json_types import Json

__all__ = ["DEEPEST", "decode_first", "dump_json", "load_json", "parse_json", "stringify_json"]

DEEPEST = 64


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(f"{text} is too large a number")
    return value


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        for key, each in pairs:
            if each != value[key]:
                raise ValueError(f"the key {key[:60]!r} has two values in one object")
    return value


_LENIENT_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_unique)


def parse_json(text: str | bytes) -> object:
    """Return the value of JSON text or UTF-8 bytes. Raises ValueError when it is not JSON or nested too deeply."""
    return _parse(text, _DECODER)


def _parse(text: str | bytes, decoder: json.JSONDecoder) -> Json:
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig", "surrogatepass")
    try:
        value: Json = decoder.decode(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    _check_depth(value, text.count("[") + text.count("{"))
    return value


def decode_first(text: str, place: int) -> tuple[object, int]:
    """Return the value that begins at index `place`, and the index of its end. Raises ValueError like `parse_json`."""
    try:
        value, end = _DECODER.raw_decode(text, place)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    _check_depth(value, text.count("[", place, end) + text.count("{", place, end))
    return value, end


def load_json(data: bytes) -> Json:
    """Return the value of a response. Raises ValueError when it is not JSON.

    Text that is not valid Unicode does not fail the rest: lone surrogates are kept, and so is each byte that is not
    UTF-8 (U+DC80 to U+DCFF). `safe()` shows both as hex.
    """
    import orjson

    try:
        value: Json = orjson.loads(data)
        return value
    except orjson.JSONDecodeError:
        pass
    try:
        text = data.decode("utf-8-sig", "surrogatepass")
    except UnicodeDecodeError:
        text = data.decode("utf-8-sig", "surrogateescape")
    return _parse(text, _LENIENT_DECODER)


def dump_json(value: object) -> bytes:
    """Return `value` as compact UTF-8 JSON, with lone surrogates as `\\uNNNN`. `load_json` returns the same value."""
    import orjson

    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode()


def stringify_json(value: object) -> bytes:
    """Return `value` as JSON.stringify of JavaScript writes it: compact, whole numbers without a fraction."""
    return dump_json(_with_whole_numbers(value))


def _with_whole_numbers(value: object) -> object:
    if isinstance(value, dict):
        return {name: _with_whole_numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(each) for each in value]
    # From 1e21 on, JavaScript writes an exponent.
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e21 else value


_TOO_DEEP = f"it is nested more than {DEEPEST} levels deep"


def _check_depth(value: object, brackets: int) -> None:
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
