"""Files for the wizard's file tree: the content of a folder, and recent files."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write, read_private
from dyntui.core.errors import DyntuiError
from dyntui.core.file_version import NewerFile, check_version
from dyntui.core.strict_json import parse_json

__all__ = [
    "SUFFIXES",
    "FileEntry",
    "FolderListing",
    "list_folder",
    "recent_files",
    "remember_file",
]

SUFFIXES = frozenset(
    ".csv .tsv .tab .txt .json .ndjson .jsonl .xlsx .xlsm .xls .ods .gz .zst .bz2 .xz".split()  # noqa: SIM905  # reads as a list
)
"""The endings of the files that can be imported."""
_MOST = 5000
_RECENT = 8


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A folder, or a file that may contain rows."""

    path: str
    name: str
    is_folder: bool = False
    size_bytes: int = 0
    changed_at_s: float = 0.0
    """Time of the last change in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class FolderListing:
    path: str
    entries: tuple[FileEntry, ...] = ()
    unsupported_count: int = 0
    """How many files have a format that cannot be read."""
    problem: str = ""
    """Why the folder cannot be listed; "" when it can."""


def list_folder(path: str) -> FolderListing:
    """List a folder without hidden files."""
    folders: list[FileEntry] = []
    files: list[FileEntry] = []
    others = 0
    try:
        with os.scandir(path) as found:
            for item in found:
                if item.name.startswith(".") or len(folders) + len(files) >= _MOST:
                    continue
                entry = _entry(item)
                if entry is None:
                    others += 1
                else:
                    (folders if entry.is_folder else files).append(entry)
    except OSError as error:
        return FolderListing(path, problem=error.strerror or type(error).__name__)
    by_name = sorted(folders, key=_by_name) + sorted(files, key=_by_name)
    return FolderListing(path, tuple(by_name), others)


def _by_name(entry: FileEntry) -> tuple[str, str]:
    return entry.name.casefold(), entry.name


def _entry(item: os.DirEntry[str]) -> FileEntry | None:
    try:
        if item.is_dir():
            return FileEntry(item.path, item.name, is_folder=True)
        if Path(item.name).suffix.lower() not in SUFFIXES or not item.is_file():
            return None
        status = item.stat()
    except OSError:  # a link that leads nowhere, a file that has just gone
        return None
    return FileEntry(item.path, item.name, size_bytes=status.st_size, changed_at_s=status.st_mtime)


def _read() -> dict[str, list[str]]:
    """Return the lists of the file by name. Raises NewerFile for the file of a newer version."""
    try:
        stored = parse_json(read_private(paths().recent_file))
    except (FileNotFoundError, ValueError):
        return {}
    check_version(stored, paths().recent_file)
    if not isinstance(stored, dict):
        return {}
    lists = {name: value for name, value in stored.items() if isinstance(value, list)}
    return {name: [each for each in value if isinstance(each, str)] for name, value in lists.items()}


def recent_files() -> Sequence[FileEntry]:
    """Return the recently imported files that still exist, newest first."""
    found: list[FileEntry] = []
    try:
        names = _read().get("files", [])
    except NewerFile:
        return []
    for name in names:
        try:
            status = Path(name).stat()
        except (OSError, ValueError):
            continue
        found.append(FileEntry(name, Path(name).name, size_bytes=status.st_size, changed_at_s=status.st_mtime))
    return found


def remember_file(path: str) -> None:
    """Add a file to the recent files."""
    try:
        stored = _read()
        names = [str(name) for name in stored.get("files", []) if name != path]
        atomic_write(paths().recent_file, json.dumps({**stored, "files": [path, *names][:_RECENT]}).encode())
    except DyntuiError:
        return  # recent files are a convenience; other writes report a state folder that cannot be used
