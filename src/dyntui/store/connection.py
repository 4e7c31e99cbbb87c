"""Opens the SQLite file of a journal and checks it. Errors of SQLite become errors that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dyntui.config.private_files import create_new, locked, sync_dir, verify_private
from dyntui.core.errors import DyntuiError, StoppedError
from dyntui.core.file_version import newer_file_text
from dyntui.core.interface import by_interface
from dyntui.core.process_state import private_umask
from dyntui.store.migrations import latest_version, migrate, user_version

__all__ = ["APPLICATION_ID", "JournalRefused", "JournalUnusable", "connect", "created", "damaged"]

APPLICATION_ID = 0x64796E74  # "dynt"

_BUSY_MS = 10_000
_NO_ROOM = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_NOT_ALLOWED = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH})
_IN_USE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_SUFFIXES = ("", "-journal", "-wal", "-shm")


class JournalUnusable(DyntuiError):
    """The file is not a journal, is damaged, or was written by a newer version."""


class JournalRefused(StoppedError):
    """The journal cannot be written. It contains every step until then."""


def damaged(path: Path, reason: str) -> JournalUnusable:
    """Return the error for a damaged journal."""
    return JournalUnusable(
        f"The journal of job {path.stem} cannot be read: {reason}.",
        hint=f"Replace {path} with a copy from a backup. Without one, move it away and import the file again: users "
        "that are there already are found by email, phone number, wallet or username, and not created twice.",
    )


def _to_dyntui_error(error: sqlite3.Error, path: Path) -> DyntuiError | None:
    """Return the error for what SQLite reports about the file or disk; None for a programming error."""
    code, name = getattr(error, "sqlite_errorcode", 0) & 0xFF, path.stem
    way = by_interface(f"with `dyntui jobs resume {name}`", "in {app.jump}jobs")
    resume = f"then continue {way}. Nothing is lost or sent twice."
    if code in _NO_ROOM:
        hint = f"Free space on the disk of {path.parent} and check that the disk works, {resume}"
    elif code in _NOT_ALLOWED:
        hint = f"Check that you can write to {path.parent}, {resume}"
    elif code in _IN_USE:
        hint = f"Another program uses the file. Wait until it ends, {resume}"
    elif isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.NotSupportedError)):
        return None
    else:  # damaged, not a database, no such table or column, text that is not UTF-8
        return damaged(path, str(error))
    return JournalRefused(f"The journal of job {name} cannot be used: {error}.", hint=hint)


@contextmanager
def _translated_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        ours = _to_dyntui_error(error, path)
        if ours is None:
            raise
        raise ours from error


class _Cursor(sqlite3.Cursor):
    """Translates errors while rows are fetched, as _Connection does for a statement."""

    connection: _Connection

    def fetchone(self) -> Any:
        with _translated_errors(self.connection.path):
            return super().fetchone()

    def fetchall(self) -> list[Any]:
        with _translated_errors(self.connection.path):
            return super().fetchall()

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except sqlite3.Error as error:
            raise _to_dyntui_error(error, self.connection.path) or error from error


class _Connection(sqlite3.Connection):
    """Translates errors of statements."""

    path: Path
    """The file, named in errors."""

    def execute(self, *args: Any) -> sqlite3.Cursor:
        with _translated_errors(self.path):
            return self.cursor(_Cursor).execute(*args)

    def executemany(self, *args: Any) -> sqlite3.Cursor:
        with _translated_errors(self.path):
            return self.cursor(_Cursor).executemany(*args)


@contextmanager
def created(path: Path) -> Iterator[sqlite3.Connection]:
    """Create a new journal. The file gets its name at the end of the block; it does not exist before.

    The next process that creates a journal replaces the rest of one that was killed meanwhile.
    """
    making = path.with_name("making")
    with locked(path.parent):
        for end in _SUFFIXES:
            making.with_name(making.name + end).unlink(missing_ok=True)
        create_new(making).close()
        db = connect(making, new=True)
        try:
            yield db
        finally:
            db.close()
        making.rename(path)
    sync_dir(path.parent)


def connect(path: Path, *, new: bool = False) -> sqlite3.Connection:
    """Open the file of a journal; each commit is durable. new: create the tables in it.

    The file and the companion files of SQLite must be regular files that only their owner can read; a link is refused.
    """
    for end in _SUFFIXES:
        verify_private(path.with_name(path.name + end), missing_ok=bool(end))
    with private_umask():
        with _translated_errors(path):
            # Used by one thread at a time, but not always by the one that opened it.
            db = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw",
                uri=True,
                isolation_level=None,
                timeout=_BUSY_MS / 1000,
                check_same_thread=False,
                factory=_Connection,
            )
        db.path = path
        try:
            if not new:
                _check(db, path)
            db.execute("PRAGMA journal_mode = WAL")
            migrate(db, "journal")
        except BaseException:
            db.close()
            raise
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA cache_size = -8192")
    return db


def _check(db: sqlite3.Connection, path: Path) -> None:
    """Raise JournalUnusable for a file that is not a journal of this or an earlier version."""
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version, latest = user_version(db), latest_version("journal")
    if application != APPLICATION_ID:
        raise JournalUnusable(f"{path.name} is not the journal of a job.", hint="Move the file away.")
    if version < 1:
        raise damaged(path, f"its version is {version}")
    if version > latest:
        raise JournalUnusable(
            newer_file_text(path.name, version, latest, "journal"),
            hint="Use that version, or a newer one, for this job.",
        )
