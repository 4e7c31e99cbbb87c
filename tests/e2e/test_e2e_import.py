"""The import wizard in a real terminal against a real server: by keys alone, from the file to the report."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from terminal import Terminal, clean_environ

pytestmark = pytest.mark.slow

Serve = Callable[..., Any]


def environ(sandbox: Any, home: Path) -> dict[str, str]:
    return {**clean_environ(), **sandbox.environ(home)}


def on_the_server(sandbox: Any, home: Path) -> list[dict[str, Any]]:
    """Every user, as the command line lists them."""
    done = subprocess.run(
        [sys.executable, "-m", "dyntui", "users", "list", "--all", "--json"],
        env=environ(sandbox, home),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)["users"]
    return found


def messy(path: Path, rows: int = 400, name: str = "person") -> dict[str, int]:
    """BOM, semicolons, repeats, bad e-mails, names beyond ASCII; what is in it."""
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


WORDS = {
    "parse": "▸Parse",
    "map": "v chooses",
    "review": "ready + ",
    "check": "not checked",
    "plan": "E-mails stay unverified",
    "run": "the first 10 rows are sent",
}


def walk(terminal: Terminal, path: Path, step: str) -> None:
    """From the users to a step of the wizard, with what has to be chosen on the way."""
    open_wizard(terminal, path)
    for name, words in WORDS.items():
        if name == "map":
            terminal.press("]")
            terminal.wait("1 to choose")
            terminal.press("v")
            terminal.wait("Are these e-mail addresses verified?")
        if name not in ("parse", "map", "run"):
            terminal.press("]")
        if name in ("map", "run"):
            terminal.press("enter")
        if name == "run":
            terminal.wait("Import file")
            terminal.press("y")
        terminal.wait(words)
        if name == step:
            return


def open_wizard(terminal: Terminal, path: Path) -> None:
    terminal.wait("just now")
    terminal.press("i")
    terminal.wait("▸Source")
    terminal.press("/")
    terminal.wait("Path of the file")
    terminal.press(*["backspace"] * 60, str(path))
    terminal.wait(path.name)
    terminal.press("enter")
    terminal.wait("▸Parse")


@pytest.mark.parametrize("size", [(100, 30), (80, 24)], ids=str)
def test_a_file_becomes_users_by_keys_alone(serve: Serve, tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "people.csv"
    there = messy(path)
    problems = there["bad"] + there["repeats"]
    ready = there["rows"] - problems
    home = tmp_path / "home"
    with serve(users=50) as sandbox:
        with Terminal(env=environ(sandbox, home), columns=size[0], rows=size[1]) as terminal:
            walk(terminal, path, "review")
            rows = f"{there['rows']} rows = " if size[0] >= 100 else " "
            terminal.wait(f"{rows}{ready} ready + {problems} problems")
            terminal.press("enter")
            terminal.wait("enter keep")
            terminal.press(*["backspace"] * 40, "person7@example.com", "enter")
            terminal.wait(f"{rows}{ready + 1} ready + {problems - 1} problems")
            terminal.press("]")
            terminal.wait("not checked")
            terminal.press("enter")
            terminal.wait(f"{ready + 1} new + 0 there")
            terminal.press("]")
            terminal.wait("E-mails stay unverified")
            terminal.press("enter")
            terminal.wait("Import file people.csv")
            terminal.press("y")
            terminal.wait("the first 10 rows are sent")
            terminal.press("enter")
            terminal.wait(f"{there['rows']} rows = {ready + 1} through + {problems - 1} not", 60)
            assert "failed-rows.csv" in terminal.text
            terminal.press("Q")
            assert terminal.ended() == 0
        users = on_the_server(sandbox, home)
    imported = [user for user in users if str(user.get("email", "")).startswith("person")]
    assert len(imported) == ready + 1
    assert len({user["email"] for user in imported}) == len(imported)
    assert any(user.get("firstName") == "Łukasz7" for user in imported)


STEPS = ("source", *WORDS, "finish")


@pytest.mark.parametrize("step", STEPS)
def test_killed_in_any_step_nothing_is_lost(sandbox: Any, tmp_path: Path, step: str) -> None:
    path = tmp_path / f"{step}.csv"
    there = messy(path, 60, name=step)
    problems = there["bad"] + there["repeats"]
    through = f"60 rows = {60 - problems} through + {problems} not"
    home = tmp_path / "home"
    with Terminal(env=environ(sandbox, home)) as terminal:
        walk(terminal, path, {"source": "parse", "finish": "run"}.get(step, step))
        if step == "source":
            terminal.press("[")
            terminal.wait("▸Source")
        elif step == "map":
            terminal.wait(lambda text: chosen(home))  # shown at once, and on the disk a moment later
        elif step == "review":
            terminal.press("enter")
            terminal.wait("enter keep")
            terminal.press(*["backspace"] * 40, "mended@example.com", "enter")
            terminal.wait(f"+ {problems - 1} problems")
        elif step == "finish":
            terminal.press("enter")
            terminal.wait(through, 60)
        kill(terminal)
    with Terminal(env=environ(sandbox, home)) as terminal:
        terminal.wait("just now")
        if step in ("run", "finish"):
            if step == "run":
                terminal.wait("is paused with")
            terminal.press(":jobs", "enter")
            terminal.wait("‖ paused" if step == "run" else "✓ done")
            terminal.press("enter")
            if step == "run":
                terminal.wait("still to send")
                terminal.press("enter")
            terminal.wait(through, 60)
            assert "id-map.csv" in terminal.text
        else:
            terminal.wait(f"was left at {step}")
            terminal.press("i")
            terminal.wait("GO ON WITH")
            terminal.press("home", "down", "enter")
            again = {"source": "▸Source   Parse", "review": f"+ {problems - 1} problems"}
            terminal.wait(again.get(step) or WORDS[step])
        terminal.press("Q")
        assert terminal.ended() == 0
    if step in ("run", "finish"):
        found = [user["email"] for user in on_the_server(sandbox, home) if str(user.get("email")).startswith(step)]
        assert len(found) == len(set(found)) == 60 - problems


def chosen(home: Path) -> bool:
    """Whether the draft on the disk says what e-mails are."""
    drafts = [json.loads(path.read_text()) for path in (home / "state" / "drafts").glob("[!.]*.json")]
    return any("emailVerifiedAt" in draft["mapping"]["constants"] for draft in drafts if draft["mapping"])


def kill(terminal: Terminal) -> None:
    os.kill(terminal.pid, signal.SIGKILL)
    assert terminal.ended() == -signal.SIGKILL


def test_killed_while_rows_are_made_ready_they_are_made_ready_again(sandbox: Any, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    messy(path, 30_000, name="many")
    home = tmp_path / "home"
    with Terminal(env=environ(sandbox, home)) as terminal:
        walk(terminal, path, "map")
        terminal.press("]")
        terminal.wait("reading and checking rows: ")
        kill(terminal)
    with Terminal(env=environ(sandbox, home)) as terminal:
        terminal.wait("was left at review")
        terminal.press(":jobs", "enter")
        terminal.wait("· review")
        terminal.wait("1 of 1")  # nothing is left of the reading that was cut off
        terminal.press("enter")
        terminal.wait("30,000 rows = 29,025 ready + 975 problems", 60)
        terminal.press("Q")
        assert terminal.ended() == 0


def test_killed_while_rows_are_sent_none_is_lost_or_sent_twice(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    there = messy(path, 2000)
    problems = there["bad"] + there["repeats"]
    home = tmp_path / "home"
    (home / "config").mkdir(mode=0o700, parents=True)
    home.chmod(0o700)
    (home / "config" / "settings.toml").write_text("settle_seconds = 1\n")
    (home / "config" / "settings.toml").chmod(0o600)
    with serve("--latency", "150", users=5) as sandbox:
        with Terminal(env=environ(sandbox, home)) as terminal:
            walk(terminal, path, "run")
            terminal.press("enter")
            terminal.wait("rows/s", 60)
            kill(terminal)
        with Terminal(env=environ(sandbox, home)) as terminal:
            terminal.wait("is paused with")
            terminal.press(":jobs", "enter")
            terminal.wait("‖ paused")
            terminal.press("r")
            terminal.wait("⧖ job ")
            terminal.press("enter")
            terminal.wait(f"2,000 rows = {2000 - problems:,} through + {problems} not", 120)
            terminal.press("Q")
            assert terminal.ended() == 0
        found = [user["email"] for user in on_the_server(sandbox, home) if str(user.get("email")).startswith("person")]
    assert len(found) == len(set(found)) == 2000 - problems


def xlsx(path: Path, rows: list[list[str]]) -> None:
    """A workbook of one sheet with text in its cells."""
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


def auth0_like(path: Path, rows: int = 5000) -> dict[str, int]:
    """An export of another system, with everything that goes wrong in one; what is in it."""
    table = [["user_id", "email", "email_verified", "given_name", "family_name", "username", "logins_count"]]
    twice, odd, repeats, refused = (
        range(11, rows, 125),
        range(57, rows, 1700),
        range(13, rows, 250),
        range(17, rows, 1000),
    )
    for n in range(rows):
        email = f"person{n}@example.com"
        if n in twice:
            email = f"person{n}@@example.com"
        elif n in odd:
            email = f"person{n} at example"
        elif n in repeats:
            email = f"Person{n - 1}@Example.com"
        username = f"user {n}" if n in refused else f"user_{n}"
        table.append([f"auth0|{n:06}", email, ("true", "false")[n % 2], f"Łukasz{n}", "Öztürk", username, str(n % 9)])
    xlsx(path, table)
    return {"twice": len(twice), "odd": len(odd), "repeats": len(repeats), "refused": len(refused), "rows": rows}


@pytest.mark.slow
def test_a_large_messy_workbook_until_every_row_is_accounted_for(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "auth0.xlsx"
    there = auth0_like(path)
    problems = there["twice"] + there["odd"] + there["repeats"]
    rows, home = there["rows"], tmp_path / "home"
    with serve("--latency", "60", users=50) as sandbox:
        with Terminal(env=environ(sandbox, home), columns=100, rows=30) as terminal:
            open_wizard(terminal, path)
            terminal.wait("5,000 rows")
            assert "an export of Auth0" in terminal.text
            terminal.press("]")
            terminal.wait("1 to choose")
            terminal.press("v")
            terminal.wait("As the column")
            terminal.press("down", "down", "enter")
            terminal.wait(lambda text: "to choose" not in text and "Are these" not in text)
            terminal.press("]")
            terminal.wait(f"{problems} problems", 60)
            # one cell by hand
            terminal.press("tab", "home", "down", "down")
            terminal.wait("email_invalid:")
            terminal.press("tab", "home", "enter")
            terminal.wait("enter keep")
            terminal.press(*["backspace"] * 40, "person11@example.com", "enter")
            terminal.wait(f"{problems - 1} problems")
            # one group by rule
            terminal.press("f")
            terminal.wait("Replace a text within the cell")
            terminal.press("down", "down", "enter")
            terminal.wait("look for")
            terminal.press("@@", "enter", "@", "enter")
            terminal.wait(f"{there['odd'] + there['repeats']} problems")
            # the rest is left out
            terminal.press("f")
            terminal.wait("All rows with")
            terminal.press("end", "enter")
            terminal.wait(lambda text: "left out" in text.split("\n")[-1])
            terminal.press("f")
            terminal.wait("All rows with")
            terminal.press("end", "enter")
            out = there["odd"] + there["repeats"]
            terminal.wait(f"0 problems + {out} left out")
            terminal.press("]")
            terminal.wait("not checked")
            terminal.press("enter")
            terminal.wait(f"{rows - out:,} new + 0 there", 60)
            terminal.press("]")
            terminal.wait("a column of the file")
            terminal.press("enter")
            terminal.wait("Import file auth0.xlsx")
            terminal.press("y")
            terminal.wait("the first 10 rows are sent", 60)
            terminal.press("enter")
            terminal.wait("rows/s", 60)
            terminal.press("p")
            terminal.wait("▸Run paused", 60)
            terminal.press("enter")
            done = rows - out - there["refused"]
            terminal.wait(f"{rows:,} rows = {done:,} through + {out + there['refused']} not", 120)
            assert "invalid_username" in terminal.text
            # what failed is put right in the same place
            terminal.press("f")
            terminal.wait(f"{there['refused']} rows = 0 ready + {there['refused']} problems")
            terminal.press("f")
            terminal.wait("All rows with invalid_username")
            terminal.press("down", "down", "enter")
            terminal.wait("look for")
            terminal.press("space", "enter", "_", "enter")
            terminal.wait(f"{there['refused']} ready + 0 problems")
            terminal.press("]")
            terminal.wait("not checked")
            terminal.press("]")
            terminal.wait("Not checked against the server yet")
            terminal.press("enter", "y")
            terminal.wait(f"{there['refused']} rows = {there['refused']} through + 0 not", 60)
            terminal.press("Q")
            assert terminal.ended() == 0
        users = on_the_server(sandbox, home)
    mine = {user["email"]: user for user in users if str(user.get("email", "")).startswith("person")}
    assert len(mine) == rows - out
    assert len([user for user in users if str(user.get("email", "")).startswith("person")]) == len(mine)
    assert mine["person17@example.com"]["username"] == "user_17"
    assert "person11@example.com" in mine
