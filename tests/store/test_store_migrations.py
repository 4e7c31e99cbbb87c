"""Files of older versions are migrated, those of newer ones refused, and a killed migration leaves a usable file.

`data/` has a file of each released version, as SQL.
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.store.state_moves import JOB_MOVES, ROW_MOVES

from dyntui.store import cache as cache_module
from dyntui.store import migrations, review_log
from dyntui.store.cache import CacheTooNew, RowCache, open_cache
from dyntui.store.connection import JournalUnusable
from dyntui.store.journal import Journal
from dyntui.store.precheck_matches import matched_keys, note_match

DATA = Path(__file__).parent / "data"
JOURNALS = ["journal-1", "journal-2", "journal-2-review"]


def restore(name: str, path: Path) -> Path:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    db = sqlite3.connect(path)
    db.executescript((DATA / f"{name}.sql").read_text())
    db.close()
    return path


def tables(path: Path) -> dict[str, str]:
    db = sqlite3.connect(path)
    found = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'trigger')"))
    db.close()
    return {name: re.sub(r"\s+", "", text).replace("IFNOTEXISTS", "") for name, text in found.items()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jobs" / "one.sqlite"


@pytest.mark.parametrize("name", JOURNALS)
def test_a_journal_of_an_older_version_gets_the_tables_of_a_new_one(path: Path, name: str) -> None:
    Journal.create(path.with_name("new.sqlite"), kind="users", facts={}).close()
    with Journal.open(restore(name, path)) as journal:
        assert journal.counts == {"pending": 3}
        assert migrations.user_version(journal.db) == migrations.latest_version("journal")
        assert note_match(journal, 2, "u-2", ["email:b@x.example", "phone:+49151"], primary=True)
        assert ("u-2", ("email:b@x.example", "phone:+49151")) in matched_keys(journal, 2)
    assert tables(path) == tables(path.with_name("new.sqlite"))


def test_a_started_review_is_continued(path: Path) -> None:
    with Journal.open(restore("journal-2-review", path)) as journal:
        review_log.begin(journal)
        step, changes = review_log.last(journal) or pytest.fail("no step")
        assert (step.label, [change.row for change in changes]) == ("row 1: email", [1])


@pytest.mark.parametrize(("name", "moves"), [("job_moves", JOB_MOVES), ("row_moves", ROW_MOVES)])
def test_triggers_of_the_journal_allow_the_transitions_of_the_states(
    path: Path, name: str, moves: dict[str, Any]
) -> None:
    with Journal.create(path, kind="users", facts={}) as journal:
        (trigger,) = journal.db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    found = set(re.findall(r"([a-z]+>[a-z]+)(?=\|)", trigger))
    assert found == {f"{old}>{new}" for old, targets in moves.items() for new in targets}


def test_the_cache_of_an_older_version_keeps_its_rows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "MAX_AGE", timedelta(days=36500))
    cache = RowCache(restore("cache-1", path))
    page = cache.page("users", "", 0, 10)
    assert page is not None
    assert [row["email"] for row in page.rows] == ["ann@x.example", "bob@x.example"]


def test_files_of_a_newer_version_are_refused_and_unchanged(path: Path) -> None:
    restore("journal-2", path)
    other = restore("cache-1", path.with_name("rows.db"))
    for file in (path, other):
        db = sqlite3.connect(file)
        db.execute("PRAGMA user_version = 99")
        db.close()
    with pytest.raises(JournalUnusable, match=r"newer dyntui \(journal version 99, this one knows 3\)"):
        Journal.open(path)
    with pytest.raises(CacheTooNew, match=r"newer dyntui \(cache version 99, this one knows 1\)"):
        RowCache(other)
    assert open_cache(other).file is None
    db = sqlite3.connect(other)
    assert db.execute("SELECT count(*) FROM items").fetchone() == (2,)


@pytest.mark.parametrize("schema", ["journal", "cache"])
def test_migration_scripts_are_numbered_without_a_gap(schema: migrations.Schema) -> None:
    numbers = [int(script.name[:4]) for script in migrations._scripts(schema)]
    assert numbers == list(range(1, len(numbers) + 1))


DIES = """
import os, sqlite3, sys
from dyntui.store import migrations
class Dies(sqlite3.Connection):
    left = int(sys.argv[2])
    def execute(self, *values):
        self.left -= 1
        if self.left < 0:
            os._exit(9)
        return super().execute(*values)
db = sqlite3.connect(sys.argv[1], isolation_level=None, factory=Dies)
migrations.migrate(db, "journal")
"""


@pytest.mark.parametrize("statements", [3, 5, 7, 9, 11, 14])
def test_a_killed_migration_leaves_the_old_or_the_new_version(path: Path, statements: int) -> None:
    restore("journal-1", path)
    subprocess.run([sys.executable, "-c", DIES, str(path), str(statements)], check=False)
    db = sqlite3.connect(path)
    version = migrations.user_version(db)
    columns = {row[1] for row in db.execute("PRAGMA table_info(matches)")}
    has_review = bool(db.execute("SELECT 1 FROM sqlite_master WHERE name = 'review_steps'").fetchone())
    db.close()
    assert ("keys" in columns, has_review) == (version >= 2, version >= 3)
    with Journal.open(path) as journal:
        assert migrations.user_version(journal.db) == 3
        assert journal.counts == {"pending": 3}
