"""The bytes of a source file: opened once, read repeatedly, and checked to be the same bytes each time."""

from __future__ import annotations

import io
import os
import stat
import tempfile
from pathlib import Path
from typing import BinaryIO

from dyntui.core.interface import by_interface
from dyntui.importer.source_types import EmptySource, SourceChanged, SourceError

__all__ = ["SourceFile", "open_bytes"]

_BLOCK = 1 << 20
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class _FileReader(io.RawIOBase):
    """A reader with its own position in a shared file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_END:
            offset += self._file.seek(0, io.SEEK_END)
        elif whence == io.SEEK_CUR:
            offset += self._place
        self._place = max(0, offset)
        return self._place

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # what RawIOBase calls a writeable buffer
        self._file.seek(self._place)
        data = self._file.read(len(view))
        view[: len(data)] = data
        self._place += len(data)
        return len(data)


class SourceFile:
    """A regular file or a spooled stream, and its state when it was opened.

    packed: the compressed file that `file` was unpacked from; it is watched for changes and closed too.
    """

    def __init__(self, file: BinaryIO, name: str, path: Path | None, packed: SourceFile | None = None) -> None:
        self._file = file
        self._packed = packed
        self.name = name
        self.path = path
        self._identity = self._status()
        self.size = file.seek(0, io.SEEK_END)

    def _status(self) -> tuple[int, ...]:
        if self._packed is not None:
            return self._packed._status()
        if self.path is None:
            return ()
        status = os.fstat(self._file.fileno())
        return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)

    def reader(self) -> io.BufferedReader:
        """Return a reader of the whole file, independent of other readers."""
        return io.BufferedReader(_FileReader(self._file), buffer_size=_BLOCK)

    def head(self, size: int) -> bytes:
        with self.reader() as reader:
            return reader.read(size)

    def check_unchanged(self) -> None:
        """Raise SourceChanged when the file was written to or replaced since it was opened."""
        if self.path is None:
            return
        changed = self._status() != self._identity
        if not changed:
            try:
                now = self.path.stat()
            except OSError:
                changed = True
            else:
                changed = (now.st_dev, now.st_ino) != self._identity[:2]
        if changed:
            raise SourceChanged(
                f"{self.name} changed while it was read, so nothing was imported.",
                hint="Wait until it is written completely, or copy it, then start again.",
            )

    def close(self) -> None:
        self._file.close()
        if self._packed is not None:
            self._packed.close()


def open_bytes(where: Path | BinaryIO, name: str = "") -> SourceFile:
    """Open `where`; a stream that cannot seek (standard input) is copied to an unnamed temporary file first."""
    if isinstance(where, (str, Path)):
        return _open_path(Path(where), name or Path(where).name)
    name = name or str(getattr(where, "name", "") or "standard input")
    if where.seekable():
        opened = SourceFile(where, name, None)
    else:
        spool = tempfile.TemporaryFile()  # noqa: SIM115  # the SourceFile keeps and closes it
        while block := where.read(_BLOCK):
            spool.write(block)
        opened = SourceFile(spool, name, None)
    return _not_empty(opened)


def _open_path(path: Path, name: str) -> SourceFile:
    try:
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError as error:
        raise SourceError(f"There is no file {path}.", hint="Check the path.") from error
    except IsADirectoryError as error:
        raise _directory(path) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f"{path} cannot be read: {reason}.", hint="Check its permissions with `ls -l`.") from error
    kind = os.fstat(descriptor).st_mode
    if stat.S_ISREG(kind):
        return _not_empty(SourceFile(os.fdopen(descriptor, "rb", buffering=0), name, path))
    os.close(descriptor)
    if stat.S_ISDIR(kind):
        raise _directory(path)
    what = "a named pipe" if stat.S_ISFIFO(kind) else "a device" if stat.S_ISCHR(kind) else "not a regular file"
    hint = by_interface("Pipe the data to dyntui, with `-` as the file.", "Save the data to a file first.")
    raise SourceError(f"{path} is {what} and cannot be read.", hint=hint)


def _directory(path: Path) -> SourceError:
    return SourceError(f"{path} is a folder.", hint="Choose a file in it.")


def _not_empty(opened: SourceFile) -> SourceFile:
    if opened.size == 0:
        opened.close()
        raise EmptySource(f"{opened.name} is empty.", hint="Export it again, and check it before the import.")
    return opened
