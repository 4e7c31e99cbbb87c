"""A real terminal for tests: the program in a pty, its screen in an emulator, waits on what is to be seen."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
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
    """`python -m dyntui ARGUMENTS` on a pty of `columns` by `rows`. Use as a context manager; it ends the program."""

    def __init__(self, *arguments: str, env: Mapping[str, str], columns: int = 100, rows: int = 30) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "dyntui", *arguments],
            env={**env, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
            dimensions=(rows, columns),
            timeout=30,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._child.close(force=True)

    @property
    def pid(self) -> int:
        return int(self._child.pid)

    @property
    def text(self) -> str:
        """The screen as it is, a line a row."""
        return "\n".join(self.screen.display)

    def read(self, seconds: float = 0.05) -> bool:
        """Take what has come within `seconds`; whether the program still runs."""
        try:
            data = self._child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self._stream.feed(_for_pyte(data))
        return True

    def wait(self, wanted: str | Callable[[str], bool], seconds: float = 20) -> str:
        """Read until `wanted` (text, or a check of the screen) is to be seen; the screen then, also when it fails."""
        check = wanted if callable(wanted) else lambda text: wanted in text
        end = time.monotonic() + seconds
        alive = True
        while not check(self.text):
            assert alive, f"the program ended before {wanted!r} was to be seen:\n{self.text}"
            assert time.monotonic() < end, f"{wanted!r} was not to be seen within {seconds} s:\n{self.text}"
            alive = self.read()
        return self.text

    def press(self, *keys: str) -> None:
        """Send keys by name, or text as it is."""
        for key in keys:
            self._child.send(KEYS.get(key, key))

    def ended(self, seconds: float = 20) -> int:
        """Wait for the program to end; its exit code, negative for a signal."""
        end = time.monotonic() + seconds
        while self.read():
            assert time.monotonic() < end, f"the program did not end within {seconds} s:\n{self.text}"
        self._child.close()
        return -self._child.signalstatus if self._child.signalstatus else int(self._child.exitstatus or 0)


def _for_pyte(data: bytes) -> bytes:
    """Without the queries that pyte would print as text."""
    import re

    return re.sub(rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\[\?[0-9;]*u|\x1b\[>[0-9;]*[mq]", b"", data)


def clean_environ() -> dict[str, str]:
    """This process's environment without what would lead dyntui elsewhere."""
    return {
        name: value
        for name, value in os.environ.items()
        if name == "DYNTUI_TERMINAL" or not name.startswith(("DYNTUI_", "DYNAMIC_", "SSH_", "TMUX", "COLUMNS", "LINES"))
    }
