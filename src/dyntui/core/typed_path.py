"""Paths of files that are typed: what they mean, how they are completed, and what is wrong with them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "NO_FILES",
    "FolderNames",
    "PathRule",
    "candidates",
    "common_start",
    "free_name",
    "list_names",
    "split_typed_path",
    "to_path",
]

NO_FILES = frozenset({"/"})
"""The endings of the files to list when only folders are offered: no name has this ending."""
_MOST = 5000
"""The number of names that are read of a folder."""
_QUOTES = "'\""


def to_path(typed: str) -> Path:
    """Return the path that was typed or pasted: without quotes, `~` as the home folder, absolute or relative."""
    text = _effective(typed.strip().strip(_QUOTES))
    return Path(os.path.expanduser(text))  # noqa: PTH111  # an unknown `~name` stays as it is


def free_name(stem: str, ending: str) -> str:
    """Return a file name that is not in the current folder yet: `users.csv`, else `users-2.csv`."""
    name, number = f"{stem}{ending}", 1
    while os.path.lexists(name):
        number += 1
        name = f"{stem}-{number}{ending}"
    return name


def _effective(typed: str) -> str:
    """Return the last absolute path in `typed`: `~/exports//srv/users.csv` is `/srv/users.csv`."""
    for sign in ("//", "/~/"):
        _, found, after = typed.rpartition(sign)
        if found:
            typed = sign[1:] + after
    return typed


def split_typed_path(typed: str) -> tuple[str, str]:
    """Return the folder of an incomplete path, and the start of a name in it."""
    typed = _effective(typed.lstrip().lstrip(_QUOTES))
    if typed.startswith("~") and "/" not in typed:
        return ".", typed  # the name of a home folder is not complete yet
    folder, slash, part = typed.rpartition("/")
    return (os.path.expanduser(folder + slash) or "." if slash else "."), part  # noqa: PTH111


@dataclass(frozen=True, slots=True)
class FolderNames:
    """The names in a folder, those of folders with a slash at the end."""

    folder: str
    names: tuple[str, ...] = ()


def list_names(folder: str, suffixes: frozenset[str] = frozenset()) -> FolderNames:
    """Return the names in a folder, folders first; none when it cannot be read.

    suffixes: the endings of the files to list, in lower case with their dot; empty for all.
    """
    folders: list[str] = []
    files: list[str] = []
    try:
        with os.scandir(folder) as found:
            for item in found:
                if len(folders) + len(files) >= _MOST:
                    break
                try:
                    is_folder = item.is_dir()
                except OSError:
                    continue
                if is_folder:
                    folders.append(f"{item.name}/")
                elif not suffixes or Path(item.name).suffix.lower() in suffixes:
                    files.append(item.name)
    except (OSError, ValueError):
        return FolderNames(folder)
    return FolderNames(folder, (*sorted(folders, key=str.casefold), *sorted(files, key=str.casefold)))


def candidates(typed: str, listing: FolderNames) -> Sequence[str]:
    """Return the texts that complete `typed` with a name of its folder. Hidden names only after a typed dot."""
    typed = _effective(typed.lstrip().lstrip(_QUOTES))
    if typed.startswith("~") and "/" not in typed:
        return ["~/"] if typed == "~" else []
    part = split_typed_path(typed)[1]
    start = typed[: len(typed) - len(part)]
    names = (name for name in listing.names if name.casefold().startswith(part.casefold()))
    return [start + name for name in names if part.startswith(".") or not name.startswith(".")]


def common_start(texts: Sequence[str]) -> str:
    """Return the start that all texts have in common, in the case of the first one."""
    if not texts:
        return ""
    first, length = texts[0], min(map(len, texts))
    while length and any(text[:length].casefold() != first[:length].casefold() for text in texts):
        length -= 1
    return first[:length]


@dataclass(frozen=True, slots=True)
class PathRule:
    """What a typed path has to be."""

    is_new: bool = False
    """Whether it is a file that does not exist yet, in a folder that does; else it is an existing file."""
    suffixes: frozenset[str] = frozenset()
    """The endings of the files that are offered; empty for all."""
    allows_folder: bool = False
    """Whether an existing folder is accepted as well."""
    is_folder: bool = False
    """Whether it is an existing folder, and no file."""
    is_optional: bool = False
    """Whether the path may be left empty."""

    def problem(self, typed: str) -> str:
        """Return what is wrong with a path and what to do; "" when nothing is."""
        if not typed.strip().strip(_QUOTES):
            return "" if self.is_optional else f"Enter a {'folder' if self.is_folder else 'file'} name."
        path = to_path(typed)
        if "\0" in typed:
            return "This path cannot be used: it contains a null character."
        try:
            if self.is_folder:
                return "" if path.is_dir() else f"There is no folder {path}. Tab completes a name."
            if path.is_dir():
                return "" if self.allows_folder else "This is a folder. Enter the name of a file in it."
            if not self.is_new:
                return "" if path.exists() else f"There is no file {path}. Tab completes a name."
            if os.path.lexists(path):
                return "This file already exists. Enter another name."
            return "" if path.parent.is_dir() else f"There is no folder {path.parent}."
        except OSError as error:
            return f"This path cannot be used: {error.strerror}."
