"""FIELD=VALUE on the command line: what is text, what is JSON, and what the field itself decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dyntui.core.errors import UsageError

__all__ = ["assignments"]


def assignments(pairs: Sequence[str], operation: str = "", *, known_only: bool = False) -> dict[str, Any]:
    """FIELD=VALUE and FIELD:=JSON as values. VALUE is text, or what a field of `operation` is that takes no text: true
    or false, a number, JSON. What FIELD:=JSON says is sent as it is, null too.

    known_only: refuse a FIELD=VALUE that `operation` does not have; a server may have more, which FIELD:=JSON reaches.
    """
    known = _asked(operation) if operation else {}
    fields: dict[str, Any] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator or not name.removesuffix(":"):
            raise UsageError(f"{pair!r} is not FIELD=VALUE.", hint="FIELD=TEXT is text, FIELD:=JSON any other value.")
        if name.endswith(":"):
            name = name[:-1]
            fields[name] = _json(name, text)
        elif known_only and name not in known:
            raise UsageError(
                f"{operation} has no field {name!r}.",
                hint=f"It has: {', '.join(known)}. {name}:=JSON sends it all the same.",
            )
        else:
            fields[name] = _value(known.get(name), name, text)
    return fields


def _asked(operation: str) -> dict[str, Any]:
    from dyntui.api.catalog import catalog
    from dyntui.services.forms import ParameterLocation, operation_fields

    known = catalog()
    return {
        field.name: field
        for field in operation_fields(known, known.get(operation))
        if field.location is ParameterLocation.BODY
    }


def _value(field: Any, name: str, text: str) -> Any:
    from dyntui.services.forms import FieldKind, parse_value

    if field is None or field.kind in (FieldKind.TEXT, FieldKind.CHOICE):
        return text
    if field.kind is FieldKind.JSON:
        return _json(name, text)
    try:
        return parse_value(field, text)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None


def _json(name: str, text: str) -> Any:
    from dyntui.services.metadata import read_json

    try:
        return read_json(text)
    except UsageError as error:
        raise UsageError(f"{name}: {error.message}", hint=f"Text is written {name}=TEXT.") from None
