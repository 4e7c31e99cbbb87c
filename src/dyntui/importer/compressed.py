"""Unpack a compressed source file (gzip, zstandard, bzip2, xz) to an unnamed temporary file."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
import tempfile
import zlib
from collections.abc import Callable
from typing import BinaryIO, cast

from dyntui.importer.source_file import SourceFile
from dyntui.importer.source_types import SourceError

__all__ = ["LARGEST_UNPACKED", "unpack"]

LARGEST_UNPACKED = 16 * 1024**3
"""Most bytes that a file may unpack to."""
_BLOCK = 1 << 20


def _open_zstd(file: BinaryIO) -> BinaryIO:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return cast("BinaryIO", zstd.ZstdFile(file))


def _open_gzip(file: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(fileobj=file))


def _open_bzip2(file: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", bz2.BZ2File(file))


def _open_xz(file: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", lzma.LZMAFile(file))  # the caller closes it


_READERS: tuple[tuple[bytes, str, str, Callable[[BinaryIO], BinaryIO]], ...] = (
    (b"\x1f\x8b", "gzip", ".gz", _open_gzip),
    (b"\x28\xb5\x2f\xfd", "zstandard", ".zst", _open_zstd),
    (b"BZh", "bzip2", ".bz2", _open_bzip2),
    (b"\xfd7zXZ\x00", "xz", ".xz", _open_xz),
)
"""First bytes, name, suffix and reader of each format."""


def unpack(opened: SourceFile) -> tuple[SourceFile, str]:
    """Return the unpacked file and the name of the compression; the file itself and "" when it is not compressed.

    Raises SourceError for a file that is damaged, that unpacks to nothing or to more than LARGEST_UNPACKED bytes.
    """
    head = opened.head(8)
    for start, compression, suffix, open_reader in _READERS:
        if head.startswith(start):
            spool = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115  # the SourceFile keeps and closes it
            try:
                _copy(opened, spool, compression, open_reader)
            except BaseException:
                spool.close()
                raise
            name = opened.name.removesuffix(suffix) or opened.name
            unpacked = SourceFile(spool, name, opened.path, packed=opened)
            if unpacked.head(8).startswith(tuple(reader[0] for reader in _READERS)):
                unpacked.close()
                raise SourceError(f"{opened.name} is compressed twice.", hint="Unpack it first.")
            return unpacked, compression
    return opened, ""


def _copy(opened: SourceFile, spool: BinaryIO, compression: str, open_reader: Callable[[BinaryIO], BinaryIO]) -> None:
    size = 0
    try:
        with opened.reader() as packed, open_reader(cast("BinaryIO", packed)) as reader:
            while block := reader.read(_BLOCK):
                size += len(block)
                if size > LARGEST_UNPACKED:
                    raise SourceError(
                        f"{opened.name} unpacks to more than {LARGEST_UNPACKED // 1024**3} GB.",
                        hint="Unpack it and split it into several files.",
                    )
                spool.write(block)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # of the disk, not of the compression
            raise SourceError(
                f"{opened.name} cannot be unpacked: {error.strerror}.",
                hint="Free some space in the folder for temporary files, or unpack the file yourself.",
            ) from error
        raise _damaged(opened, compression) from error
    except Exception as error:
        if type(error).__name__ != "ZstdError":  # its class is known only after the library is imported
            raise
        raise _damaged(opened, compression) from error
    if not size:
        raise SourceError(f"{opened.name} is empty after unpacking.", hint="Export it again.")


def _damaged(opened: SourceFile, compression: str) -> SourceError:
    return SourceError(
        f"{opened.name} is compressed with {compression}, and it is damaged or incomplete.",
        hint="Download or export it again.",
    )
