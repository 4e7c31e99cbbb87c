"""Keys that come faster than screens: what is typed in one go lands where it leads."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from tests.families import slow_except
from tests.tui.import_support import bottom, go_to, messy, open_file, step_of, wizard_of
from tests.tui.tui_support import SIZE, console_of, demo, lines_of, press, settled, text_of
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from dyntui.core.times import now
from dyntui.tui.features.environments.environments_screen import EnvironmentsScreen
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.kit.dialogs.message_dialog import MessageDialog
from dyntui.tui.shell.app import Console


def all_at_once(pilot: Pilot[Any], *texts: str) -> None:
    """Keys as a terminal sends them that was not listened to for a while. A text of more than one character is a key's
    name when it is one of these."""
    for text in texts:
        if text in ("enter", "escape", "tab", "end", "ctrl+s"):
            console_of(pilot).post_message(events.Key(text, "\r" if text == "enter" else None))
            continue
        for char in text:
            console_of(pilot).post_message(events.Key(_character_to_key(char), char))


class Hasty(Console):
    """A console where keys are typed before its first screen is there."""

    def __init__(self, *keys: str) -> None:
        super().__init__(demo().session)
        self.keys = keys

    def on_load(self) -> None:
        for key in self.keys:
            name = key if len(key) > 1 else _character_to_key(key)
            self.post_message(events.Key(name, key if len(key) == 1 else None))


async def test_keys_typed_before_the_first_screen_run_in_order() -> None:
    console = Hasty(":", *"jobs", "enter")
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert "No jobs yet" in text_of(console)


async def test_a_resource_typed_before_the_first_screen_is_found_by_a_part_of_its_name() -> None:
    console = Hasty(":", *"allow", "enter")
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert "Beta testers" in text_of(console)


async def test_no_key_reaches_a_screen_that_is_not_composed() -> None:
    console = demo(users=3)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        console.visit(EnvironmentsScreen())
        assert isinstance(console.screen, EnvironmentsScreen)
        assert not console.screen.is_mounted
        console._update_ages()
        console.post_message(console.Traffic())
        await settled(pilot)
        console._update_ages()
        assert "status" in text_of(console).lower()


async def test_a_detail_loaded_during_the_mount_of_a_tab_fills_the_tab() -> None:
    console = demo(users=3)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "enter")
        screen = console.screen
        assert isinstance(screen, UserScreen)
        assert screen.document is not None
        making = asyncio.create_task(screen.go_to_tab(3))
        while len(screen.query(".pane")) < 2:
            await asyncio.sleep(0)
        screen.show(screen.document, now())
        await making
        await settled(pilot)
        assert screen.tab == 3


async def test_keys_typed_after_opening_a_text_area_are_its_text(tmp_path: Path) -> None:
    console = demo(users=3)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "i")
        all_at_once(pilot, "pemail,alias", "ctrl+s", "j")
        await settled(pilot)
        assert step_of(pilot).NAME == "parse"
        assert Path(wizard_of(pilot).draft.path).read_text().strip() == "email,alias"


async def test_a_path_typed_right_after_its_keys_is_complete(tmp_path: Path) -> None:
    path = messy(tmp_path / "people.csv")
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        all_at_once(pilot, "i/", str(path), "enter")
        await settled(pilot)
        assert wizard_of(pilot).draft.path == str(path)
        assert step_of(pilot).NAME == "parse"
        assert "60 rows" in bottom(console)


async def test_keys_typed_ahead_go_to_the_next_screen() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        all_at_once(pilot, "i:jobs", "enter")
        await settled(pilot)
        assert "No jobs yet" in text_of(console)


@pytest.mark.parametrize(
    "keys", [("t", "enter", "]"), ("t", "enter", "#", "de", "enter", "]")], ids=["a choice", "a field"]
)
async def test_a_key_typed_right_after_closing_a_dialog_goes_to_the_screen_below(
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


async def test_a_key_typed_right_after_saving_a_cell_goes_to_the_table(tmp_path: Path) -> None:
    console = demo(users=3)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, messy(tmp_path / "people.csv"), "review")
        all_at_once(pilot, "enter", "X", "enter", "d")
        await settled(pilot)
        assert "1 excluded" in bottom(console)


@pytest.mark.parametrize(
    ("keys", "shown"),
    slow_except(
        [
            (("i",), "Source"),
            (("plus",), "New User"),
            (("i", "q", "T"), "UTC"),
            (("enter", "X"), "no active"),
        ],
        (("i",), "Source"),
        (("enter", "X"), "no active"),
    ),
)
async def test_keys_wait_until_what_they_need_is_loaded(keys: tuple[str, ...], shown: str) -> None:
    console = Hasty(*keys)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        messages = "\n".join(each.text for each in console.session.notifications)
        assert shown in text_of(console) + messages
        assert not re.search("not (open|loaded)", messages)


async def test_esc_and_a_key_in_quick_succession_are_two_keys() -> None:
    """A terminal sends the same for alt and a key."""
    async with demo(3).run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "colon", "x")
        console_of(pilot).post_message(events.Key("alt+shift+g", "G"))
        await settled(pilot)
        assert "3 of 3" in lines_of(console_of(pilot))[-1]
        await press(pilot, "colon", "x")
        for char in "\x1bj", ":", *"webhooks":
            name = _character_to_key(char[-1])
            key = f"alt+{name}" if len(char) > 1 else name
            console_of(pilot).post_message(events.Key(key, char[-1]))
        console_of(pilot).post_message(events.Key("enter", "\r"))
        await settled(pilot)
        assert " webhooks " in lines_of(console_of(pilot))[0]


async def test_a_dialog_that_no_key_opened_takes_no_text_of_a_prompt_that_has_just_opened() -> None:
    console = demo(3)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        screen = console.shown
        assert screen is not None
        ask_jump = screen.ask_jump

        def ask_jump_as_work_ends() -> None:
            ask_jump()
            console.call_later(console.ask, MessageDialog("Result", "work in the background"))

        screen.ask_jump = ask_jump_as_work_ends  # type: ignore[method-assign]
        all_at_once(pilot, ":", "webh")
        await settled(pilot)
        assert console.screen is screen
        assert lines_of(console)[-1].startswith(" : webh")
        await press(pilot, "escape")
        assert isinstance(console.screen, MessageDialog)


async def test_a_click_on_an_action_while_another_one_waits_does_not_hold_the_keys_for_ever() -> None:
    console = demo(3, latency_ms=1000)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        all_at_once(pilot, "enter", "X")
        while not isinstance(console.screen, UserScreen) or console._postponed is None:
            await asyncio.sleep(0)
        await console.screen.action_do("user.edit")
        all_at_once(pilot, ":jobs", "enter")
        await settled(pilot)
        assert "No jobs yet" in text_of(console)
