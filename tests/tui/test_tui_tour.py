"""The tour of the demo: hints that go away as their keys are used, and that never take a key away."""

from __future__ import annotations

import pytest
from tests.tui.tui_support import SMALL, console_of, demo, lines_of, press, settled, text_of, until
from textual.pilot import Pilot

from dyntui.config.paths import paths
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.lists.resource_screen import ResourceScreen


def touring() -> Console:
    console = demo()
    console.session.has_tour = True
    return console


def hint(pilot: Pilot[int]) -> str:
    return next((line.strip() for line in lines_of(console_of(pilot)) if "Tour " in line), "")


async def test_the_hints_go_away_as_the_keys_are_used() -> None:
    console = touring()
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert hint(pilot).startswith("Tour 1 of 5 · / finds a user")
        assert hint(pilot).endswith("esc skips it")
        await press(pilot, "slash", *"anna", "enter")
        assert hint(pilot) == "Tour 2 of 5 · enter opens the user under the cursor"
        # where esc has something to do, it does only that
        await press(pilot, "enter", "escape")
        assert isinstance(console.screen, ResourceScreen) and "/anna" in lines_of(console)[0]
        assert hint(pilot) == "Tour 3 of 5 · : goes to any list: type wallets, then enter"
        await press(pilot, "enter", "2")
        assert hint(pilot).startswith("Tour 4 of 5 · :")
        await press(pilot, "colon", *"wallets", "enter")
        assert hint(pilot) == "Tour 5 of 5 · ? shows all keys of the screen"
        assert not paths().tour_file.exists()
        await press(pilot, "question_mark", "escape")
        assert hint(pilot) == ""
        assert paths().tour_file.exists()


async def test_the_tour_is_skipped_with_esc_and_not_in_the_way_of_keys_typed_ahead() -> None:
    console = touring()
    async with console.run_test(size=SMALL) as pilot:
        # before the first hint is there
        await pilot.press("j", "j", "enter")
        await settled(pilot)
        assert isinstance(console.screen, UserScreen)
        assert hint(pilot).startswith("Tour 2 of 5 · ]")
        await press(pilot, "escape")
        await press(pilot, "escape")
        assert hint(pilot) == "" and paths().tour_file.exists()
        assert not [note for note in console.session.notifications if "first screen" in note.text]
        await press(pilot, "enter")
        assert isinstance(console.screen, UserScreen) and "Tour" not in text_of(console)
        await press(pilot, "escape", "escape")
        assert "first screen" in console.session.notifications[-1].text


async def test_the_console_quits_before_the_first_hint_is_shown() -> None:
    console = touring()
    async with console.run_test(size=SMALL) as pilot:
        await pilot.press("Q")
        await until(pilot, lambda: not console.is_running)
    assert console.return_code == 0


@pytest.mark.slow
async def test_the_hints_speak_of_users_only_where_they_are_shown() -> None:
    console = touring()
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "colon", *"webhooks", "enter")
        assert hint(pilot) == "Tour 2 of 5 · / filters the list: type a text, then enter"
        await press(pilot, "slash", *"hooks", "enter")
        assert hint(pilot).startswith("Tour 3 of 5 · enter opens the row")
