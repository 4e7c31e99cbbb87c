"""The first Ctrl+C ends a prompt of the command line. Nothing is sent or written to the audit log."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.conftest import Sandbox
from tests.e2e.terminal import Terminal, clean_environ

from dyntui.services.actions.audit import Audit

CTRL_C, CTRL_D = "\x03", "\x04"


def _run(sandbox: Sandbox, home: Path, *arguments: str) -> Terminal:
    """Run a command in a terminal. A command with `prod` gets a live profile of that name."""
    environ = clean_environ() | sandbox.environ(home)
    if "prod" in arguments:
        added = ["env", "add", "prod", "--environment-id", sandbox.environment_id, "--base-url", sandbox.url]
        added += ["--kind", "live", "--credential", "file", "--token-stdin"]
        command = [sys.executable, "-m", "dyntui", *added]
        done = subprocess.run(command, env=environ, input=sandbox.token, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        for name in ("DYNTUI_ENVIRONMENT_ID", "DYNTUI_BASE_URL", "DYNTUI_TOKEN"):
            del environ[name]
    return Terminal(*arguments, env=environ)


def _audit_lines(home: Path) -> list[object]:
    return [line for file in home.rglob("audit.jsonl") for line in Audit(file).lines()]


COMMANDS = [
    (("users", "delete", "3f2a1b4c-0000-4000-8000-00000000000a"), "Continue?"),
    (("users", "delete", "3f2a1b4c-0000-4000-8000-00000000000a", "--profile", "prod"), "Type prod to confirm"),
    (("api", "deleteUser", "-p", "userId=3f2a1b4c-0000-4000-8000-00000000000a"), "Continue?"),
    (("do", "origins", "delete", "3f2a1b4c-0000-4000-8000-00000000000a"), "Continue?"),
    (("env", "add", "another"), ":"),
    (("env", "remove", "prod"), "Remove prod"),
    (("auth", "login", "--profile", "prod"), "API token"),
]


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D], ids=["ctrl-c", "ctrl-d"])
@pytest.mark.parametrize(("command", "question"), COMMANDS)
def test_one_key_ends_a_prompt(sandbox, tmp_path, command, question, key):
    with _run(sandbox, tmp_path, *command) as terminal:
        terminal.wait(question)
        terminal.press(key)
        assert terminal.wait_for_exit() == 130
    assert _audit_lines(tmp_path) == []


def _wait_until_asleep(pid: int) -> None:
    """Wait until the program reads: Python handles a signal that comes just before a read only after the read."""
    state, end = Path(f"/proc/{pid}/stat"), time.monotonic() + 20
    while state.exists() and state.read_text().rpartition(")")[2].split()[0] != "S":
        assert time.monotonic() < end


def test_sigterm_ends_a_prompt(sandbox, tmp_path):
    command, question = COMMANDS[0]
    with _run(sandbox, tmp_path, *command) as terminal:
        terminal.wait(question)
        _wait_until_asleep(terminal.pid)
        os.kill(terminal.pid, signal.SIGTERM)
        assert terminal.wait_for_exit() in (128 + signal.SIGTERM, -signal.SIGTERM)
    assert _audit_lines(tmp_path) == []
