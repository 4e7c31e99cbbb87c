"""Reads the vendor's OpenAPI document: the YAML file, or what scripts/data/vendor_document.json keeps of it.

The kept document has facts only: names, types, bounds, patterns, defaults, status codes and titles.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

__all__ = ["BOUNDS", "bounds", "facts_of", "read_document"]

Schema = dict[str, Any]

BOUNDS = ("format", "minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems", "default")
"""The keywords of a schema that limit a value, or say which one is used when there is none."""

_PROSE = frozenset({"description", "example", "examples", "externalDocs", "title", "tags", "x-logo"})
_NAMED_PARTS = frozenset({"properties", "schemas", "parameters", "responses", "paths", "headers"})
_METHODS = ("get", "put", "post", "patch", "delete")
_UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_SCHEMA_PREFIX = "#/components/schemas/"


def facts_of(file: Path, source: str) -> dict[str, Any]:
    """Return an OpenAPI document in YAML or JSON without its prose, with its source.

    source: where the file is from; by default its name and checksum. Raises ValueError for another file.
    """
    try:
        text = file.read_text()
        document = json.loads(text) if file.suffix == ".json" else YAML(typ="safe", pure=True).load(text)
        version = str(document["openapi"])
    except (ValueError, YAMLError, TypeError, KeyError):
        raise ValueError(f"{file} is not an OpenAPI document in YAML or JSON.") from None
    kept: dict[str, Any] = _without_prose(document)
    origin = source or document["info"].get("x-source")
    origin = origin or f"{file.name}, SHA-256 {hashlib.sha256(text.encode()).hexdigest()}"
    kept["info"] = {"title": document["info"]["title"], "version": document["info"]["version"], "x-source": origin}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if "tags" in item.get(method, {}):
                kept["paths"][path][method]["tags"] = item[method]["tags"]
    return {"openapi": version, **kept}


def _without_prose(part: Any, *, names: bool = False) -> Any:
    """Return a part of a document without texts for readers. names: its keys are names, not keywords."""
    if isinstance(part, Mapping):
        return {
            str(key): _without_prose(value, names=not names and key in _NAMED_PARTS)
            for key, value in part.items()
            if names or key not in _PROSE
        }
    return [_without_prose(value) for value in part] if isinstance(part, list) else part


def read_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the operations by id and the schemas by name of an OpenAPI document, without references to scalars."""
    schemas = document["components"]["schemas"]
    operations: dict[str, Any] = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                shared = item.get("parameters", [])
                spec = {**item[method], "parameters": [*shared, *item[method].get("parameters", [])]}
                operations[spec["operationId"]] = {"method": method.upper(), "path": path, **_operation(document, spec)}
    return {
        "source": document["info"]["x-source"],
        "operations": operations,
        "schemas": {_model_name(name): _schema(schemas, schema) for name, schema in schemas.items()},
    }


def _model_name(name: str) -> str:
    """Return the name of a schema as the client writes it."""
    return name[:1].upper() + name[1:]


def _follow(document: Mapping[str, Any], part: Any) -> Any:
    """Return the part to which a reference points, such as a shared parameter, or the part itself."""
    while "$ref" in part:
        found: Any = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def _operation(document: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    parameters = [_follow(document, parameter) for parameter in spec["parameters"]]
    found: dict[str, Any] = {
        "group": spec.get("tags", [""])[0],
        "summary": " ".join(str(spec.get("summary", "")).split()),
        "deprecated": bool(spec.get("deprecated")),
        "parameters": [
            {
                "name": each["name"],
                "in": each["in"],
                "required": bool(each.get("required")),
                "schema": _schema(schemas, each.get("schema", {})),
            }
            for each in parameters
        ],
        "responses": sorted(str(code) for code in spec["responses"]),
        "scopes": sorted({scope for each in spec.get("security", ()) for scopes in each.values() for scope in scopes}),
    }
    if "requestBody" in spec:
        body = _follow(document, spec["requestBody"])
        found["bodyRequired"] = bool(body.get("required"))
        found["body"] = _json_schema(schemas, body)
    for code in found["responses"]:
        answer = _follow(document, spec["responses"].get(code) or spec["responses"].get(int(code), {}))
        if code.startswith("2") and (schema := _json_schema(schemas, answer)):
            found["response"] = schema
    return found


def _json_schema(schemas: Mapping[str, Any], holder: Mapping[str, Any]) -> Schema:
    """Return the schema of a JSON body; {} for none."""
    return _schema(schemas, holder.get("content", {}).get("application/json", {}).get("schema", {}))


def _schema(schemas: Mapping[str, Any], schema: Mapping[str, Any]) -> Schema:
    """Return a schema in the form of the catalog: references only to objects and enums, and `or null` as anyOf."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_SCHEMA_PREFIX)
        target = schemas.get(name)
        is_named = target is None or any(key in target for key in ("properties", "enum", "allOf", "oneOf", "anyOf"))
        return {"$ref": _SCHEMA_PREFIX + _model_name(name)} if is_named else _schema(schemas, target or {})
    if "allOf" in schema:
        return _merged(schemas, schema["allOf"])
    if parts := schema.get("oneOf") or schema.get("anyOf"):
        return {"anyOf": [_schema(schemas, part) for part in parts]}
    found: Schema = {key: schema[key] for key in ("type", "enum", *BOUNDS) if key in schema}
    if found.get("pattern") == _UUID_PATTERN:
        found = {"type": "string", "format": "uuid"}
    if "items" in schema:
        found["items"] = _schema(schemas, schema["items"])
    if "properties" in schema:
        found["properties"] = {name: _schema(schemas, part) for name, part in schema["properties"].items()}
        found |= {"required": list(schema["required"])} if schema.get("required") else {}
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") else found


def _merged(schemas: Mapping[str, Any], parts: list[Mapping[str, Any]]) -> Schema:
    """Return one object schema for the parts of an allOf."""
    properties: Schema = {}
    required: list[str] = []
    for part in parts:
        found = _schema(schemas, part)
        while "$ref" in found:
            found = _schema(schemas, schemas.get(part["$ref"].removeprefix(_SCHEMA_PREFIX), {}))
        properties |= found.get("properties", {})
        required += found.get("required", [])
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def bounds(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield the bounds of the values in a schema by their path, such as `locations[].keygenId`; "" is the whole.

    Objects to which it refers are left out: they have bounds of their own.
    """
    options = [part for part in schema.get("anyOf", [schema]) if part.get("type") != "null"]
    if len(options) == 1:
        (schema,) = options
        if found := {key: schema[key] for key in BOUNDS if key in schema}:
            yield path, found
        for name, part in schema.get("properties", {}).items():
            yield from bounds(part, f"{path}.{name}" if path else name)
        if "items" in schema:
            yield from bounds(schema["items"], f"{path}[]")
