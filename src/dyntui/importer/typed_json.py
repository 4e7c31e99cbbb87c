"""JSON of databases with the type of each value: DynamoDB JSON and MongoDB Extended JSON.

`{"email": {"S": "a@example.com"}}` and `{"_id": {"$oid": "5f…"}}` are read as the plain values. Sources:
docs.aws.amazon.com "DynamoDB JSON" (Programming.LowLevelAPI) and "MongoDB Extended JSON (v2)".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

__all__ = ["has_typed_values", "plain_value"]

_TYPED = re.compile(r'\{\s*"(?:\$(?:oid|date|number(?:Int|Long|Double|Decimal)|uuid)|S|N|M|L|BOOL|NULL|SS|NS)"\s*:')
_MONGO_NUMBERS = {"$numberInt": int, "$numberLong": int, "$numberDouble": float, "$numberDecimal": float}
_MONGO_TEXTS = frozenset({"$oid", "$uuid", "$symbol"})
_DYNAMO_TYPES: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("S", "N", "B"), str),
    **dict.fromkeys(("SS", "NS", "BS", "L"), list),
    **dict.fromkeys(("BOOL", "NULL"), bool),
    "M": dict,
}


def has_typed_values(text: str) -> bool:
    """Return whether text, such as the start of a file, may have typed values."""
    return _TYPED.search(text) is not None


def plain_value(value: object) -> object:
    """Return a JSON value without the types of its values; anything else stays as it is."""
    if isinstance(value, list):
        return [plain_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, inner), *_ = value.items()
        if key.startswith("$"):
            return _mongo_value(key, inner, value)
    if value and all(_is_dynamo_value(inner) for inner in value.values()):
        return {key: _dynamo_value(inner) for key, inner in value.items()}
    return {key: plain_value(inner) for key, inner in value.items()}


def _mongo_value(key: str, inner: object, whole: dict[str, object]) -> object:
    if key in _MONGO_TEXTS and isinstance(inner, str):
        return inner
    if key in _MONGO_NUMBERS and isinstance(inner, str):
        try:
            return _MONGO_NUMBERS[key](inner)
        except ValueError:
            return inner
    if key == "$date":
        inner = plain_value(inner)
        if isinstance(inner, int) and not isinstance(inner, bool):
            try:
                return datetime.fromtimestamp(inner / 1000, UTC).isoformat().replace("+00:00", "Z")
            except (OverflowError, ValueError, OSError):
                return inner
        return inner
    return whole


def _is_dynamo_value(value: object) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((key, inner),) = value.items()
    return key in _DYNAMO_TYPES and isinstance(inner, _DYNAMO_TYPES[key])


def _dynamo_value(value: object) -> object:
    if not isinstance(value, dict) or not _is_dynamo_value(value):
        return plain_value(value)
    ((key, inner),) = value.items()
    if key == "NULL":
        return None
    if key == "N":
        return _number(inner)
    if key == "NS":
        return [_number(each) for each in inner]
    if key == "L":
        return [_dynamo_value(item) for item in inner]
    if key == "M":
        return {name: _dynamo_value(item) for name, item in inner.items()}
    return inner


def _number(text: str) -> object:
    """Return a whole number; a text for others, as a float cannot hold all digits."""
    try:
        return int(text)
    except ValueError:
        return text
