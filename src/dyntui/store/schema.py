"""The tables of a job's journal and their versions.

Wide, immutable data (cells of the file, request bodies) are in `source`; mutable state is in `rows`, so that a
batch of state changes touches a page or two. Triggers refuse every transition that store.states does not allow.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from dyntui.core.errors import DyntuiError
from dyntui.store.states import JOB_MOVES, ROW_MOVES, JobState, RowState

__all__ = ["APPLICATION_ID", "ROW_GUARD", "VERSION", "JournalUnusable", "check", "damaged", "install"]
__all__ += ["upgrade"]

APPLICATION_ID = 0x64796E74  # "dynt"
VERSION = 2

State = TypeVar("State", JobState, RowState)


class JournalUnusable(DyntuiError):
    """The file is not a journal, is damaged, or was written by a newer version."""


def damaged(path: Path, why: str) -> JournalUnusable:
    """Return the error for a damaged journal."""
    return JournalUnusable(
        f"The journal of job {path.stem} cannot be read: {why}.",
        hint=f"Replace {path} with a copy from a backup. Without one, move it away and import the file again: users "
        "that are there already are found by email, phone number, wallet or username, and not created twice.",
    )


def _moves(table: Mapping[State, frozenset[State]]) -> str:
    return "|" + "|".join(sorted(f"{old}>{new}" for old, news in table.items() for new in news)) + "|"


def _guard(name: str, table: str, moves: str) -> str:
    return f"""
CREATE TRIGGER {name} BEFORE UPDATE OF state ON {table}
WHEN OLD.state <> NEW.state AND instr('{moves}', '|' || OLD.state || '>' || NEW.state || '|') = 0
BEGIN SELECT RAISE(ABORT, '{table}: no such move'); END;
"""


_TABLES = """
CREATE TABLE job (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    first_send INTEGER,
    finished_at INTEGER,
    total INTEGER NOT NULL DEFAULT 0,
    facts TEXT NOT NULL DEFAULT '{}'
);
CREATE TABLE source (
    number INTEGER PRIMARY KEY,
    raw BLOB NOT NULL,
    body BLOB,
    keys TEXT NOT NULL DEFAULT '',
    chosen_id TEXT NOT NULL DEFAULT ''
);
CREATE TABLE rows (
    number INTEGER PRIMARY KEY,
    state TEXT NOT NULL,
    lane INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    batch INTEGER,
    first_sent INTEGER,
    changed INTEGER NOT NULL DEFAULT 0,
    precheck TEXT,
    user_id TEXT NOT NULL DEFAULT '',
    stamp TEXT NOT NULL DEFAULT '',
    code TEXT NOT NULL DEFAULT '',
    field TEXT NOT NULL DEFAULT '',
    message TEXT NOT NULL DEFAULT ''
);
CREATE INDEX unknown_rows ON rows (changed, number) WHERE state = 'unknown';
CREATE TABLE keys (key TEXT NOT NULL, row INTEGER NOT NULL);
CREATE TABLE matches (
    row INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    is_primary INTEGER NOT NULL,
    keys TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (row, user_id)
) WITHOUT ROWID;
CREATE TABLE problems (
    row INTEGER NOT NULL,
    level TEXT NOT NULL,
    code TEXT NOT NULL,
    field TEXT NOT NULL,
    message TEXT NOT NULL,
    suggestion TEXT
);
CREATE TABLE problem_counts (
    level TEXT NOT NULL,
    code TEXT NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (level, code)
) WITHOUT ROWID;
CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    operation TEXT NOT NULL,
    rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sent_at INTEGER NOT NULL,
    answered_at INTEGER,
    outcome TEXT NOT NULL DEFAULT '',
    status INTEGER,
    request_id TEXT NOT NULL DEFAULT ''
);
CREATE TABLE requests (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, asked TEXT NOT NULL);
CREATE TABLE undo (
    row INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL,
    changed INTEGER NOT NULL,
    reason TEXT NOT NULL DEFAULT ''
);
"""

ROW_GUARD = _guard("row_moves", "rows", _moves(ROW_MOVES))
_SCRIPT = (
    _TABLES
    + _guard("job_moves", "job", _moves(JOB_MOVES))
    + ROW_GUARD
    + f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};"
)


def install(db: sqlite3.Connection) -> None:
    """Create the tables in an empty file."""
    db.executescript("BEGIN;" + _SCRIPT + "COMMIT;")


_UPGRADES = {2: "ALTER TABLE matches ADD COLUMN keys TEXT NOT NULL DEFAULT ''"}
"""The statements that upgrade the tables, by version."""


def upgrade(db: sqlite3.Connection) -> None:
    """Upgrade the tables of a journal that `check` accepted to this version."""
    if db.execute("PRAGMA user_version").fetchone()[0] == VERSION:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        version = db.execute("PRAGMA user_version").fetchone()[0]  # another process may have been first
        for number in range(version + 1, VERSION + 1):
            db.execute(_UPGRADES[number])
        db.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def check(db: sqlite3.Connection, name: str) -> None:
    """Raise JournalUnusable for a file that is not a journal of this or an earlier version."""
    application = db.execute("PRAGMA application_id").fetchone()[0]
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        raise JournalUnusable(f"{name} is not the journal of a job.", hint="Move the file away.")
    if version > VERSION:
        raise JournalUnusable(
            f"{name} was written by a newer dyntui (journal version {version}, this one knows {VERSION}).",
            hint="Use that version, or a newer one, for this job.",
        )
