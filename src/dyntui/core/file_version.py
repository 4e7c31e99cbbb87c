"""The version of a stored file, so that a file that a newer dyntui wrote is refused instead of misread or overwritten.

A JSON, YAML or TOML document has it in `version`; a document without one has version 1. SQLite files have it in
`PRAGMA user_version`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dyntui.core.errors import DyntuiError, UsageError

__all__ = ["USE_NEWER", "NewerFile", "check_version", "is_newer", "newer_file_text"]

USE_NEWER = "Use that version of dyntui, or move the file away to begin a new one. It was not changed."


class NewerFile(UsageError):
    """A file has a format of a newer version of dyntui. It was not changed."""


def newer_file_text(name: object, version: int, known: int, noun: str = "format") -> str:
    """Return the sentence about a file of a newer version.

    name: the file. noun: what has the version, such as `journal`.
    """
    return f"{name} was written by a newer dyntui ({noun} version {version}, this one knows {known})."


def is_newer(document: object, known: int = 1) -> bool:
    """Return whether a document says that it has a version above `known`."""
    return _version(document) > known


def check_version(
    document: object,
    name: object,
    known: int = 1,
    *,
    hint: str = USE_NEWER,
    error: Callable[..., DyntuiError] = NewerFile,
) -> None:
    """Raise `error` for a document of a version above `known`.

    name: the file, for the message. hint: what to do.
    """
    if is_newer(document, known):
        raise error(newer_file_text(name, _version(document), known), hint=hint)


def _version(document: object) -> int:
    version = document.get("version") if isinstance(document, Mapping) else None
    return version if type(version) is int else 1
