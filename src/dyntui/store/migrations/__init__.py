"""Numbered migrations of the SQLite files: `journal` of an import job, `cache` of lists.

Each folder holds the scripts of one kind of file, `0001_….sql` and so on. `PRAGMA user_version` of a file is the
number of its last script. A script that was released is never changed: a change of the tables is a new script.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

__all__ = ["Schema", "latest_version", "migrate", "user_version"]

Schema = Literal["journal", "cache"]


def migrate(db: sqlite3.Connection, schema: Schema) -> None:
    """Apply the scripts that the file lacks, each in one transaction. An empty file gets all of them.

    The connection must be in autocommit mode. A process that is killed leaves the version before a script or the one
    after it.
    """
    scripts = _scripts(schema)
    while user_version(db) < len(scripts):
        db.execute("BEGIN IMMEDIATE")
        try:
            version = user_version(db)  # another process may have been first
            if version < len(scripts):
                for statement in _statements(scripts[version].read_text("utf-8")):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {version + 1}")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")


def latest_version(schema: Schema) -> int:
    """Return the version of a file to which all scripts were applied."""
    return len(_scripts(schema))


def user_version(db: sqlite3.Connection) -> int:
    """Return the version of a file; 0 when it is empty."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


@cache
def _scripts(schema: Schema) -> list[Path]:
    return sorted((Path(__file__).parent / schema).glob("*.sql"))


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
