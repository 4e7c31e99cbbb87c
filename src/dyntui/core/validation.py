"""Check documents that people write or change by hand: an error says where, what is wrong and what is allowed.

pydantic does the work and is imported by the first check, because its import takes as long as the start of the console.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["key_path", "validate"]

T = TypeVar("T")

_MOST_ERRORS = 3


def validate(shape: type[T], value: object, *, name: str, hint: str = "Correct it by hand.") -> T:
    """Return `value` as an instance of `shape`, a dataclass or other annotated type.

    Raises UsageError, which says `name` and up to three errors.
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(shape).validate_python(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        lines = [_describe(detail) for detail in details[:_MOST_ERRORS]]
        if len(details) > _MOST_ERRORS:
            lines.append(f"and {len(details) - _MOST_ERRORS} more errors")
        raise UsageError(f"{name} is not valid: {'; '.join(lines)}.", hint=hint) from error


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
