"""Check documents that people write or change by hand: an error says where, what is wrong and what is allowed.

pydantic does the work and is imported by the first check, because its import takes as long as the start of the console.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, TypeVar

from dyntui.core.errors import UsageError
from dyntui.core.text import quantity

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["key_path", "nearest_name", "validate"]

T = TypeVar("T")

_MOST_ERRORS = 20
_LONGEST_NAME = 200
"""The maximum of characters in a name that can be a typing error of another one."""


def validate(shape: type[T], value: object, *, name: str, hint: str = "Correct it by hand.") -> T:
    """Return `value` as an instance of `shape`, a dataclass or other annotated type.

    Other keys are ignored, unless they look like a typing error of a key of `shape`. Raises UsageError, which says
    `name` and up to twenty errors.
    """
    from pydantic import TypeAdapter, ValidationError

    lines = list(_mistyped_keys(shape, value))
    try:
        result = TypeAdapter(shape).validate_python(value)
    except ValidationError as error:
        lines += map(_describe, error.errors(include_url=False, include_context=False))
    else:
        if not lines:
            return result
    if len(lines) > _MOST_ERRORS:
        lines[_MOST_ERRORS:] = [f"and {quantity(len(lines) - _MOST_ERRORS, 'more error')}"]
    raise UsageError(f"{name} is not valid: {'; '.join(lines)}.", hint=hint)


def _mistyped_keys(shape: type, value: object) -> Iterator[str]:
    if is_dataclass(shape) and isinstance(value, Mapping):
        names = [field.name for field in fields(shape)]
        for key in value:
            if key not in names and (near := nearest_name(str(key), [name for name in names if name not in value])):
                yield f"there is no key {key!r}, but there is {near}"


def nearest_name(key: str, names: Collection[str]) -> str:
    """Return the name that `key` is a likely typing error of; "" for none."""
    import difflib

    if len(key) > _LONGEST_NAME:
        return ""
    return next(iter(difflib.get_close_matches(key, names, n=1, cutoff=0.75)), "")


def key_path(keys: tuple[int | str, ...]) -> str:
    """Return the place of a value in a document: `columns[2].field`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


def _describe(error: ErrorDetails) -> str:
    message = error["msg"]
    message = message[:1].lower() + message[1:]
    if error["type"] == "missing":
        return f"{key_path(error['loc'])} is missing"
    if error["type"] in ("dataclass_type", "dict_type"):
        message = "input should be an object"
    found = error["input"]
    shown = f", not {found!r}" if isinstance(found, (str, int, float, bool)) else ""
    place = key_path(error["loc"])
    return f"{place}: {message}{shown}" if place else f"{message}{shown}"
