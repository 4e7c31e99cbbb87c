"""Lock an open file against other processes: with flock on POSIX systems, with msvcrt on Windows.

A lock ends with its process, or when the file is closed.
"""

from __future__ import annotations

import os
import time

__all__ = ["lock_file"]

_WINDOWS_OFFSET = 2**31 - 2
"""The byte that is locked on Windows, beyond the content: nobody could read a locked byte."""
_RETRY_S = 0.05


def lock_file(descriptor: int, *, wait: bool) -> None:
    """Lock a file for this process.

    wait: wait until no other process has it. Raises OSError without `wait`, when another process has it.
    """
    try:
        import fcntl
    except ImportError:
        _lock_with_msvcrt(descriptor, wait=wait)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


def _lock_with_msvcrt(descriptor: int, *, wait: bool) -> None:
    import msvcrt

    locking = getattr(msvcrt, "locking")  # noqa: B009  # exists only on Windows
    position = os.lseek(descriptor, 0, os.SEEK_CUR)
    os.lseek(descriptor, _WINDOWS_OFFSET, os.SEEK_SET)
    try:
        while True:
            try:
                locking(descriptor, getattr(msvcrt, "LK_NBLCK"), 1)  # noqa: B009
                return
            except OSError:
                if not wait:
                    raise
            time.sleep(_RETRY_S)
    finally:
        os.lseek(descriptor, position, os.SEEK_SET)
