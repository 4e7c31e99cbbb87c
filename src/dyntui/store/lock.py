"""Lock a job for one process, with an exclusive lock on a lock file next to the journal.

Unlike a PID file, a lock ends with its process. The file is never removed: two processes could then lock two files
of one name.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from dyntui.config.private_files import open_private
from dyntui.core.errors import UsageError
from dyntui.core.file_lock import lock_file
from dyntui.core.interface import by_interface

__all__ = ["JobBusy", "JobLock", "is_locked"]

_PROBED = (0.01, 0.03, 0.1)
"""Seconds to wait before trying again, because `is_locked` holds the lock for a moment."""


class JobBusy(UsageError):
    """Another process has the job open for work."""


class JobLock:
    """Held from construction until `release` or the end of the process."""

    def __init__(self, path: Path, name: str) -> None:
        descriptor = open_private(path, os.O_RDWR | os.O_CREAT)
        for delay_s in (*_PROBED, None):
            try:
                lock_file(descriptor, wait=False)
                break
            except OSError as error:
                if delay_s is not None:
                    time.sleep(delay_s)
                    continue
                holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
                os.close(descriptor)
                by = f" (process {holder})" if holder.isdigit() else ""
                raise JobBusy(
                    f"Job {name} is being worked on by another process{by}.",
                    hint=by_interface(
                        f"`dyntui jobs get {name}` follows it; `dyntui jobs pause {name}` asks it to stop.",
                        "{app.jump}jobs gets its progress; {jobs.pause} asks it to pause.",
                    ),
                ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def is_locked(path: Path) -> bool:
    """Return whether a process works on the job now."""
    try:
        descriptor = open_private(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        lock_file(descriptor, wait=False)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
