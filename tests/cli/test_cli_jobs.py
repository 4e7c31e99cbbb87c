"""`dyntui jobs`: jobs are listed, shown, retried, undone and removed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

QUICK = ("--rate", "0", "--settle", "0.2", "--set", "emailVerifiedAt=unverified")


def write_csv(path: Path, name: str, rows: int) -> Path:
    path.write_text("email,firstName\n" + "".join(f"{name}{n}@example.com,N{n}\n" for n in range(1, rows + 1)))
    return path


def import_rows(dyntui: Any, tmp_path: Path, name: str, rows: int = 5) -> dict[str, Any]:
    file = write_csv(tmp_path / f"{name}.csv", name, rows)
    document: dict[str, Any] = dyntui.json("import", str(file), "--yes", *QUICK)
    assert document["rows"]["created"] == rows
    return document


def find_users(dyntui: Any, name: str) -> list[dict[str, Any]]:
    users: list[dict[str, Any]] = dyntui.json("users", "list", "--filter", name, "--column", "email")["items"]
    return users


def test_list_and_show_have_the_outcomes_of_the_rows(dyntui: Any, tmp_path: Path) -> None:
    document = import_rows(dyntui, tmp_path, "shown")
    listed = dyntui.json("jobs", "list")
    assert [job["job"] for job in listed["items"]] == [document["job"]]
    assert listed["items"][0]["rows"] == {"created": 5}
    shown = dyntui.json("jobs", "get", document["job"][:20], "--rows", "created")
    assert shown["requests"] == [{"operation": "bulkCreateUser", "outcome": "answered", "count": 1}]
    assert {row["user"] for row in shown["list"]} == {user["id"] for user in find_users(dyntui, "shown")}
    text = dyntui("jobs", "get", "last").stdout
    assert "5 created" in text
    assert dyntui("jobs", "get", "nothing", check=False).returncode == 2


@pytest.mark.slow
def test_the_settle_time_is_that_of_the_settings_unless_the_option_is_given(dyntui: Any, tmp_path: Path) -> None:
    (dyntui.home / "config").mkdir(parents=True, mode=0o700, exist_ok=True)
    settings = dyntui.home / "config" / "settings.toml"
    settings.write_text("settle_seconds = 7\n")
    settings.chmod(0o600)
    file = write_csv(tmp_path / "settle.csv", "settle", 1)
    for option, expected in ((), 7.0), (("--settle", "2"), 2.0):
        job = dyntui.json("import", str(file), "--save-plan", "--set", "emailVerifiedAt=unverified", *option)["job"]
        assert dyntui.json("jobs", "get", job)["options"]["settle"] == expected


def test_retry_sends_failed_rows_in_a_new_job(dyntui: Any, tmp_path: Path) -> None:
    file = tmp_path / "clash.csv"
    file.write_text("email,username\nclash1@example.com,clash_name\n")
    dyntui.json("import", str(file), "--yes", *QUICK)
    file.write_text("email,username\nclash2@example.com,clash_name\nbad@@example.com,x\n")
    done = dyntui("import", str(file), "--yes", "--json", *QUICK, check=False)
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert (document["rows"]["failed"], document["rows"]["invalid"]) == (1, 1)
    (first,) = find_users(dyntui, "clash1@")
    dyntui("users", "edit", first["id"], "username=renamed_1", "--yes")
    repeated = dyntui.json("jobs", "retry", document["job"], "--yes")
    assert repeated["rows"]["created"] == 1
    assert dyntui("jobs", "retry", repeated["job"], "--yes", check=False).returncode == 2


def test_undo_deletes_what_was_created_and_not_changed_since(dyntui: Any, tmp_path: Path) -> None:
    document = import_rows(dyntui, tmp_path, "undone", 6)
    users = sorted(find_users(dyntui, "undone"), key=lambda user: str(user["email"]))
    dyntui("users", "edit", users[0]["id"], "firstName=Edited", "--yes")
    dyntui("users", "delete", users[1]["id"], "--yes")
    plan = dyntui.json("jobs", "undo", document["job"], "--dry-run")
    assert plan["undo"] == {"pending": 4, "sending": 0, "deleted": 0, "skipped": 2, "failed": 0}
    assert len(find_users(dyntui, "undone")) == 5
    refused = dyntui("jobs", "undo", document["job"], "--yes", check=False)
    assert refused.returncode == 2
    assert "environment" in refused.stderr
    assert "wallet records behind" in refused.stderr
    done = dyntui.json("jobs", "undo", document["job"], "--confirm-environment", dyntui.sandbox.environment_id)
    assert done["undo"] == {"pending": 0, "sending": 0, "deleted": 4, "skipped": 2, "failed": 0}
    assert {line["user"] for line in done["left"]} == {users[0]["id"], users[1]["id"]}
    assert [user["id"] for user in find_users(dyntui, "undone")] == [users[0]["id"]]
    repeated = dyntui.json("jobs", "undo", document["job"], "--confirm-environment", dyntui.sandbox.environment_id)
    assert repeated["undo"]["deleted"] == 4
    assert dyntui.json("jobs", "get", document["job"])["undo"]["deleted"] == 4


def test_undo_of_many_users_reads_them_page_by_page(dyntui: Any, tmp_path: Path) -> None:
    document = import_rows(dyntui, tmp_path, "crowd", 120)
    done = dyntui.json("jobs", "undo", document["job"], "--confirm-environment", dyntui.sandbox.environment_id)
    assert done["undo"]["deleted"] == 120
    assert find_users(dyntui, "crowd") == []


def test_undo_keeps_updated_users(dyntui: Any, tmp_path: Path) -> None:
    import_rows(dyntui, tmp_path, "kept", 3)
    file = write_csv(tmp_path / "kept.csv", "kept", 4)
    document = dyntui.json("import", str(file), "--upsert", "--yes", *QUICK)
    assert (document["rows"]["created"], document["rows"]["updated"]) == (1, 3)
    dyntui.json("jobs", "undo", document["job"], "--confirm-environment", dyntui.sandbox.environment_id)
    assert sorted(user["email"] for user in find_users(dyntui, "kept")) == [f"kept{n}@example.com" for n in (1, 2, 3)]


def test_reports_are_written_again_but_never_over_other_files(dyntui: Any, tmp_path: Path) -> None:
    document = import_rows(dyntui, tmp_path, "again")
    folder = Path(document["report"])
    (folder / "report.csv").unlink()
    assert dyntui.json("jobs", "report", document["job"])["report"] == str(folder)
    assert (folder / "report.csv").exists()
    other = tmp_path / "mine"
    other.mkdir()
    (other / "report.csv").write_text("mine")
    assert dyntui("jobs", "report", document["job"], str(other), check=False).returncode == 2
    assert (other / "report.csv").read_text() == "mine"


def test_purge_removes_all_files_of_finished_jobs(dyntui: Any, tmp_path: Path) -> None:
    document = import_rows(dyntui, tmp_path, "purged")
    file = write_csv(tmp_path / "half.csv", "half", 5)
    half = dyntui.json("import", str(file), "--first", "2", "--yes", *QUICK)
    assert dyntui("jobs", "purge", half["job"], "--yes", check=False).returncode == 2
    unconfirmed = dyntui("jobs", "purge", check=False, stdin="")
    assert unconfirmed.returncode == 2 and "Not confirmed. Re-run with --yes" in unconfirmed.stderr
    assert dyntui.json("jobs", "purge", "--yes")["jobs"] == [document["job"]]
    jobs = dyntui.home / "state" / "jobs"
    assert not list(jobs.glob(f"{document['job']}*"))
    assert [job["job"] for job in dyntui.json("jobs", "list")["items"]] == [half["job"]]
    dyntui("jobs", "purge", "last", "--unfinished", "--yes")
    assert list(jobs.iterdir()) == []


@pytest.mark.parametrize("command", ["get", "resume", "pause", "cancel", "report", "undo", "retry", "purge"])
def test_a_job_that_does_not_exist_is_an_error(dyntui: Any, command: str) -> None:
    extra = ("--yes",) if command in ("cancel", "purge", "resume", "retry") else ()
    done = dyntui("jobs", command, "20000101", *extra, check=False)
    assert done.returncode == 2
    assert "There is no job 20000101" in done.stderr


def test_a_damaged_journal_is_listed_with_the_reason(dyntui: Any, tmp_path: Path) -> None:
    import_rows(dyntui, tmp_path, "good", 1)
    folder = dyntui.home / "state" / "jobs"
    (folder / "zzz.sqlite").write_bytes(b"not a database at all" * 100)
    whole = next(folder.glob("2*.sqlite")).read_bytes()
    (folder / "yyy.sqlite").write_bytes(whole[:4096] + bytes(len(whole) - 4096))
    jobs = dyntui.json("jobs", "list")["items"]
    assert len(jobs) == 3
    assert "malformed" in jobs[1]["problem"]
    assert "cannot be read" in jobs[0]["problem"]
