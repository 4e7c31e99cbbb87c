"""The row cache: rows that lists showed before. Lists show them first, with their age, and search them locally.

One SQLite file per (base URL, environment, token fingerprint), so that no list shows the rows of another environment.
Rows are stored for a day. The cache never contains tokens, MFA secrets or exports. The file can be deleted at any time.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from dyntui.config.cache_files import purge
from dyntui.config.private_files import private_dir
from dyntui.core.errors import DyntuiError
from dyntui.core.file_version import newer_file_text
from dyntui.core.json_types import Row
from dyntui.core.masking import mask_row
from dyntui.core.process_state import private_umask
from dyntui.core.text import without_surrogates
from dyntui.core.times import now
from dyntui.store.cell_codec import pack, unpack
from dyntui.store.migrations import latest_version, migrate, user_version

__all__ = [
    "MAX_AGE",
    "MOST_IN_MEMORY",
    "NEVER_CACHED",
    "CacheTooNew",
    "CacheUnusable",
    "CachedPage",
    "RowCache",
    "cached_form",
    "open_cache",
    "words_of",
]

MAX_AGE = timedelta(hours=24)
_BUSY_S = 2.0
"""Seconds to wait for another program that writes to the file."""
_CHUNK = 500
MOST_IN_MEMORY = 10_000
"""Maximum rows of a cache in memory."""
_APPLICATION_ID = 0x64796E63  # "dync"
_DAMAGE = (sqlite3.DatabaseError, UnicodeError)
"""Errors of a damaged file. The second one is for names of tables that are not UTF-8."""
NEVER_CACHED = frozenset(
    {"mfaDevices", "mfaBackupCodeAcknowledgement", "accessToken", "rawToken", "secret", "clientSecret", "downloadUrl"}
)


class CacheUnusable(DyntuiError):
    """The file cannot be used, and was not replaced."""


class CacheTooNew(CacheUnusable):
    """The file was written by a newer version."""


@dataclass(frozen=True, slots=True)
class CachedPage:
    rows: list[Row]
    at: datetime
    """When the oldest of them was fetched."""


def open_cache(file: Path) -> RowCache:
    """Open the cache in `file`; a cache in memory when the file cannot be used."""
    try:
        return RowCache(file)
    except (CacheUnusable, OSError):
        return RowCache()


class RowCache:
    """Caches rows by list and id, and their positions by query. Safe to use from any thread.

    file: the cache file; None for memory. A file that is damaged is replaced. Raises CacheUnusable.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self._lock = threading.Lock()
        self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        if self.file is None:
            return _prepared(sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None))
        private_dir(self.file.parent)
        if self.file.is_symlink():
            self.file.unlink()
        for _ in range(2):
            try:
                with private_umask():
                    return _opened(self.file)
            except _DAMAGE as error:
                if _is_in_use(error):
                    raise CacheUnusable(f"{self.file} is in use by another process.") from error
            purge(self.file)
        raise CacheUnusable(f"{self.file} cannot be used.", hint="Move it away.")

    def put(
        self, name: str, query: str, start: int, rows: Sequence[Row], total: int | None, *, key: str = "id"
    ) -> None:
        """Save a page of the list `name` that starts at `start` under `query`, and the total."""
        at = now().timestamp()
        stored = [(cached_form(row), without_surrogates(str(row.get(key, "")))) for row in rows]
        with self._lock:
            try:
                self._put(name, query, start, stored, total, at)
            except sqlite3.DatabaseError as error:  # full disk, or locked: caching is optional
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if not isinstance(error, sqlite3.OperationalError):
                    self._give_up(error)

    def _put(
        self, name: str, query: str, start: int, stored: Sequence[tuple[Row, str]], total: int | None, at: float
    ) -> None:
        self._db.execute("BEGIN")
        self._db.executemany(
            "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?)",
            ((name, row_id, pack(row), words_of(row), at) for row, row_id in stored),
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?)",
            ((name, query, start + index, row_id) for index, (_, row_id) in enumerate(stored)),
        )
        if total is not None:
            self._db.execute("INSERT OR REPLACE INTO totals VALUES (?, ?, ?, ?)", (name, query, total, at))
            self._db.execute("DELETE FROM places WHERE list = ? AND query = ? AND position >= ?", (name, query, total))
        if self.file is None:
            self._forget_oldest()
        self._db.execute("COMMIT")

    def _forget_oldest(self) -> None:
        """Delete the older half of the rows in memory when there are too many."""
        (count,) = self._db.execute("SELECT count(*) FROM items").fetchone()
        if count <= MOST_IN_MEMORY:
            return
        half = "SELECT at FROM items ORDER BY at LIMIT 1 OFFSET ?"
        self._db.execute(f"DELETE FROM items WHERE at < ({half})", (count // 2,))
        self._db.execute(
            "DELETE FROM places WHERE NOT EXISTS (SELECT 1 FROM items WHERE list = places.list AND id = places.id)"
        )

    def page(self, name: str, query: str, start: int, count: int) -> CachedPage | None:
        """Return the cached rows from `start` up to the first gap; None when the first one is not cached."""
        found = self._fetch(
            "SELECT p.position, i.body, i.at FROM places p JOIN items i ON i.list = p.list AND i.id = p.id "
            "WHERE p.list = ? AND p.query = ? AND p.position >= ? AND p.position < ? ORDER BY p.position",
            (name, query, start, start + count),
        )
        run = [entry for index, entry in enumerate(found) if entry[0] == start + index]
        if not run:
            return None
        oldest = datetime.fromtimestamp(min(entry[2] for entry in run), UTC)
        return CachedPage([_row(entry[1]) for entry in run], oldest)

    def total(self, name: str, query: str) -> int | None:
        """Return the total of the list under a query; None when it is not cached."""
        found = self._fetch("SELECT total FROM totals WHERE list = ? AND query = ?", (name, query))
        return found[0][0] if found else None

    def search(self, name: str, text: str, limit: int = 10_000) -> CachedPage:
        """Return the cached rows of a list that contain every word of `text` in any value, ignoring case."""
        found = list(islice(self.matching(name, text), limit))
        at = min((moment for _, moment in found), default=now())
        return CachedPage([row for row, _ in found], at)

    def matching(
        self, name: str, text: str = "", queries: Sequence[str] | None = None
    ) -> Iterator[tuple[Row, datetime]]:
        """Yield the rows that contain every word of `text`, with the times at which they were fetched.

        queries: only rows that were listed under one of them.
        """
        narrowed, values = _among(name, queries)
        for word in text.casefold().split():
            narrowed += " AND instr(words, ?) > 0"
            values.append(word)
        last = ""
        while True:
            found = self._fetch(
                f"SELECT id, body, at FROM items WHERE list = ? AND id > ?{narrowed} ORDER BY id LIMIT {_CHUNK}",
                (name, last, *values),
            )
            for _, body, at in found:
                yield _row(body), datetime.fromtimestamp(at, UTC)
            if len(found) < _CHUNK:
                return
            last = found[-1][0]

    def count(self, name: str, queries: Sequence[str] | None = None) -> int:
        """Count the cached rows of a list."""
        narrowed, values = _among(name, queries)
        found = self._fetch(f"SELECT count(*) FROM items WHERE list = ?{narrowed}", (name, *values))
        return int(found[0][0]) if found else 0

    def queries(self, name: str) -> list[str]:
        """Return the queries under which rows of a list are cached."""
        return [row[0] for row in self._fetch("SELECT query FROM totals WHERE list = ?", (name,))]

    def rows(self, name: str, ids: Sequence[str]) -> list[Row | None]:
        """Return the rows with these ids, in that order; None for a row that is not cached."""
        marks = ", ".join("?" * len(ids))
        found = dict(self._fetch(f"SELECT id, body FROM items WHERE list = ? AND id IN ({marks})", (name, *ids)))
        return [_row(found[row_id]) if row_id in found else None for row_id in ids]

    def replace(self, name: str, row_id: str, row: Row) -> None:
        """Replace a row under every query."""
        stored = cached_form(row)
        self._fetch(
            "UPDATE items SET body = ?, words = ?, at = ? WHERE list = ? AND id = ?",
            (pack(stored), words_of(stored), now().timestamp(), name, without_surrogates(row_id)),
        )

    def forget(self, name: str, row_id: str) -> None:
        self._fetch("DELETE FROM items WHERE list = ? AND id = ?", (name, without_surrogates(row_id)))

    def counts(self) -> dict[str, int]:
        """Return the number of cached rows by list."""
        return dict[str, int](self._fetch("SELECT list, count(*) FROM items GROUP BY list"))

    def _fetch(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a statement; none when the file is damaged, which is then replaced."""
        with self._lock:
            try:
                return self._db.execute(statement, values).fetchall()
            except UnicodeEncodeError:  # of a value to look for, which then is in no row
                return []
            except _DAMAGE as error:
                if isinstance(error, sqlite3.ProgrammingError):
                    raise
                self._give_up(error)
                return []

    def _give_up(self, error: Exception) -> None:
        """Replace a damaged file with a new one, or with memory. A lock of another process is no reason to."""
        if self.file is None or _is_in_use(error):
            return
        self._db.close()
        purge(self.file)
        try:
            self._db = self._open()
        except (CacheUnusable, OSError):
            self.file = None
            self._db = self._open()

    def close(self) -> None:
        with self._lock:
            self._db.close()


def _opened(file: Path) -> sqlite3.Connection:
    """Open a cache file. Raises CacheTooNew, or one of _DAMAGE when it is not a usable cache."""
    db = sqlite3.connect(file, check_same_thread=False, isolation_level=None, timeout=_BUSY_S)
    try:
        version, latest = user_version(db), latest_version("cache")
        application = db.execute("PRAGMA application_id").fetchone()[0]
        if application == _APPLICATION_ID and version > latest:
            raise CacheTooNew(
                newer_file_text(file, version, latest, "cache"),
                hint="Use that version, or delete the cached rows: dyntui cache purge",
            )
        if not (application == _APPLICATION_ID and version > 0) and (version, application) != (0, 0):
            raise sqlite3.DatabaseError(f"{file} is not a cache")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=OFF")
        file.chmod(0o600)
        return _prepared(db)
    except BaseException:
        db.close()
        raise


def _prepared(db: sqlite3.Connection) -> sqlite3.Connection:
    """Create the tables that are missing, and delete old rows."""
    migrate(db, "cache")
    oldest = (now() - MAX_AGE).timestamp()
    # A time that is not a number sorts after all numbers.
    db.execute("DELETE FROM items WHERE at < ? OR typeof(at) NOT IN ('real', 'integer')", (oldest,))
    db.execute("DELETE FROM totals WHERE at < ? OR typeof(total) <> 'integer'", (oldest,))
    return db


def _is_in_use(error: BaseException) -> bool:
    """Return whether another process has locked the file, which is then not damaged."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _among(name: str, queries: Sequence[str] | None) -> tuple[str, list[str]]:
    """Return a condition for rows that were listed under one of the queries, and its values."""
    if queries is None:
        return "", []
    marks = ", ".join("?" * len(queries))
    return f" AND id IN (SELECT id FROM places WHERE list = ? AND query IN ({marks}))", [name, *queries]


def _row(body: bytes) -> Row:
    """Return a cached row; an empty one when it is damaged."""
    try:
        row = unpack(body)
    except (ValueError, AttributeError, TypeError):
        return {}
    return row if isinstance(row, dict) else {}


def cached_form(row: Row) -> Row:
    """Return a row as it is cached: without the fields of NEVER_CACHED, and with other secrets masked."""
    return mask_row({name: value for name, value in row.items() if name not in NEVER_CACHED})


def words_of(row: Row) -> str:
    """Return all texts and numbers of a row in one text for a search that ignores case."""
    texts: list[str] = []
    _add_texts(row.values(), texts)
    return without_surrogates("\n".join(texts).casefold())


def _add_texts(values: Iterable[object], texts: list[str]) -> None:
    for value in values:
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            _add_texts(value.values(), texts)
        elif isinstance(value, list):
            _add_texts(value, texts)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            texts.append(str(value))
