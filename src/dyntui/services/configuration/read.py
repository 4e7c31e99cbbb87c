"""Read the configuration of an environment through the lists of its resources, several at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from dyntui.config.profile_resolution import AD_HOC
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row, as_object
from dyntui.core.text import quantity
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.cell_formats import get_path
from dyntui.resources.configuration import ENABLED
from dyntui.resources.resource import Resource, Scope
from dyntui.services.bulk import BulkRun
from dyntui.services.configuration.model import (
    ConfigObject,
    ConfigProblem,
    EnvironmentConfig,
    LeafPath,
    LeafPlace,
    ObjectKey,
    Reference,
    config_records,
    identity_reference,
    map_leaves,
    object_name,
    reference_name,
)
from dyntui.services.configuration.normal_form import FieldRules, configuration_of, is_secret, normal_values
from dyntui.services.lists.list_source import scan

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.config.profile import Profile
    from dyntui.services.connection import Connection

__all__ = ["ReferenceNames", "environment_label", "read_environment"]


def environment_label(profile: Profile) -> str:
    """Return the name of the environment of a profile: that of the profile, or its kind where none is saved."""
    return profile.name if profile.name != AD_HOC else profile.kind


async def read_environment(
    connection: Connection,
    *,
    only: Iterable[str] = (),
    include_entries: bool = False,
    rules: FieldRules | None = None,
    client: Client | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> EnvironmentConfig:
    """Read the configuration of the environment of a connection.

    only: names of resources; by default all that are configuration. include_entries: whether the entries of allowlists
    are among all. rules: what the manifest of a folder adds to the records. client: for another event loop than that of
    the connection. on_progress: called with the number of resources that were read, and of all.
    A resource that the token may not read is in `unavailable`. Raises DyntuiError when the server cannot be reached.
    """
    records = config_records(only, by_choice=include_entries)
    client = client or connection.client
    run = BulkRun(client, records[0].list.operation)
    reading = _Reading(client, rules or FieldRules())
    found: list[_Result] = []
    async for result in run.scans_in_order(records, reading.read):
        found.append(result)
        if on_progress is not None:
            on_progress(len(found), len(records))
    objects = {each.key: each for result in found for each in result.objects}
    profile = connection.profile
    return EnvironmentConfig(
        environment_label(profile),
        profile.environment_id,
        objects,
        tuple(result.record.name for result in found if not result.unavailable),
        {result.record.name: result.unavailable for result in found if result.unavailable},
        tuple(problem for result in found for problem in result.problems),
    )


@dataclass(frozen=True, slots=True)
class _Result:
    """The objects of one resource."""

    record: Resource
    objects: tuple[ConfigObject, ...] = ()
    problems: tuple[ConfigProblem, ...] = ()
    unavailable: str = ""


@dataclass(slots=True)
class ReferenceNames:
    """Gives each value of an environment a reference with a name of its own."""

    _taken: dict[str, tuple[ObjectKey, LeafPath]] = field(default_factory=dict)

    def reference(self, record: Resource, name: str, path: LeafPath) -> Reference:
        """Return the reference of a value of an object. A name that another value has gets a suffix."""
        text = reference_name(record, name, path)
        place = (record.name, name), path
        if self._taken.setdefault(text, place) != place:
            text = f"{text}_{sha256(repr(place).encode()).hexdigest()[:8].upper()}"
            self._taken[text] = place
        return Reference(text)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the resources of one environment."""

    client: Client
    rules: FieldRules

    async def read(self, record: Resource) -> _Result:
        """Read the objects of a resource."""
        from dyntui.api.errors import ApiError, Unauthorized

        try:
            rows = await self._grouped_rows(record) if configuration_of(record).group_by else await self._rows(record)
        except Unauthorized:
            raise
        except (ApiError, UsageError) as error:
            return _Result(record, unavailable=error.message)
        return await asyncio.to_thread(self._result, record, rows)  # thousands of entries must not block the console

    async def _rows(self, record: Resource, parent: str = "") -> list[Row]:
        if record.scope is Scope.ORGANIZATION:
            from dyntui.services.actions.organization_choice import resolve_organization

            parent = await resolve_organization(self.client)
        async with aclosing(scan(self.client, record, parent=parent)) as rows:
            return [scanned.row async for scanned in rows]

    async def _grouped_rows(self, record: Resource) -> list[Row]:
        """Read a list of each parent; return one row for each: its id, its name and the rows of the list."""
        parent_record = RESOURCES[record.parent_resource]
        group_by = configuration_of(record).group_by

        async def read_group(parent: Row) -> Row:
            parent_id = str(parent.get(parent_record.key))
            rows = await self._rows(record, parent_id)
            return {record.key: parent_id, group_by: object_name(parent_record, parent), record.list.items: rows}

        run = BulkRun(self.client, record.list.operation)
        parents = await self._rows(parent_record)
        return [row async for row in run.scans_in_order(parents, read_group)]

    def _result(self, record: Resource, rows: list[Row]) -> _Result:
        by_name: dict[str, list[ConfigObject]] = {}
        problems = []
        for row in rows:
            each = self._object(record, row)
            if each.name:
                by_name.setdefault(each.name, []).append(each)
            else:
                identity = ", ".join(configuration_of(record).identity)
                problems.append(ConfigProblem(record.name, each.id, f"It has no {identity}, which identifies it."))
        references = ReferenceNames()
        objects = []
        for name, found in sorted(by_name.items()):
            if len(found) > 1:
                count = quantity(len(found), record.singular, record.plural)
                problems.append(
                    ConfigProblem(record.name, name, f"{count} have this name. Rename or delete all but one.")
                )
            else:
                objects.append(self._without_secrets(record, found[0], references))
        return _Result(record, tuple(objects), tuple(problems))

    def _object(self, record: Resource, row: Row) -> ConfigObject:
        configuration = configuration_of(record)
        values: dict[str, object] = dict(
            as_object(get_path(row, configuration.values_path)) if configuration.values_path else row
        )
        if configuration.enabled_field:
            values[ENABLED] = bool(row.get(configuration.enabled_field))
        if configuration.group_by:
            values[record.list.items] = [_entry_values(record, entry) for entry in _rows_of(row, record)]
        return ConfigObject(
            record.name,
            object_name(record, values),
            normal_values(record, values, self.rules),
            str(row.get(record.key) or ""),
            row,
        )

    def _without_secrets(self, record: Resource, each: ConfigObject, references: ReferenceNames) -> ConfigObject:
        identity = configuration_of(record).identity

        def hide(place: LeafPlace, value: object) -> object:
            if place.name in identity and (reference := identity_reference(record, place.name, value)) is not None:
                return reference
            if is_secret(place, value, self.rules):
                return references.reference(record, each.name, place.path)
            return value

        return replace(each, values=map_leaves(record, each.values, hide))


def _rows_of(row: Row, record: Resource) -> list[Mapping[str, object]]:
    from dyntui.core.json_types import as_objects

    return as_objects(row.get(record.list.items))


def _entry_values(record: Resource, entry: Row) -> dict[str, object]:
    """Return the values of one row of a group: those that the action that creates one accepts."""
    from dyntui.services.configuration.normal_form import value_schema

    properties = value_schema(record.name)["properties"][record.list.items]["items"].get("properties", {})
    return {name: value for name, value in entry.items() if name in properties}
