"""Check that a file is the journal of a job that this version can use. Its tables are made by store.migrations."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from dyntui.core.errors import DyntuiError
from dyntui.store.migrations import latest_version, user_version

__all__ = ["APPLICATION_ID", "JournalUnusable", "check", "damaged"]

APPLICATION_ID = 0x64796E74  # "dynt"


class JournalUnusable(DyntuiError):
    """The file is not a journal, is damaged, or was written by a newer version."""


def damaged(path: Path, reason: str) -> JournalUnusable:
    """Return the error for a damaged journal."""
    return JournalUnusable(
        f"The journal of job {path.stem} cannot be read: {reason}.",
        hint=f"Replace {path} with a copy from a backup. Without one, move it away and import the file again: users "
        "that are there already are found by email, phone number, wallet or username, and not created twice.",
    )


def check(db: sqlite3.Connection, path: Path) -> None:
    """Raise JournalUnusable for a file that is not a journal of this or an earlier version."""
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version, latest = user_version(db), latest_version("journal")
    if application != APPLICATION_ID:
        raise JournalUnusable(f"{path.name} is not the journal of a job.", hint="Move the file away.")
    if version < 1:
        raise damaged(path, f"its version is {version}")
    if version > latest:
        raise JournalUnusable(
            f"{path.name} was written by a newer dyntui (journal version {version}, this one knows {latest}).",
            hint="Use that version, or a newer one, for this job.",
        )
