"""--watch repeats a command that reads: it redraws a terminal, and prints new and changed lines into a pipe."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from tests.cli.cli_support import Run, Server, add
from tests.conftest import serving
from tests.e2e.terminal import Terminal, clean_environ

from dyntui.api import transport

ADA = {"id": "a1", "email": "ada@example.com", "createdAt": "2026-01-02T03:04:05Z"}
BOB = {"id": "b2", "email": "bob.with.a.long.name@example.com", "createdAt": "2026-01-03T03:04:05Z"}
STEPS = Callable[[], None]


@pytest.fixture
def users(run: Run, server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[float]]:
    """Set what the server answers, one step after the other; then ctrl+c is pressed. Returns the waits between them."""
    add(run, "one", url=server.url)
    monkeypatch.setattr(transport, "RETRIES", 1)

    def answer(*steps: tuple[int, list[dict[str, str]]]) -> list[float]:
        waits: list[float] = []
        remaining = list(steps)

        def set_next(seconds: float = 0.0) -> None:
            waits.append(seconds)
            if not remaining:
                raise KeyboardInterrupt
            status, rows = remaining.pop(0)
            server.answers["users"] = (status, {"count": len(rows), "users": rows, "error": "busy"})

        monkeypatch.setattr("dyntui.cli.watch._wait", set_next)
        set_next()
        return waits

    return answer


def test_a_pipe_gets_the_lines_that_are_new_or_changed(run: Run, users: Callable[..., list[float]]) -> None:
    changed = {**ADA, "email": "lovelace@example.com"}
    waits = users((200, [ADA]), (200, [ADA]), (503, []), (503, []), (200, [BOB, ADA]), (200, [BOB, changed]))
    done = run("users", "list", "--watch", "7")
    assert done.code == 130
    lines = done.out.splitlines()
    assert [next(word for word in line.split() if "@" in word) for line in lines] == [
        "ada@example.com",
        "bob.with.a.long.name@example.com",
        "lovelace@example.com",
    ], "a column that became wider is no change"
    assert done.err.count("Trying again in 14 s.") == 1 and "28" not in done.err
    assert waits[1:] == [7, 7, 14, 28, 7, 7]


def test_ndjson_gets_the_rows_that_are_new_or_changed(run: Run, users: Callable[..., list[float]]) -> None:
    waits = users((200, [ADA]), (200, [BOB, ADA]))
    done = run("users", "list", "--ndjson", "--watch")
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == ["a1", "b2"]
    assert waits[1:] == [5, 5]


def test_an_error_that_stays_ends_the_command(run: Run, users: Callable[..., list[float]]) -> None:
    users((200, [ADA]), (403, []))
    done = run("users", "list", "--watch")
    assert done.code == 3
    assert "ada@example.com" in done.out


@pytest.mark.parametrize("option", ["-o json", "--all"])
def test_what_cannot_be_repeated_is_refused(run: Run, option: str) -> None:
    done = run("users", "list", "--watch", *option.split())
    assert done.code == 2
    assert f"--watch and {option} cannot be combined" in done.err
    assert run("jobs", "list", "--watch", "0.1").code == 2


def test_jobs_are_watched_without_an_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dyntui.cli.watch._wait", interrupt)
    done = run("jobs", "list", "--watch")
    assert done.code == 130
    assert done.out == ""


def test_a_terminal_is_redrawn_until_ctrl_c(tmp_path: Path) -> None:
    with serving(users=3) as sandbox:
        environ = clean_environ() | sandbox.environ(tmp_path)
        with Terminal("users", "list", "--watch=1", env=environ, columns=100, rows=8) as terminal:
            terminal.wait("3 of 3 users")
            lines = terminal.text.splitlines()
            assert lines[0].startswith("Every 1 s, ") and "Press ctrl+c to end." in lines[0]
            for number in range(4):
                httpx.post(
                    f"{sandbox.url}/environments/{sandbox.environment_id}/users",
                    headers={"Authorization": f"Bearer {sandbox.token}"},
                    json={"email": f"new-{number}@example.com"},
                ).raise_for_status()
            shown = terminal.wait("… 4 more lines")
            assert [shown.count(text) for text in ("Every 1 s", "new-3@example.com", "EMAIL")] == [1, 1, 1]
            terminal.press("\x03")
            assert terminal.wait_for_exit() == 130
            assert terminal.echoes_at_exit


@pytest.mark.slow
@pytest.mark.parametrize("words", ["users list --watch 600", "events tail --since 400d --every 600"])
def test_a_command_without_an_end_ends_when_its_output_has_no_reader(tmp_path: Path, words: str) -> None:
    with serving(users=3) as sandbox:
        process = subprocess.Popen(
            [sys.executable, "-m", "dyntui", *words.split()],
            env=clean_environ() | sandbox.environ(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None and process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr is not None and b"error" not in process.stderr.read()
