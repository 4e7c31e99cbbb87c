"""`dyntui import`: from an untidy file to users, reports, and failed rows that can be fixed and imported again."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Cli
from tests.families import slow_except

from dyntui.cli.job_runner import JobSignals
from dyntui.core.errors import StoppedError

UNVERIFIED = ("--set", "emailVerifiedAt=unverified")
QUICK = ("--rate", "0", "--settle", "0.2")
SLOW = ("--rate", "240", "--settle", "0.2")
NAMES = ("José", "Zoë", "Łukasz", "李小龍", "Ada", "Ñandú")


def write_untidy_csv(path: Path, rows: int) -> None:
    """Write a file with BOM, semicolons, duplicates, invalid emails, non-ASCII names and a padded column name."""
    lines = ["E-Mail ;First Name;Surname;Country"]
    for number in range(1, rows + 1):
        email = f"messy{number}@example.com"
        if number % 20 == 3:
            email = f"messy{number}@@example"
        elif number % 20 == 7:
            email = f"MESSY{number - 1}@Example.com"
        lines.append(f"{email};{NAMES[number % len(NAMES)]};Müller;{'Germany' if number % 2 else 'FR'}")
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())


def write_csv(path: Path, name: str, rows: int) -> Path:
    path.write_text("email,firstName\n" + "".join(f"{name}{n}@example.com,N{n}\n" for n in range(1, rows + 1)))
    return path


def test_every_row_of_an_untidy_file_has_an_outcome(dyntui: Any, tmp_path: Path) -> None:
    file = tmp_path / "messy.csv"
    write_untidy_csv(file, 400)
    done = dyntui("import", str(file), "--yes", "--json", *UNVERIFIED, *QUICK, check=False)
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert document["state"] == "done"
    assert document["rows"] == {
        **dict.fromkeys(("updated", "exists", "failed", "unknown", "review"), 0),
        "created": 360,
        "invalid": 20,
        "skipped": 20,
    }
    assert sum(document["rows"].values()) == document["total"] == 400
    assert set(document) == {"job", "state", "rows", "total", "report"}
    names = {
        user["firstName"] for user in dyntui.json("users", "list", "--filter", "messy", "--limit", "1000")["items"]
    }
    assert names == set(NAMES)

    report = Path(document["report"])
    failed = report / "failed-rows.csv"
    with failed.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    assert [row["_dyntui_row"] for row in rows] == [str(n) for n in range(1, 401) if n % 20 == 3]
    assert {row["_error_code"] for row in rows} == {"email_invalid"}

    fixed = tmp_path / "fixed.csv"
    fixed.write_bytes(failed.read_bytes().replace(b"@@example", b"@example.org"))
    repeated = dyntui.json("import", str(fixed), "--yes", *UNVERIFIED, *QUICK)
    assert repeated["rows"]["created"] == repeated["total"] == 20
    with (report / "id-map.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert sum(1 for _ in csv.DictReader(lines)) == 360


def test_importing_again_finds_all_users_existing(dyntui: Any, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "twice.csv", "twice", 30)
    assert dyntui.json("import", str(file), "--yes", *UNVERIFIED, *QUICK)["rows"]["created"] == 30
    second = dyntui.json("import", str(file), "--yes", *UNVERIFIED, *QUICK)
    assert second["rows"]["exists"] == 30
    third = dyntui.json("import", str(file), "--yes", "--upsert", *UNVERIFIED, *QUICK)
    assert third["rows"]["updated"] == 30


def test_the_choice_about_verified_emails_must_be_made(dyntui: Any, tmp_path: Path) -> None:
    done = dyntui("import", str(write_csv(tmp_path / "c.csv", "choice", 3)), "--yes", check=False)
    assert done.returncode == 2
    assert "emailVerifiedAt=unverified" in done.stderr
    assert dyntui.json("jobs", "list")["total"] == 0


def test_without_confirmation_nothing_is_sent_and_only_a_saved_plan_leaves_a_job(dyntui: Any, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "ask.csv", "ask", 3)
    words = ("import", str(file), "--json", *UNVERIFIED, *QUICK)
    done = dyntui(*words, check=False)
    assert done.returncode == 2
    assert "--yes" in done.stderr
    assert json.loads(dyntui(*words, "--dry-run").stdout)["outcomes"]["create"] == 3
    assert dyntui.json("jobs", "list")["items"] == []
    dyntui(*words, "--save-plan")
    (job,) = dyntui.json("jobs", "list")["items"]
    assert (job["state"], job["rows"]) == ("ready", {"pending": 3})
    refused = dyntui("jobs", "resume", "--json", check=False)
    assert refused.returncode == 2
    assert dyntui.json("jobs", "resume", "--yes")["rows"]["created"] == 3


def test_read_only_refuses_an_import(dyntui: Any, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "ro.csv", "ro", 3)
    done = dyntui("--read-only", "import", str(file), "--yes", *UNVERIFIED, *QUICK, check=False)
    assert done.returncode == 2
    assert "read-only" in done.stderr
    assert dyntui.json("users", "list", "--filter", "ro1@", "--column", "email")["items"] == []


def test_a_saved_plan_can_be_run_one_time(dyntui: Any, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "plan.csv", "plan", 250)
    plan = dyntui.json("import", str(file), "--save-plan", *UNVERIFIED, *QUICK)
    assert plan["outcomes"]["create"] == 250
    assert plan["requests"] == {"bulkCreateUser": 5}
    assert plan["state"] == "ready"
    assert dyntui.json("users", "list", "--filter", "plan1@", "--column", "email")["items"] == []
    file.unlink()
    changed = Path(plan["plan"]).with_name(f"{plan['job']}x.plan.json")
    changed.write_text(Path(plan["plan"]).read_text().replace('"create": 250', '"create": 1'))
    changed.chmod(0o600)
    assert dyntui("jobs", "run", str(changed), "--yes", check=False).returncode == 2
    done = dyntui.json("jobs", "run", plan["plan"], "--yes")
    assert done["rows"]["created"] == 250
    twice = dyntui("jobs", "run", plan["plan"], "--yes", check=False)
    assert twice.returncode == 2


def test_first_sends_some_rows_and_resume_the_others(dyntui: Any, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "first.csv", "first", 25)
    document = dyntui.json("import", str(file), "--first", "10", "--yes", *UNVERIFIED, *QUICK)
    assert (document["state"], document["rows"]["created"], document["total"]) == ("paused", 10, 25)
    assert dyntui.json("jobs", "resume", document["job"])["rows"]["created"] == 25


def test_standard_input_and_a_report_folder(dyntui: Any, tmp_path: Path) -> None:
    text = write_csv(tmp_path / "stdin.csv", "stdin", 3).read_text()
    folder = tmp_path / "out"
    done = dyntui("import", "-", "--yes", "--json", "--report", str(folder), *UNVERIFIED, *QUICK, stdin=text)
    assert json.loads(done.stdout)["report"] == str(folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        "failed-rows.csv",
        "id-map.csv",
        "report.csv",
        "report.html",
        "report.json",
    ]


def test_a_saved_mapping_is_found_by_the_columns(dyntui: Any, tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("Kontakt,Gruppe\nodd1@example.com,a\n")
    first = ("--map", "Kontakt=email", "--map", "Gruppe=metadata.group", "--save-mapping", "crm")
    assert dyntui.json("import", str(file), "--yes", *first, *UNVERIFIED, *QUICK)["rows"]["created"] == 1
    file.write_text("Gruppe,Kontakt\nb,odd2@example.com\n")
    assert dyntui.json("import", str(file), "--yes", *QUICK)["rows"]["created"] == 1
    (user,) = dyntui.json("users", "list", "--filter", "odd2@", "--column", "email")["items"]
    assert user["metadata"] == {"group": "b"}
    assert dyntui.json("import", str(file), "--mapping", "crm", "--yes", *QUICK)["rows"]["exists"] == 1


@pytest.mark.parametrize("bad", ["missing.csv", "."])
def test_a_file_that_cannot_be_read_is_an_error_without_a_traceback(dyntui: Any, tmp_path: Path, bad: str) -> None:
    done = dyntui("import", str(tmp_path / bad), "--yes", *UNVERIFIED, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_a_job_belongs_to_its_environment(dyntui: Any, serve: Any, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "own.csv", "own", 5)
    job = dyntui.json("import", str(file), "--first", "2", "--yes", *UNVERIFIED, *QUICK)["job"]
    with serve(users=5) as other:
        environ = other.environ(dyntui.home)
        done = subprocess.run(
            [sys.executable, "-m", "dyntui", "jobs", "resume", job, "--yes"],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "belongs to" in done.stderr


def test_an_unreachable_server_exits_4_and_a_bad_token_3(dyntui: Any, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "far.csv", "far", 3)
    refused = dyntui("--base-url", "http://127.0.0.1:9/api/v0", "import", str(file), "--yes", *UNVERIFIED, check=False)
    assert refused.returncode == 4
    bad = dyntui("import", str(file), "--yes", *UNVERIFIED, *QUICK, token="dyn_" + "x" * 56, check=False)
    assert bad.returncode == 3


@pytest.mark.parametrize("number", slow_except([signal.SIGTERM, signal.SIGINT], signal.SIGINT))
def test_a_signal_leaves_a_job_that_resumes_and_exit_code_5(
    dyntui: Any, serve: Any, tmp_path: Path, number: signal.Signals
) -> None:
    file = write_csv(tmp_path / "stop.csv", "stop", 600)  # longer than the other commands take on a busy machine
    with serve(latency_ms=100, users=10) as sandbox:
        cli = type(dyntui)(sandbox, tmp_path / "home")
        command = ["import", str(file), "--yes", "--json", "--batch", "10", *UNVERIFIED, *SLOW]
        process = subprocess.Popen(
            [sys.executable, "-m", "dyntui", *command],
            env=sandbox.environ(cli.home),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_for(lambda: created(cli) >= 20)
        busy = cli("jobs", "resume", "last", "--yes", check=False)
        assert busy.returncode == 2
        assert f"process {process.pid}" in busy.stderr
        process.send_signal(number)
        out, errors = process.communicate(timeout=30)
        assert process.returncode == 5, errors
        document = json.loads(out)
        assert document["state"] == "paused"
        assert document["rows"]["unknown"] == 0
        assert 20 <= document["rows"]["created"] < 600
        assert number.name in errors
        assert cli.json("jobs", "resume", "--batch", "100")["rows"]["created"] == 600
        assert cli.json("users", "list", "--filter", "stop", "--column", "email")["total"] == 600


SIGNALED = """
import atexit, os, signal, sys, time
from dyntui.services.imports import job_service, reports

def signal_before(module, name):
    original = getattr(module, name)
    def signaled(*arguments, **options):
        os.kill(os.getpid(), number)
        return original(*arguments, **options)
    setattr(module, name, signaled)

moment, number = sys.argv.pop(), int(sys.argv.pop())
if moment == "exit":
    atexit.register(lambda: os.kill(os.getpid(), number) or time.sleep(5))
else:
    signal_before(reports if moment == "write_reports" else job_service, moment)
from dyntui.__main__ import main
main()
"""
"""Runs a command that gets a signal right before a function of it, or while the interpreter shuts down."""


MOMENTS = [("precheck_job", 5, "ready"), ("run_job", 5, "paused"), ("write_reports", 0, "done"), ("exit", 0, "done")]


@pytest.mark.parametrize(
    ("moment", "code", "state", "number"),
    slow_except(
        [(*moment, number) for moment in MOMENTS for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)],
        (*MOMENTS[1], signal.SIGINT),
        (*MOMENTS[2], signal.SIGHUP),
    ),
)
def test_a_signal_at_any_moment_leaves_a_resumable_job_or_the_result(
    sandbox: Any, tmp_path: Path, moment: str, code: int, state: str, number: signal.Signals
) -> None:
    if (moment, number) == ("exit", signal.SIGINT):
        pytest.skip("Python's own handler is installed then")
    file = write_csv(tmp_path / "moment.csv", f"{moment}{number.value}.", 3)
    cli = Cli(sandbox, tmp_path / "home")
    command = ["import", str(file), "--yes", "--json", *UNVERIFIED, *QUICK, str(number.value), moment]
    done = subprocess.run(
        [sys.executable, "-c", SIGNALED, *command],
        env=sandbox.environ(cli.home),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    (job,) = cli.json("jobs", "list")["items"]
    assert job["state"] == state
    if state == "done":
        assert len(list(Path(json.loads(done.stdout)["report"]).iterdir())) == 5
    else:
        assert number.name in done.stderr
        assert not job["rows"].get("created")
        assert cli.json("jobs", "resume", "--yes")["rows"]["created"] == 3


def test_pause_and_cancel_by_command(dyntui: Any, serve: Any, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "cmd.csv", "cmd", 300)
    with serve(latency_ms=100, users=10) as sandbox:
        cli = type(dyntui)(sandbox, tmp_path / "home")
        command = ["import", str(file), "--yes", "--batch", "10", *UNVERIFIED, *SLOW]
        process = subprocess.Popen(
            [sys.executable, "-m", "dyntui", *command], env=sandbox.environ(cli.home), stderr=subprocess.DEVNULL
        )
        wait_for(lambda: created(cli) >= 10)
        assert cli.json("jobs", "pause", "last")["state"] == "paused"
        assert process.wait(30) == 5
        done = cli("jobs", "cancel", "last", "--yes", "--json")
        document = json.loads(done.stdout)
        assert document["state"] == "cancelled"
        assert sum(document["rows"].values()) == 300
        failed = Path(document["report"]) / "failed-rows.csv"
        skipped = document["rows"]["skipped"]
        assert len(failed.read_text(encoding="utf-8-sig").splitlines()) == skipped + 1
        assert cli("jobs", "resume", "last", check=False).returncode == 1
        rest = cli.json("import", str(failed), "--yes", *UNVERIFIED, *QUICK)
        assert rest["rows"]["created"] == skipped


def created(cli: Any) -> int:
    jobs = cli.json("jobs", "list")["items"]
    return int(jobs[0]["rows"].get("created", 0)) if jobs and jobs[0]["rows"] else 0


def wait_for(condition: Any, limit: float = 30) -> None:
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_closed_terminal_leaves_a_job_that_resumes(dyntui: Any, serve: Any, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "hup.csv", "hup", 300)
    with serve(latency_ms=100, users=10) as sandbox:
        cli = type(dyntui)(sandbox, tmp_path / "home")
        command = [sys.executable, "-m", "dyntui", "import", str(file), "--yes", "--batch", "10", *UNVERIFIED, *SLOW]
        child, terminal = pty.fork()
        if not child:
            os.execve(sys.executable, command, sandbox.environ(cli.home))
        shown = b""
        while not re.search(rb"2\d* created", shown):
            shown += os.read(terminal, 4096)
        os.close(terminal)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 5
        assert b"rows/s" in shown
        (job,) = cli.json("jobs", "list")["items"]
        assert (job["state"], job["reason"]) == ("paused", "stopped by SIGHUP")
        assert cli.json("jobs", "resume", "--batch", "100")["rows"]["created"] == 300


@pytest.mark.slow
def test_a_terminal_closed_during_the_precheck_leaves_a_job_that_resumes(
    dyntui: Any, serve: Any, tmp_path: Path
) -> None:
    file = write_csv(tmp_path / "early.csv", "early", 300)
    with serve(latency_ms=200, users=1500) as sandbox:
        cli = type(dyntui)(sandbox, tmp_path / "home")
        command = [sys.executable, "-m", "dyntui", "import", str(file), "--yes", *UNVERIFIED, *QUICK]
        child, terminal = pty.fork()
        if not child:
            os.execve(sys.executable, command, sandbox.environ(cli.home))
        shown = b""
        while b"checking rows against the server" not in shown:
            shown += os.read(terminal, 4096)
        os.close(terminal)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 5
        (job,) = cli.json("jobs", "list")["items"]
        assert job["state"] == "ready"
        assert cli.json("jobs", "resume", "--yes")["rows"]["created"] == 300


@pytest.mark.parametrize("number", slow_except([signal.SIGTERM, signal.SIGINT, signal.SIGKILL], signal.SIGKILL))
def test_a_stop_while_the_file_is_read_leaves_no_job_to_resume(
    dyntui: Any, tmp_path: Path, number: signal.Signals
) -> None:
    file = write_csv(tmp_path / "long.csv", "long", 300_000)
    command = [sys.executable, "-m", "dyntui", "import", str(file), "--yes", *UNVERIFIED, *QUICK]
    environ = dyntui.sandbox.environ(dyntui.home)
    process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while "rows read" not in process.stderr.readline():
        pass
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode in (5, 130, -signal.SIGKILL)
    jobs = dyntui.json("jobs", "list")["items"]
    if number is signal.SIGKILL:
        assert [(job["state"], job["total"]) for job in jobs] == [("draft", 0)]
        assert dyntui("jobs", "resume", "last", "--yes", check=False).returncode == 2
        dyntui("jobs", "purge", "--yes")
        jobs = dyntui.json("jobs", "list")["items"]
    assert jobs == []
    assert dyntui.json("users", "list", "--filter", "long1@", "--column", "email")["items"] == []


@pytest.mark.parametrize("kind", ["file", "FIFO", "dangling link", "below a file", "another report"])
def test_an_unusable_report_folder_is_an_error_before_anything_is_sent(dyntui: Any, tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "reports"
    match kind:
        case "file":
            folder.write_text("")
        case "FIFO":
            os.mkfifo(folder)
        case "dangling link":
            folder.symlink_to(tmp_path / "missing")
        case "below a file":
            (tmp_path / "file").write_text("")
            folder = tmp_path / "file" / "reports"
        case _:
            folder.mkdir()
            (folder / "report.csv").write_text("of another job")
    name = f"folder{kind.replace(' ', '')}"
    file = write_csv(tmp_path / "folder.csv", name, 2)
    done = dyntui("import", str(file), "--yes", "--report", str(folder), *UNVERIFIED, *QUICK, check=False)
    assert done.returncode == 2
    assert "error" in done.stderr.lower()
    assert dyntui.json("users", "list", "--filter", name, "--column", "email")["total"] == 0


def test_the_result_of_an_import_is_printed_when_its_reports_cannot_be_written(dyntui: Any, tmp_path: Path) -> None:
    """The folder is replaced by a link while the rows are sent."""
    code = """
import sys
from pathlib import Path
from dyntui.services.imports import reports
original = reports.write_reports
def replaced_folder(journal, folder=None):
    chosen = Path(journal.facts["report"])
    chosen.rmdir()
    chosen.symlink_to("/nowhere")
    return original(journal, folder)
reports.write_reports = replaced_folder
from dyntui.__main__ import main
main()
"""
    file = write_csv(tmp_path / "lost.csv", "lost", 2)
    command = ["import", str(file), "--yes", "--json", "--report", str(tmp_path / "reports"), *UNVERIFIED, *QUICK]
    environ = dyntui.sandbox.environ(dyntui.home)
    done = subprocess.run(
        [sys.executable, "-c", code, *command], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["rows"]["created"], document["report"]) == (2, None)
    assert "The reports could not be written" in done.stderr
    assert f"dyntui jobs report {document['job']} DIR" in done.stderr
    assert dyntui("jobs", "report", document["job"], str(tmp_path / "again")).returncode == 0


def test_a_signal_in_a_callback_of_the_event_loop_stops_the_command() -> None:
    async def work() -> None:
        asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGTERM)
        await asyncio.sleep(5)

    with pytest.raises(StoppedError, match="Stopped by SIGTERM before anything was sent"), JobSignals():
        asyncio.run(work())
