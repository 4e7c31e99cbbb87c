"""A request body to fill in, made from the schema of an operation.

`dyntui api OPERATION -d @FILE` sends both forms, JSON and YAML. The YAML has the optional fields as comments.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from dyntui.core.errors import UsageError
from dyntui.core.json_types import Json
from dyntui.services.forms import FieldKind, schema_field
from dyntui.services.schemas import Property, element_schema, example_value, inner_schema, object_properties

if TYPE_CHECKING:
    from dyntui.api.catalog import Catalog, Operation, Schema

__all__ = ["body_skeleton", "skeleton_fields", "yaml_skeleton"]

_INDENT = 2


class _Line(NamedTuple):
    """A line of YAML."""

    column: int
    text: str
    note: str
    """What the line accepts."""
    comment_column: int | None = None
    """Where the line is a comment from; None for a line that is sent."""

    def __str__(self) -> str:
        if self.comment_column is None:
            return f"{' ' * self.column}{self.text}  # {self.note}"
        inner = " " * (self.column - self.comment_column)
        return f"{' ' * self.comment_column}# {inner}{self.text}  # {self.note}"


def body_skeleton(catalog: Catalog, operation: Operation) -> Json:
    """Return the body of an operation with all of its fields. Raises UsageError for an operation without a body.

    Texts and lists are empty, numbers are the smallest allowed ones, and a field with known values has the first.
    """
    return example_value(catalog, _body(operation))


def skeleton_fields(catalog: Catalog, operation: Operation) -> tuple[list[str], list[str]]:
    """Return the dot paths of the required fields of a body, and those of the optional ones.

    The fields of an optional object are optional. `[]` stands for each element of a list. Raises as `body_skeleton`.
    """
    found: tuple[list[str], list[str]] = ([], [])
    for path, is_required in _paths(catalog, _body(operation), "", True, 0):
        found[not is_required].append(path)
    return found


def yaml_skeleton(catalog: Catalog, operation: Operation) -> str:
    """Return the body of an operation as YAML with what each field accepts as comments. Raises as `body_skeleton`."""
    lines = [
        f"# {operation.id}: {operation.summary or operation.path}",
        "# Fill in the values. To send an optional field, remove the first # and the space after it.",
        *map(str, _lines(catalog, _body(operation), 0, 0)),
    ]
    return "".join(f"{line}\n" for line in lines)


def _body(operation: Operation) -> Schema:
    if operation.body is None:
        raise UsageError(f"{operation.id} has no request body.", hint="Send it without -d.")
    return operation.body


def _properties(catalog: Catalog, schema: Schema, depth: int) -> list[Property]:
    """Return the fields of an object as `object_properties` does, required ones first."""
    return sorted(object_properties(catalog, schema, depth), key=lambda each: not each.is_required)


def _paths(catalog: Catalog, schema: Schema, path: str, is_required: bool, depth: int) -> Iterator[tuple[str, bool]]:
    """Yield the dot path of each field without fields of its own, and whether it is required."""
    properties = _properties(catalog, schema, depth)
    for each in properties:
        inner = f"{path}.{each.name}" if path else each.name
        yield from _paths(catalog, each.schema, inner, is_required and each.is_required, depth + 1)
    if (elements := element_schema(catalog, schema, depth)) is not None:
        yield from _paths(catalog, elements, f"{path}[]", is_required, depth + 1)
    elif path and not properties:
        yield path, is_required


def _lines(catalog: Catalog, schema: Schema, column: int, depth: int) -> list[_Line]:
    """Return the lines of an object or of a list of objects; [] for another value."""
    if (elements := element_schema(catalog, schema, depth)) is not None:
        return [_Line(column, "-", "one for each object"), *_lines(catalog, elements, column + _INDENT, depth + 1)]
    found: list[_Line] = []
    for each in _properties(catalog, schema, depth):
        inner = _lines(catalog, each.schema, column + _INDENT, depth + 1)
        value = "" if inner else f" {json.dumps(example_value(catalog, each.schema, depth + 1))}"
        lines = [_Line(column, f"{each.name}:{value}", _note(catalog, each)), *inner]
        # An optional field is a comment as a whole, so that its lines need the same change to be sent.
        found += lines if each.is_required else [line._replace(comment_column=column) for line in lines]
    return found


def _note(catalog: Catalog, each: Property) -> str:
    field = schema_field(catalog, each.name, "body", each.schema, each.is_required, bounds=each.bounds, unit=each.unit)
    known = ", ".join(field.options)
    match field.kind:
        case FieldKind.CHOICE:
            kind = f"one of {known}"
        case FieldKind.FLAG:
            kind = "true or false"
        case FieldKind.LIST:
            kind = f"list of {known or 'texts'}"
        case FieldKind.JSON:
            found = inner_schema(catalog, each.schema)[0].get("type")
            kind = {"array": "list", "object": "object"}.get(str(found), "any value")
        case _:
            kind = str(field.kind)
    return "; ".join(filter(None, ("required" if each.is_required else "optional", kind, field.limits)))
