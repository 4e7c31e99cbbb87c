"""The fields of documents: their dot paths, the selection of some of them, and the nearest name to a wrong one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dyntui.core.errors import UsageError
from dyntui.core.text import shorten
from dyntui.core.validation import nearest_name
from dyntui.resources.cell_formats import get_path

if TYPE_CHECKING:
    from dyntui.resources.resource import Resource

__all__ = ["FieldNames", "detail_fields", "field_columns", "list_fields", "select_fields", "value_at"]

_DEEPEST = 4
_LONGEST = 500
"""The maximum of characters in a dot path."""
_MISSING = object()


@dataclass(slots=True)
class FieldNames:
    """The fields that documents of one kind can have, as dot paths without the numbers of list items."""

    known: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    """The fields whose content is free, such as metadata."""

    def check(self, fields: Sequence[str], rows: Sequence[object]) -> None:
        """Raise UsageError for a field that is neither known nor in one of the rows; its hint names the nearest one."""
        found = set[str]()
        for name in fields:
            if len(name) > _LONGEST:
                raise UsageError(f"There is no field {shorten(name, 60)!r}: it has {len(name):,} characters.")
            if self._has(name) or any(get_path(row, name, _MISSING) is not _MISSING for row in rows):
                continue
            found = found or {path for row in rows for path in _paths(row)}
            names = self.known | found
            if not names:
                continue  # an empty list, whose rows are not described
            near = _nearest(name, names)
            top = ", ".join(sorted(path for path in names if "." not in path)[:40])
            raise UsageError(
                f"There is no field {name!r}.", hint=f"Did you mean {near}?" if near else f"Fields: {top}."
            )

    def _has(self, name: str) -> bool:
        parts = [part for part in name.split(".") if not part.isdigit()]
        paths = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
        return paths[-1:] != [] and (paths[-1] in self.known or any(path in self.open for path in paths))


def _nearest(name: str, names: Collection[str]) -> str:
    by_lower = {each.lower(): each for each in names}
    return by_lower.get(nearest_name(name.lower(), by_lower), "")


def _paths(value: object, prefix: str = "", depth: int = 0) -> Iterator[str]:
    if isinstance(value, list):
        for part in value[:10]:
            yield from _paths(part, prefix, depth)
    elif isinstance(value, Mapping) and depth < _DEEPEST:
        for name, part in value.items():
            path = f"{prefix}.{name}" if prefix else str(name)
            yield path
            yield from _paths(part, path, depth + 1)


def list_fields(record: Resource) -> FieldNames:
    """Return the fields of the rows of a record's list, as the catalog describes them, and those of its columns."""
    names = _operation_fields(record.list.operation, [*record.list.items.split("."), *record.list.wrapper.split(".")])
    names.known |= {column.field for column in record.columns if column.field} | {record.key}
    return names


def detail_fields(record: Resource) -> FieldNames:
    """Return the fields of one object of a record, as the catalog describes them: its own and those in the list."""
    names = list_fields(record)
    if record.detail:
        more = _operation_fields(record.detail, record.detail_wrapper.split("."))
        names.known |= more.known
        names.open |= more.open
    return names


def _operation_fields(operation_id: str, path: Sequence[str]) -> FieldNames:
    from dyntui.api.catalog import catalog

    names = FieldNames()
    schema: Mapping[str, object] | None = catalog().get(operation_id).response
    for part in path:
        if schema is not None and part:
            schema = next((each["properties"].get(part) for each in _objects(schema) if "properties" in each), None)
    if schema is not None:
        _collect(schema, "", names, 0)
    return names


def _objects(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Iterate over the schemas of the objects in a schema: itself, its alternatives, and the items of an array."""
    from dyntui.api.catalog import catalog

    schema = catalog().resolve(dict(schema))
    if "items" in schema:
        yield from _objects(schema["items"])
    for kind in ("anyOf", "oneOf", "allOf"):
        for each in schema.get(kind, ()):
            yield from _objects(each)
    yield schema


def _collect(schema: Mapping[str, object], prefix: str, names: FieldNames, depth: int) -> None:
    for each in _objects(schema):
        properties = each.get("properties")
        if not properties and prefix and (each.get("type") == "object" or "additionalProperties" in each):
            names.open.add(prefix)
        for name, part in (properties or {}).items():
            path = f"{prefix}.{name}" if prefix else name
            names.known.add(path)
            if depth < _DEEPEST:
                _collect(part, path, names, depth + 1)
            else:
                names.open.add(path)


def select_fields(row: object, fields: Sequence[str]) -> object:
    """Return a row with only these fields, where they are in the row; a field that it does not have is None.

    The row itself when no fields are given or when it is no object.
    """
    if not fields or not isinstance(row, Mapping):
        return row
    tree: _Tree = {}
    for name in fields:
        inside = tree
        *parents, last = name.split(".")
        for parent in parents:
            inside = inside.setdefault(parent, {})
        inside[last] = {}
    return _select(row, tree)


_Tree = dict[str, "_Tree"]
"""The selected fields of an object or of the items of a list; empty for all."""


def _select(value: object, tree: _Tree) -> object:
    if not tree:
        return value
    if isinstance(value, list):
        if not all(name.isdigit() for name in tree):
            return [_select(item, tree) for item in value]
        places = range(min(len(value), max(map(int, tree)) + 1))
        return [_select(value[place], tree[str(place)]) if str(place) in tree else None for place in places]
    if isinstance(value, Mapping):
        return {name: _select(value.get(name), inside) for name, inside in tree.items()}
    return None


def value_at(value: object, path: str) -> object:
    """Return the value at a dot path; below a list, without a number, the values of all its items."""
    if not path:
        return value
    if isinstance(value, (dict, Mapping)):  # most mappings are dicts, which are quicker to find
        if path in value:
            return value[path]
        name, _, rest = path.partition(".")
        return value_at(value.get(name), rest)
    if isinstance(value, list):
        name, _, rest = path.partition(".")
        if not name.isdigit():
            return [value_at(item, path) for item in value]
        return value_at(value[int(name)], rest) if int(name) < len(value) else None
    return None


def field_columns(rows: Sequence[object]) -> list[str]:
    """Return the names of all fields of the rows, in the order in which they appear."""
    return list(dict.fromkeys(str(name) for row in rows if isinstance(row, Mapping) for name in row))
