"""Where the desired configuration of a plan is from: a folder, a snapshot or another environment."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.core.text import quantity
from dyntui.services.configuration.folder import read_folder
from dyntui.services.configuration.history import find_snapshot, read_snapshot
from dyntui.services.configuration.manifest import environment_file_name, read_manifest, values_file
from dyntui.services.configuration.model import (
    ConfigObject,
    EnvironmentConfig,
    ObjectKey,
    name_with_secrets,
)
from dyntui.services.configuration.normal_form import FieldRules
from dyntui.services.configuration.plan import for_other_environment, make_plan
from dyntui.services.configuration.plan_file import SavedPlan
from dyntui.services.configuration.read import environment_label, read_environment
from dyntui.services.configuration.validate import validate_folder

if TYPE_CHECKING:
    from dyntui.config.profile import Profile
    from dyntui.services.connection import Connection

__all__ = ["DesiredConfig", "from_environment", "from_folder", "from_snapshot", "plan_for", "with_identities"]

_NAMED, _WARNINGS = 3, 10


@dataclass(frozen=True, slots=True)
class DesiredConfig:
    """The configuration that an environment has to have."""

    config: EnvironmentConfig
    rules: FieldRules
    text: str
    """Where it is from, for people."""
    warnings: tuple[str, ...] = ()
    """What may be wrong in its files."""

    def only(self, resources: Collection[str]) -> DesiredConfig:
        """Return it with only these resources; all for none. Raises UsageError for one that it does not have."""
        if not resources:
            return self
        known = self.config.resources
        if missing := [name for name in resources if name not in known]:
            raise UsageError(f"{self.text} has no {missing[0]}.", hint=f"It has {', '.join(known)}.")
        objects = {key: each for key, each in self.config.objects.items() if each.resource in resources}
        order = tuple(name for name in known if name in resources)
        return replace(self, config=replace(self.config, objects=objects, resources=order))


def from_folder(folder: Path, profile: Profile) -> DesiredConfig:
    """Return what a folder says the environment of a profile has to have.

    The values are those of `values.NAME.yaml` for the NAME that the manifest gives the environment, else for the name
    of the profile, if the manifest has no other environment of that name. Raises UsageError for a folder with mistakes.
    """
    problems = validate_folder(folder)
    mistakes = [problem for problem in problems if not problem.is_warning]
    if mistakes:
        raise UsageError(
            f"{folder} has {quantity(len(mistakes), 'mistake')}: {'; '.join(map(str, mistakes[:_NAMED]))}",
            hint=f"`dyntui config validate {folder}` lists all.",
        )
    manifest = read_manifest(folder)
    assert manifest is not None, "it was checked"
    name = manifest.environment_name(profile.environment_id)
    if not name:
        other = environment_file_name(environment_label(profile))
        name = other if other not in manifest.environments and values_file(folder, other).is_file() else ""
    config = read_folder(folder, name, environment_id="" if name else profile.environment_id)
    if not config.resources:
        raise UsageError(f"The manifest of {folder} names no resources.", hint=f"Run: dyntui config pull {folder}")
    own_values = values_file(folder, name).name if name else ""
    warnings = [str(each) for each in problems if not each.file.startswith("values.") or each.file == own_values]
    more = [f"… and {len(warnings) - _WARNINGS:,} more"] if len(warnings) > _WARNINGS else []
    identified = with_identities(config, os.environ)
    return DesiredConfig(identified, manifest.rules, folder.as_posix(), (*warnings[:_WARNINGS], *more))


def from_snapshot(name: str, profile: Profile) -> DesiredConfig:
    """Return the configuration of a snapshot. Of another environment, values that differ by nature are references.

    Raises UsageError when there is no such snapshot.
    """
    snapshot = find_snapshot(name, profile.environment_id)
    config, rules = read_snapshot(snapshot), FieldRules()
    if snapshot.environment_id != profile.environment_id:
        config = for_other_environment(config, rules)
    return DesiredConfig(with_identities(config, os.environ), rules, f"snapshot {snapshot.id}")


async def from_environment(
    connection: Connection, profile: Profile, only: Iterable[str] = (), *, include_entries: bool = False
) -> DesiredConfig:
    """Return the configuration of another environment, with references for what differs by nature.

    connection: to the other one. profile: that of the environment that gets the configuration. Raises UsageError when
    both are the same.
    """
    other = connection.profile
    if (other.base_url, other.environment_id) == (profile.base_url, profile.environment_id):
        raise UsageError(
            f"{other.name} and {profile.name} are the same environment.",
            hint="Give two profiles, and unset DYNTUI_ENVIRONMENT_ID and DYNTUI_BASE_URL, which override both.",
        )
    found = await read_environment(connection, only=only, include_entries=include_entries)
    rules = FieldRules()
    config = with_identities(for_other_environment(found, rules), os.environ)
    return DesiredConfig(config, rules, found.environment)


def with_identities(config: EnvironmentConfig, variables: Mapping[str, str]) -> EnvironmentConfig:
    """Return a configuration in which an object that a secret identifies is known by the hash of that secret.

    variables: as in `name_with_secrets`. Raises UsageError when two objects are the same then.
    """
    objects: dict[ObjectKey, ConfigObject] = {}
    for each in config.objects.values():
        if name := name_with_secrets(each, variables):
            each = replace(each, name=name, is_identified=True)
        if each.key in objects:
            raise UsageError(f"{each.title} is there twice: the environment variables of two references are the same.")
        objects[each.key] = each
    return replace(config, objects=objects)


async def plan_for(
    connection: Connection, desired: DesiredConfig, *, prune: bool, send_secrets: bool = False
) -> SavedPlan:
    """Read the environment of a connection, and plan what gives it the desired configuration."""
    resources = desired.config.resources
    current = await read_environment(connection, only=resources, include_entries=True, rules=desired.rules)
    plan = make_plan(current, desired.config, prune=prune, send_secrets=send_secrets)
    return SavedPlan(plan, desired.rules, desired.text, connection.profile.base_url)
