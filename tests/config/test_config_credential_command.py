"""A command of the user's own gives the token: no shell, no token in its environment, ten seconds, no secret shown."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dyntui.config.credential_command import CommandCredentialStore
from dyntui.config.credentials import CredentialError, CredentialKind, find_token, store_for
from dyntui.config.profile import Profile
from dyntui.core.errors import UsageError

TOKEN = "dyn_" + "Canary1" * 8
PROD = Profile("prod", "https://app.dynamic.xyz/api/v0", "3f2a1b4c-0000-4000-8000-00000000000a")


def with_kind(kind: CredentialKind, **values: Any) -> Profile:
    return replace(PROD, credential=kind, **values)


def command(tmp_path: Path, code: str) -> Profile:
    script = tmp_path / "my command.py"
    script.write_text(code)
    return with_kind(CredentialKind.COMMAND, credential_command=f'"{sys.executable}" "{script}" --secret-argument')


@pytest.mark.parametrize(
    "output", [f"{TOKEN}\\n", f"  {TOKEN}  ", f'{{"token": "{TOKEN}"}}', f'{{"version": 1, "token": "{TOKEN}"}}\\n']
)
def test_a_command_prints_the_token_as_json_or_as_a_line(tmp_path: Path, output: str) -> None:
    found = find_token(command(tmp_path, f"print('{output}', end='')"), environ={})
    assert (found.token, found.source) == (TOKEN, CredentialKind.COMMAND)
    assert found.where == f"command {sys.executable}"


def test_a_command_gets_its_arguments_and_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("DYNTUI_TOKEN", "DYNAMIC_TOKEN", "DYNAMIC_API_TOKEN"):
        monkeypatch.setenv(variable, "dyn_leaked")
    code = """import json, os, sys
leaked = [name for name, value in os.environ.items() if value == "dyn_leaked"]
assert not leaked and sys.argv[1:] == ["--secret-argument", "$HOME", ";", "a b"] and not sys.stdin.read()
print("dyn_fine")"""
    profile = command(tmp_path, code)
    profile = replace(profile, credential_command=profile.credential_command + " $HOME ';' 'a b'")
    assert store_for(CredentialKind.COMMAND).get(profile) == "dyn_fine"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("print()", "did not print a token"),
        ("print('dyn_a'); print('dyn_b')", "did not print a token"),
        ('print(\'{"secret": "dyn_canary99"}\')', "did not print a token"),
        ('print(\'{"token": "dyn_canary99\')', "did not print a token"),
        ("print('x' * 70000)", "did not print a token"),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", "did not print a token"),
        ("import sys; sys.exit('locked: \\x1b[31mdyn_canary99')", "status 1: locked: ␛"),
    ],
)
def test_a_failed_command_is_reported_without_secrets(tmp_path: Path, code: str, why: str) -> None:
    with pytest.raises(CredentialError, match=why) as caught:
        find_token(command(tmp_path, code), environ={})
    assert "dyn_canary99" not in str(caught.value)
    assert "--secret-argument" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_output_that_is_no_token_is_not_sent(tmp_path: Path) -> None:
    with pytest.raises(CredentialError, match="not a Dynamic API token") as caught:
        find_token(command(tmp_path, "print('hunter2')"), environ={})
    assert "hunter2" not in str(caught.value)


def test_a_command_is_killed_after_its_timeout(tmp_path: Path) -> None:
    profile = command(tmp_path, "import threading; threading.Event().wait()")
    with pytest.raises(CredentialError, match=r"within 0\.3 s"):
        CommandCredentialStore(limit=0.3).get(profile)


def is_running(pid: int) -> bool:
    """Whether a process is there and not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


CHILD = """import subprocess, sys
from pathlib import Path
child = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"])
Path(__file__).with_name("child").write_text(str(child.pid))
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("child.wait()", "did not finish within"),
        ("while True: print('x' * 65536)", "printed more than"),
        ("while True: print('x' * 65536, file=sys.stderr)", "printed more than"),
    ],
)
def test_at_a_limit_a_command_is_killed_with_its_child_processes(tmp_path: Path, code: str, why: str) -> None:
    started = time.monotonic()
    with pytest.raises(CredentialError, match=why):
        CommandCredentialStore(limit=2).get(command(tmp_path, CHILD + code))
    assert time.monotonic() - started < 8
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 5
    while is_running(child) and time.monotonic() < deadline:
        os.sched_yield()
    assert not is_running(child)


@pytest.mark.parametrize("text", ["", "   ", "pass 'show", "/no/such/command"])
def test_a_command_that_cannot_be_run_is_an_error(text: str) -> None:
    with pytest.raises((UsageError, CredentialError)):
        store_for(CredentialKind.COMMAND).get(with_kind(CredentialKind.COMMAND, credential_command=text))
