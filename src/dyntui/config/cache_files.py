"""The files of the row cache: one for each environment and token. `store/cache.py` reads and writes them."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from dyntui.config.filter_form_file import FilterFormFile
from dyntui.config.paths import paths
from dyntui.config.private_files import remove_private
from dyntui.config.recent_users import clear_recent_users
from dyntui.config.request_history import clear_requests

__all__ = ["cache_file", "cache_files", "purge", "purge_all", "purge_environment"]

_SUFFIXES = ("", "-wal", "-shm", "-journal")
_FORMER_NAMES = f"rows-{'[0-9a-f]' * 24}.db"
"""The names that files had when they did not tell the environment. No environment uses such a file any more."""


def cache_file(folder: Path, base_url: str, environment_id: str, token: str) -> Path:
    """Return the cache file of an environment and a token. Its name reveals neither."""
    seed = "\n".join((base_url, environment_id, hashlib.sha256(token.encode()).hexdigest()))
    return folder / f"{_prefix(base_url, environment_id)}{_digest(seed)}.db"


def cache_files(folder: Path) -> list[Path]:
    """Return all row caches in a folder."""
    return sorted(folder.glob("rows-*.db")) if folder.is_dir() else []


def purge(file: Path) -> None:
    """Delete a cache file and the companion files of SQLite."""
    for suffix in _SUFFIXES:
        with suppress(FileNotFoundError):
            file.with_name(file.name + suffix).unlink()


def purge_environment(base_url: str, environment_id: str) -> None:
    """Delete the row caches of an environment, of all its tokens, and what is known about its filters."""
    FilterFormFile(base_url, environment_id).forget()
    folder = paths().cache
    for file in [*folder.glob(f"{_prefix(base_url, environment_id)}*.db"), *folder.glob(_FORMER_NAMES)]:
        purge(file)


def purge_all(folder: Path) -> list[Path]:
    """Delete all row caches in a folder, the recent users, the requests of the API console and the forms of filters.

    Returns the files that were deleted.
    """
    files = cache_files(folder)
    others = (paths().recent_users_file, paths().request_history_file, paths().filter_forms_file)
    files += [file for file in others if file.exists()]
    remove_private(paths().filter_forms_file)
    clear_recent_users()
    clear_requests()
    for file in cache_files(folder):
        purge(file)
    return files


def _prefix(base_url: str, environment_id: str) -> str:
    return f"rows-{_digest(f'{base_url} {environment_id}')}-"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
