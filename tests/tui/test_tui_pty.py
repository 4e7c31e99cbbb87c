"""The console in a real terminal: what is loaded when it first shows, how it leaves, what reaches the terminal."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.families import slow_except
from tests.tui.pty_support import Pty

from dyntui.sandbox.hostile_payloads import PAYLOADS

LEFT = (b"\x1b[?1049l", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?25h")
_LIMIT = 60.0


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[list[Pty]]:
    """Terminals that were opened; they are closed whatever happens."""
    terminals: list[Pty] = []
    yield terminals
    for terminal in terminals:
        terminal.close()


DEMO = """
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.tui import run
    raise SystemExit(run(None, demo=SandboxOptions(users=20, hostile={hostile})))
"""

PROBE = """
    import sys
    from pathlib import Path
    from dyntui.config.profile import Profile
    from dyntui.tui import run
    from dyntui.tui.shell.app import Console

    def probe(self):
        Path({found!r}).write_text("\\n".join(sorted(sys.modules)))
        self.exit(7)

    Console.open_environment = probe
    raise SystemExit(run(Profile("acme", "http://127.0.0.1:9/api/v0", "3f2a0bcf-34e3-43cd-9cd5-091f0c3c9c1e")))
"""


def test_the_first_frame_comes_before_any_network_or_keyring_code(tmp_path: Path, opened: list[Pty]) -> None:
    found = tmp_path / "modules"
    terminal = Pty(PROBE.format(found=str(found)), tmp_path / "home")
    opened.append(terminal)
    assert terminal.ended() == 7
    assert "● live" in terminal.raw.decode()
    assert "EMAIL" in terminal.raw.decode()
    modules = set(found.read_text().split())
    assert "textual.app" in modules
    heavy = {
        "httpx",
        "pydantic",
        "keyring",
        "markdown",
        "markdown_it",
        "orjson",
        "sqlite3",
        "cryptography",
    }
    assert not heavy & modules


FIRST_USERS_PROBE = """
    import sys
    from pathlib import Path
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.tui import run
    from dyntui.tui.shell.app import Console
    from dyntui.tui.shell.lists.list_screen import ListScreen

    refresh_status = ListScreen.refresh_status

    def probe(self):
        refresh_status(self)
        if self.view is not None and self.view.loaded_rows():
            Path({found!r}).write_text("\\n".join(sorted(sys.modules)))
            self.app.exit(7)

    ListScreen.refresh_status = probe
    raise SystemExit(run(None, demo=SandboxOptions(users=20)))
"""


def test_the_first_users_of_a_demo_come_before_any_code_of_imports(tmp_path: Path, opened: list[Pty]) -> None:
    found = tmp_path / "modules"
    terminal = Pty(FIRST_USERS_PROBE.format(found=str(found)), tmp_path / "home")
    opened.append(terminal)
    assert terminal.ended() == 7
    modules = set(found.read_text().split())
    assert "dyntui.sandbox.sandbox" in modules
    assert not {"dyntui.importer", "dyntui.store.journal", "pydantic", "starlette", "uvicorn"} & modules


@pytest.mark.parametrize("number", slow_except([signal.SIGTERM, signal.SIGHUP, signal.SIGINT], signal.SIGTERM))
def test_a_signal_restores_the_terminal(number: signal.Signals, tmp_path: Path, opened: list[Pty]) -> None:
    terminal = Pty(DEMO.format(hostile=False), tmp_path)
    opened.append(terminal)
    terminal.wait("of 20")
    os.kill(terminal.child.pid, number)
    assert terminal.ended() == 128 + number
    for restored in LEFT:
        assert restored in terminal.raw


def test_quitting_restores_the_terminal(tmp_path: Path, opened: list[Pty]) -> None:
    terminal = Pty(DEMO.format(hostile=False), tmp_path)
    opened.append(terminal)
    terminal.wait("of 20")
    terminal.child.send(b"Q")
    assert terminal.ended() == 0
    for restored in LEFT:
        assert restored in terminal.raw


def test_no_byte_of_a_payload_reaches_the_terminal(tmp_path: Path, opened: list[Pty]) -> None:
    terminal = Pty(DEMO.format(hostile=True), tmp_path)
    opened.append(terminal)
    terminal.wait("of 20")
    for keys, seen in (
        (b"\r", "Profile"),
        (b"2", "IDENTIFIER"),
        (b"0", "projectEnvironmentId"),
        (b"?", "change key"),
        (b"\x1b", ""),
        (b"q", "EMAIL"),
        (b":wallets\r", "PROVIDER"),
        (b":allowlists\r", "OUTCOME"),
        (b"\r", "IDENTIFIER"),
        (b"!", "SEVERITY"),
    ):
        terminal.child.send(keys)
        terminal.wait(seen)
        if not seen:  # the keys of the closed help were beside the document
            terminal.wait_until(lambda: "change key" not in terminal.emulator.text)
    terminal.child.send(b"Q")
    assert terminal.ended() == 0
    assert "␛[2J".encode() in terminal.raw
    for bad in (b"\x1b]0;", b"\x1b]8;", b"\x1b[2J", b"\x1b[31m", b"\xc2\x9b", b"\xc2\x9d", b"\x7f", b"\x00"):
        assert bad not in terminal.raw
    assert terminal.raw.count(b"\x07") == terminal.raw.count(b"\x1b]22;")  # the shape of the pointer, by Textual
    for payload in PAYLOADS:
        if not payload.isprintable():
            assert payload.encode("utf-8", "surrogatepass") not in terminal.raw


@pytest.mark.parametrize(("writer", "most"), slow_except([("lean", 500), ("textual", 1_000)], ("lean", 500)))
def test_a_cursor_move_writes_few_bytes_and_an_unchanged_refresh_none(
    tmp_path: Path, opened: list[Pty], writer: str, most: int
) -> None:
    terminal = Pty(DEMO.format(hostile=False), tmp_path, DYNTUI_TERMINAL=writer)
    opened.append(terminal)
    terminal.wait("of 20")
    terminal.child.send(b"R")
    terminal.wait("OPERATION")
    terminal.child.send(b"q")
    terminal.wait("EMAIL")
    before = terminal.quiet()
    terminal.child.send(b"j")
    terminal.wait("2 of 20")
    moved = terminal.quiet()
    assert moved - before <= most
    terminal.child.send(b"r")
    terminal.child.send(b"k")
    terminal.wait("1 of 20")
    assert terminal.quiet() - moved <= most


def test_keys_typed_ahead_reach_the_intended_screen(tmp_path: Path, opened: list[Pty]) -> None:
    terminal = Pty(DEMO.format(hostile=False), tmp_path, NO_COLOR="1")
    opened.append(terminal)
    terminal.wait("of 20")
    before = terminal.quiet()
    terminal.child.send(b"/exampl")
    terminal.wait(" of 20 loaded rows")
    terminal.quiet()
    assert re.search(rb"\x1b\[[0-9;]*\b4[;m][^\x1b]*exampl", terminal.raw[before:]), "underlined without color"
    terminal.child.send(b"\x7f\x7fple\r")
    terminal.wait("/example")
    terminal.child.send(b":allowlists\r")
    terminal.wait("Beta testers")
    terminal.child.send(b"Q")
    assert terminal.ended() == 0


@pytest.mark.slow
@pytest.mark.parametrize("writer", ["lean", "textual"])
def test_the_screen_is_restored_after_the_external_editor(writer: str, tmp_path: Path, opened: list[Pty]) -> None:
    visual = "sh -c 'clear; echo this is the editor; read line' editor"
    terminal = Pty(DEMO.format(hostile=False), tmp_path, VISUAL=visual, DYNTUI_TERMINAL=writer)
    opened.append(terminal)
    terminal.wait("of 20")
    terminal.child.send(b"\r")
    terminal.wait("Profile")
    terminal.child.send(b"9")
    terminal.wait("plan")
    terminal.wait("Credentials 4")  # counts of the tabs come later than the screen
    terminal.quiet()
    before = terminal.emulator.cells()
    terminal.child.send(b"E")
    terminal.wait("this is the editor")
    terminal.child.send(b"\n")
    end = time.monotonic() + _LIMIT
    while terminal.emulator.cells()[1:-1] != before[1:-1]:
        assert terminal.read() and time.monotonic() < end, terminal.emulator.text


@pytest.mark.parametrize("writer", slow_except(["lean", "textual"], "lean"))
def test_invalid_utf_8_input_does_not_end_the_console(tmp_path: Path, opened: list[Pty], writer: str) -> None:
    terminal = Pty(DEMO.format(hostile=False), tmp_path, DYNTUI_TERMINAL=writer)
    opened.append(terminal)
    terminal.wait("of 20")
    terminal.child.send(b"\xff\x1b[M\xe0\xff\xc3\x1b[99999999u/caf\xe9.\x1b[200~\xfe\xff!\x1b[201~")
    terminal.wait("caf\ufffd.\ufffd\ufffd!")
    terminal.child.send(b"\x1b")
    terminal.wait("filter")
    terminal.child.send(b"Q")
    assert terminal.ended() == 0


CRASH = """
    import threading
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.tui import run
    from dyntui.tui.shell.app import Console
    from dyntui.tui.kit.terminal.input_decoder import InputDecoder

    def fail(*arguments, **named):
        raise ZeroDivisionError("on purpose")

    def start(self):
        {how}

    {before}
    Console.on_ready = start
    raise SystemExit(run(None, demo=SandboxOptions(users=3)))
"""


@pytest.mark.parametrize(
    ("how", "before"),
    slow_except(
        [
            ("self.call_later(fail)", ""),
            ("self.set_timer(0.01, fail)", ""),
            ("self.run_worker(fail, thread=True)", ""),
            ("threading.Thread(target=fail).start()", ""),
            ("__import__('asyncio').get_running_loop().call_soon(fail)", ""),
            ("pass", "InputDecoder.decode = fail"),
            ("pass", "Console.__init__ = fail"),
            ("pass", "Console.get_default_screen = fail"),
            ("pass", "Console.on_mount = fail"),
        ],
        ("self.call_later(fail)", ""),
        ("threading.Thread(target=fail).start()", ""),
    ),
)
def test_a_crash_prints_the_path_of_its_report_and_exits_1(
    how: str, before: str, tmp_path: Path, opened: list[Pty]
) -> None:
    home = tmp_path / ("long" * 30)
    terminal = Pty(CRASH.format(how=how, before=before), home)
    opened.append(terminal)
    terminal.child.send(b"x")
    assert terminal.ended() == 1
    (report,) = (home / "state" / "crashes").iterdir()
    output = terminal.raw.decode().replace("\r\n", "\n")
    assert f"(ZeroDivisionError). Report, without secrets: {report}\n" in output
    assert "ZeroDivisionError: on purpose" in report.read_text()
    assert "Traceback" not in output
