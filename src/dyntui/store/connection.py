"""The SQLite connection of a journal: what the disk refuses is said in words, and stops the job in order."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dyntui.config.files import locked, sync_dir
from dyntui.core.errors import Stopped
from dyntui.store.schema import check, install

__all__ = ["JournalRefused", "connect", "created"]

_BUSY_MS = 10_000
_OF_THE_DISK = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CORRUPT,
    }
)


class JournalRefused(Stopped):
    """The disk does not take or give what the journal holds. Every step that was taken is in it."""


class _Connection(sqlite3.Connection):
    """path: of the file, for messages."""

    path: Path

    def execute(self, *args: Any) -> sqlite3.Cursor:
        with self._in_words():
            return super().execute(*args)

    def executemany(self, *args: Any) -> sqlite3.Cursor:
        with self._in_words():
            return super().executemany(*args)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if (getattr(error, "sqlite_errorcode", 0) & 0xFF) not in _OF_THE_DISK:
                raise
            name = self.path.stem
            raise JournalRefused(
                f"The journal of job {name} cannot be used: {error}.",
                hint=f"Make room on the disk of {self.path.parent} and see that you may write there; then `dyntui jobs "
                f"resume {name}` goes on. Nothing is lost or sent twice: what was under way is looked up first.",
            ) from error


@contextmanager
def created(path: Path) -> Iterator[sqlite3.Connection]:
    """The tables of a new journal. The file has its name once all that is done in here is in it; before, there is none.

    What a process leaves that dies meanwhile is replaced by the next that makes one.
    """
    making = path.with_name("making")
    with locked(path.parent):
        for end in ("", "-journal", "-wal", "-shm"):
            making.with_name(making.name + end).unlink(missing_ok=True)
        db = connect(making, new=True)
        try:
            yield db
        finally:
            db.close()
        making.rename(path)
    sync_dir(path.parent)


def connect(path: Path, *, new: bool = False) -> sqlite3.Connection:
    """Open a journal's file; private, and durable with each commit. new: make the tables."""
    before = os.umask(0o077)
    try:
        # One thread at a time, not always the same one: the console opens a job here and works on it there.
        db = sqlite3.connect(
            path, isolation_level=None, timeout=_BUSY_MS / 1000, check_same_thread=False, factory=_Connection
        )
        db.path = path
        try:
            if not new:
                check(db, path.name)
            db.execute("PRAGMA journal_mode = WAL")
            if new:
                install(db)
        except BaseException:
            db.close()
            raise
    finally:
        os.umask(before)
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA cache_size = -8192")
    return db
