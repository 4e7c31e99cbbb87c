"""A journal that is damaged, locked or not what it seems: an error that says so, and the other jobs stay usable."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from tests.store.journal_rows import stored_row

from dyntui.config.private_files import UnsafeFile
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.importer.source_types import SourceInfo
from dyntui.services.imports.jobs import list_jobs, summarize_job
from dyntui.services.imports.reports import write_reports
from dyntui.store import job_queries
from dyntui.store.connection import JournalRefused, JournalUnusable
from dyntui.store.job_loader import NewRow, load
from dyntui.store.journal import Journal, JournalOutcome
from dyntui.store.states import JobState, RowState

LOCATION = {
    "profile": "p",
    "base_url": "https://x.example/api/v0",
    "environment_id": "e",
    "environment_kind": "sandbox",
    "organization": "",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DYNTUI_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "state" / "jobs"


def made(folder: Path, name: str) -> Path:
    path = folder / f"{name}.sqlite"
    with Journal.create(path, kind="users", facts={"where": LOCATION, "source": {"name": "people.csv"}}) as journal:
        load(journal, [NewRow(n, b"[]", b'{"n":1}', (f"email:{n}@x",)) for n in range(1, 4)])
        journal.move(JobState.READY)
    return path


def run_sql(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()


DAMAGE = {
    "facts that are not UTF-8": "UPDATE job SET facts = CAST(x'7b2261223a22ff227d' AS TEXT)",
    "an id that is not UTF-8": "UPDATE job SET id = CAST(x'ff' AS TEXT)",
    "a reason that is a number": "UPDATE job SET reason = CAST(x'c328' AS TEXT)",
    "facts cut short": "UPDATE job SET facts = substr(facts, 1, 30)",
    "facts that are a list": "UPDATE job SET facts = '[]'",
    "facts of endless depth": f"UPDATE job SET facts = '{'[' * 100_000}'",
    "no facts": "UPDATE job SET facts = '{}'",
    "a place that is text": """UPDATE job SET facts = '{"where": "here"}'""",
    "an organization that is a number": "UPDATE job SET facts = json_set(facts, '$.where.organization', 7)",
    "an organisation, in the older spelling, that is a number": (
        "UPDATE job SET facts = json_set(facts, '$.where.organisation', 7)"
    ),
    "a place in part": """UPDATE job SET facts = '{"where": {"profile": "p"}}'""",
    "a place of numbers": """UPDATE job SET facts = json_set(facts, '$.where.base_url', 5)""",
    "a source that is a list": """UPDATE job SET facts = json_set(facts, '$.source', json('[]'))""",
    "options of text": """UPDATE job SET facts = json_set(facts, '$.options', json('{"batch": "many"}'))""",
    "a blob for facts": "UPDATE job SET facts = x'00'",
    "a state that is none": "PRAGMA writable_schema = 1",
    "a total that is text": "UPDATE job SET total = 'many'",
    "no job": "DELETE FROM job",
    "no table of jobs": "DROP TABLE job",
    "no table of rows": "DROP TABLE rows",
    "a version below zero": "PRAGMA user_version = -5",
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_journal_is_reported_and_other_jobs_stay_listed(folder: Path, name: str) -> None:
    made(folder, "good")
    bad = made(folder, "bad")
    if name == "a state that is none":
        run_sql(bad, "DROP TRIGGER job_moves", "UPDATE job SET state = 'lost'")
    else:
        run_sql(bad, DAMAGE[name])
    found = {job.id: job for job in list_jobs()}
    assert found["good"].problem == "" and found["good"].total == 3
    assert found["bad"].problem
    assert "room" not in found["bad"].problem
    if name not in ("no facts",):
        with pytest.raises(DyntuiError) as caught:
            from dyntui.services.imports.jobs import JobLocation, check_location

            with Journal.open(bad) as journal:
                check_location(journal, JobLocation("p", "https://x.example/api/v0", "e", "sandbox"))
        assert "room on the disk" not in caught.value.hint
        assert str(bad) in caught.value.hint
    Journal.open(folder / "good.sqlite").close()


def test_rows_that_are_not_utf8_are_an_error_where_they_are_read(folder: Path) -> None:
    bad = made(folder, "bad")
    run_sql(bad, "UPDATE rows SET message = CAST(x'c3' AS TEXT) WHERE number = 2")
    from dyntui.store import job_queries

    with Journal.read(bad) as journal:
        with pytest.raises(JournalUnusable, match="UTF-8"):
            list(job_queries.iterate_rows(journal))
        with pytest.raises(JournalUnusable, match="UTF-8"):
            for _ in journal.db.execute("SELECT message FROM rows"):
                pass


def test_an_overwritten_page_is_not_reported_as_a_full_disk(folder: Path) -> None:
    bad = made(folder, "bad")
    data = bytearray(bad.read_bytes())
    data[4096:] = b"\xaa" * (len(data) - 4096)
    bad.write_bytes(data)
    problem = summarize_job(bad).problem
    assert "malformed" in problem and "backup" in problem and "room" not in problem


def test_a_locked_journal_is_not_reported_as_a_full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = made(folder, "held")
    monkeypatch.setattr("dyntui.store.connection._BUSY_MS", 20)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(JournalRefused, match="locked") as caught:
            Journal.open(path)
    finally:
        other.close()
    assert "room" not in caught.value.hint and "Another program" in caught.value.hint


@pytest.mark.parametrize("end", ["", "-wal", "-shm", "-journal"])
@pytest.mark.parametrize("make_link", [Journal.open, Journal.read])
def test_a_link_is_not_followed(folder: Path, tmp_path: Path, end: str, make_link: object) -> None:
    path = made(folder, "one")
    other_folder = tmp_path / "elsewhere"
    real = path.with_name(path.name + end)
    if real.exists():
        real.rename(other_folder)
    else:
        other_folder.write_bytes(b"untouched")
    before = other_folder.read_bytes()
    real.symlink_to(other_folder)
    with pytest.raises(UnsafeFile, match="is a symbolic link"):
        make_link(path)  # type: ignore[operator]
    assert other_folder.read_bytes() == before
    assert "is a symbolic link" in summarize_job(path).problem


def test_a_link_in_the_place_of_the_lock_affects_its_job_only(folder: Path, tmp_path: Path) -> None:
    made(folder, "good")
    lock = made(folder, "bad").with_suffix(".lock")
    lock.unlink()
    lock.symlink_to(tmp_path / "elsewhere")
    assert {job.id: bool(job.problem) for job in list_jobs()} == {"good": False, "bad": True}
    assert not (tmp_path / "elsewhere").exists()


def test_a_new_journal_is_not_created_through_a_link(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    (folder / "new.sqlite").symlink_to(tmp_path / "elsewhere")
    (folder / "making").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="already exists"):
        Journal.create(folder / "new.sqlite", kind="users", facts={})
    assert not (tmp_path / "elsewhere").exists()


def test_a_journal_that_others_can_read_is_made_private_and_one_they_can_write_is_refused(folder: Path) -> None:
    path = made(folder, "one")
    path.chmod(0o644)
    with Journal.open(path):
        assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    path.chmod(0o666)
    with pytest.raises(UnsafeFile, match="Others can change"):
        Journal.open(path)


def test_all_files_are_private_under_any_umask(folder: Path) -> None:
    before = os.umask(0)
    try:
        with Journal.open(made(folder, "one")) as journal:
            journal.move(JobState.RUNNING)
            assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    finally:
        os.umask(before)


def test_a_lone_surrogate_in_an_outcome_is_stored_as_hex(folder: Path) -> None:
    path = made(folder, "one")
    with Journal.open(path) as journal:
        journal.move(JobState.RUNNING)
        journal.begin_batch([1], "bulkCreateUser", 10)
        journal.settle(RowState.SENDING, [JournalOutcome(1, RowState.FAILED, code="x", message="no \ud800 good")])
        assert journal.db.execute("SELECT message FROM rows WHERE number = 1").fetchone() == ("no <d800> good",)


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]", b"", b"5"])
def test_a_damaged_body_is_an_error_that_names_its_row(folder: Path, body: bytes) -> None:
    path = made(folder, "one")
    with sqlite3.connect(path) as db:
        db.execute("UPDATE source SET body = ? WHERE number = 2", (body,))
    db.close()
    with Journal.open(path) as journal:
        first, second, _ = journal.pending(0, 0, 10)
        assert first.document == {"n": 1}
        with pytest.raises(JournalUnusable, match="Row 2"):
            second.document  # noqa: B018


@pytest.mark.parametrize(
    "change",
    [
        "json_remove(facts, '$.source.delimiter')",
        "json_set(facts, '$.source.later', 1)",
        "json_remove(facts, '$.source')",
    ],
)
def test_reports_of_a_job_that_does_not_say_how_its_file_was_read(folder: Path, tmp_path: Path, change: str) -> None:
    bad = made(folder, "bad")
    run_sql(bad, f"UPDATE job SET facts = {change}")
    with Journal.open(bad) as journal, pytest.raises(JournalUnusable) as caught:
        write_reports(journal, tmp_path / "reports")
    assert str(bad) in caught.value.hint


@pytest.mark.parametrize("names", ['["../precious", "report.json/../../precious", 7]', "7", '{"a": 1}'])
def test_reports_never_replace_another_file_whatever_the_journal_says(folder: Path, tmp_path: Path, names: str) -> None:
    bad, reports = made(folder, "bad"), tmp_path / "reports"
    source = SourceInfo("people.csv", "csv", "utf-8", ",", "double", 1, ("n",), "").to_json()
    (tmp_path / "precious").write_text("mine")
    reports.mkdir(mode=0o700)
    run_sql(
        bad,
        "UPDATE job SET facts = json_set(facts, '$.mapping', json('{\"columns\": []}'), '$.source', "
        f"json('{source}'), '$.reports', json('{{\"{reports}\": {names}}}'))",
    )
    with Journal.open(bad) as journal:
        write_reports(journal, reports)
    assert (tmp_path / "precious").read_text() == "mine"
    assert (reports / "report.json").exists()


@pytest.mark.parametrize("raw", ["-1", "'text'", "x'ff'", "x'7b7d'", "x'5b5d'", "x'5b315d'"])
def test_cells_that_are_damaged_are_an_error_that_names_their_row(folder: Path, raw: str) -> None:
    bad = made(folder, "bad")
    run_sql(bad, f"UPDATE source SET raw = {raw} WHERE number = 2")
    with Journal.read(bad) as journal, pytest.raises(JournalUnusable, match="Row 2"):
        row = stored_row(journal, 2)
        assert row is not None
        row.cells  # noqa: B018


def test_keys_that_are_damaged_are_an_error_that_names_their_row(folder: Path) -> None:
    bad = made(folder, "bad")
    run_sql(bad, "UPDATE source SET keys = x'ff' WHERE number = 2")
    with Journal.read(bad) as journal, pytest.raises(JournalUnusable, match="Row 2"):
        list(job_queries.iterate_rows(journal))
