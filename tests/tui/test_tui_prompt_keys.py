"""A key that opens a prompt opens one, wherever it is pressed: what is typed after it is text, never a command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.families import slow_except
from tests.tui.import_support import bottom, go_to, messy
from tests.tui.tui_support import SIZE, console_of, demo, jump, lines_of, press, settled, strips_of, text_of
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input

from dyntui.tui.kit.dialogs.message_dialog import MessageDialog
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.all_actions import ALL_ACTIONS
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.console_state import ConsoleState
from dyntui.tui.shell.lists.resource_screen import ResourceScreen
from dyntui.tui.shell.routes import list_screen

ADDRESS = "0xdDq1]n Rse"
"""What somebody pastes or types: almost every letter of it is a command somewhere."""


def all_at_once(pilot: Pilot[Any], text: str) -> None:
    for char in text:
        console_of(pilot).post_message(events.Key(_character_to_key(char), char))


def prompt_of(pilot: Pilot[Any]) -> tuple[str, str]:
    """Sign and text of the prompt that is open; nothing when none is."""
    screen = console_of(pilot).screen
    assert isinstance(screen, ConsoleScreen), f"{screen} opened"
    prompt = screen.prompt
    if prompt is None or not prompt.is_open:
        return "", ""
    return prompt.sign, prompt.query_one("#field", Input).value


async def prompts_take_every_key(pilot: Pilot[Any], signs: str = "/F:") -> None:
    console = console_of(pilot)
    for sign in signs:
        before = console.screen
        all_at_once(pilot, sign + ADDRESS)
        await settled(pilot)
        shown, text = prompt_of(pilot)
        assert shown == (sign if sign != "F" or isinstance(before, ResourceScreen) else "/")
        assert text.endswith(ADDRESS)
        await press(pilot, "escape")
        assert prompt_of(pilot) == ("", "")
        assert console.screen is before


@pytest.mark.parametrize(
    "place",
    slow_except(
        [
            *("users", "wallets", "allowlists", "gates", "sessions", "webhooks", "exports", "origins", "environments"),
            *("jobs", "resources", "settings", "events", "analytics", "api"),
        ],
        "users",
        "allowlists",
        "settings",
        "events",
    ),
)
async def test_on_every_screen(place: str) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, place)
        await prompts_take_every_key(pilot, "/:F")
        if isinstance(console.screen, ResourceScreen) and console.screen.table.row is not None:
            await press(pilot, "v")
            await prompts_take_every_key(pilot)
            await press(pilot, "escape", "enter")
            await prompts_take_every_key(pilot)


@pytest.mark.parametrize("key", ["R", "exclamation_mark"])
async def test_prompt_keys_in_the_request_log_and_notifications(key: str) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, key)
        await prompts_take_every_key(pilot, "/:F")


async def test_on_every_tab_of_a_user() -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "enter")
        for tab in "1234567890":
            await press(pilot, tab)
            await prompts_take_every_key(pilot)


async def test_in_a_request_of_the_api_console_with_and_without_an_answer() -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "api")
        await press(pilot, "slash", *"getAllUsers", "enter", "enter")
        await prompts_take_every_key(pilot)


@pytest.mark.parametrize("step", slow_except(["parse", "map", "review", "check"], "review"))
async def test_in_every_step_of_an_import(step: str, tmp_path: Path) -> None:
    console = demo(users=3)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, messy(tmp_path / "people.csv"), step)
        await prompts_take_every_key(pilot)


async def test_on_the_first_run() -> None:
    from dyntui.tui.shell.app import Console

    console = Console(ConsoleState(profile=None))
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await prompts_take_every_key(pilot)


def test_keys_that_open_a_prompt_are_always_enabled() -> None:
    prompts = [action for action in ALL_ACTIONS if {"slash", "colon"} & {*action.keys} or action.id == "list.find"]
    assert len(prompts) > 5
    assert not [action.id for action in prompts if action.disabled_reason or action.effect.name != "READ"]


async def test_loaded_rows_are_filtered_with_a_notice_where_the_server_cannot_filter() -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "allowlists")
        screen = console.screen
        assert isinstance(screen, ResourceScreen)
        assert screen.record.filter is None
        await press(pilot, "slash")
        assert "this list has no filter at the server" in text_of(console)
        await press(pilot, *"beta", "enter")
        assert "search: beta" in lines_of(console)[0]
        assert screen.table.count == 1
        assert "rows" in bottom(console)
        await press(pilot, "escape")
        assert screen.table.count > 1


@pytest.mark.parametrize("sign", ["slash", "F"])
async def test_a_search_typed_before_the_list_is_loaded_runs_afterwards(sign: str) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        assert console.session.connection is None
        console.visit(list_screen(_record("allowlists")))
        for key in (sign, *"beta", "enter"):
            console.post_message(events.Key(key, key if len(key) == 1 else None))
        await settled(pilot)
        assert "search: beta" in lines_of(console)[0]
        assert "Beta testers" in text_of(console)
        assert console.screen.table.count == 1  # type: ignore[attr-defined]


async def test_find_moves_between_matching_lines() -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "enter")
        for _ in range(2):
            await press(pilot, "slash", *([] if _ else "name"), "enter")
            seen = console.session.notifications[-1].text
        assert seen.startswith("Line 3 of ")  # the cursor was on the first one
        await press(pilot, "slash", "end", *"nowhere", "enter")
        assert console.session.notifications[-1].text == "No line contains `namenowhere`."


async def test_a_table_in_memory_is_filtered_while_a_text_is_typed_and_escape_clears_it() -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "resources")
        table = console.screen.query_one(Table)
        count = table.count
        await press(pilot, "slash", *"Wallet", "space", *"global")
        found = table.count
        assert 0 < found < count and f"{found} of {count} rows" in bottom(console)
        assert all("global" in str(table.view.get(line)).casefold() for line in range(found))
        styles = {s.text.casefold() for strip in strips_of(console) for s in strip if s.style and s.style.underline}
        assert {"wallet", "global"} <= styles
        await press(pilot, *"zzz")
        assert "No row contains `Wallet globalzzz`." in text_of(console)
        await press(pilot, "escape")
        assert table.count == count

        await press(pilot, "slash", *"webhooks", "enter")
        assert table.count < count and "filter: webhooks" in bottom(console)
        await press(pilot, "escape")
        assert table.count == count and "filter:" not in bottom(console)
        await press(pilot, "escape")
        assert console.screen.query_one(Table) is not table

        await press(pilot, "enter", "4")  # a table in a tab, whose rows are read again
        table = console.screen.query_one("#sessions", Table)
        count = table.count
        await press(pilot, "slash", *"nothing", "enter", "r")
        assert (table.count, count > 0) == (0, True)
        await press(pilot, "escape")
        assert table.count == count


async def test_find_searches_folded_parts_of_a_tree() -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "v", "z")
        await press(pilot, "slash", *"verifiedCredentials", "enter")
        assert "verifiedCredentials" in bottom(console)


async def test_a_dialog_opens_after_the_prompt_is_closed() -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "slash", "a", "d")
        console.ask(MessageDialog("Late", "It was asked for before the prompt."))
        await press(pilot, "q", "y")
        assert prompt_of(pilot) == ("/", "adqy")
        await press(pilot, "escape")
        assert "It was asked for before" in text_of(console)


def _record(name: str) -> Any:
    from dyntui.resources.all_resources import RESOURCES

    return RESOURCES[name]
