"""Delete the files of a job on this machine; nothing on the server is touched."""

from __future__ import annotations

import shutil
from pathlib import Path

from dyntui.core.errors import UsageError
from dyntui.core.interface import by_interface
from dyntui.services.imports.jobs import summarize_job
from dyntui.store.lock import JobLock

__all__ = ["purge_job"]


def purge_job(path: Path, *, unfinished: bool = False) -> list[Path]:
    """Delete the journal, the plan and the reports next to it, and return what was deleted. Reports elsewhere stay.

    Raises UsageError for a job that is not finished, unless `unfinished`, and for one that a process works on.
    """
    known = summarize_job(path)
    if not (known.problem or known.is_abandoned or unfinished or known.is_over):
        raise UsageError(
            f"Job {path.stem} is {known.state}: it could still be resumed.",
            hint=by_interface(
                f"Cancel it first (dyntui jobs cancel {path.stem}), or add --unfinished.",
                "Cancel it first: open it and press {run.cancel}.",
            ),
        )
    lock = JobLock(path.with_suffix(".lock"), path.stem)
    removed: list[Path] = []
    try:
        folder = path.with_suffix("")
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
            removed.append(folder)
        for name in (f"{path.name}-wal", f"{path.name}-shm", f"{path.stem}.plan.json", path.name):
            file = path.with_name(name)
            if file.exists():
                file.unlink()
                removed.append(file)
    finally:
        lock.release()
    path.with_suffix(".lock").unlink(missing_ok=True)
    return removed
