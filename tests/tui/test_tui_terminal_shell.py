"""The console and what is around it: its size, its title, the shell it was started from, GNU screen, lost pastes."""

from __future__ import annotations

import re
import shlex
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.color import ColorSystem
from tests.families import slow_except
from tests.tui.pty_support import Pty
from tests.tui.terminal_emulator import Emulator, misplaced
from tests.tui.test_tui_pty import DEMO
from textual import constants, events
from textual.app import App
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver

from dyntui.config.profile import Profile
from dyntui.sandbox.options import SandboxOptions
from dyntui.tui.kit.terminal import environment, textual_internals
from dyntui.tui.kit.terminal.app_mixin import LeanDisplayMixin
from dyntui.tui.kit.terminal.driver import TerminalDriverMixin
from dyntui.tui.kit.terminal.input_parser import InputParser
from dyntui.tui.shell.console_state import ConsoleState
from dyntui.tui.shell.terminal_actions import window_title

WRITERS = pytest.mark.parametrize("writer", slow_except(["lean", "textual"], "lean"))
TITLE = "\x1b]2;demo (sandbox) · dyntui\x1b\\".encode()
KEEP_TITLE, RESTORE_TITLE = b"\x1b[22;2t", b"\x1b[23;2t"
BOTTOM_LINE = "? help"


class Terminals:
    """Starts consoles and shells, each on a terminal of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.opened: list[Pty] = []

    def start(self, **environ: str) -> Pty:
        """Start a console with the lean writer, and do not wait for it."""
        self.opened.append(Pty(DEMO.format(hostile=False), self.home, environ={"DYNTUI_TERMINAL": "lean"} | environ))
        return self.opened[-1]

    def console(self, **environ: str) -> Pty:
        terminal = self.start(**environ)
        terminal.wait("of 20")
        return terminal

    def shell(self, **environ: str) -> Pty:
        environ |= {"PS1": "shell> ", "DYNTUI_TERMINAL": environ.get("DYNTUI_TERMINAL", "lean")}
        terminal = Pty("", self.home, command=["bash", "--norc", "--noprofile", "-i"], environ=environ)
        self.opened.append(terminal)
        terminal.wait("shell>")
        return terminal


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[Terminals]:
    started = Terminals(tmp_path)
    yield started
    for terminal in started.opened:
        terminal.close()


DYNTUI = f"{shlex.quote(sys.executable)} -m dyntui demo --users 20"


# Size


@pytest.mark.parametrize("variables", ["", "COLUMNS=50 LINES=12 "], ids=["", "exported"])
@WRITERS
def test_the_size_is_that_of_the_terminal_if_standard_output_is_redirected(
    terminals: Terminals, writer: str, variables: str
) -> None:
    shell = terminals.shell(DYNTUI_TERMINAL=writer)
    shell.child.sendline(f"{variables}{DYNTUI} | cat")
    shell.wait("of 20")
    bottom = shell.emulator.text.split("\n")[-1]
    assert BOTTOM_LINE in bottom, "the last line of 40"
    assert "of 20" in bottom[100:], "as wide as the terminal"


def test_a_resize_is_read_from_the_terminal(terminals: Terminals) -> None:
    shell = terminals.shell()
    shell.child.sendline(f"COLUMNS=50 LINES=12 {DYNTUI} > /dev/null")
    shell.wait(BOTTOM_LINE)
    shell.emulator.resize(30, 100)
    shell.child.setwinsize(30, 100)
    while BOTTOM_LINE not in shell.emulator.text.split("\n")[29]:
        assert shell.read(), shell.emulator.text


# Title


@WRITERS
def test_the_title_names_environment_and_kind_and_is_restored(terminals: Terminals, writer: str) -> None:
    terminal = terminals.console(DYNTUI_TERMINAL=writer)
    terminal.child.send(b"Q")
    assert terminal.ended() == 0
    saved, shown, restored = (terminal.raw.find(part) for part in (KEEP_TITLE, TITLE, RESTORE_TITLE))
    assert -1 < saved < shown < restored
    assert terminal.raw.count(KEEP_TITLE) == terminal.raw.count(RESTORE_TITLE) == 1
    assert b"\x1b]2;" not in terminal.raw[restored:]


def test_the_title_is_not_set_if_it_cannot_be_restored(terminals: Terminals) -> None:
    terminal = terminals.console(STY="1.one")
    assert b"\x1b]2;" not in terminal.raw and KEEP_TITLE not in terminal.raw


class _Written(TerminalDriverMixin):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__(None, size=(80, 24))
        self.written = ""

    def write(self, data: str) -> None:
        self.written += data

    def start_application_mode(self) -> None:
        self._has_terminal = True

    def disable_input(self) -> None:
        pass


async def test_a_title_contains_no_terminal_sequences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STY", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    driver = _Written()
    driver.start_application_mode()
    driver.set_title("evil\x07\x1b\\\x9c\x1b]52;c;eA==\x07\u202e" + "x" * 500)
    assert re.fullmatch(r"\x1b\[22;2t\x1b\]2;[^\x00-\x1f\x7f-\x9f\u202e]{1,120}\x1b\\", driver.written)


@pytest.mark.parametrize(
    ("session", "title"),
    [
        (ConsoleState(), "dyntui"),
        (ConsoleState(demo=SandboxOptions(users=1)), "demo (sandbox) · dyntui"),
        (ConsoleState(profile=Profile("acme", "http://127.0.0.1:9/api/v0", "1")), "acme (live) · dyntui"),
        (
            ConsoleState(profile=Profile("acme", "http://127.0.0.1:9/api/v0", "1", kind="sandbox"), read_only=True),
            "acme (sandbox, read-only) · dyntui",
        ),
    ],
)
def test_titles(session: ConsoleState, title: str) -> None:
    assert window_title(session) == title


# Suspending, repainting, ctrl+c


@WRITERS
def test_ctrl_z_returns_to_the_shell_and_fg_repaints(terminals: Terminals, writer: str) -> None:
    shell = terminals.shell(DYNTUI_TERMINAL=writer)
    shell.child.sendline(DYNTUI)
    shell.wait("of 20")
    shell.quiet()
    before = shell.emulator.text.split("\n")[1:-1]
    start = len(shell.raw)
    shell.child.send(b"\x1a")
    while b"Stopped" not in shell.raw[start:]:
        assert shell.read()
    given = shell.raw[start:]
    for left in (b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?2004l", b"\x1b[?1049l", RESTORE_TITLE):
        assert left in given[: given.index(b"Stopped")]
    shell.emulator.reset()
    shell.emulator.reset_mode(7, private=True)
    shell.child.sendline("echo it works")
    shell.wait("\nit works")
    shell.child.sendline("fg")
    while shell.emulator.text.split("\n")[1:-1] != before:
        assert shell.read(), shell.emulator.text
    shell.child.send(b"j")
    shell.wait("2 of 20")
    assert shell.raw.count(TITLE) == 2, "the title is there again"


def test_a_console_continued_in_the_background_waits_for_the_terminal(terminals: Terminals) -> None:
    shell = terminals.shell()
    shell.child.sendline(DYNTUI)
    shell.wait("of 20")
    for command, expected in ((b"\x1a", 1), (b"bg\n", 2)):
        shell.child.send(command)
        while shell.raw.count(b"Stopped") < expected:
            shell.child.send(b"\n")
            assert shell.read()
    shell.child.sendline("fg")
    shell.wait("of 20")


def test_ctrl_z_without_job_control_is_reported(terminals: Terminals) -> None:
    terminal = terminals.console()
    terminal.child.send(b"\x1a")
    terminal.wait("Not suspended")
    terminal.child.send(b"j")
    terminal.wait("2 of 20")


def test_a_process_without_a_parent_shell_is_not_stopped(terminals: Terminals) -> None:
    """The console's parent is of its session, but nobody continues either of them."""
    code = f"import subprocess; subprocess.run({DYNTUI!r}, shell=True)"
    terminal = Pty(code, terminals.home)
    terminals.opened.append(terminal)
    terminal.wait("of 20")
    terminal.child.send(b"\x1a")
    terminal.wait("Not suspended")
    terminal.child.send(b"j")
    terminal.wait("2 of 20")


@WRITERS
def test_ctrl_l_redraws_the_screen(terminals: Terminals, writer: str) -> None:
    terminal = terminals.console(DYNTUI_TERMINAL=writer)
    terminal.wait("of 20")
    for opening, text in ((b"", "of 20"), (b"?", "esc close")):
        terminal.child.send(opening)
        terminal.wait(text)
        terminal.quiet()
        drawn = [y for y, line in enumerate(terminal.emulator.text.split("\n")) if line.strip()]
        terminal.emulator.erase_in_display(2)
        terminal.child.send(b"\x0c")
        terminal.wait(text)
        terminal.wait_until(lambda: all(terminal.emulator.text.split("\n")[y].strip() for y in drawn))  # noqa: B023


@pytest.mark.parametrize(
    ("opening", "seen"),
    slow_except(
        [(b"", "of 20"), (b"/", "enter asks the server"), (b"?", "esc close")], (b"/", "enter asks the server")
    ),
)
def test_ctrl_c_shows_how_to_quit(terminals: Terminals, opening: bytes, seen: str) -> None:
    terminal = terminals.console()
    terminal.child.send(opening)
    terminal.wait(seen)
    terminal.child.send(b"\x03")
    terminal.wait("Q to quit")


# Answers of the terminal


@pytest.mark.parametrize("when", slow_except(["at once", "after the first frame"], "after the first frame"))
def test_digits_are_in_place_if_ambiguous_characters_are_wide(terminals: Terminals, when: str) -> None:
    wide, narrow = terminals.start(), terminals.start()
    wide.emulator.wide_ambiguous = True
    wide.answers = when == "at once"
    for terminal in (wide, narrow):
        terminal.wait("of 20")
        terminal.quiet()
    wide.answer()
    wide.answers = True
    for terminal in (wide, narrow):
        terminal.child.send(b"j")
        terminal.wait("2 of 20")
        terminal.child.send(b"\r")
        terminal.wait("Profile")
        terminal.child.send(b"q")
        terminal.wait_until(lambda: "Profile" not in terminal.emulator.text)  # noqa: B023
        terminal.wait("2 of 20")
        terminal.quiet()
    found = [place for place in misplaced(narrow.emulator, wide.emulator) if "line 0:" not in place]
    assert not found, wide.emulator.text
    assert "~" in wide.emulator.text, "what is cut off has a sign"


def test_the_first_frame_does_not_wait_for_responses_and_no_response_is_a_key(terminals: Terminals) -> None:
    terminal = terminals.start()
    terminal.answers = False
    terminal.wait("of 20")
    assert terminal.raw.count(b"\x1b[6n") == 2
    assert "…" not in terminal.emulator.text.split("\n")[0][:2], "nothing of the question is left"
    terminal.child.send(b"/")
    terminal.wait("enter asks the server")
    terminal.answer()
    terminal.child.send(b"hakon")
    terminal.wait("server hakon")


@pytest.mark.parametrize("key", [b"Q", b"\x1a"], ids=["quit", "suspend"])
def test_pending_reports_are_not_typed_into_the_shell(terminals: Terminals, key: bytes) -> None:
    """The terminal is 0.3 s away: so long it goes on reporting the mouse."""
    shell = terminals.shell()
    shell.child.sendline(DYNTUI)
    shell.wait("of 20")
    shell.quiet()
    shell.answers = False
    start = len(shell.raw)
    shell.child.send(key)
    while b"\x1b[?1003l" not in shell.raw[start:]:
        assert shell.read()
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        shell.child.send(b"\x1b[<35;10;10M")
        shell.read()
    shell.answer()
    shell.answers = True
    shell.wait("shell>")
    shell.child.sendline("echo do''ne")
    shell.wait("done")
    assert "35;10" not in shell.emulator.text and ";1R" not in shell.emulator.text
    assert b"command not found" not in shell.raw[start:]


# GNU screen


@pytest.fixture
def inside_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STY", "1234.pts-0.host")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "screen.xterm-256color")


@pytest.mark.parametrize(
    ("writer", "name"),
    slow_except(
        [
            (writer, name)
            for writer in ("lean", "textual")
            for name in ("screen", "screen.xterm-256color", "xterm-256color")
        ],
        ("lean", "screen"),
    ),
)
def test_gnu_screen_gets_256_colors_and_no_colored_blanks(terminals: Terminals, writer: str, name: str) -> None:
    terminal = terminals.console(STY="1.one", COLORTERM="truecolor", TERM=name, DYNTUI_TERMINAL=writer)
    terminal.wait("of 20")
    assert b"38;5;" in terminal.raw and b"48;5;" in terminal.raw
    assert not re.search(rb"[34]8;2;", terminal.raw)
    unfilled = Emulator(120, 40, fills=False)
    unfilled.feed(terminal.raw.decode())
    assert [[cell.bg for cell in line] for line in unfilled.cells()] == [
        [cell.bg for cell in line] for line in terminal.emulator.cells()
    ], "it looks alike where erasing leaves no color"


def test_requested_colors_are_used_in_gnu_screen(inside_screen: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Small(LeanDisplayMixin[None], App[None]):
        pass

    assert Small().console._color_system is ColorSystem.EIGHT_BIT
    monkeypatch.setattr(constants, "COLOR_SYSTEM", "truecolor")
    assert Small().console._color_system is ColorSystem.TRUECOLOR


@pytest.mark.parametrize(
    ("environ", "erases"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-256color", "STY": "1.one"}, False),
        ({"TERM": "screen.xterm-256color"}, False),
        ({"TERM": "screen-256color-bce"}, False),
        ({"TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, False),
        ({}, False),
    ],
)
def test_erasing_with_a_background_color_is_not_used_in_gnu_screen(
    environ: dict[str, str], erases: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.environ", environ)
    assert environment.erases_with_background() is erases


# Pastes


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def parsed(parser: InputParser, data: str = "") -> list[Any]:
    found = [*(parser.feed(data) if data else parser.tick())]
    return [event.text if isinstance(event, events.Paste) else getattr(event, "key", event) for event in found]


def test_a_paste_without_an_end_times_out_and_later_keys_are_keys() -> None:
    parser = InputParser(clock=(clock := Clock()))
    assert parsed(parser, "\x1b[200~some text") == []
    clock.now += 2.9
    assert parsed(parser) == []
    clock.now += 0.2
    assert parsed(parser) == ["some text"]
    assert parsed(parser, "q") == ["q"]


def test_keys_and_mouse_events_do_not_prolong_a_paste_without_an_end() -> None:
    parser = InputParser(clock=(clock := Clock()))
    parsed(parser, "\x1b[200~some text")
    for key in ("q", "\x1b[<35;10;10M", "\x1b[B", "j"):
        clock.now += 0.7
        assert parsed(parser, key) == []
    clock.now += 0.3
    assert len(parsed(parser)) == 1


def test_pasted_text_is_not_parsed_as_keys() -> None:
    parser = InputParser(clock=Clock())
    text = "a\x1b[<35;10;10M\x1bq\x1b[A" + "\x1b[" + "9" * 50 + "\n\x1b["
    assert parsed(parser, f"k\x1b[200~{text}") == ["k"]
    assert parsed(parser) == []
    assert parsed(parser, "\x1b[201~\x1b[200~\x1b[201~j") == [text, "", "j"]


@pytest.mark.parametrize("cut", range(1, 6))
def test_a_slow_paste_is_one_paste(cut: int) -> None:
    parser = InputParser(clock=(clock := Clock()))
    parsed(parser, "x\x1b[200~"[: 1 + cut])
    parsed(parser, "x\x1b[200~"[1 + cut :])
    for _ in range(20):
        clock.now += 2
        assert parsed(parser, "x" * 100) == []
    for _ in range(20):  # a slow line: a few characters at a time
        clock.now += 0.2
        assert parsed(parser, "y") == []
    parsed(parser, "\x1b[201~"[:cut])
    assert parsed(parser, "\x1b[201~"[cut:] + "q") == ["x" * 2000 + "y" * 20, "q"]
    clock.now += 10
    assert parsed(parser) == []


@pytest.mark.slow
@WRITERS
def test_the_console_continues_after_a_paste_without_an_end(terminals: Terminals, writer: str) -> None:
    terminal = terminals.console(DYNTUI_TERMINAL=writer)
    terminal.child.send(b"/")
    terminal.wait("enter asks the server")
    terminal.child.send(b"\x1b[200~lostend")
    terminal.wait("lostend")
    terminal.child.send(b"\x1b")
    terminal.wait("of 20")


# Private names of Textual


def test_textual_has_the_private_names_for_size_and_parser() -> None:
    assert "_get_terminal_size" in textual_internals._names(LinuxDriver.start_application_mode.__code__)
    assert "XTermParser" in LinuxDriver.run_input_thread.__code__.co_names
    assert hasattr(linux_driver, "XTermParser")
