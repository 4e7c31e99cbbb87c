"""How access control looks, wide and small: pytest tests/tui/test_tui_access_snapshots.py --snapshot-update"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from access_support import DOOR_ENTRIES, LISTS, TESTERS, WALLET, go, pretend_live, to
from textual.pilot import Pilot
from tui_support import SIZE, SMALL, console_of, demo, fill, paste, press, settled

from dyntui.tui.shell.action_runner import ProgressDialog

pytestmark = pytest.mark.slow

Compare = Callable[..., bool]
Way = Callable[[Pilot[Any]], Awaitable[None]]

SIZES = pytest.mark.parametrize("size", [SIZE, SMALL], ids=["wide", "small"])


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
    await go(pilot, *TESTERS, "p")
    await paste(pilot, f"jose.munoz@example.org, José\nada@example.com, Ada\nADA@example.com\n{WALLET}\nada\nfid:77\n")


async def progress(pilot: Pilot[Any]) -> None:
    await go(pilot, *TESTERS)
    dialog = ProgressDialog("Remove …", 5_000, asyncio.Event())
    console_of(pilot).ask(dialog)
    await settled(pilot)
    dialog.show(1_234)
    await settled(pilot)


SCREENS: dict[str, Way] = {
    "lists": keys(*LISTS),
    "lists-help": keys(*LISTS, "question_mark"),
    "lists-actions": keys(*LISTS, "a"),
    "list-new": keys(*LISTS, "n"),
    "list-edit-wrong": then(keys(*LISTS, "n"), filled=("", "", "")),
    "list-edit": keys(*LISTS, "e"),
    "list-create": then(keys(*LISTS, "n"), filled=("Guests", "", "")),
    "list-enable": keys(*LISTS, "G", "t"),
    "list-enable-read": keys(*LISTS, "G", "t", "pagedown", "pagedown"),
    "list-disable": keys(*LISTS, "t"),
    "list-delete": keys(*LISTS, "j", "j", "d"),
    "list-change": keys(*LISTS, "e", "down", "left", "enter", "enter"),
    "entries": keys(*TESTERS),
    "entries-help": keys(*TESTERS, "question_mark"),
    "entries-off": keys(*DOOR_ENTRIES),
    "entries-order": keys(*TESTERS, "s"),
    "entries-ordered": keys(*TESTERS, "s", "j", "enter"),
    "entries-nothing": keys(*TESTERS, "slash", *"zzz", "enter"),
    "entry-add": keys(*TESTERS, "n"),
    "entry-wrong": then(keys(*TESTERS, "n"), filled=("ada", "", "")),
    "entry-added": then(keys(*TESTERS, "n"), filled=("ada@example.com", "", "Ada")),
    "entry-edit": keys(*TESTERS, "e"),
    "entry-replace": then(keys(*DOOR_ENTRIES, "j", "e"), filled=("south", "", "")),
    "entry-alias": then(keys(*TESTERS, "e"), filled=("", "", "Joe")),
    "entries-remove": keys(*TESTERS, "space", "space", "space", "d"),
    "entries-copy": keys(*TESTERS, "C"),
    "entries-undo": then(keys(*TESTERS, "d", "y"), "u"),
    "entries-undo-plan": then(keys(*TESTERS, "d", "y"), "u", "enter"),
    "paste": pasted,
    "drafts": then(pasted, "ctrl+s"),
    "drafts-kind": then(pasted, "ctrl+s", "j", "j", "j", "j", "e"),
    "drafts-send": then(pasted, "ctrl+s", "enter"),
    "progress": progress,
    "export": keys(*LISTS, "x"),
    "import": keys(*LISTS, "i"),
    "who": keys(*LISTS, "w"),
    "who-wrong": then(keys(*LISTS, "w"), filled=("ada",)),
    "answer": then(keys(*LISTS, "w"), filled=("ada@example.com",)),
    "compare-with": keys(*LISTS, "c"),
    "compare-file": keys(*LISTS, "c", "G", "enter"),
    "compare": keys(*LISTS, "G", "c", "j", "enter"),
    "compare-there": keys(*LISTS, "G", "c", "j", "enter", "f", "f"),
    "sync": keys(*LISTS, "G", "c", "j", "enter", "s"),
    "sync-removing": keys(*LISTS, "G", "c", "j", "enter", "S"),
    "duplicates-none": keys(*LISTS, "D"),
    "duplicates": keys(*TESTERS, "space", "C", "enter", "y", *LISTS, "D"),
    "gates": keys(*to("gates")),
    "gate": keys(*to("gates", "enter")),
    "gate-raw": keys(*to("gates", "enter", "2")),
    "gate-new": keys(*to("gates", "n")),
    "gate-create": then(keys(*to("gates"), "n"), filled=("Owners", "", "", f"nft:1:{WALLET}", "", "")),
    "gate-edit": keys(*to("gates", "G", "e")),
    "gate-enable": keys(*to("gates", "G", "t")),
    "gate-delete": keys(*to("gates", "d")),
    "person": keys("enter", "A"),
    "person-add": keys("enter", "A", "G", "n"),
    "person-on": keys("enter", "A", "G", "n", "enter", "y"),
    "person-remove": keys("enter", "A", "G", "n", "enter", "y", "d"),
    "person-why": keys("enter", "A", "w"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that unexpected_internals from run to run."""
    (tmp_path / "files").mkdir()
    monkeypatch.chdir(tmp_path / "files")
    monkeypatch.setattr("dyntui.tui.features.imports.formatting.short_path", lambda path: "~/files")
    monkeypatch.setattr("secrets.token_hex", lambda size: "ab" * size)


@SIZES
@pytest.mark.parametrize("name", SCREENS)
def test_screens(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    assert snap_compare(demo(), terminal_size=size, run_before=SCREENS[name])


@SIZES
@pytest.mark.parametrize("name", ["lists", "list-enable", "list-enable-read", "entries-remove"])
def test_live(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch, name: str, size: tuple[int, int]) -> None:
    pretend_live(monkeypatch)
    assert snap_compare(demo(), terminal_size=size, run_before=SCREENS[name])
