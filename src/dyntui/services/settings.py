"""Change one setting of the environment at a time.

The API accepts the settings as a whole, and it is not documented whether it keeps omitted ones. So all settings that
were just read are sent with one value changed, and other differences are reported afterwards.
Source: docs/vendor-api.md#settings.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dyntui.api.catalog import catalog
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_object
from dyntui.core.text import shorten
from dyntui.resources.cell_formats import get_path
from dyntui.services.actions.registry import declared_write
from dyntui.services.actions.write_types import Target, WriteAction
from dyntui.services.forms import FieldKind, FormField, field_text, inner_schema, schema_field

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit

__all__ = ["ABSENT", "change_leaf", "differences", "is_leaf", "leaf_at", "read_settings", "setting_field", "with_leaf"]

Path = Sequence[str]
ABSENT = object()
"""The value of a path that does not exist."""


async def read_settings(client: Client) -> Row:
    found = as_object(await client.call("getEnvironmentById")).get("settings")
    if not isinstance(found, dict):
        raise UsageError("The server returned no settings of this environment.")
    return found


def leaf_at(document: object, path: Path) -> object:
    """Return the value at `path`; ABSENT when there is none."""
    return get_path(document, path, ABSENT)


def is_leaf(value: object) -> bool:
    """Return whether a value is a single value or a list of texts."""
    if isinstance(value, list):
        return all(isinstance(part, str) for part in value)
    return not isinstance(value, Mapping)


def with_leaf(document: Mapping[str, object], path: Path, value: object) -> dict[str, object]:
    """Return a copy with another value at `path`. Raises UsageError when the path does not exist."""
    if leaf_at(document, path) is ABSENT:
        raise UsageError(f"The setting {'.'.join(path)} no longer exists.", hint="Refresh the settings.")
    changed = copy.deepcopy(dict(document))
    holder = leaf_at(changed, path[:-1])
    if isinstance(holder, list):
        holder[int(path[-1])] = value
    elif isinstance(holder, dict):
        holder[path[-1]] = value
    return changed


def differences(before: object, after: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, object, object]]:
    """Yield each changed value: dot path, old value, new value (ABSENT for none)."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from differences(before.get(name, ABSENT), after.get(name, ABSENT), (*path, str(name)))
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            old = before[index] if index < len(before) else ABSENT
            new = after[index] if index < len(after) else ABSENT
            yield from differences(old, new, (*path, str(index)))
    elif before != after or isinstance(before, bool) is not isinstance(after, bool):
        yield ".".join(path), before, after


def setting_field(path: Path, value: object) -> FormField:
    """Return the form field of a setting: kind and options from the schema, else from the value."""
    known = catalog()
    schema = known.schemas["ProjectSettings"]
    for part in path:
        schema = inner_schema(known, schema)[0]
        schema = schema.get("items", {}) if part.isdigit() else schema.get("properties", {}).get(part, {})
    field = schema_field(known, path[-1], "body", schema)
    kind, options = field.kind, field.options
    match value:
        case bool():
            kind, options = FieldKind.FLAG, ("true", "false")
        case int() | float() if kind is FieldKind.JSON:
            kind = FieldKind.NUMBER
        case str() if kind is FieldKind.JSON:
            kind = FieldKind.CHOICE if options else FieldKind.TEXT
        case list():
            kind = FieldKind.LIST
    return replace(field, kind=kind, options=options, nullable=field.nullable or value is None)


def change_leaf(path: Path, before: object, after: object) -> WriteAction:
    """Return the action that changes one value, if it still has the value `before`."""

    async def call(client: Client, target: Target, permit: WritePermit) -> object:
        settings = await read_settings(client)
        if leaf_at(settings, path) != before:
            raise UsageError(f"{'.'.join(path)} was changed meanwhile; nothing was sent.", hint="Refresh the settings.")
        answer = await client.call("updateProjectSettings", body=with_leaf(settings, path, after), permit=permit)
        return {"before": settings, "answer": answer}

    async def reread(client: Client, target: Target) -> object:
        return await read_settings(client)

    value = shorten(field_text(after), 60) or "empty"
    return declared_write("settings.edit", call, reread=reread, complement=f"to {value}")
