"""Says in words how two catalogs differ."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["catalog_changes"]

_WORDS = {
    "summary": "title",
    "bodyRequired": "whether the body is required",
    "responses": "status codes",
    "deprecated": "whether it is deprecated",
    "newer": "whether only the document has it",
    "bodyBounds": "bounds of the body",
    "items": "elements",
    "anyOf": "types",
    "$ref": "type",
}


def catalog_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return one line for each thing that is new, gone or changed; none when the catalogs say the same."""
    lines = [*_operations(old, new), *_schemas(old, new), *_bounds(old, new)]
    if old.get("source") != new["source"]:
        lines.append(f"Changed: the source is {new['source']}")
    return lines


def _operations(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before = {entry["id"]: entry for entry in old["operations"]}
    after = {entry["id"]: entry for entry in new["operations"]}
    for name, entry in after.items():
        if name not in before:
            yield f"New: operation {name}, {entry['method']} {entry['path']}: {entry['summary']}"
    for name, entry in before.items():
        if name not in after:
            yield f"Gone: operation {name}, {entry['method']} {entry['path']}"
        else:
            yield from (f"Changed: operation {name}: {change}" for change in _operation(entry, after[name]))


def _operation(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before = {(each["in"], each["name"]): each for each in old["parameters"]}
    after = {(each["in"], each["name"]): each for each in new["parameters"]}
    for where, name in after.keys() - before.keys():
        yield f"{where} parameter {name} is new"
    for where, name in before.keys() - after.keys():
        yield f"{where} parameter {name} is gone"
    for key in sorted(before.keys() & after.keys()):
        earlier, later = (_flat(before[key]), _flat(after[key]))
        yield from (f"{key[0]} parameter {key[1]}: {change}" for change in _values(earlier, later))
    yield from _values(old, new, leave_out=("id", "parameters"))


def _flat(parameter: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parameter with the keywords of its schema, and a reference as the type."""
    flat = {**parameter, **parameter["schema"], "schema": None}
    return {**flat, "type": {"$ref": flat.pop("$ref")}} if "$ref" in flat else flat


def _values(old: Mapping[str, Any], new: Mapping[str, Any], *, leave_out: tuple[str, ...] = ()) -> Iterator[str]:
    for key in sorted((old.keys() | new.keys()) - set(leave_out)):
        if old.get(key) != new.get(key):
            yield f"{_WORDS.get(key, key)} was {_text(old.get(key))}, is {_text(new.get(key))}"


def _schemas(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = old["schemas"], new["schemas"]
    yield from (f"New: schema {name}" for name in sorted(after.keys() - before.keys()))
    yield from (f"Gone: schema {name}" for name in sorted(before.keys() - after.keys()))
    for name in sorted(before.keys() & after.keys()):
        yield from (f"Changed: schema {name}: {change}" for change in _schema(before[name], after[name]))


def _schema(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for word, kept, other in (("new", new, old), ("gone", old, new)):
        for value in kept.get("enum", ()):
            if value not in other.get("enum", ()):
                yield f"value {value} is {word}"
        for name in kept.get("properties", {}):
            if name not in other.get("properties", {}):
                is_required = word == "new" and name in kept.get("required", ())
                yield f"field {name} is {word}{' and required' if is_required else ''}"
        for name in kept.get("required", ()):
            if name not in other.get("required", ()) and name in other.get("properties", {}):
                yield f"field {name} is {'now' if word == 'new' else 'no longer'} required"
    for name, part in old.get("properties", {}).items():
        if part != new.get("properties", {}).get(name, part):
            yield f"field {name} was {_text(part)}, is {_text(new['properties'][name])}"
    yield from _values(old, new, leave_out=("enum", "properties", "required"))


def _bounds(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = old.get("bounds", {}), new["bounds"]
    for name in sorted(before.keys() | after.keys()):
        earlier, later = before.get(name, {}), after.get(name, {})
        for path in sorted(earlier.keys() | later.keys()):
            if earlier.get(path) != later.get(path):
                values = f"was {_text(earlier.get(path))}, is {_text(later.get(path))}"
                yield f"Changed: bounds of {name}.{path}: {values}"


def _text(value: Any) -> str:
    if value is None or value is False:
        return "none" if value is None else "no"
    if isinstance(value, Mapping) and set(value) == {"$ref"}:
        return str(value["$ref"].rpartition("/")[2])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
