"""Hostile text on its way to the clipboard and to messages: nothing in it acts on a terminal."""

from __future__ import annotations

import base64
import json
import re

import pytest
from tests.families import slow_except
from tests.tui.tui_support import demo, press, settled
from textual.widgets import Input

from dyntui.sandbox.hostile_payloads import PAYLOADS
from dyntui.tui.kit import clipboard
from dyntui.tui.shell.app import Console

HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]")

COPIES = {
    "value of a user": ("enter", "down", "down", "y"),
    "id of a user": ("y",),
    "credentials": ("enter", "2", "y"),
    "raw user": ("enter", "0", "z", "down", "y"),
    "all of a raw user": ("enter", "0", "z", "y"),
    "e-mail of a user": ("enter", "c", "down", "enter"),
    "user as JSON": ("enter", "c", "end", "enter"),
    "e-mails of users": ("space", "space", "space", "c", "down", "enter"),
    "wallet": ("colon", *"wallets", "enter", "enter", "down", "y"),
    "a request": ("R", "y"),
    "a message": ("y", "exclamation_mark", "y"),
}


def sent_to_terminal(console: Console, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sent: list[str] = []
    monkeypatch.setattr(console, "write_to_terminal", sent.append)
    return sent


def clipboard_of(sequence: str) -> str:
    found = re.fullmatch("\x1b]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert found, sequence
    return base64.b64decode(found[1]).decode()


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


IN_LINES = ("user as JSON", "e-mails of users")


@pytest.mark.parametrize("name", slow_except(COPIES, "id of a user", "user as JSON", "e-mails of users", "a message"))
async def test_copied_text_contains_no_terminal_sequences(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo(12, hostile=True)
    sent = sent_to_terminal(console, monkeypatch)
    async with console.run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        await press(pilot, *COPIES[name])
        text = clipboard_of(sent[-1])
        assert text
        assert text == console.clipboard_text
        lines = text.split("\n") if name in IN_LINES else [text]
        assert not [line for line in lines if HARMFUL.search(line)]
        if name == "user as JSON":
            assert json.loads(text)["id"]
        assert not [note.text for note in console.session.notifications if HARMFUL.search(note.text)]


async def test_any_text_is_copied_as_one_harmless_line(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo(1)
    sent = sent_to_terminal(console, monkeypatch)
    async with console.run_test(size=(100, 30), notifications=True) as pilot:
        await settled(pilot)
        for payload in PAYLOADS:
            sent.clear()
            clipboard.send_to_clipboard(console, payload, "value")
            console.copy_to_clipboard(payload)
            console.notify(payload, title=payload)
            await settled(pilot)
            assert len(sent) == 2
            assert not HARMFUL.search(clipboard_of(sent[0]))
            assert not [line for line in clipboard_of(sent[1]).split("\n") if HARMFUL.search(line)]
            assert not HARMFUL.search(console.session.notifications[-1].text)
            assert not [note for note in console._notifications if HARMFUL.search(note.title + note.message)]
            console.clear_notifications()


async def test_text_copied_from_a_field_is_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo(1)
    sent_to_terminal(console, monkeypatch)
    async with console.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await press(pilot, "slash")
        field = console.focused
        assert isinstance(field, Input)
        field.value = "a\u202eb"
        field.select_all()
        field.action_copy()
        assert (console.clipboard, console.clipboard_text) == ("a\u202eb", "a<202e>b")
