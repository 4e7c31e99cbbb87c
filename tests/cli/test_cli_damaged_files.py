"""Damaged files of dyntui: a command reports the file or continues without it, and never crashes."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest
from tests.cli.cli_support import Run, Server, add
from tests.families import slow_except

from dyntui.config.paths import paths
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.times import now_iso
from dyntui.importer import SourceInfo
from dyntui.services.imports.jobs import list_jobs
from dyntui.services.imports.mappings import find_mapping, load_mapping
from dyntui.services.imports.wizard_draft import list_drafts
from dyntui.store.cache import RowCache

pytestmark = pytest.mark.usefixtures("without_keyring")

DAMAGE = {
    "nothing": b"",
    "no text": b"\xff\xfe\x00",
    "cut short": b'{"a": ',
    "deep": b"[" * 100_000,
    "a list": b"[]",
    "a list of numbers": b"[1]",
    "null": b"null",
    "a text": b'"x"',
    "wrong types": b'{"dyntui": 5, "version": [], "views": [], "columns": 3, "files": 7, "token": {}, "mapping": 1}',
    "other types": b'{"dyntui": "draft", "version": 1, "mapping": "x", "reading": 3, "views": {"u": 1}, "files": [1]}',
}
FILES = {
    "profiles": ("config", "profiles.toml"),
    "settings": ("config", "settings.toml"),
    "keymap": ("config", "keymap.toml"),
    "lists": ("lists_file",),
    "draft": ("state", "drafts/20260101-000000-abcd.json"),
    "mapping": ("mappings_dir", "mine.json"),
    "audit": ("audit_file",),
    "requests": ("state", "requests.json"),
    "recent": ("recent_file",),
    "credential": ("credentials_dir", "x.token"),
    "journal": ("jobs_dir", "20260101-000000-abcd.sqlite"),
}
COMMANDS = [
    ("env", "list"), ("jobs", "list"), ("audit",), ("users", "list"), ("cache", "status"), ("auth", "status"),
    ("doctor",),
]  # fmt: skip


def file_path(name: str) -> Path:
    attribute, *more = FILES[name]
    base: Path = getattr(paths(), attribute)
    return base.joinpath(*more)


@pytest.mark.parametrize(
    ("name", "damage"),
    slow_except(
        [(name, damage) for name in FILES for damage in DAMAGE],
        *((name, damage) for name, damage in zip(FILES, [*DAMAGE, "no text"], strict=True)),
        *((name, "wrong types") for name in ("profiles", "lists", "mapping", "requests", "journal")),
    ),
)
def test_no_damaged_file_crashes_a_command(server: Server, run: Run, name: str, damage: str) -> None:
    add(run, "x", url=server.url)
    path = file_path(name)
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    path.write_bytes(DAMAGE[damage])
    path.chmod(0o600)
    if name == "credential":
        (token,) = (file for file in path.parent.iterdir() if file != path)
        path.unlink()
        token.write_bytes(DAMAGE[damage])
    for command in COMMANDS:
        done = run(*command)
        assert done.code in (0, 1, 2, 3, 4), command
        assert "Traceback" not in done.err
        if name not in ("profiles",):
            assert command not in (("env", "list"), ("jobs", "list")) or done.code == 0, (command, done.err)
    assert [job.id for job in list_jobs()] == (["20260101-000000-abcd"] if name == "journal" else [])
    list(list_drafts())


@pytest.mark.parametrize("damage", DAMAGE)
def test_reading_a_damaged_file_of_the_console_never_crashes(run: Run, damage: str) -> None:
    from dyntui.config.list_preferences import ListPreferences
    from dyntui.services.api_console import saved_requests
    from dyntui.services.imports.mappings import load_mapping
    from dyntui.services.imports.wizard_draft import load_draft
    from dyntui.services.imports.wizard_files import recent_files

    for name in ("lists", "requests", "recent", "mapping", "draft"):
        path = file_path(name)
        path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        path.write_bytes(DAMAGE[damage])
        path.chmod(0o600)
    for read in (
        ListPreferences.load,
        saved_requests,
        recent_files,
        lambda: load_mapping("mine"),
        lambda: load_draft("20260101-000000-abcd"),
    ):
        try:
            read()
        except DyntuiError as error:
            assert error.message


def test_damaged_lines_of_the_audit_log_do_not_hide_the_others(server: Server, run: Run) -> None:
    add(run, "x", url=server.url)
    good = {
        "action": "user.delete", "operation": "deleteUser", "targets": ["u1"], "outcome": "done", "profile": "x",
        "environment": "e", "base_url": "b", "time": now_iso(),
    }  # fmt: skip
    lines = [
        json.dumps(good),
        json.dumps(good | {"targets": 5}),
        json.dumps(good | {"time": 5}),
        json.dumps(good | {"action": None}),
        "{" * 100_000,
        "\udcff\udcfe",
        json.dumps(good | {"outcome": "failed"}),
    ]
    path = paths().audit_file
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogateescape")
    path.chmod(0o600)
    assert [row["outcome"] for row in run("audit", "--json").document["items"]] == ["done", "failed"]
    named = "5 lines of the audit log are damaged or of a newer dyntui, and left out: 2, 3, 4, 5, 6."
    assert named in run("audit").err
    assert [row["outcome"] for row in run("audit", "--last", "1", "--json").document["items"]] == ["failed"]
    assert [row["outcome"] for row in run("audit", "DONE", "u1", "--since", "1h", "--json").document["items"]] == [
        "done"
    ]
    assert run("audit", "--this-environment", "--json").document["items"] == []


def test_a_cache_that_is_damaged_while_open_is_emptied(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "rows-x.db"
    cache = RowCache(file)
    cache.put("users", "", 0, [{"id": "a"}, {"id": "b"}], 2)
    other = sqlite3.connect(file)
    other.execute("UPDATE items SET body = x'ff00' WHERE id = 'a'")
    other.commit()
    assert cache.rows("users", ["a", "b"]) == [{}, {"id": "b"}]
    other.execute("DROP TABLE places")
    other.commit()
    other.close()
    assert cache.page("users", "", 0, 10) is None
    cache.put("users", "", 0, [{"id": "c"}], 1)
    page = cache.page("users", "", 0, 10)
    assert page is not None
    assert page.rows == [{"id": "c"}]
    cache.close()


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_not_a_file_in_place_of_the_audit_log_is_an_error(run: Run, kind: str) -> None:
    file = paths().audit_file
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if kind == "pipe":
        os.mkfifo(file, 0o600)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    else:
        file.mkdir()
    done = run("audit", "--json")
    assert done.code == 2
    assert str(file) in done.err


def test_a_row_cache_that_cannot_be_used_is_named_and_the_others_are_listed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dyntui.store.cache._BUSY_S", 0.05)
    folder = paths().cache
    RowCache(folder / "rows-good.db").close()
    locked = RowCache(folder / "rows-locked.db")
    locked.put("users", "", 0, [{"id": "a"}], 1)
    with sqlite3.connect(folder / "rows-locked.db", isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        done = run("cache", "status", "--json")
    assert done.code == 0
    assert [Path(row["file"]).name for row in done.document["items"]] == ["rows-good.db"]
    assert "rows-locked.db is in use" in done.err


def test_a_pipe_in_place_of_a_saved_mapping_is_not_waited_for(run: Run) -> None:
    folder = paths().mappings_dir
    folder.mkdir(parents=True, mode=0o700)
    os.mkfifo(folder / "mine.json", 0o600)
    with pytest.raises(UsageError, match="not a regular file"):
        load_mapping("mine")
    info = SourceInfo("people.csv", "csv", "utf-8", ",", "double", 1, ("email",), "")
    assert find_mapping(info) is None
