"""A real terminal for tests of the console: a program in a pty, its screen in an emulator."""

from __future__ import annotations

import codecs
import os
import signal
import sys
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pexpect
from tests.tui.terminal_emulator import Emulator

__all__ = ["Pty"]

_LIMIT = 60.0


class Pty:
    """A Python script on a terminal that answers where its cursor is. raw: all that the script wrote.

    DYNTUI_TERMINAL says with which writer. command: runs in place of the script. answers: whether it answers.
    """

    answers = True

    def __init__(
        self,
        script: str,
        home: Path,
        *,
        command: Sequence[str] = (),
        columns: int = 120,
        lines: int = 40,
        environ: Mapping[str, str] | None = None,
        **more_environ: str,
    ) -> None:
        clean = {
            name: value
            for name, value in os.environ.items()
            if name == "DYNTUI_TERMINAL" or not name.startswith(("DYN", "SSH_", "TMUX", "NO_", "COLUMNS", "LINES"))
        }
        self.raw = b""
        self.emulator = Emulator(columns, lines)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        program, *arguments = command or [sys.executable, "-c", textwrap.dedent(script)]
        self.child = pexpect.spawn(
            program,
            arguments,
            env={
                **clean,
                "DYNTUI_HOME": str(home),
                "TERM": "xterm-256color",
                "COLORTERM": "",
                "LC_ALL": "C.UTF-8",
                "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
                **(environ or {}),
                **more_environ,
            },
            dimensions=(lines, columns),
            timeout=_LIMIT,
        )
        self.child.delaybeforesend = None  # pexpect waits for programs that turn off the echo of a password late
        self.child.ptyproc.delayafterclose = 0.0

    def read(self, seconds: float = 0.1) -> bool:
        """Take what comes within `seconds`; whether the program still runs."""
        try:
            data = self.child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self.emulator.feed(self._decoder.decode(data))
        if self.answers:
            self.answer()
        return True

    def answer(self) -> None:
        """Answer what was asked."""
        for x, y in self.emulator.answers:
            self.child.send(f"\x1b[{y + 1};{x + 1}R")
        self.emulator.answers.clear()

    def read_for(self, seconds: float) -> None:
        """Take whatever comes in that time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not self.read(left):
                return

    def wait(self, text: str) -> None:
        """Read until `text` is to be seen."""
        end = time.monotonic() + _LIMIT
        while text not in self.emulator.text:
            assert self.read(), self.raw[-2000:]
            assert time.monotonic() < end, f"{text!r} did not come:\n{self.emulator.text}"

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Read until the condition is true."""
        end = time.monotonic() + _LIMIT
        while not condition():
            assert self.read(), self.raw[-2000:]
            assert time.monotonic() < end, f"the condition did not become true:\n{self.emulator.text}"

    def quiet(self) -> int:
        """Read until nothing more comes; how much there is."""
        length, end = -1, time.monotonic() + _LIMIT
        while length != len(self.raw):
            length = len(self.raw)
            assert self.read(), self.raw[-2000:]
            assert time.monotonic() < end, f"it does not come to rest:\n{self.emulator.text}"
        return length

    def close(self) -> None:
        """End the program at once, if it still runs."""
        if self.child.isalive():
            self.child.kill(signal.SIGKILL)
            self.child.wait()
        self.child.close()

    def ended(self) -> int:
        """Read to the end; the exit code."""
        end = time.monotonic() + _LIMIT
        while self.read():
            assert time.monotonic() < end, self.raw[-2000:]
        self.child.close()
        assert self.child.signalstatus is None
        return int(self.child.exitstatus or 0)
