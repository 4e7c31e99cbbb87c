"""The settings of the environment: one value changed at a time, against what is there now, and checked afterwards.

The API takes them as a whole, and whether it keeps what is left out is not documented
(docs/vendor-api.md#settings): so all of what was just
read is sent back with one value different, and what else has changed afterwards is told.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dyntui.api.catalog import catalog
from dyntui.core.errors import UsageError
from dyntui.services.actions.write_types import Target, WriteAction
from dyntui.services.forms import FieldKind, FormField, ParameterLocation

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit

__all__ = ["ABSENT", "change_leaf", "differences", "is_leaf", "leaf_at", "read_settings", "setting_field", "with_leaf"]

Path = Sequence[str]
ABSENT = object()
"""What a value is that is not there."""


async def read_settings(client: Client) -> dict[str, Any]:
    """The settings as they are now."""
    document = await client.call("getEnvironmentById")
    found = document.get("settings") if isinstance(document, dict) else None
    if not isinstance(found, dict):
        raise UsageError("The server tells no settings of this environment.")
    return found


def leaf_at(document: Any, way: Path) -> Any:
    """The value at the end of `way`, ABSENT when there is none."""
    for part in way:
        if isinstance(document, Mapping) and part in document:
            document = document[part]
        elif isinstance(document, list) and part.isdigit() and int(part) < len(document):
            document = document[int(part)]
        else:
            return ABSENT
    return document


def is_leaf(value: Any) -> bool:
    """Whether it is a single value, or a list of words."""
    if isinstance(value, list):
        return all(isinstance(part, str) for part in value)
    return not isinstance(value, Mapping)


def with_leaf(document: Mapping[str, Any], way: Path, value: Any) -> dict[str, Any]:
    """A copy with another value at the end of `way`, which has to exist."""
    if leaf_at(document, way) is ABSENT:
        raise UsageError(f"There is no setting {'.'.join(way)} any more.", hint="Read the settings again.")
    changed = copy.deepcopy(dict(document))
    holder: Any = changed
    for part in way[:-1]:
        holder = holder[int(part)] if isinstance(holder, list) else holder[part]
    holder[int(way[-1]) if isinstance(holder, list) else way[-1]] = value
    return changed


def differences(before: Any, after: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[str, Any, Any]]:
    """Every value that is another one: its dot path, what it was, what it is (ABSENT where there is none)."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(name for name in after if name not in before)]:
            yield from differences(before.get(name, ABSENT), after.get(name, ABSENT), (*way, str(name)))
    elif isinstance(before, list) and isinstance(after, list):
        for index in range(max(len(before), len(after))):
            old = before[index] if index < len(before) else ABSENT
            new = after[index] if index < len(after) else ABSENT
            yield from differences(old, new, (*way, str(index)))
    elif before != after or isinstance(before, bool) is not isinstance(after, bool):
        yield ".".join(way), before, after


def setting_field(way: Path, value: Any) -> FormField:
    """The field that a setting is changed in: its kind and options by the schema, else by what it is."""
    known = catalog()
    schema: Any = known.schemas["ProjectSettings"]
    nullable = False
    for part in (*way, ""):
        schema = known.resolve(schema)
        parts = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
        nullable = len(parts) < len(schema.get("anyOf", ()))
        schema = known.resolve(parts[0]) if len(parts) == 1 else schema
        if not part:
            break
        schema = schema.get("items", {}) if part.isdigit() else schema.get("properties", {}).get(part, {})
    options = tuple(str(each) for each in schema.get("enum", ()))
    kind = {"string": FieldKind.TEXT, "number": FieldKind.NUMBER, "boolean": FieldKind.FLAG}.get(
        schema.get("type", ""), FieldKind.JSON
    )
    match value:
        case bool():
            kind = FieldKind.FLAG
        case int() | float() if kind is FieldKind.JSON:
            kind = FieldKind.NUMBER
        case str() if kind is FieldKind.JSON:
            kind = FieldKind.TEXT
        case list():
            items = known.resolve(schema.get("items", {}))
            kind, options = FieldKind.LIST, tuple(str(each) for each in items.get("enum", ()))
    if kind is FieldKind.FLAG:
        options = ("true", "false")
    elif kind is FieldKind.TEXT and options:
        kind = FieldKind.CHOICE
    return FormField(way[-1], ParameterLocation.BODY, kind, options=options, nullable=nullable or value is None)


def change_leaf(way: Path, before: Any, after: Any) -> WriteAction:
    """Change one value, if it still is what it was when it was looked at."""

    async def call(client: Client, target: Target, permit: WritePermit) -> Any:
        settings = await read_settings(client)
        if leaf_at(settings, way) != before:
            raise UsageError(
                f"{'.'.join(way)} is another one by now; nothing was sent.", hint="Read the settings again and look."
            )
        answer = await client.call("updateProjectSettings", body=with_leaf(settings, way, after), permit=permit)
        return {"before": settings, "answer": answer}

    async def reread(client: Client, target: Target) -> Any:
        return await read_settings(client)

    return WriteAction(
        "settings.change",
        "Change",
        "setting",
        "updateProjectSettings",
        call,
        reread=reread,
        warning="The API takes all settings at once: the others are sent as they were read a moment ago.",
        typed_in_live=True,
    )
