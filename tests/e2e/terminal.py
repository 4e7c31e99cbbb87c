"""`Terminal`: runs dyntui in a pty with an emulated screen, and waits for text on it."""

from __future__ import annotations

import os
import signal
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pexpect
import pyte

KEYS = {
    "enter": "\r",
    "esc": "\x1b",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "backspace": "\x7f",
    "space": " ",
}


class Terminal:
    """`python -m dyntui ARGUMENTS`, or another program, on a pty. A context manager that ends the program."""

    def __init__(
        self,
        *arguments: str,
        env: Mapping[str, str],
        columns: int = 100,
        rows: int = 30,
        program: Sequence[str] = (sys.executable, "-m", "dyntui"),
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self.echoes_at_exit: bool | None = None
        """Whether the terminal shows what is typed after the program ended; None while it runs."""
        self._child = pexpect.spawn(
            program[0],
            [*program[1:], *arguments],
            env={**env, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
            dimensions=(rows, columns),
            timeout=30,
            # A shell ignores it for what it starts in the background, and the program would inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.close(force=True)

    @property
    def pid(self) -> int:
        """The process id of the program."""
        return int(self._child.pid)

    @property
    def text(self) -> str:
        """The text of the screen, one line for each row."""
        return "\n".join(self.screen.display)

    def read(self, timeout_s: float = 0.05) -> bool:
        """Read output for at most `timeout_s` seconds. Returns whether the program still runs."""
        try:
            data = self._child.read_nonblocking(65536, timeout=timeout_s)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self._stream.feed(_remove_queries(data))
        return True

    def wait(self, expected: str | Callable[[str], bool], timeout_s: float = 20) -> str:
        """Read until the screen contains `expected`, a text or a predicate of the screen. Returns the screen."""
        is_shown = expected if callable(expected) else lambda text: expected in text
        end = time.monotonic() + timeout_s
        alive = True
        while not is_shown(self.text):
            assert alive, f"the program ended before the screen showed {expected!r}:\n{self.text}"
            assert time.monotonic() < end, f"the screen did not show {expected!r} within {timeout_s} s:\n{self.text}"
            alive = self.read()
        return self.text

    def press(self, *keys: str) -> None:
        """Send keys by name, or text."""
        for key in keys:
            self._child.send(KEYS.get(key, key))

    def wait_for_exit(self, timeout_s: float = 20) -> int:
        """Wait for the program to end. Returns its exit code, negative for a signal."""
        end = time.monotonic() + timeout_s
        while self.read():
            assert time.monotonic() < end, f"the program did not finish within {timeout_s} s:\n{self.text}"
        self.echoes_at_exit = bool(termios.tcgetattr(self._child.child_fd)[3] & termios.ECHO)
        self._child.close()
        return -self._child.signalstatus if self._child.signalstatus else int(self._child.exitstatus or 0)


def _remove_queries(data: bytes) -> bytes:
    """Remove the queries that pyte prints as text."""
    import re

    return re.sub(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[\?[0-9;]*u|\x1b\[>[0-9;]*[mq]", b"", data)


def clean_environ() -> dict[str, str]:
    """Return the environment variables of this process without those that configure dyntui or describe the terminal."""
    return {
        name: value
        for name, value in os.environ.items()
        if name == "DYNTUI_TERMINAL" or not name.startswith(("DYNTUI_", "DYNAMIC_", "SSH_", "TMUX", "COLUMNS", "LINES"))
    }
