"""Systems without fcntl, termios, SIGHUP and timers, as Windows: nothing crashes, and locks exclude each other."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
from tests.conftest import Sandbox

from dyntui.config.private_files import locked
from dyntui.store.lock import JobBusy, JobLock, is_locked

FAKE = """
import asyncio, getpass, os, signal, subprocess, sys, types, fcntl as real

def locking(descriptor, mode, size):
    assert (mode, size) == (2, 1) and os.lseek(descriptor, 0, os.SEEK_CUR) > 2**30
    real.flock(descriptor, real.LOCK_EX | real.LOCK_NB)

for name in ("fcntl", "termios", "tty", "pty", "resource", "pwd", "grp"):
    sys.modules[name] = None
sys.modules["msvcrt"] = types.SimpleNamespace(locking=locking, LK_NBLCK=2)
for name in ("SIGHUP", "SIGALRM", "SIGTSTP", "SIGCONT", "SIGUSR1", "setitimer", "ITIMER_REAL"):
    delattr(signal, name)
for name in ("pread", "pwrite"):
    delattr(os, name)

from dyntui.__main__ import main

for line in sys.argv[1:]:
    sys.argv = ["dyntui", *line.split()]
    try:
        main()
    except SystemExit as exit:
        print(line, "->", exit.code)
"""


def test_a_lock_excludes_others_without_fcntl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fcntl

    def locking(descriptor: int, mode: int, size: int) -> None:
        real.flock(descriptor, real.LOCK_EX | real.LOCK_NB)

    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", types.SimpleNamespace(locking=locking, LK_NBLCK=2))
    path = tmp_path / "job.lock"
    lock = JobLock(path, "job")
    assert is_locked(path)
    with pytest.raises(JobBusy, match=f"process {os.getpid()}"):
        JobLock(path, "job")
    lock.release()
    assert not is_locked(path)
    with locked(tmp_path / "settings.toml"):
        assert is_locked(tmp_path / ".settings.toml.lock")
    assert not is_locked(tmp_path / ".settings.toml.lock")


@pytest.mark.slow
def test_commands_run_without_what_only_posix_systems_have(sandbox: Sandbox, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("email\nada@windows.example\n")
    lines = [
        "users list --limit 1",
        f"import {people} --set emailVerifiedAt=now --settle 0 --yes",
        "jobs get last",
        f"jobs undo last --confirm {sandbox.environment_id}",
        f"env add acme --base-url {sandbox.url} --environment-id {sandbox.environment_id} --kind sandbox"
        " --credential environment",
        "users list --no-such-option",
        "doctor",
    ]
    done = subprocess.run(
        [sys.executable, "-c", FAKE, *lines], env=sandbox.environ(tmp_path / "home"), capture_output=True, text=True
    )
    codes = dict(line.rsplit(" -> ", 1) for line in done.stdout.splitlines() if " -> " in line)
    assert {line: codes.get(line) for line in lines} == dict(zip(lines, "0000020", strict=True)), done.stderr
    assert "internal error" not in done.stderr
