"""Keys that come faster than screens: what is typed in one go lands where it leads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from import_support import bottom, go_to, messy, open_file, step_of, wizard_of
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from tui_support import SIZE, console_of, demo, press, settled, text_of


def all_at_once(pilot: Pilot[Any], *texts: str) -> None:
    """Keys as a terminal sends them that was not listened to for a while. A text of more than one character is a key's
    name when it is one of these."""
    for text in texts:
        if text in ("enter", "escape", "tab", "end"):
            console_of(pilot).post_message(events.Key(text, "\r" if text == "enter" else None))
            continue
        for char in text:
            console_of(pilot).post_message(events.Key(_character_to_key(char), char))


async def test_a_path_typed_with_the_keys_that_lead_to_its_field_arrives_whole(tmp_path: Path) -> None:
    path = messy(tmp_path / "people.csv")
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        all_at_once(pilot, "i/", str(path), "enter")
        await settled(pilot)
        assert wizard_of(pilot).draft.path == str(path)
        assert step_of(pilot).NAME == "parse"
        assert "60 rows" in bottom(console)


async def test_keys_typed_ahead_go_to_the_screen_that_is_then_shown() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        all_at_once(pilot, "i:jobs", "enter")
        await settled(pilot)
        assert "There are no jobs yet" in text_of(console)


@pytest.mark.parametrize(
    "keys", [("v", "enter", "]"), ("v", "enter", "p", "de", "enter", "]")], ids=["a choice", "a field"]
)
async def test_a_key_right_after_the_one_that_closes_a_dialog_goes_to_the_screen_below(
    tmp_path: Path, keys: tuple[str, ...]
) -> None:
    console = demo(users=3)
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, messy(tmp_path / "people.csv"))
        await press(pilot, "right_square_bracket")
        assert step_of(pilot).NAME == "map"
        all_at_once(pilot, *keys)
        await settled(pilot)
        assert step_of(pilot).NAME == "review"
        assert wizard_of(pilot).draft.region == ("DE" if "de" in keys else "")


async def test_a_key_right_after_the_one_that_keeps_a_cell_goes_to_the_table(tmp_path: Path) -> None:
    console = demo(users=3)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, messy(tmp_path / "people.csv"), "review")
        all_at_once(pilot, "enter", "X", "enter", "x")
        await settled(pilot)
        assert "1 left out" in bottom(console)
