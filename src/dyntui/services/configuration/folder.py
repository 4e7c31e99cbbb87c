"""Read a folder of configuration files as an `EnvironmentConfig`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dyntui.core.errors import UsageError
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Resource
from dyntui.services.configuration.file_format import ENDING, from_file_value
from dyntui.services.configuration.manifest import Manifest, read_document, read_values, require_manifest
from dyntui.services.configuration.model import (
    ConfigObject,
    EnvironmentConfig,
    LeafPlace,
    ObjectKey,
    Reference,
    config_order,
    map_leaves,
    object_name,
)
from dyntui.services.configuration.normal_form import has_secret, is_secret_place, normal_values

if TYPE_CHECKING:
    from dyntui.core.yaml_document import YamlDocument

__all__ = ["ConfigFile", "ConfigFolder", "file_paths", "open_folder", "read_file", "read_files", "read_folder"]


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A file with one object."""

    path: Path
    record: Resource
    document: YamlDocument
    values: Mapping[str, object]
    """Its values, with references."""


@dataclass(frozen=True, slots=True)
class ConfigFolder:
    """The files of a folder, as they were read."""

    folder: Path
    manifest: Manifest
    files: tuple[ConfigFile, ...]
    """In the order of the resources, then by name."""

    def values_of(self, environment: str) -> Mapping[str, object]:
        """Return what `values.NAME.yaml` says for the environment NAME; nothing for "". Raises UsageError."""
        return read_values(self.folder, environment) if environment else {}

    def place_of(self, file: ConfigFile) -> str:
        """Return the path of a file inside the folder, for messages."""
        return file.path.relative_to(self.folder).as_posix()

    def resolve(self, file: ConfigFile, values: Mapping[str, object]) -> ConfigObject:
        """Return the object of a file in the normal form.

        values: by name, in place of references. A reference without a value remains, and each of a secret, also if
        only the form of its value says that it is one.
        """
        rules = self.manifest.rules
        secret: set[tuple[str | int, ...]] = set()

        def known(place: LeafPlace, value: object) -> object:
            if not isinstance(value, Reference) or is_secret_place(place, rules) or place.keys in secret:
                return value
            found = values.get(value.name, value)
            if found is not value and has_secret(place, found, rules):
                secret.add(place.keys)
            return found

        resolved = map_leaves(file.record, file.values, known)
        name = object_name(file.record, resolved)
        if secret:
            resolved = map_leaves(file.record, file.values, known)
        normal = normal_values(file.record, resolved, rules)
        return ConfigObject(file.record.name, name, normal, place=self.place_of(file))


def open_folder(folder: Path) -> ConfigFolder:
    """Read the files of a folder. Raises UsageError for one without a manifest, or with a file that cannot be read."""
    manifest = require_manifest(folder)
    return ConfigFolder(folder, manifest, tuple(read_files(folder, manifest.resources)))


def file_paths(folder: Path, resource: str) -> list[Path]:
    """Return the files of a resource. Raises UsageError for a link or a file in place of its folder."""
    place = folder / resource
    if place.is_symlink():
        raise UsageError(f"{place} is a symbolic link.", hint="Replace it with the folder itself.")
    if place.exists() and not place.is_dir():
        raise UsageError(f"{place} is not a folder.", hint="Replace it with the folder itself.")
    return sorted(place.glob(f"*{ENDING}"))


def read_file(path: Path, record: Resource) -> ConfigFile:
    """Read the file of an object. Raises UsageError for one that cannot be read or is no object."""
    document = read_document(path)
    values = from_file_value(document.value)
    if not isinstance(values, Mapping):
        raise UsageError(f"{path}:1: It has to be an object of names and values.", hint="Correct it by hand.")
    return ConfigFile(path, record, document, values)


def read_files(folder: Path, resources: Iterable[str]) -> list[ConfigFile]:
    """Read the files of these resources. Raises UsageError for a file that cannot be read or is no object."""
    return [read_file(path, RESOURCES[name]) for name in resources for path in file_paths(folder, name)]


def read_folder(folder: Path, environment: str = "", *, environment_id: str = "") -> EnvironmentConfig:
    """Read the configuration that a folder says an environment has.

    environment: the name of the environment in the manifest, whose values are used; by default the one with
    `environment_id`. References without a value remain.
    Raises UsageError for a folder or file that cannot be read, an object without identity, and two with the same.
    """
    opened = open_folder(folder)
    environment = environment or opened.manifest.environment_name(environment_id)
    values = opened.values_of(environment)
    resources = tuple(name for name in config_order() if name in opened.manifest.resources)
    objects: dict[ObjectKey, ConfigObject] = {}
    resolved = [(file, opened.resolve(file, values)) for file in opened.files]
    for file, each in sorted(resolved, key=lambda pair: (resources.index(pair[1].resource), pair[1].name)):
        if not each.name:
            identity = ", ".join(file.record.configuration.identity) if file.record.configuration is not None else ""
            raise UsageError(f"{file.path} has no {identity}, which identifies it.")
        if each.key in objects:
            raise UsageError(f"{file.path}:1: {each.title} is also in {objects[each.key].place}.")
        objects[each.key] = each
    found_id = opened.manifest.environments.get(environment, environment_id)
    return EnvironmentConfig(environment, found_id, objects, resources)
