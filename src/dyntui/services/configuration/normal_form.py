"""The schema of the values of an object, and their normal form: see `model`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from dyntui.api.catalog import catalog
from dyntui.core.masking import is_masked_name
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.configuration import ENABLED, Configuration
from dyntui.resources.resource import Resource
from dyntui.services.configuration.model import (
    ABSENT,
    LeafPlace,
    Reference,
    element_key,
    is_identity_reference,
    is_secret_text,
    visit_values,
)
from dyntui.services.schemas import inner_schema

if TYPE_CHECKING:
    from dyntui.api.catalog import Schema

__all__ = [
    "FieldRules",
    "configuration_of",
    "has_secret",
    "is_secret",
    "is_secret_place",
    "is_secret_reference",
    "normal_values",
    "value_schema",
]


@dataclass(frozen=True, slots=True)
class FieldRules:
    """What the manifest of a folder adds to the records, by name of the resource: dot paths of values."""

    differs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values that differ between environments."""
    ignore: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values that are neither written nor compared."""
    secrets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values that are never written."""

    def differing(self, record: Resource) -> frozenset[str]:
        """Return the paths of the values of a resource that differ between environments."""
        return frozenset((*configuration_of(record).differs, *self.differs.get(record.name, ())))

    def secret(self, record: Resource) -> tuple[str, ...]:
        """Return the paths of the values of a resource that are secrets."""
        return (*configuration_of(record).secret, *self.secrets.get(record.name, ()))

    def ignored(self, record: Resource) -> frozenset[str]:
        """Return the paths of the values of a resource that are neither written nor compared."""
        return frozenset(self.ignore.get(record.name, ()))


def configuration_of(record: Resource) -> Configuration:
    """Return how the objects of a resource are configuration. Raises ValueError for a resource that is none."""
    if record.configuration is None:
        raise ValueError(f"{record.name} is not configuration")
    return record.configuration


@cache
def value_schema(name: str) -> dict[str, Any]:
    """Return the JSON schema of the values of an object: what the API accepts, its identity and `enabled`.

    name: the name of a resource that is configuration. References in it are those of the catalog.
    """
    record, known = RESOURCES[name], catalog()
    rules = configuration_of(record)
    if rules.group_by:
        body = _body_schema(record, rules.create)
        properties = {rules.group_by: _TEXT, record.list.items: {"type": "array", "items": body}}
        return {"type": "object", "properties": properties, "required": [*properties]}
    if rules.schema:
        bodies = [known.schemas[rules.schema]]
    else:
        bodies = [_body_schema(record, action) for action in (rules.create, rules.edit)]
    found: dict[str, Schema] = dict.fromkeys(rules.identity, _TEXT)
    for body in bodies:
        found |= body.get("properties", {})
    if rules.enabled_field:
        found[ENABLED] = {"type": "boolean"}
    top_level_read_only = {path for path in rules.read_only if "." not in path}
    must = () if rules.create in rules.cannot else (bodies[0] or bodies[-1]).get("required", ())
    required = dict.fromkeys((*rules.identity, *must))
    return {
        "type": "object",
        "properties": {key: schema for key, schema in found.items() if key not in top_level_read_only},
        "required": [key for key in required if key not in top_level_read_only],
    }


_TEXT: Schema = {"type": "string"}


def _body_schema(record: Resource, action_name: str) -> Schema:
    """Return the schema of the body of an action; an empty one when the record has no such action or it has no body."""
    action = record.action(action_name)
    body = catalog().get(action.operation).body if action is not None else None
    return inner_schema(catalog(), body)[0] if body is not None else {}


def is_secret_place(place: LeafPlace, rules: FieldRules) -> bool:
    """Return whether the value at a place is a secret by its record or by the manifest."""
    return place.name in rules.secret(place.record)


def is_secret(place: LeafPlace, value: object, rules: FieldRules) -> bool:
    """Return whether a single value must not be written: a secret by its place, its name or its form."""
    if is_secret_place(place, rules):
        return value not in (None, "", False)
    name = place.name.rpartition(".")[2]
    if not isinstance(value, str):
        return is_masked_name(name) and isinstance(value, int) and not isinstance(value, bool)
    return is_secret_text(name, value)


def has_secret(place: LeafPlace, value: object, rules: FieldRules) -> bool:
    """Return whether a value at a place, which may be an object or a list, has a single value that is a secret."""
    return any(is_secret(inner, part, rules) for inner, part in visit_values(place, value))


def is_secret_reference(place: LeafPlace, reference: Reference, rules: FieldRules) -> bool:
    """Return whether it is known, without its value, that what a reference stands for is a secret."""
    if is_secret_place(place, rules) or is_identity_reference(place.record, place.name, reference):
        return True
    return is_masked_name(place.name)


def normal_values(record: Resource, values: Mapping[str, object], rules: FieldRules) -> dict[str, object]:
    """Return the values of an object in the normal form, in the order of the schema.

    Values that are not set, the default, read-only or ignored are left out, lists whose order has no meaning are
    sorted. Values that the catalog does not know are kept inside objects, because a newer server may know them.
    """
    configuration = configuration_of(record)
    left_out, secret = {*configuration.read_only, *rules.ignored(record)}, rules.secret(record)
    schema = value_schema(record.name)
    known = {name: value for name, value in values.items() if name in schema["properties"]}
    first = dict.fromkeys((*configuration.identity, *([ENABLED] if configuration.enabled_field else [])))

    def normal(value: object, schema: Schema, path: str) -> object:
        is_unset = value is None or (value == "" and path in secret)
        if path in left_out or is_unset or value == configuration.defaults.get(path, ABSENT):
            return ABSENT
        schema = inner_schema(catalog(), schema)[0]
        if isinstance(value, Mapping):
            properties = schema.get("properties", {})
            names = [
                *(first if not path else ()),
                *properties,
                *sorted(name for name in value if name not in properties),
            ]
            parts = {
                name: normal(value[name], properties.get(name, {}), f"{path}.{name}" if path else name)
                for name in dict.fromkeys(names)
                if name in value
            }
            found = {name: part for name, part in parts.items() if part is not ABSENT}
            return found if found or not path else ABSENT
        if isinstance(value, (list, tuple)):
            elements = [normal(element, schema.get("items", {}), path) for element in value]
            elements = [{} if part is ABSENT else part for part in elements]
            key = configuration.list_keys.get(path)
            return (
                elements if key is None else sorted(elements, key=lambda element: _natural(element_key(element, key)))
            )
        return value

    result = normal(known, schema, "")
    return result if isinstance(result, dict) else {}


def _natural(text: str | None) -> tuple[bool, int, str]:
    """Return a key that sorts numbers by their value, before texts."""
    text = text or ""
    is_number = text.isascii() and text.isdigit()
    return not is_number, int(text) if is_number else 0, text
