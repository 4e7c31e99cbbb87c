"""The import wizard in a terminal against a sandbox: keys only, from the file to the report."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from tests.e2e.terminal import Terminal, clean_environ

pytestmark = pytest.mark.slow

Serve = Callable[..., Any]


def environ(sandbox: Any, home: Path) -> dict[str, str]:
    return {**clean_environ(), **sandbox.environ(home)}


def list_users(sandbox: Any, home: Path) -> list[dict[str, Any]]:
    """Return all users as the command line lists them."""
    done = subprocess.run(
        [sys.executable, "-m", "dyntui", "users", "list", "--all", "--json"],
        env=environ(sandbox, home),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)["items"]
    return found


def write_messy_csv(path: Path, rows: int = 400, name: str = "person") -> dict[str, int]:
    """Write a file with BOM, semicolons, duplicates, invalid emails and non-ASCII names. Returns the counts."""
    lines = ["E-Mail;First Name;Nachname;Country"]
    for n in range(rows):
        lines.append(f"{name}{n}@example.com;Łukasz{n};Öztürk;{('GB', 'Germany')[n % 2]}")
    bad = range(7, rows, 50)
    repeats = range(9, rows, 80)
    for n in bad:
        lines[n + 1] = lines[n + 1].replace("@", "@@")
    for n in repeats:
        lines[n + 1] = lines[n + 1].replace(f"{name}{n}@", f"{name}{n - 1}@")
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode())
    return {"bad": len(bad), "repeats": len(repeats), "rows": rows}


STEP_TEXTS = {
    "parse": "▸Parse",
    "map": "t to change",
    "review": "with problems",
    "check": "not checked",
    "plan": "Emails stay unverified",
    "run": "paused: sent the first 10 rows",
}


def go_to_step(terminal: Terminal, path: Path, step: str) -> None:
    """Go from the users to a step of the wizard and make the required choices."""
    open_wizard(terminal, path)
    for name, words in STEP_TEXTS.items():
        if name == "map":
            terminal.press("]")
            terminal.wait("1 to choose")
            terminal.press("t")
            terminal.wait("Are these email addresses verified?")
        if name not in ("parse", "map", "run"):
            terminal.press("]")
        if name in ("map", "run"):
            terminal.press("enter")
        if name == "run":
            terminal.wait("y send the first 10")
            terminal.press("y")
        terminal.wait(words)
        if name == step:
            return


def open_wizard(terminal: Terminal, path: Path) -> None:
    terminal.wait("just now")
    terminal.press("i")
    terminal.wait("▸Source")
    terminal.press("/")
    terminal.wait("File Path")
    terminal.press(*["backspace"] * 60, str(path))
    terminal.wait(path.name)
    terminal.press("enter")
    terminal.wait("▸Parse")


@pytest.mark.parametrize("size", [(100, 30), (80, 24)], ids=str)
def test_a_file_is_imported_with_keys_only(serve: Serve, tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "people.csv"
    counts = write_messy_csv(path)
    problems = counts["bad"] + counts["repeats"]
    ready = counts["rows"] - problems
    home = tmp_path / "home"
    with serve(users=50) as sandbox:
        with Terminal(env=environ(sandbox, home), columns=size[0], rows=size[1]) as terminal:
            go_to_step(terminal, path, "review")
            total = f" of {counts['rows']}"
            is_wide = size[0] >= 100  # else there may be room for the problems only
            terminal.wait(
                f"{ready}{total} ready · {problems} with problems" if is_wide else f" {problems} with problems"
            )
            terminal.press("enter")
            terminal.wait("apply   esc cancel")
            terminal.press(*["backspace"] * 40, "person7@example.com", "enter")
            terminal.wait(
                f"{ready + 1}{total} ready · {problems - 1} with problems"
                if is_wide
                else f" {problems - 1} with problems"
            )
            terminal.press("]")
            terminal.wait("not checked")
            terminal.press("enter")
            terminal.wait("to be created")
            terminal.press("]")
            terminal.wait("Emails stay unverified")
            terminal.press("enter")
            terminal.wait("y send the first 10")
            terminal.press("y")
            terminal.wait("paused: sent the first 10 rows")
            terminal.press("enter")
            terminal.wait(f"{ready + 1} of {counts['rows']} imported, {problems - 1} not imported", 60)
            assert "failed-rows.csv" in terminal.text
            terminal.press("Q")
            assert terminal.wait_for_exit() == 0
        users = list_users(sandbox, home)
    imported = [user for user in users if str(user.get("email", "")).startswith("person")]
    assert len(imported) == ready + 1
    assert len({user["email"] for user in imported}) == len(imported)
    assert any(user.get("firstName") == "Łukasz7" for user in imported)


STEPS = ("source", *STEP_TEXTS, "finish")


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_in_any_step_loses_nothing(sandbox: Any, tmp_path: Path, step: str) -> None:
    path = tmp_path / f"{step}.csv"
    counts = write_messy_csv(path, 60, name=step)
    problems = counts["bad"] + counts["repeats"]
    imported = f"{60 - problems} of 60 imported, {problems} not imported"
    home = tmp_path / "home"
    with Terminal(env=environ(sandbox, home)) as terminal:
        go_to_step(terminal, path, {"source": "parse", "finish": "run"}.get(step, step))
        if step == "source":
            terminal.press("[")
            terminal.wait("▸Source")
        elif step == "map":
            terminal.wait(lambda text: has_email_choice(home))  # written to disk after it is shown
        elif step == "review":
            terminal.press("enter")
            terminal.wait("apply   esc cancel")
            terminal.press(*["backspace"] * 40, "fixed@example.com", "enter")
            terminal.wait(f"{problems - 1} with problems")
        elif step == "finish":
            terminal.press("enter")
            terminal.wait(imported, 60)
        kill(terminal)
    with Terminal(env=environ(sandbox, home)) as terminal:
        terminal.wait("just now")
        if step in ("run", "finish"):
            if step == "run":
                terminal.wait("rows remaining")
            terminal.press(":jobs", "enter")
            terminal.wait("‖ paused" if step == "run" else "✓ done")
            terminal.press("enter")
            if step == "run":
                terminal.wait("enter to send the remaining rows")
                terminal.press("enter")
            terminal.wait(imported, 60)
            assert "id-map.csv" in terminal.text
        else:
            terminal.wait(f"at step {step}")
            terminal.press("i")
            terminal.wait("UNFINISHED IMPORTS")
            terminal.press("home", "down", "enter")
            expected = {"source": "▸Source   Parse", "review": f"{problems - 1} with problems"}
            terminal.wait(expected.get(step) or STEP_TEXTS[step])
        terminal.press("Q")
        assert terminal.wait_for_exit() == 0
    if step in ("run", "finish"):
        found = [user["email"] for user in list_users(sandbox, home) if str(user.get("email")).startswith(step)]
        assert len(found) == len(set(found)) == 60 - problems


def has_email_choice(home: Path) -> bool:
    """Return whether the draft on disk contains the choice about emails."""
    drafts = [json.loads(path.read_text()) for path in (home / "state" / "drafts").glob("[!.]*.json")]
    return any("emailVerifiedAt" in draft["mapping"]["constants"] for draft in drafts if draft["mapping"])


def kill(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGKILL)
    assert terminal.wait_for_exit() == -signal.SIGKILL


def test_a_kill_while_rows_are_read_reads_them_again(sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    write_messy_csv(path, 30_000, name="many")
    home = tmp_path / "home"
    with Terminal(env=environ(sandbox, home)) as terminal:
        go_to_step(terminal, path, "map")
        terminal.press("]")
        terminal.wait("loading rows: ")
        kill(terminal)
    with Terminal(env=environ(sandbox, home)) as terminal:
        terminal.wait("at step review")
        terminal.press(":jobs", "enter")
        terminal.wait("· review")
        terminal.wait("1 of 1")  # the interrupted reading left nothing behind
        terminal.press("enter")
        terminal.wait("29,025 of 30,000 ready · 975 with problems", 60)
        terminal.press("Q")
        assert terminal.wait_for_exit() == 0


def test_a_kill_while_rows_are_sent_loses_and_repeats_none(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    counts = write_messy_csv(path, 2000)
    problems = counts["bad"] + counts["repeats"]
    home = tmp_path / "home"
    (home / "config").mkdir(mode=0o700, parents=True)
    home.chmod(0o700)
    (home / "config" / "settings.toml").write_text("settle_seconds = 1\n")
    (home / "config" / "settings.toml").chmod(0o600)
    with serve(latency_ms=150, users=5) as sandbox:
        with Terminal(env=environ(sandbox, home)) as terminal:
            go_to_step(terminal, path, "run")
            terminal.press("enter")
            terminal.wait("rows/s", 60)
            kill(terminal)
        with Terminal(env=environ(sandbox, home)) as terminal:
            terminal.wait("rows remaining")
            terminal.press(":jobs", "enter")
            terminal.wait("‖ paused")
            terminal.press("\x13")
            terminal.wait("⧖ job ")
            terminal.press("enter")
            terminal.wait(f"{2000 - problems:,} of 2,000 imported, {problems} not imported", 120)
            terminal.press("Q")
            assert terminal.wait_for_exit() == 0
        found = [user["email"] for user in list_users(sandbox, home) if str(user.get("email")).startswith("person")]
    assert len(found) == len(set(found)) == 2000 - problems


def write_xlsx(path: Path, rows: list[list[str]]) -> None:
    """Write a workbook with one sheet of text cells."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>' for value in row)
        lines.append(f'<row r="{number}">{cells}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
    )
    sheet = '<sheets><sheet name="Users" sheetId="1" r:id="rId1"/></sheets>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">{sheet}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)


def write_auth0_export(path: Path, rows: int = 5000) -> dict[str, int]:
    """Write an Auth0 export with several kinds of problems. Returns the number of rows with each kind."""
    table = [["user_id", "email", "email_verified", "given_name", "family_name", "username", "logins_count"]]
    double_at, no_at, duplicates, refused = (
        range(11, rows, 125),
        range(57, rows, 1700),
        range(13, rows, 250),
        range(17, rows, 2500),
    )
    for n in range(rows):
        email = f"person{n}@example.com"
        if n in double_at:
            email = f"person{n}@@example.com"
        elif n in no_at:
            email = f"person{n} at example"
        elif n in duplicates:
            email = f"Person{n - 1}@Example.com"
        username = f"user {n}" if n in refused else f"user_{n}"
        table.append([f"auth0|{n:06}", email, ("true", "false")[n % 2], f"Łukasz{n}", "Öztürk", username, str(n % 9)])
    write_xlsx(path, table)
    return {
        "double_at": len(double_at),
        "no_at": len(no_at),
        "duplicates": len(duplicates),
        "refused": len(refused),
        "rows": rows,
    }


@pytest.mark.slow
def test_a_large_workbook_with_problems_is_imported(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "auth0.xlsx"
    counts = write_auth0_export(path)
    excluded, refused = counts["no_at"] + counts["duplicates"], counts["refused"]
    problems = counts["double_at"] + excluded + refused
    rows, home = counts["rows"], tmp_path / "home"
    with serve(latency_ms=60, users=50) as sandbox:
        with Terminal(env=environ(sandbox, home), columns=100, rows=30) as terminal:
            open_wizard(terminal, path)
            terminal.wait("5,000 rows")
            assert "Auth0" in terminal.text
            terminal.press("]")
            terminal.wait("1 to choose")
            terminal.press("t")
            terminal.wait("Verified as in column")
            terminal.press("down", "down", "enter")
            terminal.wait(lambda text: "to choose" not in text and "Are these" not in text)
            terminal.press("]")
            terminal.wait(f"{problems} with problems", 60)
            # fix one cell
            terminal.press("tab", "home", "down", "down")
            terminal.wait("email_invalid:")
            terminal.press("tab", "home", "enter")
            terminal.wait("apply   esc cancel")
            terminal.press(*["backspace"] * 40, "person11@example.com", "enter")
            terminal.wait(f"{problems - 1} problems")
            # fix a group of problems
            terminal.press("e")
            terminal.wait("All Rows with")
            terminal.press("down", "down", "enter")
            terminal.wait("replace with")
            terminal.press("@@", "enter", "@", "enter")
            terminal.wait(f"{excluded + refused} with problems")
            # the other rows are excluded
            is_excluded = re.compile(rf"– excluded +{excluded}\b").search
            terminal.press("e")
            terminal.wait("All Rows with")
            terminal.press("end", "enter")
            terminal.wait(lambda text: bool(re.search(r"– excluded +\d", text)))
            terminal.press("e")
            terminal.wait("All Rows with")
            terminal.press("end", "enter")
            terminal.wait(lambda text: f"ready · {refused} with" in text and is_excluded(text) is not None)
            # the suggestions for usernames that the API refuses are taken
            terminal.press("e")
            terminal.wait("All Rows with username_refused")
            terminal.press("enter")
            terminal.wait(lambda text: "ready · 0 with" in text and is_excluded(text) is not None)
            terminal.press("]")
            terminal.wait("not checked")
            terminal.press("enter")
            terminal.wait("to be created", 60)
            terminal.press("]")
            terminal.wait("a column of the file")
            terminal.press("enter")
            terminal.wait("y send the first 10")
            terminal.press("y")
            terminal.wait("paused: sent the first 10 rows", 60)
            terminal.press("enter")
            terminal.wait("rows/s", 60)
            terminal.press(" ")
            terminal.wait("▸Run paused", 60)
            terminal.press("enter")
            terminal.wait(f"{rows - excluded:,} of {rows:,} imported, {excluded} not imported", 120)
            terminal.press("Q")
            assert terminal.wait_for_exit() == 0
        users = list_users(sandbox, home)
    mine = {user["email"]: user for user in users if str(user.get("email", "")).startswith("person")}
    assert len(mine) == rows - excluded
    assert len([user for user in users if str(user.get("email", "")).startswith("person")]) == len(mine)
    assert mine["person17@example.com"]["username"] == "user_17"
    assert "person11@example.com" in mine
