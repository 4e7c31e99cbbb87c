"""Suggestions for the filter of a list: columns, and the values that the API defines for other keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from dyntui.resources.filters import short_name
from dyntui.resources.resource import Resource

__all__ = ["suggest_filter"]


def suggest_filter(record: Resource, typed: str) -> list[str]:
    """Return completions of `typed`: columns after a colon, or values of the key before it; [] for plain text."""
    spec = record.filter
    if spec is None or ":" not in typed or not (spec.column_key or spec.other_keys):
        return []
    before, last = typed[: len(typed) - len(typed.split(" ")[-1])], typed.split(" ")[-1]
    name, colon, value = last.partition(":")
    others = {short_name(other): other for other in spec.other_keys}
    if not colon:
        return []
    if name in others:
        values = _values(record.list.operation, spec.parameter, others[name])
        return [f"{before}{name}:{each}" for each in values if each.casefold().startswith(value.casefold())]
    if name in spec.columns or value:
        return []
    names = [*others, *(spec.columns if spec.column_key else ())]
    return [f"{before}{each}:" for each in names if each.casefold().startswith(name.casefold()) and each != "all"]


@cache
def _values(operation_id: str, parameter: str, name: str) -> Sequence[str]:
    """Return the values that the API defines for a key of a filter. Servers may accept more."""
    from dyntui.api.catalog import catalog

    api = catalog()
    schema = next(each.schema for each in api.get(operation_id).parameters if each.name == parameter)
    key_schema = api.resolve(api.resolve(schema).get("properties", {}).get(name, {}))
    return tuple(str(value) for value in key_schema.get("enum", ()))
