"""The shapes that a schema describes: the fields of an object, the elements of a list, and an example value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from dyntui.core.json_types import Json

if TYPE_CHECKING:
    from dyntui.api.catalog import Catalog, Schema

__all__ = ["Property", "describe_json", "element_schema", "example_value", "inner_schema", "object_properties"]

_DEEPEST = 8
"""The objects inside of each other that are described."""
_LONGEST_EXAMPLE = 150
"""The maximum of characters of an example with optional fields; a longer one has only those that are required."""


class Property(NamedTuple):
    """A field of an object in a body."""

    name: str
    schema: Schema
    is_required: bool
    bounds: Schema | None
    unit: str


def inner_schema(catalog: Catalog, schema: Schema) -> tuple[Schema, bool]:
    """Return the schema behind references and `or null`, and whether null is accepted."""
    schema = catalog.resolve(schema)
    parts = [part for part in schema.get("anyOf", ()) if part.get("type") != "null"]
    if len(parts) == 1:
        return inner_schema(catalog, parts[0])[0], True
    return schema, False


def object_properties(catalog: Catalog, schema: Schema, depth: int = 0) -> list[Property]:
    """Return the fields of an object; [] for other values and below the deepest level."""
    inner = inner_schema(catalog, schema)[0]
    name = schema.get("$ref", "").rpartition("/")[2]
    bounds, units, required = catalog.bounds.get(name, {}), catalog.units.get(name, {}), inner.get("required", ())
    return [
        Property(each, part, each in required, bounds.get(each), units.get(each, ""))
        for each, part in (inner.get("properties", {}) if depth < _DEEPEST else {}).items()
    ]


def element_schema(catalog: Catalog, schema: Schema, depth: int = 0) -> Schema | None:
    """Return the schema of the elements of a list of objects; None for another schema and below the deepest level."""
    inner = inner_schema(catalog, schema)[0]
    items: Schema = inner.get("items", {}) if inner.get("type") == "array" else {}
    return items if depth < _DEEPEST and "properties" in inner_schema(catalog, items)[0] else None


def example_value(catalog: Catalog, schema: Schema, depth: int = 0, *, optional: bool = True) -> Json:
    """Return a value that fits a schema.

    Texts and lists are empty, numbers are the smallest allowed ones, and a field with known values has the first.
    optional: whether it has the fields that are not required.
    """
    if properties := object_properties(catalog, schema, depth):
        return {
            each.name: example_value(catalog, each.schema, depth + 1, optional=optional)
            for each in sorted(properties, key=lambda each: not each.is_required)
            if optional or each.is_required
        }
    if (elements := element_schema(catalog, schema, depth)) is not None:
        return [example_value(catalog, elements, depth + 1, optional=optional)]
    inner = inner_schema(catalog, schema)[0]
    match inner.get("type"):
        case "string" if inner.get("enum"):
            return str(inner["enum"][0])
        case "number" | "integer":
            minimum = inner.get("minimum", 0)
            return minimum if isinstance(minimum, (int, float)) else 0
        case "boolean":
            return False
    first: Schema = next(iter(inner.get("anyOf", ())), inner)
    return [] if first.get("type") == "array" else "" if first.get("type") == "string" else {}


def describe_json(catalog: Catalog, schema: Schema) -> str:
    """Return what the JSON of a value is: an example of its fields, or its type."""
    inner = inner_schema(catalog, schema)[0]
    elements = element_schema(catalog, schema)
    if elements is None and not object_properties(catalog, schema):
        of = inner_schema(catalog, inner.get("items", {}))[0].get("type") or "value"
        shapes: dict[object, str] = {"object": "a JSON object", "array": f"a JSON list of {of}s"}
        return shapes.get(inner.get("type"), "JSON")
    for optional in (True, False):
        example = example_value(catalog, schema, optional=optional)
        text = json.dumps(example, ensure_ascii=False)
        if len(text) <= _LONGEST_EXAMPLE and example not in ({}, [{}]):
            return f"JSON like {text}"
    return "a JSON object" if elements is None else "a JSON list of objects"
