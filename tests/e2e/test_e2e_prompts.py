"""The first Ctrl+C ends a prompt of the command line. Nothing is sent or written to the audit log."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.conftest import Sandbox, serving
from tests.e2e.terminal import Terminal, clean_environ
from tests.families import slow_except

from dyntui.services.actions.audit import Audit

CTRL_C, CTRL_D = "\x03", "\x04"


def _run(sandbox: Sandbox, home: Path, *arguments: str) -> Terminal:
    """Run a command in a terminal. A command with `prod` gets a live profile of that name.

    `{users}` and `{origins}` stand for the id of the first one.
    """
    environ = clean_environ() | sandbox.environ(home)
    if "prod" in arguments:
        added = ["env", "add", "prod", "--environment-id", sandbox.environment_id, "--base-url", sandbox.url]
        added += ["--kind", "live", "--credential", "file", "--token-stdin"]
        command = [sys.executable, "-m", "dyntui", *added]
        done = subprocess.run(command, env=environ, input=sandbox.token, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        for name in ("DYNTUI_ENVIRONMENT_ID", "DYNTUI_BASE_URL", "DYNTUI_TOKEN"):
            del environ[name]
    return Terminal(*(_with_id(sandbox, argument) for argument in arguments), env=environ)


def _with_id(sandbox: Sandbox, argument: str) -> str:
    """Return an argument with the id of the first object of the list that it names as `{LIST}`."""
    if not argument.startswith("{"):
        return argument
    path = f"environments/{sandbox.environment_id}/{argument.strip('{}')}"
    answer = httpx.get(f"{sandbox.url}/{path}", headers={"Authorization": f"Bearer {sandbox.token}"}).json()
    return str(answer[argument.strip("{}")][0]["id"])


def _audit_lines(home: Path) -> list[object]:
    return [line for file in home.rglob("audit.jsonl") for line in Audit(file).lines()]


COMMANDS = [
    (("users", "delete", "{users}"), "Continue?"),
    (("users", "delete", "{users}", "--profile", "prod"), "Type prod to confirm"),
    (("api", "deleteUser", "-p", "userId=3f2a1b4c-0000-4000-8000-00000000000a"), "Continue?"),
    (("do", "origins", "delete", "{origins}"), "Continue?"),
    (("env", "add", "another"), ":"),
    (("env", "remove", "prod"), "Remove prod"),
    (("auth", "login", "--profile", "prod"), "API token"),
]


@pytest.mark.parametrize(
    ("command", "question", "key"),
    slow_except(
        [(*command, key) for command in COMMANDS for key in (CTRL_C, CTRL_D)],
        (*COMMANDS[0], CTRL_C),
        (*COMMANDS[6], CTRL_D),
    ),
)
def test_one_key_ends_a_prompt(
    sandbox: Sandbox, tmp_path: Path, command: tuple[str, ...], question: str, key: str
) -> None:
    with _run(sandbox, tmp_path, *command) as terminal:
        terminal.wait(question)
        terminal.press(key)
        assert terminal.wait_for_exit() == 130
    assert _audit_lines(tmp_path) == []


@pytest.mark.parametrize(
    ("command", "question", "number"),
    slow_except(
        [(*command, number) for command in (COMMANDS[0], COMMANDS[6]) for number in (signal.SIGTERM, signal.SIGHUP)],
        (*COMMANDS[0], signal.SIGTERM),
        (*COMMANDS[6], signal.SIGHUP),
    ),
)
def test_a_signal_ends_a_prompt_and_restores_the_terminal(
    sandbox: Sandbox, tmp_path: Path, command: tuple[str, ...], question: str, number: signal.Signals
) -> None:
    with _run(sandbox, tmp_path, *command) as terminal:
        terminal.wait(question)
        os.kill(terminal.pid, number)
        assert terminal.wait_for_exit() == 128 + number
        assert terminal.echoes_at_exit
    assert _audit_lines(tmp_path) == []


_SIGNAL_BEFORE_READ = """
import os, pty, signal, sys, time
from dyntui.cli import questions

hidden, rounds, late = sys.argv[1] == "hidden", int(sys.argv[2]), 0
for _ in range(rounds):
    child, terminal = pty.fork()
    if not child:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            questions.prompt("question", hidden=hidden)
        except SystemExit:
            os._exit(143)
        os._exit(1)
    seen = b""
    while b"question: " not in seen:
        seen += os.read(terminal, 1000)
    os.kill(child, signal.SIGTERM)
    end = time.monotonic() + 5
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > end:
            late += 1
            os.kill(child, signal.SIGKILL)
            ended = os.waitpid(child, 0)
            break
        time.sleep(0.001)
    os.close(terminal)
print(late)
"""


@pytest.mark.parametrize("kind", slow_except(["shown", "hidden"], "hidden"))
def test_a_signal_right_before_the_read_ends_a_prompt(kind: str) -> None:
    """Python handles a signal that comes right before a blocking read only after it: 3 % of those sent at once."""
    done = subprocess.run(
        [sys.executable, "-c", _SIGNAL_BEFORE_READ, kind, "150"], text=True, capture_output=True, check=True
    )
    assert int(done.stdout) == 0


@pytest.mark.slow
@pytest.mark.parametrize("end", ["key", "signal"])
def test_the_wait_for_the_kind_of_the_environment_ends_at_once(tmp_path: Path, end: str) -> None:
    """The server says whether the environment is live before a deletion is confirmed."""
    with (
        serving(latency_ms=60_000, users=1) as sandbox,
        _run(sandbox, tmp_path, *COMMANDS[2][0]) as terminal,
    ):
        terminal.wait("whether environment is live")
        if end == "key":
            terminal.press(CTRL_C)
        else:
            os.kill(terminal.pid, signal.SIGINT)
        assert terminal.wait_for_exit(5) == 130
        assert "Continue?" not in terminal.text
    assert _audit_lines(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_sync_that_asks_nothing_removes_at_most_half_of_a_list(
    sandbox: Sandbox, tmp_path: Path, options: tuple[str, ...]
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email\nada@sync.example\n")
    with _run(sandbox, tmp_path, "allowlists", "sync", "Staff", str(file), "--remove", *options) as terminal:
        if options:
            assert terminal.wait_for_exit() == 2
            assert "--max-remove" in terminal.raw.decode()
        else:
            terminal.wait("Continue?")
            terminal.press(CTRL_C)
            assert terminal.wait_for_exit() == 130
