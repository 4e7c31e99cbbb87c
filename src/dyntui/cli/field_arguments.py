"""Parse FIELD=VALUE and FIELD:=JSON arguments of commands that create or change objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dyntui.core.errors import UsageError

if TYPE_CHECKING:
    from dyntui.services.forms import FormField

__all__ = ["parse_assignments"]


def parse_assignments(pairs: Sequence[str], operation: str = "", *, known_only: bool = False) -> dict[str, Any]:
    """Parse arguments to field values by name. Raises UsageError.

    FIELD=VALUE is text, or a boolean, number or JSON value if the field of `operation` has that type. FIELD:=JSON is
    always JSON and is sent as written, including null.

    known_only: refuse FIELD=VALUE for a field that `operation` does not have. FIELD:=JSON stays possible, because a
    newer server may know more fields.
    """
    known_fields = _body_fields(operation) if operation else {}
    fields: dict[str, Any] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator or not name.removesuffix(":"):
            raise UsageError(
                f"{pair!r} is not FIELD=VALUE.", hint="Use FIELD=TEXT for text and FIELD:=JSON for other values."
            )
        if name.endswith(":"):
            name = name[:-1]
            fields[name] = _parse_json(name, text)
        elif known_only and name not in known_fields:
            raise UsageError(
                f"{operation} has no field {name!r}.",
                hint=f"Fields: {', '.join(known_fields)}. Use {name}:=JSON to send it anyway.",
            )
        else:
            fields[name] = _parse_value(known_fields.get(name), name, text)
    return fields


def _body_fields(operation: str) -> dict[str, FormField]:
    from dyntui.api.catalog import catalog
    from dyntui.services.forms import operation_fields

    operations = catalog()
    return {
        field.name: field
        for field in operation_fields(operations, operations.get(operation))
        if field.location == "body"
    }


def _parse_value(field: FormField | None, name: str, text: str) -> Any:
    from dyntui.services.forms import FieldKind, parse_value

    if field is None or field.kind in (FieldKind.TEXT, FieldKind.CHOICE):
        return text
    if field.kind is FieldKind.JSON:
        return _parse_json(name, text)
    try:
        return parse_value(field, text)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None


def _parse_json(name: str, text: str) -> Any:
    from dyntui.services.metadata import read_json

    try:
        return read_json(text)
    except UsageError as error:
        raise UsageError(f"{name}: {error.message}", hint=f"Use {name}=TEXT for text.") from None
