"""Forms from the schema of an operation: fields, options and required fields, and their values as JSON.

Console and command line use the same forms.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from dyntui.core.errors import UsageError
from dyntui.core.strict_json import DEEPEST
from dyntui.core.text import quantity, shorten
from dyntui.resources.action import ALL
from dyntui.resources.cell_formats import get_path
from dyntui.services.metadata import read_json
from dyntui.services.schemas import describe_json, inner_schema, object_properties

if TYPE_CHECKING:
    from dyntui.api.catalog import Catalog, Operation, Schema
    from dyntui.resources.action import ResourceAction

__all__ = [
    "REQUIRED",
    "WHOLE",
    "FieldKind",
    "FieldLocation",
    "FormField",
    "FormResult",
    "action_fields",
    "body_schema",
    "current_values",
    "field_text",
    "operation_fields",
    "parse_value",
    "read_form",
    "schema_field",
    "set_path",
]

WHOLE = "body"
"""The name of the field for the whole body, when the body is not an object."""
REQUIRED = "This field is required."
"""The error of an empty required field."""
_DEPTH = 3


class FieldKind(StrEnum):
    """How a value is written: LIST as words separated by commas, JSON as JSON."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    LIST = "list"
    JSON = "json"


FieldLocation = Literal["path", "query", "header", "body"]
"""Where a value is sent."""


@dataclass(frozen=True, slots=True)
class FormField:
    name: str
    """A dot path inside the body, or the name of the parameter."""
    location: FieldLocation
    kind: FieldKind
    required: bool = False
    options: tuple[str, ...] = ()
    """Known values; others may be sent as well, because the enums of the API are open."""
    nullable: bool = False
    """Whether null is accepted."""
    parameter: str = ""
    limits: str = ""
    """The unit and the documented bounds in words, such as `at most 255 characters`; "" for none."""
    json_shape: str = "JSON"
    """What the JSON is, for that kind: such as `JSON like [{"label": ""}]` or `a JSON object`."""

    @property
    def label(self) -> str:
        """The name of the field, with a mark when it is required."""
        return f"{self.name} *" if self.required else self.name

    @property
    def hint(self) -> str:
        """What can be entered."""
        return "; ".join(part for part in (self._kind_hint(), self.limits) if part)

    def _kind_hint(self) -> str:
        match self.kind:
            case FieldKind.LIST if self.options:
                return f"separated by commas: {', '.join(self.options)}"
            case FieldKind.LIST:
                return "separated by commas"
            case FieldKind.JSON:
                return self.json_shape
            case FieldKind.CHOICE:
                return ", ".join(self.options)
            case FieldKind.NUMBER:
                return "" if self.limits else "a number"
        return ""


@dataclass(frozen=True, slots=True)
class FormResult:
    """The values of a form for a request."""

    path: Mapping[str, str]
    query: Mapping[str, object]
    headers: Mapping[str, str]
    body: object
    """The request body; None for none."""
    errors: Mapping[str, str]
    """Messages by field."""


def action_fields(catalog: Catalog, action: ResourceAction) -> list[FormField]:
    """Return the fields of an action, as `operation_fields` does."""
    return operation_fields(catalog, catalog.get(action.operation), action.fields, body_list=action.body_list)


def operation_fields(
    catalog: Catalog, operation: Operation, names: Sequence[str] = ALL, *, body_list: str = ""
) -> list[FormField]:
    """Return the fields of an operation, required ones first, or only those in `names`.

    The environment id is never a field. body_list: the list in the body of whose element the fields are.
    Raises UsageError for an unknown name.
    """
    found = _parameters(catalog, operation)
    if operation.body is not None:
        found += _body(catalog, operation, body_list)
    if tuple(names) == ALL:
        return sorted(found, key=lambda field: (field.location != "path", not field.required))
    by_name = {field.name: field for field in found}
    if missing := [name for name in names if name not in by_name]:
        raise UsageError(f"{operation.id} has no field {', '.join(missing)}.", hint=f"Fields: {', '.join(by_name)}.")
    return [by_name[name] for name in names]


def _parameters(catalog: Catalog, operation: Operation) -> list[FormField]:
    found: list[FormField] = []
    for parameter in operation.parameters:
        if parameter.name == "environmentId":
            continue
        if parameter.deep:
            inner = catalog.resolve(parameter.schema).get("properties", {})
            for name, schema in inner.items():
                found.append(
                    schema_field(catalog, f"{parameter.name}[{name}]", parameter.where, schema, inside=parameter.name)
                )
        else:
            found.append(schema_field(catalog, parameter.name, parameter.where, parameter.schema, parameter.required))
    return found


def body_schema(catalog: Catalog, operation: Operation, body_list: str = "") -> Schema:
    """Return the schema of a request body, or of an element of a list in it; an empty one without a body."""
    return inner_schema(catalog, _named_body(catalog, operation, body_list))[0]


def _named_body(catalog: Catalog, operation: Operation, body_list: str) -> Schema:
    body = operation.body or {}
    return catalog.resolve(body)["properties"][body_list]["items"] if body_list else body


def _body(catalog: Catalog, operation: Operation, body_list: str) -> list[FormField]:
    schema = body_schema(catalog, operation, body_list)
    if "properties" not in schema:
        shape = describe_json(catalog, _named_body(catalog, operation, body_list))
        return [FormField(WHOLE, "body", FieldKind.JSON, operation.body_required, json_shape=shape)]
    return list(_flat(catalog, _named_body(catalog, operation, body_list), "", 1, True))


def _flat(catalog: Catalog, outer: Schema, prefix: str, depth: int, needed: bool) -> Iterable[FormField]:
    for name, part, is_required, bounds, unit in object_properties(catalog, outer):
        whole, must = f"{prefix}{name}", needed and is_required
        if "properties" in inner_schema(catalog, part)[0] and depth < _DEPTH:
            yield from _flat(catalog, part, f"{whole}.", depth + 1, must)
        else:
            yield schema_field(catalog, whole, "body", part, must, bounds=bounds, unit=unit)


def schema_field(
    catalog: Catalog,
    name: str,
    where: FieldLocation,
    schema: Schema,
    required: bool = False,
    *,
    inside: str = "",
    bounds: Schema | None = None,
    unit: str = "",
) -> FormField:
    """Return the form field of a value with this schema.

    inside: the parameter that it is a part of. bounds: those of the value, by default what the schema has.
    unit: the plural of the unit of a number, such as `seconds`.
    """
    found, nullable = inner_schema(catalog, schema)
    kind, options = FieldKind.JSON, tuple(str(each) for each in found.get("enum", ()))
    match found.get("type"):
        case "string":
            kind = FieldKind.CHOICE if options else FieldKind.TEXT
        case "number" | "integer":
            kind = FieldKind.NUMBER
        case "boolean":
            kind, options = FieldKind.FLAG, ("true", "false")
        case "array":
            items = inner_schema(catalog, found.get("items", {}))[0]
            if items.get("type") == "string":
                kind, options = FieldKind.LIST, tuple(str(each) for each in items.get("enum", ()))
    limits = ", ".join(part for part in (f"in {unit}" if unit else "", _limits(bounds or found)) if part)
    shape = describe_json(catalog, schema) if kind is FieldKind.JSON else "JSON"
    return FormField(name, where, kind, required, options, nullable, inside, limits, shape)


def _limits(schema: Schema) -> str:
    """Return the bounds of a schema in words; "" for none."""
    words = []
    for low, high, unit in (
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", "character"),
        ("minItems", "maxItems", "value"),
    ):
        least, most = schema.get(low), schema.get(high)
        if least and most:
            words.append(f"{least} to {quantity(most, unit) if unit else most}")
        elif most is not None:
            words.append(f"at most {quantity(most, unit) if unit else most}")
        elif least is not None:
            words.append(f"at least {quantity(least, unit) if unit else least}")
    if "default" in schema:
        words.append(f"default {field_text(schema['default'])}")
    return ", ".join(words)


def field_text(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case list() if all(isinstance(part, str) and "," not in part for part in value):
            return ", ".join(value)
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


def current_values(fields: Iterable[FormField], document: object) -> dict[str, str]:
    """Return the values of body fields in a document, as texts."""
    return {field.name: field_text(get_path(document, field.name)) for field in fields if field.location == "body"}


def read_form(
    fields: Sequence[FormField], values: Mapping[str, str], *, before: Mapping[str, str] | None = None
) -> FormResult:
    """Read the values of a form. before: the initial values.

    Empty and unchanged fields are left out. An emptied field is sent as null where that is accepted, else as an empty
    value.
    """
    path: dict[str, str] = {}
    query: dict[str, object] = {}
    nested: dict[str, dict[str, object]] = {}
    headers: dict[str, str] = {}
    body: object = None
    fields_body: dict[str, object] = {}
    wrong: dict[str, str] = {}
    for field in fields:
        text = values.get(field.name, "")
        was = (before or {}).get(field.name, "")
        if text == was and (before is not None or not text):
            if field.required and not text:
                wrong[field.name] = REQUIRED
            continue
        try:
            value = parse_value(field, text)
        except ValueError as error:
            wrong[field.name] = str(error)
            continue
        match field.location:
            case "path":
                path[field.name] = text
            case "query" if field.parameter:
                group = nested.setdefault(field.parameter, {})
                group[field.name[len(field.parameter) + 1 : -1]] = value
                query[field.parameter] = group
            case "query":
                query[field.name] = value
            case "header":
                headers[field.name] = text
            case "body" if field.name == WHOLE and field.kind is FieldKind.JSON:
                body = value
            case "body":
                set_path(fields_body, field.name, value)
    return FormResult(path, query, headers, fields_body or body, wrong)


def parse_value(field: FormField, text: str) -> object:
    """Parse the text of a field. Raises ValueError with the problem."""
    if not text:
        if field.required:
            raise ValueError(REQUIRED)
        return None if field.nullable or field.kind is not FieldKind.TEXT else ""
    match field.kind:
        case FieldKind.NUMBER:
            try:
                number = int(text) if text.lstrip("-").isdigit() else float(text)
            except ValueError:
                raise ValueError(f"{text!r} is not a number.") from None
            if not (-(2**63) <= number < 2**64 if isinstance(number, int) else math.isfinite(number)):
                raise ValueError(f"{text!r} is outside the range of numbers.")
            return number
        case FieldKind.FLAG:
            if text.lower() in ("true", "yes", "on", "1"):
                return True
            if text.lower() in ("false", "no", "off", "0"):
                return False
            raise ValueError("Write true or false.")
        case FieldKind.LIST if not text.startswith("["):
            return [part.strip() for part in text.split(",") if part.strip()]
        case FieldKind.JSON | FieldKind.LIST:
            try:
                return read_json(text)
            except UsageError as error:
                raise ValueError(error.message) from None
    return text


def set_path(document: dict[str, object], name: str, value: object) -> None:
    """Set the value at a dot path, with new objects where there are none. Raises UsageError inside another value."""
    *parents, last = name.split(".")
    if len(parents) >= DEEPEST:
        raise UsageError(f"{shorten(name, 60)} cannot be set: it is nested more than {DEEPEST} levels deep.")
    for depth, part in enumerate(parents, 1):
        child = document.setdefault(part, {})
        if not isinstance(child, dict):
            raise UsageError(f"{name} cannot be set, because {'.'.join(parents[:depth])} is not a JSON object.")
        document = child
    document[last] = value
