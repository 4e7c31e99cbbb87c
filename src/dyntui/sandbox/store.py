"""`Store`: the state of a sandbox in SQLite, with one connection and one lock, usable from any thread.

The tables:

people      one row for each user; `doc` is NULL for an unchanged sample user, whose record follows from the seed
keys        unique keys (email, phone number, username, wallet, social account, ...) with the position of the user
documents   all other objects by kind: tokens, allowlists, entries, custom fields, ...
events      the latest events
messages    messages to webhooks
deliveries  attempts to send messages; `latest` marks the last attempt of a message
meta        the options that the sandbox was created with
"""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from dyntui.core.errors import UsageError
from dyntui.core.file_version import newer_file_text

__all__ = ["Document", "Store"]

Document = dict[str, Any]
"""A JSON object that the sandbox stores or makes, or a request body that the catalog's schema was checked against.

The shape of its values is known to the code of its kind."""

_APPLICATION_ID = 0x64796E73  # "dyns"
_VERSION = 1
"""The version of the tables in a file. A change of the tables gets the next number, and an upgrade of older files."""
_SCHEMA = f"""
PRAGMA application_id = {_APPLICATION_ID};
PRAGMA user_version = {_VERSION};
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS people(
    pos INTEGER PRIMARY KEY, id TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
    first INTEGER, visited INTEGER, wallets INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
    search TEXT NOT NULL, doc BLOB);
CREATE TABLE IF NOT EXISTS keys(key TEXT PRIMARY KEY, owner INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents(
    pos INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, parent TEXT NOT NULL,
    doc BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS documents_id ON documents(kind, id);
CREATE INDEX IF NOT EXISTS documents_parent ON documents(kind, parent, pos);
CREATE TABLE IF NOT EXISTS events(
    pos INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, name TEXT NOT NULL, user TEXT, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS messages(
    pos INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, webhook TEXT NOT NULL, doc BLOB NOT NULL,
    created INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due REAL);
CREATE INDEX IF NOT EXISTS messages_due ON messages(due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS deliveries(
    pos INTEGER PRIMARY KEY AUTOINCREMENT, webhook TEXT NOT NULL, message TEXT NOT NULL, latest INTEGER NOT NULL,
    doc BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_latest ON deliveries(webhook, pos) WHERE latest = 1;
CREATE INDEX IF NOT EXISTS deliveries_message ON deliveries(message, pos);
"""
_INDEXES = """
CREATE UNIQUE INDEX IF NOT EXISTS people_id ON people(id);
CREATE INDEX IF NOT EXISTS people_created ON people(created, pos) WHERE deleted = 0;
"""


class Store:
    """Opens or creates the state. `path` is a file, or None for memory."""

    def __init__(self, path: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.version = 0
        self._kinds: Counter[str] = Counter()
        try:
            if path is not None and not path.exists():
                path.touch(mode=0o600)  # users imported into the sandbox may be confidential
            self.db = sqlite3.connect(str(path) if path else ":memory:", check_same_thread=False, isolation_level=None)
            if path is not None:
                _check_version(self.db, path)
                self.db.execute("PRAGMA journal_mode=WAL")
                self.db.execute("PRAGMA synchronous=NORMAL")
            self.db.execute("PRAGMA cache_size=-65536")
            self.db.executescript(_SCHEMA)
        except (OSError, sqlite3.DatabaseError) as error:
            raise UsageError(
                f"{path} cannot store the sandbox: {error}.", hint="Give a new file, or the file of a sandbox."
            ) from error

    def make_indexes(self) -> None:
        """Create the indexes of users, after the users: that is several times faster."""
        self.db.executescript(_INDEXES)

    def close(self) -> None:
        with self.lock:
            self.db.close()

    @contextmanager
    def write(self, *, users_unchanged: bool = False) -> Iterator[None]:
        """Run the block in a transaction, which is rolled back when the block raises an exception.

        With `users_unchanged` the caches of users stay valid.
        """
        with self.lock:
            self.version += not users_unchanged
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.execute("ROLLBACK")
                self._kinds.update(self._kinds.keys())
                raise
            self.db.execute("COMMIT")

    def meta(self, name: str) -> str | None:
        """Return a stored option; None when it is not set."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_meta(self, name: str, value: str) -> None:
        """Store an option."""
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    # documents -------------------------------------------------------------------------------------------------

    def kind_version(self, kind: str) -> int:
        """Return a number that changes with each change of a document of that kind."""
        return self._kinds[kind]

    def get(self, kind: str, id: str) -> Document | None:
        row = self.db.execute("SELECT doc FROM documents WHERE kind = ? AND id = ?", (kind, id)).fetchone()
        return orjson.loads(row[0]) if row else None

    def put(self, kind: str, doc: Document, parent: str = "", *, id: str = "") -> None:
        """Insert or update a document under its own `id`, or the given one. An update does not change the order."""
        self._kinds[kind] += 1
        self.db.execute(
            "INSERT INTO documents(kind, id, parent, doc) VALUES (?, ?, ?, ?) "
            "ON CONFLICT(kind, id) DO UPDATE SET doc = excluded.doc",
            (kind, id or doc["id"], parent, orjson.dumps(doc)),
        )

    def all(self, kind: str, parent: str = "") -> list[Document]:
        """Return the documents of a kind and parent, oldest first."""
        rows = self.db.execute("SELECT doc FROM documents WHERE kind = ? AND parent = ? ORDER BY pos", (kind, parent))
        return [orjson.loads(row[0]) for row in rows]

    def page(
        self, kind: str, parent: str, offset: int, limit: int, *, newest_first: bool = False
    ) -> tuple[int, list[Document]]:
        """Return the number of documents of a kind and parent, and one page of them in the order of creation."""
        total = self.db.execute("SELECT count(*) FROM documents WHERE kind = ? AND parent = ?", (kind, parent))
        direction = "DESC" if newest_first else "ASC"
        rows = self.db.execute(
            f"SELECT doc FROM documents WHERE kind = ? AND parent = ? ORDER BY pos {direction} LIMIT ? OFFSET ?",
            (kind, parent, limit, offset),
        )
        return int(total.fetchone()[0]), [orjson.loads(row[0]) for row in rows]

    def parent(self, kind: str, id: str) -> str | None:
        """Return the parent of a document; None when there is no such document."""
        row = self.db.execute("SELECT parent FROM documents WHERE kind = ? AND id = ?", (kind, id)).fetchone()
        return row[0] if row else None

    def remove(self, kind: str, id: str) -> bool:
        """Delete a document. Returns whether it existed."""
        self._kinds[kind] += 1
        return self.db.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, id)).rowcount > 0

    def next_number(self, name: str) -> int:
        """Return the next number (1, 2, 3, ...) of a name, also across restarts. Ids are made from it."""
        number = int(self.meta(f"number of {name}") or 0) + 1
        self.set_meta(f"number of {name}", str(number))
        return number

    # unique keys -----------------------------------------------------------------------------------------------

    def owners(self, keys: Sequence[str]) -> dict[str, int]:
        """Return the positions of the users that have these keys, by key."""
        found: dict[str, int] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            found.update(
                self.db.execute(f"SELECT key, owner FROM keys WHERE key IN ({','.join('?' * len(part))})", part)
            )
        return found

    def claim(self, pairs: Iterable[tuple[str, int]]) -> None:
        """Store unique keys with the positions of their users."""
        self.db.executemany("INSERT OR REPLACE INTO keys VALUES (?, ?)", pairs)

    def release(self, keys: Iterable[str]) -> None:
        """Remove unique keys."""
        self.db.executemany("DELETE FROM keys WHERE key = ?", [(key,) for key in keys])


def _check_version(db: sqlite3.Connection, path: Path) -> None:
    """Raise UsageError for a file of another application or of a newer version. It was not changed."""
    application, version = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    is_new_or_unnumbered = application == version == 0 and (not tables or "people" in tables)
    if application != _APPLICATION_ID and not is_new_or_unnumbered:
        raise UsageError(f"{path} is not the file of a sandbox.", hint="Give a new file, or the file of a sandbox.")
    if version > _VERSION:
        raise UsageError(
            newer_file_text(path, version, _VERSION, "sandbox"),
            hint="Use that version, or give a new file.",
        )
