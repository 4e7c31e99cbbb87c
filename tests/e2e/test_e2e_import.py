"""The import wizard in a real terminal against a real server: by keys alone, from the file to the report."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from terminal import Terminal, clean_environ

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


def messy(path: Path, rows: int = 400) -> dict[str, int]:
    """BOM, semicolons, repeats, bad e-mails, names beyond ASCII; what is in it."""
    lines = ["E-Mail;First Name;Nachname;Country"]
    for n in range(rows):
        lines.append(f"person{n}@example.com;Łukasz{n};Öztürk;{('GB', 'Germany')[n % 2]}")
    bad = range(7, rows, 50)
    repeats = range(9, rows, 80)
    for n in bad:
        lines[n + 1] = lines[n + 1].replace("@", "@@")
    for n in repeats:
        lines[n + 1] = lines[n + 1].replace(f"person{n}@", f"person{n - 1}@")
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode())
    return {"bad": len(bad), "repeats": len(repeats), "rows": rows}


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
            open_wizard(terminal, path)
            terminal.wait(f"{there['rows']} rows")
            terminal.press("]")
            terminal.wait("1 to choose")
            terminal.press("v")
            terminal.wait("Are these e-mail addresses verified?")
            terminal.press("enter")
            terminal.wait("not verified")
            terminal.press("]")
            terminal.wait(f"{there['rows']} rows = {ready} ready + {problems} problems")
            terminal.press("enter")
            terminal.wait("enter keep")
            terminal.press(*["backspace"] * 40, "person7@example.com", "enter")
            terminal.wait(f"{there['rows']} rows = {ready + 1} ready + {problems - 1} problems")
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
