"""Check the files of a configuration folder without a server: by the schemas of the catalog and by the records."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dyntui.api.catalog import catalog
from dyntui.core.errors import UsageError
from dyntui.core.masking import texts_in
from dyntui.core.text import shorten
from dyntui.core.yaml_document import YamlDocument
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.cell_formats import get_path
from dyntui.services.body_check import did_you_mean
from dyntui.services.configuration.file_format import ENDING, to_shown_value
from dyntui.services.configuration.folder import ConfigFile, ConfigFolder, file_paths, read_file
from dyntui.services.configuration.manifest import (
    MANIFEST,
    Manifest,
    is_environment_name,
    read_document,
    require_manifest,
    values_file,
)
from dyntui.services.configuration.model import (
    ConfigObject,
    Reference,
    config_order,
    is_secret_text,
    visit_leaves,
)
from dyntui.services.configuration.normal_form import (
    configuration_of,
    has_secret,
    is_secret,
    is_secret_place,
    is_secret_reference,
    value_schema,
)
from dyntui.services.schemas import inner_schema

if TYPE_CHECKING:
    import jsonschema_rs

    from dyntui.api.catalog import Schema
    from dyntui.core.yaml_document import YamlPath

__all__ = ["FileProblem", "validate_folder"]

_PARTIAL = re.compile(r"(?<!\$)\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_MAX_ALLOWED = 40
"""How many allowed values a message lists."""


@dataclass(frozen=True, slots=True, order=True)
class FileProblem:
    """A mistake in a file."""

    file: str
    """The path inside the folder."""
    line: int
    """From 1; 0 for the whole file."""
    key: str
    """The path of the value; "" for the whole file."""
    message: str
    is_warning: bool = False
    """Whether the file can be used all the same."""

    def __str__(self) -> str:
        """Return the problem as one line: `allowlists/staff.yaml:3: outcome: "x" is not allowed. ...`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, "warning" if self.is_warning else "", self.key, self.message) if part)


def validate_folder(folder: Path) -> list[FileProblem]:
    """Return the mistakes in the files of a folder, by file and line.

    Raises UsageError for a folder without a manifest, or with one that cannot be read.
    """
    manifest = require_manifest(folder)
    check = _Check(folder, manifest)
    check.names_of_files()
    for name in config_order():
        for path in file_paths(folder, name) if name in manifest.resources else ():
            check.file(path, name)
    check.objects()
    return sorted(set(check.problems))


@dataclass(slots=True)
class _Check:
    """Collects the problems of one folder."""

    folder: Path
    manifest: Manifest
    problems: list[FileProblem] = field(default_factory=list)
    files: list[ConfigFile] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    """The resources with a file that cannot be read, so that not all of their names are known."""

    def _add(self, path: Path, line: int, key: str, message: str, *, is_warning: bool = False) -> None:
        name = path.relative_to(self.folder).as_posix()
        self.problems.append(FileProblem(name, line, key, message, is_warning))

    def _add_error(self, path: Path, error: UsageError) -> None:
        """Add why a file cannot be read."""
        line = re.match(rf"{re.escape(str(path))}:(\d+): ", error.message)
        message = error.message.removeprefix(line[0] if line else str(path)).lstrip(": ")
        self._add(path, int(line[1]) if line else 0, "", message)

    def names_of_files(self) -> None:
        """Check for files and folders that are not read because of their names."""
        for path in sorted(self.folder.iterdir()):
            if path.name.startswith(".") or not path.is_dir():
                continue
            has_files = any(path.glob(f"*{ENDING}"))
            if path.name not in self.manifest.resources and has_files:
                near = did_you_mean(path.name, config_order())
                message = f"This folder is not read: {MANIFEST} does not name it.{near}"
                self._add(path, 0, "", message, is_warning=not near)
            elif path.name in self.manifest.resources:
                # A mistake, because a plan with --prune would delete what the file has.
                for file in sorted(path.rglob("*")):
                    if file.suffix.lower() in (ENDING, ".yml") and (file.parent != path or file.suffix != ENDING):
                        message = f"This file is not read: it has to be in {path.name}/ and to end with {ENDING}."
                        self._add(file, 0, "", message)

    def file(self, path: Path, resource: str) -> None:
        """Check one file by itself."""
        try:
            file = read_file(path, RESOURCES[resource])
        except UsageError as error:
            self._add_error(path, error)
            self.unread.add(resource)
            return
        self.files.append(file)
        schema = value_schema(resource)
        for place, message, is_warning in _unknown_keys(file, schema, file.document.value, ()):
            self._at(file, place, message, is_warning=is_warning)
        not_checked = {
            place.keys
            for place, value in visit_leaves(file.record, file.values)
            if isinstance(value, Reference) or is_secret(place, value, self.manifest.rules)
        }
        for place, message, is_warning in _schema_errors(resource, file.document.value):
            if place not in not_checked:
                self._at(file, place, message, is_warning=is_warning)
        self._secrets_and_references(file)

    def _at(self, file: ConfigFile, place: YamlPath, message: str, *, is_warning: bool = False) -> None:
        key = ".".join(f"{part}" for part in place)
        self._add(file.path, file.document.line_of(place), key, message, is_warning=is_warning)

    def _secrets_and_references(self, file: ConfigFile) -> None:
        rules = self.manifest.rules

        for place, value in visit_leaves(file.record, file.values):
            if not isinstance(value, Reference) and is_secret(place, value, rules):
                message = "This is a secret, which no file may have. Write a reference such as ${MY_SECRET}."
                self._at(file, place.keys, message)
            elif isinstance(value, str) and _PARTIAL.search(value):
                message = "A reference has to be the whole value; this text is sent as it is."
                self._at(file, place.keys, message, is_warning=True)

    def objects(self) -> None:
        """Check the files together: identities, names of other objects, and the values of each environment."""
        opened = ConfigFolder(self.folder, self.manifest, tuple(self.files))
        for environment in (*self.manifest.environments, *self._other_environments()) or ("",):
            try:
                values = opened.values_of(environment)
            except UsageError as error:
                self._add_error(values_file(self.folder, environment), error)
                continue
            resolved = [(file, opened.resolve(file, values)) for file in self.files]
            self._identities(resolved)
            self._references_to_objects(resolved)
            if environment:
                self._values(environment, values)

    def _other_environments(self) -> list[str]:
        """Return the environments that have a file with values and are not in the manifest: names of profiles."""
        names = [
            path.name.removeprefix("values.").removesuffix(ENDING) for path in self.folder.glob(f"values.*{ENDING}")
        ]
        return sorted({name for name in names if is_environment_name(name)} - {*self.manifest.environments})

    def _identities(self, resolved: Iterable[tuple[ConfigFile, ConfigObject]]) -> None:
        places: dict[object, str] = {}
        for _, each in resolved:
            if not each.name:
                continue  # the schema requires what identifies it
            if other := places.get(each.key):
                self._add(self.folder / each.place, 1, "", f"{each.title} is also in {other}.")
            places.setdefault(each.key, each.place)

    def _references_to_objects(self, resolved: list[tuple[ConfigFile, ConfigObject]]) -> None:
        known = {each.key for _, each in resolved}
        complete = {*self.manifest.resources} - self.unread
        for file, each in resolved:
            for path, resource in configuration_of(file.record).references.items():
                value = get_path(each.values, path)
                if value in (None, "") or isinstance(value, Reference) or resource not in complete:
                    continue
                if is_secret_text(path, str(value)):
                    continue  # that is a mistake already, and no message may have it
                if (resource, value) not in known:
                    names = [name for found, name in known if found == resource]
                    noun = RESOURCES[resource].singular
                    message = f"There is no {noun} {value!r} in this folder.{did_you_mean(str(value), names)}"
                    self._at(file, tuple(path.split(".")), message)

    def _values(self, environment: str, values: Mapping[str, object]) -> None:
        """Check that an environment has a value for each reference that is no secret, of the right type."""
        path = values_file(self.folder, environment)
        document = read_document(path) if values else YamlDocument({}, {})
        secret = {name for name, value in values.items() if _has_secret_form(value)}
        self._unused_values(path, document)
        for file in self.files:
            for place, reference in visit_leaves(file.record, file.values):
                if not isinstance(reference, Reference):
                    continue
                line = document.line_of((reference.name,))
                if reference.name not in values:
                    is_known = reference.name in os.environ
                    if not is_known and not is_secret_reference(place, reference, self.manifest.rules):
                        message = (
                            f"It has no value for {reference.name}, which {self._name(file)} needs to be applied, "
                            "and no environment variable has this name."
                        )
                        self._add(path, 0, "", message, is_warning=True)
                    continue
                value = values[reference.name]
                if is_secret_place(place, self.manifest.rules) or has_secret(place, value, self.manifest.rules):
                    secret.add(reference.name)
                    continue
                with_value = _with_value(file.document.value, place.keys, value)
                for error_place, message, is_warning in _schema_errors(file.record.name, with_value):
                    if error_place == place.keys:
                        self._add(path, line, reference.name, message, is_warning=is_warning)
        for name in secret:
            action = "Remove it, and set an environment variable of this name."
            self._add(path, document.line_of((name,)), name, f"This is a secret, which no file may have. {action}")

    def _unused_values(self, path: Path, document: YamlDocument) -> None:
        """Warn of values to which no file refers, such as those with a typing error in the name."""
        leaves = (value for file in self.files for _, value in visit_leaves(file.record, file.values))
        used = {value.name for value in leaves if isinstance(value, Reference)}
        for name in document.value:
            if name not in used:
                message = f"No file refers to it.{did_you_mean(name, used)}"
                self._add(path, document.line_of((name,)), name, message, is_warning=True)

    def _name(self, file: ConfigFile) -> str:
        return file.path.relative_to(self.folder).as_posix()


def _has_secret_form(value: object) -> bool:
    """Return whether a value of an environment has a text that is a secret by its form."""
    return any(is_secret_text("", text) for text in texts_in(value))


def _unknown_keys(
    file: ConfigFile, schema: Schema, value: object, path: YamlPath
) -> Iterator[tuple[YamlPath, str, bool]]:
    """Yield place and message for each key that the schema does not have, and whether it is only a warning."""
    schema = inner_schema(catalog(), schema)[0]
    if isinstance(value, Mapping):
        properties: Mapping[str, Schema] = schema.get("properties", {})
        read_only = configuration_of(file.record).read_only
        for name, part in value.items():
            place = (*path, name)
            dotted = ".".join(str(each) for each in place if isinstance(each, str))
            if dotted in read_only:
                yield place, "It cannot be set with a file.", False
            elif name in properties or not properties:
                yield from _unknown_keys(file, properties.get(name, {}), part, place)
            else:
                near = did_you_mean(name, [each for each in properties if each not in value])
                message = f"{file.record.title} have no key {name!r} here.{near}"
                yield place, message, bool(path) and not near
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from _unknown_keys(file, schema.get("items", {}), part, (*path, number))


@cache
def _components() -> dict[str, object]:
    """Return the schemas to which those of the values refer."""
    return {"schemas": catalog().open_schemas()}


_MASK = "\0"
"""What is in place of the value in the message of an error."""


@cache
def _validator(resource: str) -> jsonschema_rs.Validator:
    import jsonschema_rs

    root = {**value_schema(resource), "components": _components()}
    return jsonschema_rs.validator_for(root, validate_formats=True, mask=_MASK)


def _schema_errors(resource: str, value: object) -> Iterator[tuple[YamlPath, str, bool]]:
    """Yield place and message for each value that the schema does not accept, and whether it is only a warning."""
    validator = _validator(resource)
    value = _without_null(value)
    if not validator.is_valid(value):
        for error in validator.iter_errors(value):
            yield from _described(error)


def _described(error: jsonschema_rs.ValidationError) -> Iterator[tuple[YamlPath, str, bool]]:
    """Yield place and message of an error; of a value that may be null, those of the other schema.

    A text that is unlike all allowed values is a warning: a newer server may know it.
    """
    from jsonschema_rs import ValidationErrorKind

    place, kind = tuple(error.instance_path), error.kind
    shown = _shown_instance(error)
    match kind:
        case ValidationErrorKind.Required():
            yield place, f"The key {kind.property!r} is missing.", False
        case ValidationErrorKind.Enum():
            options = [str(option) for option in kind.options]
            allowed = ", ".join(options[:_MAX_ALLOWED]) + (", …" if len(options) > _MAX_ALLOWED else "")
            near = did_you_mean(str(error.instance), options)
            is_unknown = isinstance(error.instance, str) and not near
            problem = "is not a known value" if is_unknown else "is not allowed"
            known = "Known" if is_unknown else "Allowed"
            yield place, f"{shown} {problem}.{near} {known}: {allowed}.", is_unknown
        case ValidationErrorKind.AnyOf():
            yield from _described(kind.context[0][0])
        case ValidationErrorKind.Type():
            yield place, f"{shown} is not of the type {' or '.join(kind.types)}.", False
        case _:
            yield place, f"{error.message.replace(_MASK, shown)}.", False


def _shown_instance(error: jsonschema_rs.ValidationError) -> str:
    """Return the value of an error for its message: never a secret, and nothing that may have one inside."""
    value = error.instance
    if isinstance(value, (dict, list)):
        return "An object" if isinstance(value, dict) else "A list"
    names = [part for part in error.instance_path if isinstance(part, str)]
    return shorten(repr(to_shown_value(value, names[-1] if names else "")), 60)


def _without_null(value: object) -> object:
    """Return a value without the nulls in its objects, which mean that a value is not set."""
    if isinstance(value, Mapping):
        return {name: _without_null(part) for name, part in value.items() if part is not None}
    return [_without_null(part) for part in value] if isinstance(value, list) else value


def _with_value(document: object, path: YamlPath, value: object) -> object:
    """Return a document with another value at a path of keys and positions."""
    if not path:
        return value
    if isinstance(document, Mapping):
        return {
            name: _with_value(part, path[1:], value) if name == path[0] else part for name, part in document.items()
        }
    if isinstance(document, list):
        return [
            _with_value(part, path[1:], value) if number == path[0] else part for number, part in enumerate(document)
        ]
    return document
