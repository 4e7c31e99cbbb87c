"""How access control looks: pytest -m '' tests/tui/test_tui_access_snapshots.py --snapshot-update

A screen is taken in one size (see test_tui_snapshots.py). What is not taken is a widget that another snapshot shows:
the menu, the help, the choice of an order, a form, the file picker. Its contents are asserted in test_tui_access.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.tui.access_support import (
    ALLOWLISTS,
    BETA_TESTERS_ENTRIES,
    LAUNCH_PARTY_ENTRIES,
    WALLET,
    go,
    pretend_live,
    to,
)
from tests.tui.tui_support import console_of, demo, fill, paste, press, settled, sized
from textual.pilot import Pilot

from dyntui.tui.shell.action_runner import ProgressDialog

pytestmark = pytest.mark.slow

Compare = Callable[..., bool]
Way = Callable[[Pilot[Any]], Awaitable[None]]


def keys(*pressed: str) -> Way:
    async def way(pilot: Pilot[Any]) -> None:
        await go(pilot, *pressed)

    return way


def then(first: Way, *pressed: str, filled: tuple[str, ...] = ()) -> Way:
    async def way(pilot: Pilot[Any]) -> None:
        await first(pilot)
        if filled:
            await fill(pilot, *filled)
        await press(pilot, *pressed)

    return way


async def pasted(pilot: Pilot[Any]) -> None:
    await go(pilot, *BETA_TESTERS_ENTRIES, "p")
    await paste(pilot, f"jose.munoz@example.org, José\nada@example.com, Ada\nADA@example.com\n{WALLET}\nada\nfid:77\n")


async def progress(pilot: Pilot[Any]) -> None:
    await go(pilot, *BETA_TESTERS_ENTRIES)
    dialog = ProgressDialog("Remove …", 5_000, asyncio.Event())
    console_of(pilot).ask(dialog)
    await settled(pilot)
    dialog.show(1_234)
    await settled(pilot)


SCREENS: dict[str, Way] = {
    "lists": keys(*ALLOWLISTS),
    "lists-help": keys(*ALLOWLISTS, "question_mark"),
    "lists-actions": keys(*ALLOWLISTS, "a"),
    "list-new": keys(*ALLOWLISTS, "plus"),
    "list-edit-wrong": then(keys(*ALLOWLISTS, "plus"), filled=("", "", "")),
    "list-edit": keys(*ALLOWLISTS, "e"),
    "list-create": then(keys(*ALLOWLISTS, "plus"), filled=("Guests", "", "")),
    "list-enable": keys(*ALLOWLISTS, "G", "t"),
    "list-enable-read": keys(*ALLOWLISTS, "G", "t", "pagedown", "pagedown"),
    "list-disable": keys(*ALLOWLISTS, "t"),
    "list-delete": keys(*ALLOWLISTS, "j", "j", "d"),
    "list-change": keys(*ALLOWLISTS, "e", "down", "left", "enter", "enter"),
    "entries": keys(*BETA_TESTERS_ENTRIES),
    "entries-help": keys(*BETA_TESTERS_ENTRIES, "question_mark"),
    "entries-off": keys(*LAUNCH_PARTY_ENTRIES),
    "entries-order": keys(*BETA_TESTERS_ENTRIES, "s"),
    "entries-ordered": keys(*BETA_TESTERS_ENTRIES, "s", "j", "enter"),
    "entries-nothing": keys(*BETA_TESTERS_ENTRIES, "slash", *"zzz", "enter"),
    "entry-add": keys(*BETA_TESTERS_ENTRIES, "plus"),
    "entry-wrong": then(keys(*BETA_TESTERS_ENTRIES, "plus"), filled=("ada", "", "")),
    "entry-added": then(keys(*BETA_TESTERS_ENTRIES, "plus"), filled=("ada@example.com", "", "Ada")),
    "entry-edit": keys(*BETA_TESTERS_ENTRIES, "e"),
    "entry-replace": then(keys(*LAUNCH_PARTY_ENTRIES, "j", "e"), filled=("south", "", "")),
    "entry-alias": then(keys(*BETA_TESTERS_ENTRIES, "e"), filled=("", "", "Joe")),
    "entries-remove": keys(*BETA_TESTERS_ENTRIES, "space", "space", "space", "d"),
    "entries-copy": keys(*BETA_TESTERS_ENTRIES, "A"),
    "entries-undo": then(keys(*BETA_TESTERS_ENTRIES, "d", "y"), "u"),
    "entries-undo-plan": then(keys(*BETA_TESTERS_ENTRIES, "d", "y"), "u", "enter"),
    "paste": pasted,
    "drafts": then(pasted, "ctrl+s"),
    "drafts-edit": then(pasted, "ctrl+s", "e"),
    "drafts-send": then(pasted, "ctrl+s", "enter"),
    "progress": progress,
    "export": keys(*ALLOWLISTS, "x"),
    "import": keys(*ALLOWLISTS, "i"),
    "access-check": keys(*ALLOWLISTS, "w"),
    "access-check-invalid": then(keys(*ALLOWLISTS, "w"), filled=("ada",)),
    "answer": then(keys(*ALLOWLISTS, "w"), filled=("ada@example.com",)),
    "compare-with": keys(*ALLOWLISTS, "D"),
    "compare-file": keys(*ALLOWLISTS, "D", *"File", "enter"),
    "compare": keys(*ALLOWLISTS, "G", "D", "down", "enter"),
    "compare-there": keys(*ALLOWLISTS, "G", "D", "down", "enter", "f", "f"),
    "sync": keys(*ALLOWLISTS, "G", "D", "down", "enter", "A"),
    "sync-removing": keys(*ALLOWLISTS, "G", "D", "down", "enter", "ctrl+s"),
    "duplicates-none": keys(*ALLOWLISTS, "f"),
    "duplicates": keys(*BETA_TESTERS_ENTRIES, "space", "A", "enter", "y", *ALLOWLISTS, "f"),
    "gates": keys(*to("gates")),
    "gate": keys(*to("gates", "enter")),
    "gate-raw": keys(*to("gates", "enter", "2")),
    "gate-new": keys(*to("gates", "plus")),
    "gate-create": then(keys(*to("gates"), "plus"), filled=("Owners", "", "", f"nft:1:{WALLET}", "", "")),
    "gate-edit": keys(*to("gates", "G", "e")),
    "gate-enable": keys(*to("gates", "G", "t")),
    "gate-delete": keys(*to("gates", "d")),
    "user-access": keys("enter", "w"),
    "user-access-add": keys("enter", "w", "G", "A"),
    "user-access-on": keys("enter", "w", "G", "A", "enter", "y"),
    "user-access-remove": keys("enter", "w", "G", "A", "enter", "y", "d"),
    "user-access-explain": keys("enter", "w", "w"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make folders and random ids the same in every run."""
    (tmp_path / "files").mkdir()
    monkeypatch.chdir(tmp_path / "files")
    monkeypatch.setattr("dyntui.tui.features.imports.formatting.short_path", lambda path: "~/files")
    monkeypatch.setattr("secrets.token_hex", lambda size: "ab" * size)


NOT_TAKEN = (
    "lists-help", "lists-actions", "list-edit", "list-enable-read", "entries-help", "entries-order", "entries-ordered",
    "entries-nothing", "entry-alias", "export", "import", "compare-file", "compare-there", "duplicates-none",
    "gate-raw", "gate-edit", "user-access-explain",
)  # fmt: skip
"""Screens that only test_tui_terminal_screens.py goes through."""
WIDE_ONES = ("lists", "compare", "answer", "gate")
"""The screens that are taken in 120x40."""


@pytest.mark.parametrize(("name", "size"), sized([name for name in SCREENS if name not in NOT_TAKEN], WIDE_ONES))
def test_screens(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    assert snap_compare(demo(), terminal_size=size, run_before=SCREENS[name])


@pytest.mark.parametrize(("name", "size"), sized(["list-enable", "entries-remove"]))
def test_live(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, name: str, size: tuple[int, int]) -> None:
    pretend_live(monkeypatch)
    assert snap_compare(demo(), terminal_size=size, run_before=SCREENS[name])
