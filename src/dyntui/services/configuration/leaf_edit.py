"""Set single values of an object by their leaf paths, in the normal form or in a row as the server returned it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from dyntui.api.catalog import catalog
from dyntui.core.strict_json import load_json
from dyntui.resources.cell_formats import get_path
from dyntui.resources.configuration import WHOLE_ELEMENT
from dyntui.resources.resource import Resource
from dyntui.services.configuration.compare import LeafChange
from dyntui.services.configuration.model import ABSENT, LeafPath, LeafPlace, Reference, element_key
from dyntui.services.configuration.normal_form import configuration_of, value_schema
from dyntui.services.schemas import inner_schema

if TYPE_CHECKING:
    from dyntui.api.catalog import Schema

__all__ = ["references_in", "typed_value", "unset_value", "with_leaves", "with_values"]

Unset: TypeAlias = Callable[[str], object]


def with_leaves(
    record: Resource,
    values: Mapping[str, object],
    leaves: Iterable[LeafChange],
    unset: Unset = lambda name: ABSENT,
) -> dict[str, object]:
    """Return the values of an object with the changes of these leaves. Elements of lists with keys are found by them.

    unset: returns what is set in place of a value that is removed, by its dot path; ABSENT removes it.
    """
    changed = copy.deepcopy(dict(values))
    elements: dict[LeafPath, list[LeafChange]] = {}
    for leaf in leaves:
        if leaf.path and _is_element(record, leaf.path):
            elements.setdefault(leaf.path[:-1], []).append(leaf)
        else:
            _set(LeafPlace(record), changed, leaf.path, leaf.after, unset)
    for path, changes in elements.items():
        _set(LeafPlace(record), changed, path, _with_elements(get_path(changed, path), changes), unset)
    return changed


def _is_element(record: Resource, path: LeafPath) -> bool:
    """Return whether a leaf is a whole element of a list that is in no other list: there may be thousands."""
    rules = configuration_of(record)
    return rules.list_keys.get(".".join(path[:-1])) == WHOLE_ELEMENT


def _with_elements(value: object, changes: Iterable[LeafChange]) -> list[object]:
    """Return a list of whole elements with some added and others removed."""
    found = {element_key(each, WHOLE_ELEMENT): each for each in (value if isinstance(value, list) else [])}
    for leaf in changes:
        if leaf.after is ABSENT:
            found.pop(leaf.path[-1], None)
        else:
            found.setdefault(leaf.path[-1], leaf.after)
    return [*found.values()]


def _set(place: LeafPlace, values: dict[str, Any], path: LeafPath, value: object, unset: Unset) -> None:
    name, *rest = path
    place = place.part(name)
    if rest and place.list_key is not None:
        elements = values.get(name)
        values[name] = elements if isinstance(elements, list) else []
        _set_in_list(place, values[name], tuple(rest), value, unset)
    elif rest:
        if not isinstance(values.get(name), dict):
            if value is ABSENT:
                return
            values[name] = {}
        _set(place, values[name], tuple(rest), value, unset)
    elif value is not ABSENT:
        values[name] = value
    elif name in values and not (place.list_key is not None and values[name]):
        # The leaf of an empty list ends when the list gets elements.
        value = unset(place.name)
        if value is ABSENT:
            del values[name]
        else:
            values[name] = value


def _set_in_list(place: LeafPlace, elements: list[Any], path: LeafPath, value: object, unset: Unset) -> None:
    """Set a value in an element of a list with keys, or add or remove the element."""
    key, *rest = path
    list_key = place.list_key
    assert list_key is not None
    at = next((index for index, each in enumerate(elements) if element_key(each, list_key) == key), None)
    if list_key == WHOLE_ELEMENT:
        if value is ABSENT and at is not None:
            del elements[at]
        elif value is not ABSENT and at is None:
            elements.append(value)
        return
    if rest == [list_key]:
        if value is ABSENT:
            if at is not None:
                del elements[at]
        elif at is None:
            elements.append({list_key: value})
        return
    if at is None:
        if value is ABSENT:
            return  # the element was removed
        elements.append({list_key: key})
        at = len(elements) - 1
    if rest and isinstance(elements[at], dict):
        inner = LeafPlace(place.record, place.name, (*place.path, key))
        _set(inner, elements[at], tuple(rest), value, unset)


def unset_value(record: Resource, name: str) -> object:
    """Return what is sent to unset the value at a dot path: its default, else null; ABSENT when the API has neither."""
    rules = configuration_of(record)
    if name in rules.defaults:
        return rules.defaults[name]
    schema, nullable = _schema_at(record, name.split("."))
    return None if nullable or not schema or schema.get("nullable", False) else ABSENT


def _schema_at(record: Resource, path: Iterable[str]) -> tuple[Schema, bool]:
    """Return the schema of the value at a path without keys of list elements, and whether it may be null."""
    schema: Schema = value_schema(record.name)
    nullable = False
    for part in path:
        schema = inner_schema(catalog(), schema)[0]
        schema = inner_schema(catalog(), schema.get("items", schema))[0]
        schema, nullable = inner_schema(catalog(), schema.get("properties", {}).get(part, {}))
    return schema, nullable


def typed_value(record: Resource, path: LeafPath, text: str) -> object:
    """Return the value of an environment variable: a number or boolean where the API needs one, else the text."""
    if _schema_at(record, path)[0].get("type") in ("number", "integer", "boolean"):
        try:
            return load_json(text.encode())
        except ValueError:
            pass  # the server says what is wrong with it
    return text


def references_in(value: object) -> list[Reference]:
    """Return the references in the value of a leaf, also inside a list."""
    if isinstance(value, Reference):
        return [value]
    if isinstance(value, Mapping):
        return [found for part in value.values() for found in references_in(part)]
    return [found for part in value for found in references_in(part)] if isinstance(value, list) else []


def with_values(value: object, known: Mapping[str, str]) -> object:
    """Return a value with known values in place of its references. Raises KeyError for an unknown one."""
    if isinstance(value, Reference):
        return known[value.name]
    if isinstance(value, Mapping):
        return {name: with_values(part, known) for name, part in value.items()}
    return [with_values(part, known) for part in value] if isinstance(value, list) else value
