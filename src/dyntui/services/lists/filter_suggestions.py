"""What can be typed into the server's filter of a list: its columns, and the values that the API names for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from dyntui.resources import Resource
from dyntui.resources.filters import short_name

__all__ = ["suggest_filter"]


def suggest_filter(record: Resource, typed: str) -> list[str]:
    """What `typed` may go on to: after a colon the columns, or the values of what stands before it. Nothing for plain
    text: it is searched as it is."""
    how = record.filter
    if how is None or ":" not in typed or not (how.column_key or how.other_keys):
        return []
    before, last = typed[: len(typed) - len(typed.split(" ")[-1])], typed.split(" ")[-1]
    name, colon, value = last.partition(":")
    others = {short_name(other): other for other in how.other_keys}
    if not colon:
        return []
    if name in others:
        values = _values(record.list.operation, how.parameter, others[name])
        return [f"{before}{name}:{each}" for each in values if each.casefold().startswith(value.casefold())]
    if name in how.columns or value:
        return []
    names = [*others, *(how.columns if how.column_key else ())]
    return [f"{before}{each}:" for each in names if each.casefold().startswith(name.casefold()) and each != "all"]


@cache
def _values(operation_id: str, parameter: str, name: str) -> Sequence[str]:
    """The values that the API names for a key of a filter; servers may know more."""
    from dyntui.api.catalog import catalog

    known = catalog()
    schema = next(each.schema for each in known.get(operation_id).parameters if each.name == parameter)
    wanted = known.resolve(known.resolve(schema).get("properties", {}).get(name, {}))
    return tuple(str(value) for value in wanted.get("enum", ()))
