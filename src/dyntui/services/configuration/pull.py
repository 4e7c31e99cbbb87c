"""Write the configuration of an environment into a folder, with the comments and references that its files have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from dyntui.config.private_files import atomic_write, remove_stale_temporaries
from dyntui.core.errors import UsageError
from dyntui.core.json_types import as_object
from dyntui.core.yaml_document import YamlDocument, update_yaml
from dyntui.core.yaml_text import dump_yaml
from dyntui.resources.configuration import WHOLE_ELEMENT
from dyntui.resources.resource import Resource
from dyntui.services.configuration.file_format import ENDING, file_stem, from_file_value, to_file_value
from dyntui.services.configuration.folder import ConfigFile, ConfigFolder, file_paths, read_files
from dyntui.services.configuration.manifest import MANIFEST, Manifest, read_document, values_file
from dyntui.services.configuration.model import (
    ConfigObject,
    EnvironmentConfig,
    LeafPath,
    LeafPlace,
    ObjectKey,
    Reference,
    element_key,
    map_leaves,
    reference_name,
    visit_leaves,
)
from dyntui.services.configuration.normal_form import FieldRules, configuration_of, is_secret_place, normal_values
from dyntui.services.configuration.read import ReferenceNames

__all__ = ["PullResult", "write_folder", "write_values"]

_HEADER = re.compile(r"# Pulled by dyntui [0-9a-f]{12}\. A pull keeps your comments and references\.\r?\n")
_MANIFEST_TEXT = """\
# Configuration of a Dynamic environment, written by `dyntui config pull`.
#
# environments: the file values.NAME.yaml has what differs in the environment NAME.
# differs, ignore and secrets add fields to those that dyntui knows, for example:
#   differs: {webhooks: [url]}
"""
_VALUES_TEXT = "# Values of {} that differ from those of other environments. Files refer to them as ${{NAME}}.\n"


@dataclass(frozen=True, slots=True)
class PullResult:
    """What a pull did to the files of a folder; each path is relative to it."""

    created: tuple[str, ...]
    updated: tuple[str, ...]
    removed: tuple[str, ...]
    """Their objects are no longer in the environment."""
    left: tuple[str, ...]
    """Their objects are not in the environment, and they were written or changed by hand."""
    unchanged: int
    """The number of files that were as they have to be."""


@dataclass(slots=True)
class _Writing:
    """The files to write, by path; None to remove one."""

    folder: Path
    texts: dict[Path, str | None] = field(default_factory=dict)
    first: str = ""
    """The text of a new manifest until all files are written; "" when the folder has one."""
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: int = 0

    def set(self, path: Path, text: str, before: str | None) -> None:
        """Have a file with this text. before: its text; None for a new one."""
        if text == before:
            self.unchanged += 1
            return
        self.texts[path] = text
        (self.created if before is None else self.updated).append(self.name(path))

    def name(self, path: Path) -> str:
        """Return the path of a file inside the folder."""
        return path.relative_to(self.folder).as_posix()


def write_folder(
    folder: Path,
    config: EnvironmentConfig,
    manifest: Manifest,
    files: Iterable[ConfigFile] | None = None,
    *,
    is_dry_run: bool = False,
) -> PullResult:
    """Write the configuration of an environment into a folder, which is created when there is none.

    All files are made before the first is written, and each is replaced as a whole. A file is removed when its object
    is missing and nobody changed the file since dyntui wrote it. Only resources that were read completely are written.

    manifest: that of the folder, with the environment in it. files: those that the folder has, when they are read
    already. is_dry_run: whether nothing is written. Raises UsageError for a file that cannot be read or written; in the
    first case nothing was written.
    """
    writing = _Writing(folder)
    environment = manifest.environment_name(config.environment_id)
    found = read_files(folder, config.resources) if files is None else files
    present = tuple(file for file in found if file.record.name in config.resources)
    opened = ConfigFolder(folder, manifest, present)
    values = dict(opened.values_of(environment))
    existing = _files_by_key(opened, values)
    _set_objects(writing, config, manifest.rules, existing, values)
    left_out = {(problem.resource, problem.name) for problem in config.problems}
    missing = {key: file for key, file in existing.items() if key not in config.objects and key not in left_out}
    removed = {key: file for key, file in missing.items() if _is_as_written(file.document.text)}
    for key, file in removed.items():
        writing.texts[file.path] = None
        _drop_values(file, key[1], values)
    _set_document(writing, values_file(folder, environment), values, _VALUES_TEXT.format(environment))
    _set_document(writing, folder / MANIFEST, manifest.as_values(), _MANIFEST_TEXT)
    if is_dry_run:
        writing.texts.clear()
    elif not (folder / MANIFEST).exists():
        # A pull that ends early leaves a folder that can be pulled again, and that does not say that it is complete.
        writing.first = _MANIFEST_TEXT + dump_yaml(replace(manifest, resources=[]).as_values())
    if not is_dry_run:
        for part in (folder, *(folder / name for name in config.resources)):
            remove_stale_temporaries(part)
    if writing.texts:
        _write(writing)
    return PullResult(
        tuple(writing.created),
        tuple(writing.updated),
        tuple(writing.name(file.path) for file in removed.values()),
        tuple(writing.name(file.path) for key, file in missing.items() if key not in removed),
        writing.unchanged,
    )


def write_values(folder: ConfigFolder, config: EnvironmentConfig, manifest: Manifest) -> tuple[PullResult, list[str]]:
    """Write only the values that an environment has for the references in the files of a folder.

    So the files of one environment can be applied to another one that has other values. manifest: that of the folder,
    with the environment in it. Returns also the names of the references for which there is no value, in order.
    Raises UsageError for a file that cannot be read or written.
    """
    writing = _Writing(folder.folder)
    environment = manifest.environment_name(config.environment_id)
    values = dict(folder.values_of(environment))
    missing: dict[str, None] = {}
    for file in folder.files:
        if file.record.name not in config.resources:
            continue
        each = config.objects.get(folder.resolve(file, values).key)
        leaves = visit_leaves(each.record, each.values) if each is not None else ()
        known = {place.path: value for place, value in leaves}
        for place, reference in visit_leaves(file.record, file.values):
            if not isinstance(reference, Reference) or is_secret_place(place, manifest.rules):
                continue
            value = known.get(place.path)
            if value is not None and not isinstance(value, Reference):
                values[reference.name] = value
            elif reference.name not in values:
                missing[reference.name] = None
    _set_document(writing, values_file(folder.folder, environment), values, _VALUES_TEXT.format(environment))
    _set_document(writing, folder.folder / MANIFEST, manifest.as_values(), _MANIFEST_TEXT)
    _write(writing)
    result = PullResult(tuple(writing.created), tuple(writing.updated), (), (), writing.unchanged)
    return result, [name for name in missing if name not in values]


def _set_objects(
    writing: _Writing,
    config: EnvironmentConfig,
    rules: FieldRules,
    existing: Mapping[ObjectKey, ConfigFile],
    values: dict[str, object],
) -> None:
    """Have a file for each object. existing: the files that there are. values: receives those of the references."""
    references = ReferenceNames()
    stems = {name: {path.stem.lower() for path in file_paths(writing.folder, name)} for name in config.resources}
    for each in config.objects.values():
        if each.resource not in config.resources:
            continue
        file = existing.get(each.key)
        expected = _file_values(each, file, rules, references, values)
        if file is not None:
            writing.set(file.path, _file_text(each.record, expected, file.document, rules), file.document.text)
            continue
        stem = file_stem(each.name, stems[each.resource])
        stems[each.resource].add(stem)
        path = writing.folder / each.resource / f"{stem}{ENDING}"
        writing.set(path, _file_text(each.record, expected, None, rules), None)


def _drop_values(file: ConfigFile, name: str, values: dict[str, object]) -> None:
    """Remove the values to which only a removed file refers: those whose names were made for its object."""
    for place, value in visit_leaves(file.record, file.values):
        if isinstance(value, Reference) and value.name == reference_name(file.record, name, place.path):
            values.pop(value.name, None)


def _files_by_key(opened: ConfigFolder, values: Mapping[str, object]) -> dict[ObjectKey, ConfigFile]:
    """Return the files of a folder by what identifies their objects. Raises UsageError for two of one object."""
    found: dict[ObjectKey, ConfigFile] = {}
    for file in opened.files:
        each = opened.resolve(file, values)
        if each.key in found:
            raise UsageError(
                f"{opened.place_of(file)} and {opened.place_of(found[each.key])} are both {each.title}.",
                hint="Remove one of them.",
            )
        found[each.key] = file
    return found


def _file_values(
    each: ConfigObject,
    file: ConfigFile | None,
    rules: FieldRules,
    references: ReferenceNames,
    values: dict[str, object],
) -> dict[str, object]:
    """Return the values for the file of an object. values: receives those to which the file refers."""
    record, differing = each.record, rules.differing(each.record)
    before = {place.path: value for place, value in visit_leaves(record, file.values)} if file is not None else {}

    def written(place: LeafPlace, value: object) -> object:
        old = before.get(place.path)
        if isinstance(value, Reference):
            return old if isinstance(old, Reference) else value
        if isinstance(old, Reference) and (not place.is_by_position or values.get(old.name) == value):
            values[old.name] = value
            return old
        if place.name in differing:
            reference = references.reference(record, each.name, place.path)
            values[reference.name] = value
            return reference
        return value

    found = map_leaves(record, each.values, written)
    for name in rules.secret(record):
        path = tuple(name.split("."))
        if isinstance(old := before.get(path), Reference):
            _set_missing(found, path, old)
    return found


def _set_missing(values: dict[str, object], path: LeafPath, value: object) -> None:
    """Set a value at a path where there is none; the server does not return a secret that it has."""
    for name in path[:-1]:
        part = values.setdefault(name, {})
        if not isinstance(part, dict):
            return
        values = part
    values.setdefault(path[-1], value)


def _file_text(record: Resource, values: Mapping[str, object], before: YamlDocument | None, rules: FieldRules) -> str:
    """Return the text of a file with these values. before: what it has; None for a new one."""
    expected = to_file_value(values)
    assert isinstance(expected, dict)
    if before is None:
        return _with_header(dump_yaml(expected))
    normal = normal_values(record, values, rules)

    def is_same(document: object) -> bool:
        return normal_values(record, as_object(from_file_value(document)), rules) == normal

    if is_same(before.value):
        return before.text
    if _is_as_written(before.text):
        return _with_header(dump_yaml(expected))  # it has no comments, and a long list is written much faster
    list_keys = configuration_of(record).list_keys

    def key_of(path: tuple[str, ...], element: object) -> object:
        key = list_keys.get(".".join(path))
        return None if key is None else element_key(element, key)

    return update_yaml(_HEADER.sub("", before.text, count=1), expected, key_of, is_same)


def _with_header(body: str) -> str:
    """Return the text of a file with a line by which pull knows it again."""
    return f"# Pulled by dyntui {_digest(body)}. A pull keeps your comments and references.\n{body}"


def _is_as_written(text: str) -> bool:
    """Return whether nobody changed the text of a file since dyntui wrote it."""
    header = _HEADER.match(text)
    return header is not None and _digest(text[header.end() :]) in header[0]


def _digest(body: str) -> str:
    return sha256(body.replace("\r\n", "\n").encode()).hexdigest()[:12]


def _set_document(writing: _Writing, path: Path, values: Mapping[str, object], introduction: str) -> None:
    """Have a file with these values and the comments that it has. An empty file is not created."""
    if not path.exists():
        if values:
            writing.set(path, introduction + dump_yaml(values), None)
        return
    before = read_document(path)
    is_same = (before.value or {}) == values
    if is_same:
        writing.set(path, before.text, before.text)
        return
    text = update_yaml(before.text, values, lambda path, element: element_key(element, WHOLE_ELEMENT))
    writing.set(path, text, before.text)


def _write(writing: _Writing) -> None:
    """Write and remove the files: values before the files that refer to them, and the manifest last.

    Raises UsageError when a folder or file cannot be written.
    """
    manifest = writing.folder / MANIFEST

    def order(path: Path) -> tuple[bool, bool, bool]:
        return path == manifest, writing.texts[path] is None, path.parent != writing.folder

    try:
        for folder in dict.fromkeys((writing.folder, *(path.parent for path in writing.texts))):
            folder.mkdir(parents=True, exist_ok=True)
        if writing.first:
            atomic_write(manifest, writing.first.encode(), is_shared=True)
        for path in sorted(writing.texts, key=order):
            text = writing.texts[path]
            if text is None:
                path.unlink()
            else:
                atomic_write(path, text.encode(), is_shared=True)
    except OSError as error:
        raise UsageError(f"{writing.folder} cannot be written: {error.strerror}.") from error
