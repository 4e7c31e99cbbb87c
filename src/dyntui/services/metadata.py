"""User metadata as editable JSON text: format, strict parsing and differences."""

from __future__ import annotations

import json
from collections.abc import Mapping

from dyntui.core.errors import UsageError
from dyntui.core.strict_json import parse_json
from dyntui.core.text import plain_json

__all__ = [
    "USUAL_LIMIT",
    "metadata_changes",
    "metadata_of",
    "metadata_size",
    "metadata_text",
    "read_json",
    "read_metadata",
]

USUAL_LIMIT = 2048
"""Bytes above which servers may refuse metadata (`metadata_size_exceeded`). The limit is not documented."""


def metadata_of(user: Mapping[str, object]) -> dict[str, object]:
    """Return the metadata of a user; {} for none."""
    found = user.get("metadata")
    return found if isinstance(found, dict) else {}


def metadata_text(metadata: Mapping[str, object]) -> str:
    """Return metadata as JSON text for editing."""
    return plain_json(json.dumps(metadata, ensure_ascii=False, indent=2)) + "\n"


def metadata_size(metadata: Mapping[str, object]) -> int:
    """Return the size of metadata as compact JSON, in bytes."""
    text = json.dumps(metadata, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


def read_metadata(text: str) -> dict[str, object]:
    """Parse metadata. Raises UsageError."""
    found = read_json(text)
    if not isinstance(found, dict):
        raise UsageError('Metadata must be a JSON object, such as {"plan": "pro"}.')
    return found


def read_json(text: str) -> object:
    """Parse JSON. Raises UsageError with line and column.

    Values that cannot be sent exactly are refused: keys with two values, NaN, and numbers and characters outside JSON.
    """
    import orjson

    try:
        found = parse_json(text)
        orjson.dumps(found)
    except json.JSONDecodeError as error:
        position = f"line {error.lineno}, column {error.colno}"
        raise UsageError(f"Invalid JSON: {error.msg} ({position}).") from None
    except ValueError as error:
        raise UsageError(f"The JSON cannot be read: {error}.") from None
    except TypeError as error:
        raise UsageError(f"The JSON cannot be sent: {error}.") from None
    return found


def metadata_changes(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Return the differences as unescaped lines: `+` added, `-` removed, `~` changed; [] for none."""
    old, new = _flat(before), _flat(after)
    lines: list[str] = []
    for path in dict.fromkeys((*old, *new)):
        name = ".".join(path)
        if path not in new:
            lines.append(f"- {name}: {_json(old[path])}")
        elif path not in old:
            lines.append(f"+ {name}: {_json(new[path])}")
        elif _json(old[path]) != _json(new[path]):
            lines.append(f"~ {name}: {_json(old[path])} → {_json(new[path])}")
    return lines


def _flat(metadata: Mapping[str, object]) -> dict[tuple[str, ...], object]:
    """Return every value by its path. Lists and empty objects are values."""
    found: dict[tuple[str, ...], object] = {}
    stack: list[tuple[tuple[str, ...], object]] = [((name,), value) for name, value in reversed(list(metadata.items()))]
    while stack:
        path, value = stack.pop()
        if isinstance(value, dict) and value:
            stack += [((*path, name), part) for name, part in reversed(list(value.items()))]
        else:
            found[path] = value
    return found


def _json(value: object) -> str:
    # By the text, not by ==: in Python 1, 1.0 and true are equal.
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
