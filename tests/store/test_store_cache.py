"""The row cache: right rows, right file, no secrets, and nothing left after a purge."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dyntui.config.cache_files import cache_file, cache_files, purge, purge_all
from dyntui.store import cache as module
from dyntui.store.cache import RowCache

BASE, ENV, TOKEN = "https://app.dynamicauth.com/api/v0", "env-1", "dyn_" + "c4nary" * 9


def rows_of(cache: RowCache, start: int, limit: int) -> Sequence[Any]:
    """Return the rows of a page that is there."""
    page = cache.page("users", "q", start, limit)
    assert page is not None
    return page.rows


def people(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [{"id": f"u{n}", "email": f"Person{n}@Example.com", "n": n} for n in range(start, start + count)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return cache_file(tmp_path / "cache", BASE, ENV, TOKEN)


def test_pages_are_loaded_at_their_positions_after_a_restart(file: Path) -> None:
    first = RowCache(file)
    first.put("users", "q", 0, people(100), 250)
    first.put("users", "q", 100, people(100, 100), 250)
    first.close()
    reopened = RowCache(file)
    assert reopened.total("users", "q") == 250
    assert [row["id"] for row in rows_of(reopened, 95, 10)] == [f"u{n}" for n in range(95, 105)]
    assert reopened.page("users", "other", 0, 10) is None and reopened.page("wallets", "q", 0, 10) is None


def test_a_gap_ends_a_page(file: Path) -> None:
    cache = RowCache(file)
    cache.put("users", "q", 0, people(5), 100)
    cache.put("users", "q", 50, people(5, 50), 100)
    assert len(rows_of(cache, 0, 99)) == 5
    assert cache.page("users", "q", 10, 10) is None


def test_a_shorter_list_removes_the_positions_beyond_its_end() -> None:
    cache = RowCache()
    cache.put("users", "q", 0, people(10), 10)
    cache.put("users", "q", 0, people(4), 4)
    assert len(rows_of(cache, 0, 10)) == 4


def test_each_token_environment_and_server_has_a_separate_file(tmp_path: Path) -> None:
    names = {
        cache_file(tmp_path, *key)
        for key in ((BASE, ENV, TOKEN), (BASE, ENV, "t2"), (BASE, "e2", TOKEN), ("b", ENV, TOKEN))
    }
    assert len(names) == 4
    assert all(TOKEN not in name.name and ENV not in name.name for name in names)


def test_search_finds_any_value_ignoring_case() -> None:
    cache = RowCache()
    cache.put("users", "q", 0, [*people(50), {"id": "x", "name": "Müller", "meta": {"plan": ["PRO"]}}], None)
    assert [row["id"] for row in cache.search("users", "person7@").rows] == ["u7"]
    assert [row["id"] for row in cache.search("users", "MÜLLER").rows] == ["x"]
    assert [row["id"] for row in cache.search("users", "pro").rows] == ["x"]
    assert cache.search("users", "%").rows == []


def test_files_are_private_and_a_purge_deletes_them(file: Path) -> None:
    cache = RowCache(file)
    cache.put("users", "q", 0, people(10), 10)
    for path in file.parent.glob(file.name + "*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert cache_files(file.parent) == [file]
    cache.close()
    purge_all(file.parent)
    assert list(file.parent.iterdir()) == []
    purge(file)


def test_second_factors_and_secrets_are_never_written(file: Path) -> None:
    cache = RowCache(file)
    row: dict[str, object] = {
        "id": "u",
        "mfaDevices": [{"id": "s3cret-device"}],
        "rawToken": "s3cret-token",
        "secret": "s3cret-hook",
    }
    cache.put("users", "q", 0, [row], 1)
    cache.close()
    assert b"s3cret" not in b"".join(path.read_bytes() for path in file.parent.iterdir())


def test_rows_expire_after_a_day(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = RowCache(file)
    cache.put("users", "q", 0, people(3), 3)
    cache.close()
    monkeypatch.setattr(module, "now", lambda: datetime.now(UTC) + timedelta(hours=25))
    reopened = RowCache(file)
    assert (
        reopened.page("users", "q", 0, 3) is None and reopened.total("users", "q") is None and reopened.counts() == {}
    )


@pytest.mark.parametrize("content", [b"not a database at all", b"SQLite format 3\x00" + b"\x00" * 200])
def test_a_damaged_file_is_deleted(file: Path, content: bytes) -> None:
    file.parent.mkdir(mode=0o700)
    file.write_bytes(content)
    cache = RowCache(file)
    cache.put("users", "q", 0, people(2), 2)
    assert len(rows_of(cache, 0, 2)) == 2


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
def test_a_damaged_file_is_replaced(file: Path, name: str) -> None:
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
    assert len(rows_of(RowCache(file), 0, 2)) == 2


def test_a_link_in_the_place_of_the_file_is_not_followed(file: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    file.parent.mkdir(mode=0o700)
    file.symlink_to(precious)
    RowCache(file).put("users", "q", 0, people(1), 1)
    assert precious.read_text() == "mine"


def test_a_cache_in_memory_is_bounded_to_the_rows_read_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_IN_MEMORY", 500)
    cache = RowCache()
    for page in range(30):
        cache.put("users", "q", page * 100, people(100, page * 100), 1_000_000)
        assert cache.count("users") <= 500
    assert cache.page("users", "q", 2900, 100) is not None and cache.page("users", "q", 0, 100) is None
    assert cache.total("users", "q") == 1_000_000
