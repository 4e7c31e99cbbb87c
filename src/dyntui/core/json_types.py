"""The types of JSON values, and the functions that narrow a value of unknown type.

All packages use these. A document that somebody else wrote (a response, a file) is read as `object` and narrowed
before use; a document that this code makes is a `JsonObject`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

__all__ = ["Json", "JsonObject", "Row", "as_list", "as_object", "as_objects", "as_text"]

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""A JSON value, as a parser returns it."""

JsonObject: TypeAlias = dict[str, Json]
"""A JSON object, as a parser returns it."""

Row: TypeAlias = Mapping[str, object]
"""An object of a list of the API, read-only: each value is narrowed when it is used."""

_NO_FIELDS: Row = {}


def as_object(value: object) -> Row:
    """Return `value` if it is an object, else an object without fields."""
    return value if isinstance(value, Mapping) else _NO_FIELDS


def as_list(value: object) -> Sequence[object]:
    """Return `value` if it is a list, else a list without elements."""
    return value if isinstance(value, (list, tuple)) else ()


def as_objects(value: object) -> list[Row]:
    """Return the objects among the elements of `value`; none if it is not a list."""
    return [item for item in as_list(value) if isinstance(item, Mapping)]


def as_text(value: object) -> str:
    """Return `value` if it is text, else ""."""
    return value if isinstance(value, str) else ""
