"""The row cache: right rows, right file, no secrets, and nothing left after a purge."""

from __future__ import annotations

import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from dyntui.store import cache as module
from dyntui.store.cache import RowCache, cache_file, cache_files, purge

BASE, ENV, TOKEN = "https://app.dynamicauth.com/api/v0", "env-1", "dyn_" + "c4nary" * 9


def people(count: int, start: int = 0) -> list[dict]:
    return [{"id": f"u{n}", "email": f"Person{n}@Example.com", "n": n} for n in range(start, start + count)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return cache_file(tmp_path / "cache", BASE, ENV, TOKEN)


def test_pages_are_loaded_at_their_positions_after_a_restart(file):
    first = RowCache(file)
    first.put("users", "q", 0, people(100), 250)
    first.put("users", "q", 100, people(100, 100), 250)
    first.close()
    reopened = RowCache(file)
    assert reopened.total("users", "q") == 250
    assert [row["id"] for row in reopened.page("users", "q", 95, 10).rows] == [f"u{n}" for n in range(95, 105)]
    assert reopened.page("users", "other", 0, 10) is None and reopened.page("wallets", "q", 0, 10) is None


def test_a_gap_ends_a_page(file):
    cache = RowCache(file)
    cache.put("users", "q", 0, people(5), 100)
    cache.put("users", "q", 50, people(5, 50), 100)
    assert len(cache.page("users", "q", 0, 99).rows) == 5
    assert cache.page("users", "q", 10, 10) is None


def test_a_shorter_list_removes_the_positions_beyond_its_end():
    cache = RowCache()
    cache.put("users", "q", 0, people(10), 10)
    cache.put("users", "q", 0, people(4), 4)
    assert len(cache.page("users", "q", 0, 10).rows) == 4


def test_each_token_environment_and_server_has_a_separate_file(tmp_path):
    names = {
        cache_file(tmp_path, *key)
        for key in ((BASE, ENV, TOKEN), (BASE, ENV, "t2"), (BASE, "e2", TOKEN), ("b", ENV, TOKEN))
    }
    assert len(names) == 4
    assert all(TOKEN not in name.name and ENV not in name.name for name in names)


def test_search_finds_any_value_ignoring_case():
    cache = RowCache()
    cache.put("users", "q", 0, [*people(50), {"id": "x", "name": "Müller", "meta": {"plan": ["PRO"]}}], None)
    assert [row["id"] for row in cache.search("users", "person7@").rows] == ["u7"]
    assert [row["id"] for row in cache.search("users", "MÜLLER").rows] == ["x"]
    assert [row["id"] for row in cache.search("users", "pro").rows] == ["x"]
    assert cache.search("users", "%").rows == []


def test_files_are_private_and_a_purge_deletes_them(file):
    cache = RowCache(file)
    cache.put("users", "q", 0, people(10), 10)
    for path in file.parent.glob(file.name + "*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert cache_files(file.parent) == [file]
    cache.purge()
    assert list(file.parent.iterdir()) == []
    purge(file)


def test_second_factors_and_secrets_are_never_written(file):
    cache = RowCache(file)
    row = {"id": "u", "mfaDevices": [{"id": "s3cret-device"}], "rawToken": "s3cret-token", "secret": "s3cret-hook"}
    cache.put("users", "q", 0, [row], 1)
    cache.close()
    assert b"s3cret" not in b"".join(path.read_bytes() for path in file.parent.iterdir())


def test_rows_expire_after_a_day(file, monkeypatch):
    cache = RowCache(file)
    cache.put("users", "q", 0, people(3), 3)
    cache.close()
    monkeypatch.setattr(module, "now", lambda: module.datetime.now(module.UTC) + timedelta(hours=25))
    reopened = RowCache(file)
    assert (
        reopened.page("users", "q", 0, 3) is None and reopened.total("users", "q") is None and reopened.counts() == {}
    )


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\x00" + b"\x00" * 200])
def test_a_damaged_file_is_deleted(file, content):
    file.parent.mkdir(mode=0o700)
    file.write_bytes(content)
    cache = RowCache(file)
    cache.put("users", "q", 0, people(2), 2)
    assert len(cache.page("users", "q", 0, 2).rows) == 2


DAMAGE = {
    "a version below zero": ["PRAGMA user_version = -5"],
    "no version": ["PRAGMA user_version = 0"],
    "no table of rows": ["DROP TABLE items"],
    "another table of rows": ["DROP TABLE items", "CREATE TABLE items (a)"],
    "a view for a table": ["DROP TABLE totals", "CREATE VIEW totals AS SELECT 1 AS list, 2 AS query, 3 AS total"],
    "times that are text": ["UPDATE items SET at = 'yesterday'"],
    "totals that are text": ["UPDATE totals SET total = 'many'"],
    "names that are not UTF-8": [
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = CAST(x'435245415445205441424c4520ff' AS TEXT)",
    ],
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_is_replaced(file, name):
    cache = RowCache(file)
    cache.put("users", "q", 0, people(2), 2)
    cache.close()
    with sqlite3.connect(file) as db:
        for statement in DAMAGE[name]:
            db.execute(statement)
    db.close()
    again = RowCache(file)
    assert again.page("users", "q", 0, 2) is None or name == "totals that are text"
    assert again.total("users", "q") is None or name == "times that are text"
    again.put("users", "q", 0, people(2), 2)
    again.close()
    assert len(RowCache(file).page("users", "q", 0, 2).rows) == 2


def test_a_link_in_the_place_of_the_file_is_not_followed(file, tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    file.parent.mkdir(mode=0o700)
    file.symlink_to(precious)
    RowCache(file).put("users", "q", 0, people(1), 1)
    assert precious.read_text() == "mine"


def test_a_cache_in_memory_is_bounded_to_the_rows_read_last(monkeypatch):
    monkeypatch.setattr(module, "MOST_IN_MEMORY", 500)
    cache = RowCache()
    for page in range(30):
        cache.put("users", "q", page * 100, people(100, page * 100), 1_000_000)
        assert cache.count("users") <= 500
    assert cache.page("users", "q", 2900, 100) is not None and cache.page("users", "q", 0, 100) is None
    assert cache.total("users", "q") == 1_000_000
