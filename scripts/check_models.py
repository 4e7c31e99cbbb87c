"""Compares the models of src/dyntui/api/models with the catalog.

python scripts/check_models.py
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
import types
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Union, get_args, get_origin

from dyntui.api import models
from dyntui.api.catalog import Catalog
from dyntui.api.catalog import catalog as load_catalog
from dyntui.api.models.common import Model, OpenEnum


def model_problems(known: Catalog) -> Iterator[str]:
    """Yield where a model differs from its schemas: unknown fields, other types, other enum values, required fields."""
    for module in pkgutil.iter_modules(models.__path__, f"{models.__name__}."):
        importlib.import_module(module.name)
    for model in Model.__subclasses__():
        properties = [known.schemas[name]["properties"] for name in model.SCHEMAS]
        for name, field in model.model_fields.items():
            alias = field.alias or name
            schemas = [found[alias] for found in properties if alias in found]
            required = all(alias in known.schemas[name].get("required", ()) for name in model.SCHEMAS)
            if not schemas:
                yield f"{model.__name__}.{name}: the schema has no {alias}"
            for problem in field_problems(known, schemas, field.annotation, required=required or name == "id"):
                yield f"{model.__name__}.{name}: {problem}"


def field_problems(known: Catalog, schemas: list[Any], annotation: Any, *, required: bool) -> Iterator[str]:
    """Yield where a field differs from its schemas.

    An identifier counts as required, because every object has one. A time may always be None: there is no empty time.
    """
    is_optional = type(None) in get_args(annotation) and get_origin(annotation) in (Union, types.UnionType)
    inner = next(part for part in get_args(annotation) if part is not type(None)) if is_optional else annotation
    for schema in schemas:
        parts = [known.resolve(part) for part in schema.get("anyOf", [schema])]
        is_nullable = any(part.get("type") == "null" for part in parts)
        (value,) = [part for part in parts if part.get("type") != "null"]
        if not fits(known, value, inner):
            yield f"{inner} does not fit {json.dumps(value)[:100]}"
        has_empty_value = get_origin(inner) in (list, Mapping)
        if is_optional and required and not is_nullable and inner is not datetime:
            yield "the schema requires it, so it is never None"
        if not is_optional and not has_empty_value and (is_nullable or not required):
            yield "it may be missing, so its type needs None"


def fits(known: Catalog, schema: Any, annotation: Any) -> bool:
    """Return whether values of a schema fit the type of a field."""
    if get_origin(annotation) is list:
        return schema.get("type") == "array" and fits(known, known.resolve(schema["items"]), get_args(annotation)[0])
    if get_origin(annotation) is not None:
        return bool(schema.get("type") == "object")
    if issubclass(annotation, OpenEnum):
        return set(annotation) == set(schema.get("enum", ()))
    if issubclass(annotation, Model):
        return any(schema == known.schemas[name] for name in annotation.SCHEMAS)
    names: dict[type, tuple[str, ...]] = {str: ("string",), datetime: ("string",), bool: ("boolean",)}
    expected = names.get(annotation, ("number", "integer"))
    return schema.get("type") in expected


def main() -> None:
    sys.exit("\n".join(model_problems(load_catalog())) or 0)


if __name__ == "__main__":
    main()
