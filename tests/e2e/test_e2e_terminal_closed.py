"""The console ends when its terminal is closed, also without a signal."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from pathlib import Path

import pytest
from tests.e2e.terminal import clean_environ


@pytest.mark.waits
def test_the_console_ends_when_its_terminal_is_closed_without_a_signal(tmp_path: Path) -> None:
    env = clean_environ() | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "DYNTUI_HOME": str(tmp_path)}
    pid, terminal = pty.fork()
    if pid == 0:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        os.execve(sys.executable, [sys.executable, "-m", "dyntui", "demo", "--users", "5"], env)
    try:
        output = b""
        end = time.monotonic() + 30
        while b"sandbox" not in output:
            assert time.monotonic() < end, output[-500:]
            if select.select([terminal], [], [], 0.1)[0]:
                output += os.read(terminal, 65536)
        os.close(terminal)
        end = time.monotonic() + 20
        while not (ended := os.waitpid(pid, os.WNOHANG))[0]:
            assert time.monotonic() < end, "the console did not end"
            select.select([], [], [], 0.05)
        assert os.waitstatus_to_exitcode(ended[1]) == 128 + signal.SIGHUP
        pid = 0
    finally:
        if pid:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
