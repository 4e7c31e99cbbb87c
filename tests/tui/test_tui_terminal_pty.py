"""In a real terminal: the same screen with either writer, after suspending too; nothing left behind; inside tmux."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pexpect
import pytest
from tests.tui.terminal_emulator import Emulator, difference

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).with_name("terminal_apps.py")
WRITERS = pytest.mark.parametrize("writer", ["lean", "textual"])
KEYS = {"f1": "\x1bOP", "f2": "\x1bOQ", "f6": "\x1b[17~", "f8": "\x1b[19~", "f10": "\x1b[21~"}
KEYS |= {"down": "\x1b[B", "pagedown": "\x1b[6~", "tab": "\t", "escape": "\x1b"}
SIZE = (90, 30)
LIMIT = 30.0


class Terminal:
    """A terminal that answers, `delay` seconds late, where its cursor is and whether it synchronises."""

    def __init__(self, writer: str, *, delay: float = 0.0, synchronises: bool = True, **variables: str) -> None:
        self.delay = delay
        self.synchronises = synchronises
        self.raw = ""
        self.late: list[threading.Timer] = []
        self.emulator = Emulator(*SIZE)
        self.child = pexpect.spawn(
            sys.executable,
            [str(PROGRAM), writer],
            env={**environ(), "TERM": "xterm-256color", **variables},
            dimensions=SIZE[::-1],
            encoding="utf-8",
        )
        self.child.delaybeforesend = None

    def read(self) -> bool:
        """Take what comes within a moment; whether anything did."""
        try:
            data = self.child.read_nonblocking(65536, timeout=0.05)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.raw += data
        self.emulator.feed(data)
        if "\x1b[?2026$p" in data:
            self.answer(f"\x1b[?2026;{2 if self.synchronises else 0}$y")
        for x, y in self.emulator.answers:
            self.answer(f"\x1b[{y + 1};{x + 1}R")
        self.emulator.answers.clear()
        return True

    def answer(self, data: str) -> None:
        self.late.append(threading.Timer(self.delay, self.child.send, [data]))
        self.late[-1].start()

    def close(self) -> None:
        for timer in self.late:
            timer.join()
        self.child.close(force=True)

    def wait(self, check: Callable[[], object]) -> None:
        """Read until `check` holds and nothing more comes."""
        end = time.monotonic() + LIMIT
        while self.read() or not check():
            assert time.monotonic() < end, self.emulator.text

    def resize(self, columns: int, lines: int) -> None:
        self.emulator.resize(lines, columns)
        self.child.setwinsize(lines, columns)
        self.wait(lambda: "palette" in self.emulator.text.split("\n")[-1])

    def press(self, key: str, then: str) -> None:
        self.child.send(KEYS.get(key, key))
        self.wait(lambda: then in self.emulator.text)


Start: TypeAlias = Callable[..., Terminal]
"""Starts the program with a writer, with the arguments of `Terminal`."""


def environ() -> dict[str, str]:
    """This process's environment, where nothing leads elsewhere or moves."""
    elsewhere = ("DYNTUI_", "TMUX", "SSH_", "COLUMNS", "LINES")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(elsewhere)}
    return {**environ, "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TEXTUAL_ANIMATIONS": "none"}


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Terminal] = []

    def one(writer: str, **named: Any) -> Terminal:
        terminal = Terminal(writer, **named)
        started.append(terminal)
        terminal.wait(lambda: "palette" in terminal.emulator.text)
        return terminal

    yield one
    for terminal in started:
        terminal.close()


def to_the_list(terminal: Terminal) -> None:
    for key, then in (("f6", "0   "), ("f6", "58 "), ("down", "58 "), ("pagedown", "59 "), ("f2", "floating")):
        terminal.press(key, then)


def same_at_rest(one: Terminal, other: Terminal) -> None:
    """Both programs come to rest with the same screen."""
    end = time.monotonic() + LIMIT
    while one.read() or other.read() or (found := difference(one.emulator, other.emulator)):
        assert time.monotonic() < end, found


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"COLORTERM": ""},
        {"COLORTERM": "", "TERM": "xterm-16color"},
        {"COLORTERM": "", "TERM": "xterm"},
        {"NO_COLOR": "1"},
        {"TERM": "vt100"},
    ],
    ids=["24-bit", "256", "16", "plain", "no-color", "vt100"],
)
@pytest.mark.parametrize("synchronises", [True, False], ids=["synchronised", "not"])
def test_both_writers_show_the_same_screen(start: Start, variables: dict[str, str], synchronises: bool) -> None:
    lean, stock = (start(writer, synchronises=synchronises, **variables) for writer in ("lean", "textual"))
    for terminal in (lean, stock):
        terminal.press("f1", "Really")
        terminal.press("escape", "palette")
        terminal.press("f2", "floating")
    same_at_rest(lean, stock)
    assert len(lean.raw) < len(stock.raw) / 3
    assert ("\x1b[?2026h" in lean.raw) is synchronises


def test_a_resize_shows_the_same_screen_with_both_writers(start: Start) -> None:
    lean, stock = start("lean"), start("textual")
    for terminal in (lean, stock):
        for columns, lines in ((70, 22), (110, 33)):
            terminal.resize(columns, lines)
    same_at_rest(lean, stock)


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP], ids=["TSTP", "STOP"])
def test_the_screen_is_restored_after_stop_and_continue(start: Start, number: signal.Signals) -> None:
    lean = start("lean")
    lean.press("f2", "floating")
    before = lean.emulator.cells()
    threads = Path(f"/proc/{lean.child.pid}/task")
    count = len(list(threads.iterdir()))
    os.kill(lean.child.pid, number)
    lean.wait(lambda: Path(f"/proc/{lean.child.pid}/stat").read_text().split()[2] == "T")
    lean.emulator.reset()
    lean.emulator.reset_mode(7, private=True)
    lean.emulator.feed("a shell")
    os.kill(lean.child.pid, signal.SIGCONT)
    lean.wait(lambda: "floating" in lean.emulator.text)
    assert lean.emulator.cells() == before
    # A second thread that reads the terminal would take a part of the keys.
    lean.wait(lambda: len(list(threads.iterdir())) == count)


def test_the_screen_is_restored_after_a_suspend(start: Start) -> None:
    lean = start("lean")
    before = lean.emulator.cells()
    lean.child.send(KEYS["f8"])
    lean.wait(lambda: "lent" in lean.raw and "palette" in lean.emulator.text)
    assert lean.emulator.cells() == before


@WRITERS
def test_the_terminal_is_restored_at_exit(start: Start, writer: str) -> None:
    terminal = start(writer)
    terminal.press("f1", "Really")
    terminal.child.send(KEYS["escape"])
    terminal.wait(lambda: "Really" not in terminal.emulator.text)
    terminal.child.send(KEYS["f10"])
    terminal.wait(lambda: "left" in terminal.raw.rsplit("\x1b[?1049l", 1)[-1])
    ending = terminal.raw.rsplit("\x1b[?1049l", 1)[1]
    assert "left b''" in ending
    attributes = terminal.emulator.cursor.attrs
    assert (attributes.fg, attributes.bg, attributes.bold) == ("default", "default", False)
    assert terminal.emulator.margins is None


def test_no_answer_is_left_for_the_shell(start: Callable[..., Terminal]) -> None:
    lean = start("lean", delay=0.3)
    lean.press("f2", "floating")
    lean.child.send(KEYS["f2"])
    lean.child.send(KEYS["f10"])
    lean.wait(lambda: "left" in lean.raw.rsplit("\x1b[?1049l", 1)[-1])
    assert "left b'' lean" in lean.raw


@pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux here")
def test_inside_tmux(tmp_path: Path) -> None:
    def tmux(*arguments: str) -> str:
        command = ["tmux", "-S", str(tmp_path / writer), "-f", "/dev/null", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=environ()).stdout

    def screen(expected: str) -> str:
        end = time.monotonic() + LIMIT
        before = ""
        while (shown := tmux("capture-pane", "-p", "-e", "-t", "one")) != before or expected not in shown:
            assert time.monotonic() < end, shown
            before = shown
        return shown

    shown = {}
    writer: str
    for writer in ("lean", "textual"):
        run = shlex.join([sys.executable, str(PROGRAM), writer])
        tmux("new-session", "-d", "-s", "one", "-x", str(SIZE[0]), "-y", str(SIZE[1]), run)
        try:
            screen("palette")
            for key, expected in (("F1", "Really"), ("Escape", "form"), ("F2", "floating"), ("F6", " 24 ")):
                tmux("send-keys", "-t", "one", key)
                screen(expected)
            tmux("send-keys", "-t", "one", "-N", "45", "Down")
            # The heart is narrow to some versions: Textual's output is then shifted behind it.
            shown[writer] = [line for line in screen(" 45 ").split("\n") if "❤" not in line]
        finally:
            tmux("kill-server")
    assert shown["lean"] == shown["textual"]
