"""Plain mode, as a screen reader gets it: lines of text from a real terminal, and what is not announced."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.tui.pty_support import Pty
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from dyntui.tui.kit.action_registry import key_label
from dyntui.tui.kit.plain.announcer import Announcer
from dyntui.tui.kit.plain.plain_text import plain_text
from dyntui.tui.kit.terminal.app_mixin import LeanDisplayMixin
from dyntui.tui.kit.widgets.spinner import Spinner
from dyntui.tui.shell.actions import SHELL_ACTIONS

DEMO = """
    import os
    os.chdir(os.environ["DYNTUI_HOME"])
    from dyntui.sandbox.options import SandboxOptions
    from dyntui.tui import run
    raise SystemExit(run(None, demo=SandboxOptions(users=30, seed=1, now="2026-03-01T12:00:00Z")))
"""
KEYS = {"enter": "\r", "down": "\x1b[B", "up": "\x1b[A", "left": "\x1b[D", "escape": "\x1b", "backspace": "\x7f"}
KEYS |= {"ctrl+l": "\x0c", "ctrl+s": "\x13", "tab": "\t"}
ALLOWED = re.compile(r"\x1b\[\?2004[hl]|\x1b\]52;c;[A-Za-z0-9+/=]*\x07")
"""Bracketed paste and the clipboard: neither draws nor moves anything."""
SIGNS = re.compile("[\u2500-\u25ff\u2800-\u28ff\x00-\x09\x0b-\x1f\x7f]")


class Reader:
    """A screen reader: what it reads after each key."""

    def __init__(self, home: Path, *, term: str) -> None:
        self.terminal = Pty(DEMO, home, environ={"TERM": term})
        self.terminal.answers = False

    @property
    def text(self) -> str:
        return ALLOWED.sub("", self.terminal.raw.decode()).replace("\r\n", "\n")

    def read(self, *texts: str, start: int = 0) -> str:
        """Wait until there are these texts, from `start` on and in this order. Returns the new text."""
        pattern = re.compile(".*".join(map(re.escape, ("", *texts))), re.DOTALL)
        self.terminal.wait_until(lambda: pattern.match(self.text, start) is not None)
        return self.text[start:]

    def press(self, key: str, *texts: str) -> str:
        """Press a key, or type a text, and wait for these texts."""
        start = len(self.text)
        self.terminal.child.send(KEYS.get(key, key))
        return self.read(*texts, start=start)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """The demo in plain mode by the setting, on a terminal that can only print."""
    settings = tmp_path / "config" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("plain = true\n")
    reader = Reader(tmp_path, term="dumb")
    yield reader
    reader.terminal.close()


def test_every_key_is_followed_by_lines_of_plain_text(reader: Reader) -> None:
    reader.read(
        "dyntui in plain mode. ? lists the keys of a screen, ctrl+l reads the screen again, ",
        "Screen: users, sandbox, demo",
        "row 1 of 30",
    )
    row = reader.press("down", "email: ", "row 2 of 30")
    assert "name: " in row and "wallets: " in row and "country: " in row
    reader.press(" ", "1 marked", "row 3 of 30")
    assert "marked, row 2" in reader.press("up", "row 2 of 30")

    # a detail screen: title, tab, fields, a table
    reader.press("enter", "Screen: users, ", "Tab: Profile, tab 1 of 11", "first name: ")
    reader.press("down", "last name: ", "3 of ")
    reader.press("3", "Tab: Wallets, ", "chain: ", "row 1 of ")
    reader.press("ctrl+l", "Tab: Wallets", "Environment: sandbox", "Tabs: 1 Profile", "Status: ", "Keys: ")

    # a form: label, value and hint of each field; typed text is echoed, other changes are read
    reader.press("e", "Dialog: Profile of ", "cannot change the email.\n", "Keys: up or down field", "first name: ")
    assert reader.press("Zoe", "Zoe").endswith("Zoe")
    reader.press("left", "e")
    assert not reader.press("backspace", "Ze").endswith("\n")
    reader.press("escape", "Press esc again to discard your changes.")
    reader.press("escape", "Screen: users, ", "chain: ")

    # an edit: the difference, the result, and the object only as it is afterwards
    reader.press("e", "first name: ")
    reader.press("Zoe", "Zoe")
    reader.press("ctrl+s", "Dialog: Edit user ", "In sandbox environment demo.", "first name: ", "y or enter edit")
    edited = reader.press("y", "Message: User ", " edited. Press Z to undo it\n", "Screen: users, ", "chain: ")
    assert "Dialog" not in edited and "out of date" not in edited

    # a confirmation with its effects and keys
    reader.press("d", "Dialog: Delete user ", "In sandbox environment demo.", "This cannot be undone.", "y delete")
    reader.press("escape", "Screen: users, ")

    # notifications, the jump bar with suggestions, a list without rows
    reader.press("Y", "Message: User id copied to the clipboard")
    reader.press("escape", "Screen: users, sandbox, demo", "marked, row 2 of 30")
    reader.press(":", "an id, a full name", "Jump to: ")
    reader.press("webh", "webh", "webhooks, ", "1 of ")
    reader.press("enter", "Screen: webhooks, ", "URL: ", "row 1 of 2")
    reader.press("escape", "Screen: users")
    reader.press("/", "Filter, server: ")
    reader.press("nobody-has-this\r", "No users match `nobody-has-this`. Press / to change the filter")

    # results of a write
    reader.press("escape", "Screen: users, sandbox", "row 1 of 30")
    reader.press("d", "y delete")
    start = len(reader.text)
    reader.press("y", "Message: User ", " deleted\n")
    reader.read("deleted, row 1 of 30", start=start)

    reader.terminal.child.send("Q")
    assert reader.terminal.ended() == 0
    assert not SIGNS.search(reader.text)


@pytest.mark.slow
def test_an_import_is_announced_step_by_step_with_its_results(reader: Reader, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("email,first name\nada@example.com,Ada\nbob@@example.com,Bob\n")
    reader.read("row 1 of 30")
    reader.press("i", "Step: source, 1 of 8", "people.csv, ")
    reader.press("enter", "size, 58 B")
    reader.read("Step: parse, 2 of 8")
    reader.press("]", "Step: map, 3 of 8, 1 to choose", "field: warning: emailVerifiedAt")
    reader.press("t", "Dialog: Are these email addresses verified?", "Not verified, 1 of 2")
    reader.press("enter", "Screen: import, people.csv", "] goes to the next step")
    reader.press("]", "Step: review, 4 of 8", "1 with problems", "row: 2, email: bob@@example.com")
    reader.press("enter", "Cell: bob@@example.com")
    reader.press("escape", "row 1 of 1")
    reader.press("]", "Step: check, 5 of 8")
    reader.press("enter", "1 row checked", "No row exists on the server.")
    reader.press("]", "Step: plan, 6 of 8", "created, 1, new")
    reader.press("enter", "Dialog: Import file people.csv", "y send 1 row")
    reader.press("y", "created, 1, new", "1 of 2 imported, 1 not imported", "result: created")
    reader.read("Step: finish, 8 of 8")
    assert not SIGNS.search(reader.text)


def test_the_option_turns_plain_mode_on(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "dyntui", "--plain", "demo", "--users", "3"]
    terminal = Pty("", tmp_path, command=command)
    terminal.wait_until(lambda: b"row 1 of 3" in terminal.raw)
    terminal.child.send("Q")
    assert terminal.ended() == 0
    assert not SIGNS.search(ALLOWED.sub("", terminal.raw.decode()).replace("\r\n", ""))


def test_the_documented_keys_are_those_of_the_actions() -> None:
    page = (Path(__file__).parents[2] / "docs" / "accessibility.md").read_text()
    table = page.partition("## Keys for reading")[2].partition("\n## ")[0]
    actions = {action.id: action for action in SHELL_ACTIONS}
    for action_id in ("app.repaint", "app.help", "list.columns", "app.times", "app.notifications", "app.quit"):
        assert any(f"`{key_label(key)}`" in table for key in actions[action_id].keys), action_id


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        ("  ▌ Source ✓   Parse ✓   ▸Map 3", "Source done, Parse done, Map 3"),
        ("[x] email   24", "selected, email, 24"),
        ("┌──┐ ada · 3 rows │", "ada, 3 rows"),
        ("···", ""),
        ("—", "none"),
        ("plain words, kept", "plain words, kept"),
        ("! t to choose", "warning: t to choose"),
        ("origin *", "origin, required"),
        ("Keys: users › ada", "Keys: users, ada"),
    ],
)
def test_signs_become_words(drawn: str, read: str) -> None:
    assert plain_text(drawn) == read


async def _until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await pilot.pause()
            await asyncio.sleep(0)


class ProgressApp(LeanDisplayMixin[None], App[None]):
    def __init__(self) -> None:
        super().__init__(plain=True)

    def compose(self) -> ComposeResult:
        yield Spinner("0 of 9 rows")

    def show_progress(self, text: str) -> None:
        spinner = self.query_one(Spinner)
        spinner.label = text
        spinner.refresh()


async def test_progress_is_announced_at_intervals_and_after_a_key() -> None:
    app = ProgressApp()
    written: list[str] = []
    async with app.run_test(size=(80, 24)) as pilot:
        announcer = app.announcer
        assert isinstance(announcer, Announcer)
        announcer.start(written.append)
        await _until(pilot, lambda: written == ["0 of 9 rows\n"])
        for count in range(1, 5):
            app.show_progress(f"{count} of 9 rows")
            await pilot.pause()
            announcer.announce_message(f"message {count}")
        assert [text for text in written if "rows" in text] == ["0 of 9 rows\n"]
        announcer.key_pressed()
        announcer.schedule()
        await _until(pilot, lambda: written[-1] == "4 of 9 rows\n")
