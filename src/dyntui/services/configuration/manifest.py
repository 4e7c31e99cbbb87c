"""The manifest of a configuration folder, `dyntui.yaml`, and the values of one environment, `values.NAME.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dyntui.api.catalog import catalog
from dyntui.core.errors import UsageError
from dyntui.core.file_version import check_version
from dyntui.core.text import shorten
from dyntui.core.validation import validate
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.configuration.model import config_order
from dyntui.services.configuration.normal_form import FieldRules

if TYPE_CHECKING:
    from dyntui.core.yaml_document import YamlDocument

__all__ = [
    "MANIFEST",
    "Manifest",
    "check_new_folder",
    "environment_file_name",
    "is_environment_name",
    "read_document",
    "read_manifest",
    "read_values",
    "require_manifest",
    "values_file",
]

MANIFEST = "dyntui.yaml"
"""The name of the manifest in a folder."""
_LARGEST = 64 * 2**20
"""The maximum of bytes of a file."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder says about itself."""

    catalog: str = ""
    """The version of the catalog with which it was written."""
    environments: dict[str, str] = field(default_factory=dict)
    """By name: the ids of the environments that it was pulled from. The name is in `values.NAME.yaml`."""
    resources: list[str] = field(default_factory=list)
    """The names of the resources that are in the folder."""
    differs: dict[str, list[str]] = field(default_factory=dict)
    """By resource: further values that differ between environments."""
    ignore: dict[str, list[str]] = field(default_factory=dict)
    """By resource: values that are neither written nor compared."""
    secrets: dict[str, list[str]] = field(default_factory=dict)
    """By resource: further values that are secrets."""

    @property
    def rules(self) -> FieldRules:
        """What it adds to the records."""
        paths = (
            {name: tuple(values) for name, values in part.items()} for part in (self.differs, self.ignore, self.secrets)
        )
        return FieldRules(*paths)

    def environment_name(self, environment_id: str) -> str:
        """Return the name of an environment; "" when the folder was not pulled from it."""
        return next((name for name, known in self.environments.items() if known == environment_id), "")

    def with_pull(self, environment_id: str, profile: str, resources: tuple[str, ...]) -> Manifest:
        """Return the manifest after a pull of these resources from an environment, which gets the name of the profile.

        The name of another environment is not taken.
        """
        environments = dict(self.environments)
        if not self.environment_name(environment_id):
            name = environment_file_name(profile)
            environments[name if name not in environments else f"{name}-{environment_id[:8]}"] = environment_id
        known = {*self.resources, *resources}
        return replace(
            self,
            catalog=catalog().version,
            environments=environments,
            resources=[name for name in config_order() if name in known],
        )

    def as_values(self) -> dict[str, object]:
        """Return it as the values of its file."""
        return {
            "catalog": self.catalog,
            "environments": self.environments,
            "resources": self.resources,
            "differs": self.differs,
            "ignore": self.ignore,
            "secrets": self.secrets,
        }


def environment_file_name(profile: str) -> str:
    """Return a name for an environment that can be part of a file name."""
    return shorten(re.sub(r"[^A-Za-z0-9._-]+", "-", profile).strip("-._"), 60) or "environment"


def is_environment_name(name: str) -> bool:
    """Return whether a text can be the name of an environment, which is a part of the name of a file."""
    return _NAME.fullmatch(name) is not None


def values_file(folder: Path, environment: str) -> Path:
    """Return the file with the values of an environment. Raises UsageError for a name that is no file name."""
    if not is_environment_name(environment):
        raise UsageError(
            f"{environment!r} cannot be the name of an environment.",
            hint="Use letters, digits, dots, - and _, at most 64 of them.",
        )
    return folder / f"values.{environment}.yaml"


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of a folder; None when it has none. Raises UsageError for one that is not valid."""
    path = folder / MANIFEST
    if not path.exists() and not path.is_symlink():
        return None
    value = read_document(path).value
    check_version(value, path, hint="Update dyntui. The folder was not changed.")
    _check_keys(value, path)
    manifest = validate(Manifest, {} if value is None else value, name=str(path))
    names = (*manifest.resources, *manifest.differs, *manifest.ignore, *manifest.secrets)
    for name in names:
        if name not in RESOURCES or RESOURCES[name].configuration is None:
            from dyntui.services.body_check import did_you_mean

            raise UsageError(
                f"{path}: {name!r} is not a resource that is configuration.{did_you_mean(name, config_order())}",
                hint="docs/resources.md lists them.",
            )
    for name in manifest.environments:
        values_file(folder, name)
    return manifest


def require_manifest(folder: Path) -> Manifest:
    """Return the manifest of a folder. Raises UsageError for a folder without one, or with one that is not valid."""
    manifest = read_manifest(folder)
    if manifest is None:
        raise UsageError(
            f"{folder} is not a configuration folder: it has no {MANIFEST}.",
            hint=f"Create it with: dyntui config pull {folder}",
        )
    return manifest


def _check_keys(value: object, path: Path) -> None:
    """Raise UsageError for a key of a manifest that is not known: what it should do would not be done."""
    known = [each.name for each in fields(Manifest)]
    for name in value if isinstance(value, Mapping) else ():
        if name not in (*known, "version"):
            from dyntui.services.body_check import did_you_mean

            raise UsageError(
                f"{path}: There is no key {name!r}.{did_you_mean(str(name), known)}",
                hint=f"Its keys are {', '.join(known)}.",
            )


def check_new_folder(folder: Path) -> None:
    """Raise UsageError for a folder without a manifest that has other files, which a pull could replace."""
    if folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir()):
        raise UsageError(
            f"{folder} has files and no {MANIFEST}, so it is not a configuration folder.",
            hint=f"Give an empty or a new folder, or create an empty {MANIFEST} to use this one.",
        )


def read_document(path: Path) -> YamlDocument:
    """Read a YAML file. Raises UsageError with the line for one that cannot be read, and for a symbolic link."""
    from dyntui.core.yaml_document import YamlError, parse_yaml

    if path.is_symlink() or not path.is_file():
        raise UsageError(f"{path} is not a regular file.", hint="Replace it with the file itself.")
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise UsageError(f"{path} is larger than 64 MB.")
        return parse_yaml(data.decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text.") from None
    except YamlError as error:
        raise UsageError(f"{path}:{error.line}: {error.message}.", hint="Correct it by hand.") from None


def read_values(folder: Path, environment: str) -> Mapping[str, object]:
    """Return the values of an environment by name; none when there is no file. Raises UsageError."""
    path = values_file(folder, environment)
    if not path.exists() and not path.is_symlink():
        return {}
    value = read_document(path).value
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise UsageError(f"{path} is not valid: it has to be an object of names and values.")
    return value
