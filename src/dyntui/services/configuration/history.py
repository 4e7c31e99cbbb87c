"""Snapshots of the configuration of environments: one for each pull and before each apply, in the state folder.

A snapshot has what the files of a pull have: no secrets, and the values that differ between environments. It is one
compressed file: a line about it, then a line with its objects.
"""

from __future__ import annotations

import gzip
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from glob import escape
from pathlib import Path
from typing import BinaryIO, Literal

from dyntui.config.paths import paths
from dyntui.config.private_files import UnsafeFile, check_folder, new_whole_file, open_regular, private_dir
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.file_version import check_version
from dyntui.core.json_types import Row, as_object, as_text
from dyntui.core.strict_json import dump_json, load_json
from dyntui.core.text import quantity
from dyntui.core.times import now, parse_time
from dyntui.services.configuration.document import from_document, to_document
from dyntui.services.configuration.model import EnvironmentConfig

__all__ = ["LAST", "Snapshot", "delete_snapshot", "find_snapshot", "list_snapshots", "read_snapshot", "save_snapshot"]

LAST = "last"
"""The name of the newest snapshot, in place of an id."""
MAX_SNAPSHOTS = 200
"""How many are saved for all environments; the oldest are removed."""
MAX_BYTES = 64 * 2**20
"""How many bytes they may have together."""
_MAX_SIZE = 256 * 2**20
"""The maximum of bytes of one snapshot, not compressed."""
_VERSION = 1
_ENDING = ".json.gz"
_NAME = re.compile(r"(\d{8}-\d{6})(?:-(\d+))?-")

SnapshotReason = Literal["pull", "apply"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known about a snapshot without its objects."""

    id: str
    """Its time and reason, which is also the name of its file: `20261129-122811-pull`."""
    time: datetime
    reason: str
    """`pull`, or `apply` for the configuration before it was changed."""
    environment: str
    environment_id: str
    objects: int
    """The number of its objects."""
    size_bytes: int
    """The size of its file."""
    is_complete: bool
    """Whether it has every resource that is configuration and can be read, without a choice of some."""


def save_snapshot(config: EnvironmentConfig, reason: SnapshotReason, *, is_complete: bool = True) -> Snapshot:
    """Save the configuration of an environment, and remove the oldest snapshots when there are too many.

    A pull that found the same as the newest snapshot of the environment is not saved again; that one is returned.
    is_complete: whether all resources were asked for. Raises DyntuiError when it cannot be written.
    """
    folder = private_dir(paths().snapshots_dir)
    body = dump_json(to_document(config))
    if reason == "pull" and (newest := _newest_of(config.environment_id)) is not None:
        with suppress(UsageError):
            if _read_lines(folder / f"{newest.id}{_ENDING}")[1] == body:
                return newest
    time = now()
    about = {
        "version": _VERSION,
        "time": time.isoformat(timespec="seconds"),
        "reason": reason,
        "environment": config.environment,
        "environment_id": config.environment_id,
        "objects": len(config.objects),
        "complete": is_complete,
    }
    path = _free_path(folder, f"{time:%Y%m%d-%H%M%S}", reason)
    try:
        with new_whole_file(path) as file:
            file.write(gzip.compress(dump_json(about) + b"\n" + body, mtime=0))
    except OSError as error:
        raise DyntuiError(f"The snapshot {path} cannot be written: {error.strerror}.") from error
    _remove_oldest(folder, path)
    return _snapshot(path, about)


def list_snapshots(environment_id: str = "") -> list[Snapshot]:
    """Return the snapshots, oldest first. environment_id: only those of this environment.

    A file that is no snapshot is left out.
    """
    folder = paths().snapshots_dir
    if not folder.exists():
        return []
    check_folder(folder)
    found = []
    for path in sorted(folder.glob(f"*{_ENDING}"), key=_order):
        with suppress(UsageError, OSError):
            found.append(_snapshot(path, _read_about(path)))
    return [each for each in found if environment_id in ("", each.environment_id)]


def find_snapshot(name: str, environment_id: str = "") -> Snapshot:
    """Return the snapshot with this id, or start of an id, or the newest one for `last`. Raises UsageError.

    environment_id: the environment of which `last` is the newest; "" for any.
    """
    known = list_snapshots()
    if name == LAST:
        found = [each for each in known if environment_id in ("", each.environment_id)][-1:]
    else:
        found = [each for each in known if each.id == name] or [each for each in known if each.id.startswith(name)]
    if len(found) == 1:
        return found[0]
    folder = paths().snapshots_dir
    if not found and name != LAST and len(others := [*folder.glob(f"{escape(name)}*{_ENDING}")]) == 1:
        return _snapshot(others[0], _read_about(others[0]))  # raises the error of a file that is not listed
    reason = "There is no snapshot" if not found else f"{quantity(len(found), 'snapshot')} begin with"
    raise UsageError(f"{reason} {name!r}.", hint="`dyntui config history` lists them.")


def read_snapshot(snapshot: Snapshot) -> EnvironmentConfig:
    """Return the configuration of a snapshot. Raises UsageError for one that is damaged."""
    path = paths().snapshots_dir / f"{snapshot.id}{_ENDING}"
    document = as_object(_parsed(path, _read_lines(path)[1]))
    return from_document(document, snapshot.environment, snapshot.environment_id)


def delete_snapshot(snapshot: Snapshot) -> None:
    """Delete a snapshot."""
    (paths().snapshots_dir / f"{snapshot.id}{_ENDING}").unlink(missing_ok=True)


def _newest_of(environment_id: str) -> Snapshot | None:
    return next(reversed(list_snapshots(environment_id)), None)


def _order(path: Path) -> tuple[str, int, str]:
    """Return a key that sorts the files by time, then in the order in which those of one second were written."""
    found = _NAME.match(path.name)
    return (found[1], int(found[2] or 1), path.name) if found is not None else ("", 0, path.name)


def _free_path(folder: Path, second: str, reason: str) -> Path:
    """Return the path of a new snapshot. The second one of a second has a number."""
    numbers = [_order(path)[1] for path in folder.glob(f"{second}-*{_ENDING}")]
    number = f"-{max(numbers) + 1}" if numbers else ""
    return folder / f"{second}{number}-{reason}{_ENDING}"


def _remove_oldest(folder: Path, newest: Path) -> None:
    """Remove the oldest snapshots beyond the maximum number and size, but never the newest."""
    files = sorted((path for path in folder.glob(f"*{_ENDING}") if path != newest), key=_order, reverse=True)
    used = newest.stat().st_size
    for count, path in enumerate(files, 2):
        used += path.stat().st_size
        if count > MAX_SNAPSHOTS or used > MAX_BYTES:
            path.unlink(missing_ok=True)


def _snapshot(path: Path, about: Row) -> Snapshot:
    check_version(about, path, _VERSION, hint="Read it with that version of dyntui. It was not changed.")
    time, count = parse_time(about.get("time")), about.get("objects")
    if about.get("version") != _VERSION or time is None or not isinstance(count, int):
        raise UsageError(f"{path} is no snapshot.")
    return Snapshot(
        path.name.removesuffix(_ENDING),
        time,
        as_text(about.get("reason")),
        as_text(about.get("environment")),
        as_text(about.get("environment_id")),
        count,
        path.stat().st_size,
        bool(about.get("complete")),
    )


def _open(file: BinaryIO) -> BinaryIO:
    return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]  # a binary file in all but name


def _read_about(path: Path) -> Row:
    with open_regular(path) as file:
        try:
            line = _open(file).readline(1 << 16)
        except (OSError, EOFError) as error:
            raise _damaged(path) from error
    return as_object(_parsed(path, line))


def _read_lines(path: Path) -> tuple[bytes, bytes]:
    """Return the line about a snapshot and that of its objects. Raises UsageError."""
    try:
        with open_regular(path) as file:
            data = _open(file).read(_MAX_SIZE)
    except FileNotFoundError as error:
        raise UsageError(f"There is no snapshot {path}.") from error
    except UnsafeFile:
        raise
    except (OSError, EOFError) as error:
        raise _damaged(path) from error
    about, separator, body = data.partition(b"\n")
    if not separator:
        raise _damaged(path)
    return about, body


def _parsed(path: Path, data: bytes) -> object:
    try:
        return load_json(data)
    except ValueError as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> UsageError:
    return UsageError(f"The snapshot {path} is damaged.", hint="Delete the file. Other snapshots are not affected.")
