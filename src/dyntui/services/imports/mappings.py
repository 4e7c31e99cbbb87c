"""Saved mappings, one file each: found by name, by path, or by the columns of the source file."""

from __future__ import annotations

import re
from pathlib import Path

from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write, private_dir
from dyntui.core.errors import UsageError
from dyntui.core.file_version import NewerFile
from dyntui.importer import Mapping, SourceInfo

__all__ = ["find_mapping", "load_mapping", "mapping_names", "save_mapping"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LIMIT = 1024 * 1024


def mapping_names() -> list[str]:
    """Return the names of the saved mappings."""
    return sorted(path.stem for path in paths().mappings_dir.glob("*.json"))


def load_mapping(name: str) -> Mapping:
    """Load a saved mapping by its name, or any mapping by the path of its file."""
    path = Path(name)
    if not (path.suffix or "/" in name):
        path = paths().mappings_dir / f"{name}.json"
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise UsageError(f"{path} is not a regular file.", hint="Move it away.")
    try:
        with path.open("rb") as file:
            text = file.read(_LIMIT + 1)
    except OSError as error:
        known = ", ".join(mapping_names()) or "none is saved yet"
        raise UsageError(
            f"No mapping {name}: {error.strerror}.",
            hint=f"Saved mappings: {known}. For a file, use its path.",
        ) from error
    if len(text) > _LIMIT:
        raise UsageError(f"{path} is too large to be a mapping.")
    return Mapping.from_json(text, name=str(path))


def save_mapping(name: str, mapping: Mapping) -> Path:
    """Save a mapping under a name; one with the same name is replaced, unless a newer dyntui wrote it.

    Raises UsageError for that, and for an invalid name.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a mapping.", hint="Use letters, digits, dots, dashes, underscores."
        )
    folder = private_dir(paths().mappings_dir)
    path = folder / f"{name}.json"
    if path.is_file():
        try:
            load_mapping(name)
        except NewerFile:
            raise
        except UsageError:
            pass  # damaged, so it is replaced
    atomic_write(path, mapping.to_json().encode())
    return path


def find_mapping(info: SourceInfo, kind: str = "users") -> tuple[str, Mapping] | None:
    """Return the name and the mapping that was saved for a file with these columns; None when there is none."""
    for name in mapping_names():
        try:
            mapping = load_mapping(name)
        except UsageError:
            continue  # not a mapping
        if mapping.fingerprint == info.fingerprint and mapping.kind == kind:
            return name, mapping.bind(info)
    return None
