"""Check a request body against the schema of its operation, without refusing it: a newer server may know more.

The results are warnings about fields that the operation does not have, and about values that are not known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from dyntui.core.validation import nearest_name
from dyntui.services.schemas import inner_schema

if TYPE_CHECKING:
    from dyntui.api.catalog import Catalog, Operation, Schema

__all__ = ["body_warnings", "did_you_mean", "value_warnings"]

_SENT = " It is sent as written."


def body_warnings(catalog: Catalog, operation: Operation, body: object) -> list[str]:
    """Return a warning for each unknown field and value of the body of an operation, with the nearest known name."""
    return list(_warnings(catalog, operation.body, body, "", operation.id)) if operation.body is not None else []


def value_warnings(name: str, values: Iterable[object], known: Collection[str]) -> list[str]:
    """Return a warning for each value of the field `name` that is not known. known: the known values; empty for any."""
    unknown = [value for value in values if known and isinstance(value, str) and value not in known]
    return [f"{name}: {value!r} is not a known value.{did_you_mean(value, known)}{_SENT}" for value in unknown]


def did_you_mean(name: str, known: Collection[str]) -> str:
    """Return ` Did you mean NAME?` with the known name that is nearest to `name`; "" when none is."""
    near = nearest_name(name, known)
    return f" Did you mean {near}?" if near else ""


_EXPECTED: Mapping[str, tuple[tuple[type, ...], str]] = {
    "object": ((dict,), "a JSON object"),
    "array": ((list,), "a list"),
    "string": ((str,), "a text"),
    "boolean": ((bool,), "true or false"),
    "number": ((int, float), "a number"),
    "integer": ((int, float), "a number"),
}
"""What the value of a schema of this type has to be, and its name."""


def _warnings(catalog: Catalog, schema: Schema, value: object, path: str, operation: str) -> Iterator[str]:
    schema = inner_schema(catalog, schema)[0]
    expected = _EXPECTED.get("object" if "properties" in schema else str(schema.get("type")))
    if expected is not None and value is not None and type(value) not in expected[0]:
        yield f"{path or f'The body of {operation}'} is not {expected[1]}.{_SENT}"
    elif isinstance(value, Mapping):
        properties = schema.get("properties", {})
        for name, part in value.items() if properties else ():
            part_path = f"{path}.{name}" if path else str(name)
            if name in properties:
                yield from _warnings(catalog, properties[name], part, part_path, operation)
            else:
                yield f"{operation} has no field {part_path!r}.{did_you_mean(name, properties)}{_SENT}"
    elif isinstance(value, list):
        for index, part in enumerate(value):
            part_path = path if isinstance(part, str) else f"{path}[{index}]"
            yield from _warnings(catalog, schema.get("items", {}), part, part_path, operation)
    else:
        yield from value_warnings(path, [value], [str(each) for each in schema.get("enum", ())])
