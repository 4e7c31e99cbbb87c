"""Private files: created with mode 0600 in 0700 folders, checked on the open descriptor, written completely or not.

All files of dyntui are read and written with these functions. On Windows only links and file types are checked; the
user's profile folder protects the files there.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from dyntui.core.errors import UsageError

__all__ = [
    "READ_LIMIT",
    "UnsafeFile",
    "append_private",
    "atomic_write",
    "check_folder",
    "create_new",
    "locked",
    "new_whole_file",
    "new_whole_text",
    "open_private",
    "open_regular",
    "private_dir",
    "read_private",
    "remove_private",
    "remove_stale_temporaries",
    "sync_dir",
    "verify_private",
]

READ_LIMIT = 16 * 1024 * 1024

_POSIX = os.name == "posix"
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FLAGS = _NOFOLLOW | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_PRIVATE = 0o600
_SHARED = 0o666
"""Less the umask."""
_TEMPORARY = r"\..+\.[0-9a-f]{12}\.tmp"
"""The name of a temporary file of `atomic_write`."""
_STALE_AFTER_S = 60.0
"""Seconds without a change after which nobody writes a temporary file any more."""
_OTHERS = 0o077
_OTHERS_WRITE = 0o022


class UnsafeFile(UsageError):
    """A file or folder that others can read or change, or of another type than expected. It was not used."""


def private_dir(path: Path) -> Path:
    """Create a folder with mode 0700, with its parents, or check the existing one. Returns the path.

    A folder that others may read gets the mode 0700. Raises UnsafeFile for a folder that others may write to, that is a
    symbolic link, or that belongs to another user.
    """
    missing = [folder for folder in (path, *path.parents) if not os.path.lexists(folder)]
    for folder in reversed(missing):
        try:
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700)
        except OSError as error:
            raise UnsafeFile(
                f"Cannot create the folder {folder}: {error.strerror}.",
                hint="Set DYNTUI_HOME to a writable folder.",
            ) from error
    with _checked_folder(path) as (descriptor, status):
        if _POSIX and status.st_mode & _OTHERS:
            os.fchmod(descriptor, 0o700)
    return path


def check_folder(path: Path) -> None:
    """Raise UnsafeFile for a folder that others may write to, that is a link, or that belongs to another user.

    Raises FileNotFoundError when there is none.
    """
    with _checked_folder(path):
        pass


@contextmanager
def _checked_folder(path: Path) -> Iterator[tuple[int, os.stat_result]]:
    """Open a folder and yield its descriptor and status, after the checks of `check_folder`."""
    if path.is_symlink():
        raise UnsafeFile(
            f"{path} is a symbolic link.", hint="Replace it with a real folder, or set DYNTUI_HOME to another one."
        )
    if path.exists() and not path.is_dir():
        raise UnsafeFile(f"{path} is not a folder.", hint="Move it away, or set DYNTUI_HOME to another folder.")
    if not _POSIX:
        yield -1, path.stat()
        return
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | _FLAGS)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UnsafeFile(
            f"Cannot open the folder {path}: {error.strerror}.", hint="Check who owns it: `ls -ld` shows it."
        ) from error
    try:
        status = os.fstat(descriptor)
        _check_owner(path, status)
        if status.st_mode & _OTHERS_WRITE:
            raise UnsafeFile(
                f"Others can write to the folder {path}.", hint=f"Check its content, then run: chmod 700 {path}"
            )
        yield descriptor, status
    finally:
        os.close(descriptor)


def read_private(path: Path, limit: int = READ_LIMIT, *, secret: bool = True) -> bytes:
    """Read a file of this user that others cannot read or change.

    secret: False for settings that are edited by hand, which others may read. The folder is checked too, because others
    could replace a file in a folder that they can write to.
    Raises FileNotFoundError, or UnsafeFile when the checks fail or the file is longer than `limit` bytes.
    """
    check_folder(path.parent)
    with open_regular(path) as file:
        status = os.fstat(file.fileno())
        _check_mode(path, status, _OTHERS if secret else _OTHERS_WRITE)
        data = file.read(limit + 1)
    if len(data) > limit:
        raise UnsafeFile(f"{path} is longer than {limit} bytes.", hint="dyntui did not write this file. Move it away.")
    return data


def open_regular(path: Path) -> BinaryIO:
    """Open a file of this user for reading. Raises UnsafeFile for a link, a pipe, a folder or a device.

    Raises FileNotFoundError when there is none.
    """
    descriptor = open_private(path, os.O_RDONLY | _NONBLOCK)
    try:
        _check_regular(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return os.fdopen(descriptor, "rb")


def atomic_write(path: Path, data: bytes, *, is_shared: bool = False) -> None:
    """Replace the content of `path` (0600) completely or not at all: write a temporary file, fsync, rename.

    is_shared: whether others may read it, such as a file for a git repository, so that it gets the usual mode of new
    files, in a folder that exists.
    """
    if not is_shared and not path.parent.exists():
        private_dir(path.parent)
    _regular_status(path)
    import secrets

    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    with create_new(temporary, _SHARED if is_shared else _PRIVATE) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            temporary.replace(path)
        except BaseException:
            file.close()
            temporary.unlink(missing_ok=True)
            raise
    sync_dir(path.parent)


def remove_stale_temporaries(folder: Path) -> None:
    """Remove the temporary files of `atomic_write` in a folder whose process was killed a minute ago or more."""
    for path in folder.glob(".*.tmp"):
        with suppress(OSError):
            status = path.lstat()
            is_stale = time.time() - status.st_mtime >= _STALE_AFTER_S
            if re.fullmatch(_TEMPORARY, path.name) and stat.S_ISREG(status.st_mode) and is_stale:
                path.unlink()


def append_private(path: Path, line: bytes) -> None:
    """Append one line to `path` (0600) with a single write, and wait until it is on disk.

    An incomplete last line, left by a crash, is ended first, so that it does not damage the new one.
    """
    if b"\n" in line.rstrip(b"\n"):
        raise ValueError("append_private takes one line")
    line = line.rstrip(b"\n") + b"\n"
    if not path.parent.exists():
        private_dir(path.parent)
    descriptor = open_private(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _NONBLOCK)
    try:
        status = os.fstat(descriptor)
        _check_regular(path, status)
        _check_mode(path, status, _OTHERS)
        if status.st_size:
            os.lseek(descriptor, -1, os.SEEK_END)
            if os.read(descriptor, 1) != b"\n":
                line = b"\n" + line
        written = os.write(descriptor, line)
        if written != len(line):
            raise OSError(f"only {written} of {len(line)} bytes were written to {path}; the disk may be full")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def create_new(path: Path, mode: int = _PRIVATE) -> BinaryIO:
    """Create a new file (0600, or another mode less the umask) and open it. Raises UsageError when it exists."""
    try:
        descriptor = open_private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise UsageError(f"{path} already exists and is not overwritten.", hint="Choose another name.") from error
    except FileNotFoundError as error:
        raise UsageError(
            f"There is no folder {path.parent}.", hint="Create it first, or choose another folder."
        ) from error
    except IsADirectoryError as error:
        raise UsageError(f"{path} is a folder.", hint="Use the path of a file.") from error
    return os.fdopen(descriptor, "wb")


@contextmanager
def new_whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a new file (0600) that gets its name when the block ends without an error.

    Until then, and after an error or a signal, no file of that name exists. Raises UsageError as `create_new` does.
    """
    import secrets

    if os.path.lexists(path):
        create_new(path).close()  # raises UsageError
    # A name of its own, so that a long one does not become too long.
    temporary = path.with_name(f".dyntui-{secrets.token_hex(6)}.tmp")
    try:
        with create_new(temporary) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _name_new(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_dir(path.parent)


@contextmanager
def new_whole_text(path: Path, encoding: str, errors: str = "strict") -> Iterator[TextIO]:
    """Open a new text file (0600) as `new_whole_file` does. Lines are ended as they are written."""
    import io

    with new_whole_file(path) as binary:
        text = io.TextIOWrapper(binary, encoding, errors, newline="")
        try:
            yield text
            text.flush()
        finally:
            with suppress(OSError, ValueError):
                text.detach()


def _name_new(temporary: Path, path: Path) -> None:
    """Rename a finished file without replacing an existing one."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError as error:
        raise UsageError(f"{path} already exists and is not overwritten.", hint="Choose another name.") from error
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise UsageError(f"{path} already exists and is not overwritten.", hint="Choose another name.") from None
        temporary.rename(path)


def remove_private(path: Path) -> bool:
    """Delete a file, or a link but not its target. Returns whether there was one."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    sync_dir(path.parent)
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Lock `path` against other processes of dyntui while it is read, changed and written."""
    from dyntui.core.file_lock import lock_file

    descriptor = open_private(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT)
    try:
        lock_file(descriptor, wait=True)
        yield
    finally:
        os.close(descriptor)


def verify_private(path: Path, *, missing_ok: bool = False) -> None:
    """Check a file that a library opens by name: a regular file of this user that others cannot change.

    A file that others may read gets the mode 0600. The folder must be private, so that others cannot replace the file
    afterwards. The file is not opened, because closing a file of SQLite drops the locks of this process on it.
    """
    status = _regular_status(path)
    if status is None:
        if missing_ok:
            return
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    _check_mode(path, status, _OTHERS_WRITE)
    if _POSIX and status.st_mode & _OTHERS:
        path.chmod(0o600)


def open_private(path: Path, flags: int, mode: int = _PRIVATE) -> int:
    """Open `path` and return its descriptor; a new file gets `mode`. Raises UnsafeFile for a symbolic link."""
    if not _NOFOLLOW and path.is_symlink():
        raise UnsafeFile(f"{path} is a symbolic link.", hint="Replace it with the file itself.")
    try:
        return os.open(path, flags | _FLAGS, mode)
    except OSError as error:
        if path.is_symlink() and not isinstance(error, FileExistsError):
            raise UnsafeFile(f"{path} is a symbolic link.", hint="Replace it with the file itself.") from error
        raise


def _check_regular(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnsafeFile(f"{path} is not a regular file.", hint="Move it away.")
    _check_owner(path, status)


def _check_mode(path: Path, status: os.stat_result, forbidden: int) -> None:
    """Raise UnsafeFile for a file with one of the forbidden permission bits."""
    if _POSIX and status.st_mode & forbidden:
        action = "change" if forbidden == _OTHERS_WRITE else "read or change"
        raise UnsafeFile(
            f"Others can {action} {path}.",
            hint=f"If you trust its content, run: chmod 600 {path}. Replace a token in it.",
        )


def _check_owner(path: Path, status: os.stat_result) -> None:
    if _POSIX and status.st_uid != os.geteuid():
        raise UnsafeFile(
            f"{path} belongs to another user (id {status.st_uid}, you are {os.geteuid()}).",
            hint="Run dyntui as its owner, or set DYNTUI_HOME to a folder of your own.",
        )


def _regular_status(path: Path) -> os.stat_result | None:
    """Return the status of a regular file of this user; None when there is none. Raises UnsafeFile."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(status.st_mode):
        raise UnsafeFile(f"{path} is a symbolic link.", hint="Replace it with the file itself.")
    _check_regular(path, status)
    return status


def sync_dir(folder: Path) -> None:
    if not _POSIX:
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
