"""Change settings of the environment by their dot paths.

The API accepts the settings as a whole, and it is not documented whether it keeps omitted ones. So all settings that
were just read are sent with the values changed, and other differences are reported afterwards.
Source: docs/vendor-api.md#settings.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dyntui.api.catalog import catalog
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_object
from dyntui.core.masking import HIDDEN
from dyntui.core.redact import is_secret_name
from dyntui.core.text import shorten
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.cell_formats import get_path
from dyntui.services.actions.registry import declared_write
from dyntui.services.actions.resource_actions import mask_fields
from dyntui.services.actions.undo_state import saved_values
from dyntui.services.actions.write_types import Target, WriteAction
from dyntui.services.forms import (
    FieldKind,
    FormField,
    field_text,
    parse_value,
    schema_field,
)
from dyntui.services.schemas import inner_schema
from dyntui.services.text_diff import elide_common

if TYPE_CHECKING:
    from dyntui.api.catalog import Schema
    from dyntui.api.client import Client
    from dyntui.api.permit import WritePermit

__all__ = [
    "ABSENT",
    "SettingChange",
    "change_settings",
    "differences",
    "find_changes",
    "is_leaf",
    "leaf_at",
    "other_changes",
    "read_settings",
    "setting_field",
    "setting_names",
    "setting_warnings",
    "settings_target",
    "stored_otherwise",
    "value_at",
    "without_secrets",
]

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


def without_secrets(settings: Row) -> Row:
    """Return the settings without the secrets that the record names. Those with the names of secrets are masked where
    they are shown."""
    return as_object(mask_fields(RESOURCES["settings"], {"settings": settings})["settings"])


def value_at(settings: Row, name: str) -> object:
    """Return the setting at a dot path, or all settings for "". Raises UsageError for an unknown one."""
    found = leaf_at(settings, name.split(".")) if name else settings
    if found is ABSENT:
        raise _unknown_setting(settings, name)
    return found


def _unknown_setting(settings: Row, name: str) -> UsageError:
    """Return the error for a setting that does not exist, with the nearest name."""
    from dyntui.services.body_check import did_you_mean

    known = [*setting_names(), *(found for found, _, _ in differences({}, settings))]
    return UsageError(
        f"There is no setting {name!r}.{did_you_mean(name, known)}", hint="`dyntui settings get` lists the settings."
    )


def is_leaf(value: object) -> bool:
    """Return whether a value is a single value or a list of texts."""
    if isinstance(value, list):
        return all(isinstance(part, str) for part in value)
    return not isinstance(value, Mapping)


def _set_value(document: object, path: Path, value: object) -> None:
    """Set the value at `path`, in new objects where there are none yet; ABSENT removes it.

    Raises UsageError inside another value.
    """
    *parents, last = path
    for depth, part in enumerate(parents):
        if isinstance(document, dict):
            document.setdefault(part, {})
        document = leaf_at(document, (part,))
        if not isinstance(document, (dict, list)):
            raise UsageError(f"{'.'.join(path)} cannot be set: {'.'.join(path[: depth + 1])} is a single value.")
    if isinstance(document, list):
        document[int(last)] = value
    elif isinstance(document, dict) and value is ABSENT:
        document.pop(last, None)
    elif isinstance(document, dict):
        document[last] = value


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
    schema = _schema_at(path) or {}
    field = schema_field(catalog(), path[-1], "body", schema)
    kind, options = field.kind, field.options
    match value:
        case bool():
            kind, options = FieldKind.FLAG, ("true", "false")
        case int() | float() if kind is FieldKind.JSON:
            kind = FieldKind.NUMBER
        case str() if kind is FieldKind.JSON:
            kind = FieldKind.CHOICE if options else FieldKind.TEXT
        case list() if is_leaf(value):
            kind = FieldKind.LIST
    return replace(field, kind=kind, options=options, nullable=field.nullable or value is None)


def _schema_at(path: Path) -> Schema | None:
    """Return the schema of the setting at `path`; None when the catalog does not know it."""
    known = catalog()
    schema: Schema | None = known.schemas["ProjectSettings"]
    for part in path:
        if schema is None:
            return None
        schema = inner_schema(known, schema)[0]
        schema = schema.get("items") if part.isdigit() else schema.get("properties", {}).get(part)
    return schema


def setting_names() -> list[str]:
    """Return the dot paths of the single values and lists that the catalog knows."""
    known = catalog()

    def names(schema: Schema, prefix: str) -> Iterator[str]:
        schema = inner_schema(known, schema)[0]
        for name, part in schema.get("properties", {}).items():
            yield from names(part, f"{prefix}{name}.")
        if "properties" not in schema:
            yield prefix.removesuffix(".")

    return list(names(known.schemas["ProjectSettings"], ""))


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A new value for one setting."""

    path: tuple[str, ...]
    before: object
    """The value that was read; ABSENT when the setting has none yet."""
    after: object
    """ABSENT to remove the setting, so that the server uses its default."""

    @property
    def name(self) -> str:
        """The dot path."""
        return ".".join(self.path)

    @property
    def line(self) -> str:
        """The old and the new value for a confirmation, without those of a secret."""
        if is_secret_name(self.name):
            return "changed"
        old, new = elide_common(value_text(self.before), value_text(self.after))
        return f"{old or '—'} → {new or '—'}"


def find_changes(settings: Row, texts: Mapping[str, str], values: Mapping[str, object]) -> list[SettingChange]:
    """Return the changes that these values by dot path are, without those that the settings have already.

    texts: they are converted to the type of the setting. values: JSON; an object changes the values that it names.
    Raises UsageError for an unknown setting, with the nearest name, and for a text of the wrong type.
    """
    changes = []
    for name, value in _leaves(settings, values):
        changes.append(SettingChange(path := tuple(name.split(".")), _value_before(settings, path), value))
    for name, text in texts.items():
        path = tuple(name.split("."))
        before = _value_before(settings, path)
        try:
            changes.append(SettingChange(path, before, parse_value(setting_field(path, before), text)))
        except ValueError as error:
            raise UsageError(f"{name}: {error}") from None
    changes = [change for change in changes if change.after != HIDDEN]  # as it was printed, not a new value
    return [change for change in changes if list(differences(change.before, change.after))]


def _leaves(settings: Row, values: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Yield dot path and value of each value in `values`. An object is one value only where the setting is none."""
    for name, value in values.items():
        path = f"{prefix}{name}"
        if isinstance(value, Mapping) and value and isinstance(leaf_at(settings, path.split(".")), Mapping):
            yield from _leaves(settings, value, f"{path}.")
        else:
            yield path, value


def _value_before(settings: Row, path: Path) -> object:
    """Return the value of a setting; ABSENT for one that only the catalog knows. Raises UsageError for another one."""
    before = leaf_at(settings, path)
    if before is ABSENT and _schema_at(path) is None:
        raise _unknown_setting(settings, ".".join(path))
    return before


def setting_warnings(changes: Sequence[SettingChange]) -> list[str]:
    """Return a warning for each new value that is not among the known ones of its setting."""
    from dyntui.services.body_check import value_warnings

    warnings: list[str] = []
    for change in changes:
        values = change.after if isinstance(change.after, list) else [change.after]
        warnings += value_warnings(change.name, values, setting_field(change.path, change.after).options)
    return warnings


def settings_target(changes: Sequence[SettingChange]) -> Target:
    """Return the target of `change_settings`: the names of the settings."""
    names = ", ".join(change.name for change in changes)
    return Target(names, names)


def change_settings(changes: Sequence[SettingChange]) -> WriteAction:
    """Return the action that changes values, if all of them still have the values that were read."""

    async def call(client: Client, target: Target, permit: WritePermit) -> object:
        settings = await read_settings(client)
        changed = copy.deepcopy(dict(settings))
        for change in changes:
            if leaf_at(settings, change.path) != change.before:
                raise UsageError(
                    f"{change.name} was changed meanwhile; nothing was sent.", hint="Read the settings again."
                )
            _set_value(changed, change.path, change.after)
        answer = await client.call("updateProjectSettings", body=changed, permit=permit)
        return {"before": settings, "answer": answer}

    async def reread(client: Client, target: Target) -> object:
        return await read_settings(client)

    async def before(client: Client, target: Target) -> object:
        return saved_values({change.name: change.before for change in changes if change.before is not ABSENT})

    async def after(client: Client, target: Target, value: object, before: object) -> object:
        return saved_values({change.name: change.after for change in changes if change.after is not ABSENT})

    is_shown = len(changes) == 1 and not is_secret_name(changes[0].name)
    is_shown = is_shown and changes[0].after is not ABSENT
    value = f"to {shorten(field_text(changes[0].after), 60) or 'empty'}" if is_shown else ""
    return declared_write("settings.edit", call, reread=reread, before=before, after=after, complement=value)


def stored_otherwise(changes: Sequence[SettingChange], after: Row) -> list[str]:
    """Return the names of changed settings that have other values after the change than those that were sent."""
    return [change.name for change in changes if leaf_at(after, change.path) != change.after]


def other_changes(changes: Sequence[SettingChange], before: object, after: Row) -> list[str]:
    """Return the settings that changed besides those that were sent, as lines. before, after: all settings."""
    sent = tuple(f"{change.name}." for change in changes)
    return [
        f"{name}: {'changed' if is_secret_name(name) else f'{value_text(old)} → {value_text(new)}'}"
        for name, old, new in differences(before, after)
        if not f"{name}.".startswith(sent)
    ]


def value_text(value: object) -> str:
    """Return a setting as text."""
    return "not set" if value is ABSENT else field_text(value) or "—"
