"""The jump bar looks up users and wallets, and filters lists."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tui.tui_support import (
    SIZE,
    SMALL,
    demo,
    jump,
    lines_of,
    paste,
    press,
    settled,
    text_of,
)

from dyntui.core.text import shorten
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.users import full_name
from dyntui.services.actions.resource_actions import find_action, make_write_action
from dyntui.services.actions.write_types import Confirmation, Target
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.features.wallets.wallet_screen import WalletScreen
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

USER_FIELDS = ("email", "username", "firstName", "lastName")


async def _look_up(pilot: Any, text: str) -> None:
    await press(pilot, "colon")
    await paste(pilot, text)
    await press(pilot, "enter")


async def test_the_jump_bar_opens_a_user_with_two_keys() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert isinstance(console.screen, ResourceScreen)
        assert console.screen.view is not None
        user = next(row for row in console.screen.view.loaded_rows() if all(row.get(key) for key in USER_FIELDS))
        for text in (user["email"], user["username"], user["id"], full_name(user)):
            await _look_up(pilot, str(text))
            assert isinstance(console.screen, UserScreen)
            assert console.screen.object_id == user["id"]
            await press(pilot, "escape")
            assert isinstance(console.screen, ResourceScreen)


async def test_the_jump_bar_opens_a_wallet_by_its_address() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "wallets")
        assert isinstance(console.screen, ResourceScreen)
        assert console.screen.view is not None
        wallets = [row for row in console.screen.view.loaded_rows() if not row.get("deletedAt")]
        address = next(str(row["publicKey"]) for row in wallets if row["chain"] == "EVM")
        await press(pilot, "colon")
        await paste(pilot, address)
        assert f"Open wallet {address[:6]}" in text_of(console)
        await press(pilot, "enter")
        assert isinstance(console.screen, WalletScreen)
        assert console.screen.label == address


async def test_the_jump_bar_says_what_enter_opens() -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        for text, expected in (
            ("nora@example.com", "Open user nora@example.com"),
            ("00000000-0000-4000-8000-000000000000", "Open the user, wallet or other object with the id"),
            ("Amelia Murphy", "Open the user with the username or full name Amelia Murphy"),
        ):
            await press(pilot, "colon")
            await paste(pilot, text)
            assert expected in text_of(console)
            await press(pilot, "escape")


async def test_a_lookup_without_a_result_names_what_was_searched() -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        for text, searched in (
            ("nobody@nowhere.example", "the emails of users"),
            ("0x" + "1b" * 20, "the wallets of users"),
            ("zebra", "the usernames and full names of users"),
        ):
            await _look_up(pilot, text)
            notification = console.session.notifications[-1].text
            assert notification.startswith(f"Nothing was found for `{text}`. Searched: {searched}.")


async def test_several_matches_are_a_list_to_choose_from() -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert isinstance(console.screen, ResourceScreen)
        assert console.screen.view is not None
        connection = console.session.connection
        assert connection is not None
        users = console.screen.view.loaded_rows()[:2]
        edit = make_write_action(RESOURCES["users"], find_action(RESOURCES["users"], "edit"))
        targets = [
            Target(str(row["id"]), data={"fields": {"firstName": "Quill", "lastName": "Harbor"}}) for row in users
        ]
        await connection.write_gate.perform(edit, targets, Confirmation(yes=True))
        await _look_up(pilot, "quill harbor")
        assert "2 Matches for quill harbor" in text_of(console)
        await press(pilot, "enter")
        assert isinstance(console.screen, UserScreen)
        assert console.screen.object_id in {row["id"] for row in users}


async def test_a_full_name_is_filtered_and_the_header_says_what_was_searched() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert isinstance(console.screen, ResourceScreen)
        assert console.screen.view is not None
        user = next(row for row in console.screen.view.loaded_rows() if row.get("firstName") and row.get("lastName"))
        await press(pilot, "slash")
        await paste(pilot, full_name(user))
        await press(pilot, "enter")
        assert f"users › /{full_name(user)} (all columns and the full name)" in lines_of(console)[0]
        assert full_name(user) in lines_of(console)[2]
        await press(pilot, "slash")
        await paste(pilot, " nobody")
        await press(pilot, "enter")
        assert "Searched: all columns and the full name." in " ".join(text_of(console).split())


async def test_wallets_are_filtered_by_address_at_the_server_and_by_other_text_in_the_loaded_rows() -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "wallets")
        screen = console.screen
        assert isinstance(screen, ResourceScreen)
        assert screen.view is not None
        wallets = [row for row in screen.view.loaded_rows() if not row.get("deletedAt")]
        address = str(wallets[-1]["publicKey"])
        await press(pilot, "slash")
        await paste(pilot, address)
        await press(pilot, "enter")
        header = lines_of(console)[0]
        assert f"wallets › /{shorten(address, 13)} (existing wallets and users)" in header
        assert screen.table.row_id == wallets[-1]["id"]
        assert screen.filter_text == address
        await press(pilot, "slash", *["backspace"] * len(address), *"metamask")
        assert "enter keeps them" in lines_of(console)[-1]
        await press(pilot, "enter")
        assert screen.filter_text == ""
        assert "search: metamask" in lines_of(console)[0]
        assert screen.table.count == sum("metamask" in str(row).casefold() for row in screen.view.loaded_rows())
        await press(pilot, "escape")
        assert screen.table.count == screen.view.total


@pytest.mark.parametrize("name", ["wallets metamask", "allowlists beta"])
async def test_a_text_after_the_name_of_a_list_without_a_filter_searches_its_loaded_rows(name: str) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "colon")
        await paste(pilot, name)
        await press(pilot, "enter")
        assert f"search: {name.partition(' ')[2]}" in lines_of(console)[0]


async def test_the_text_of_an_empty_list_is_never_cut() -> None:
    console = demo()
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await jump(pilot, "wallets")
        await press(pilot, "slash")
        await paste(pilot, "0x" + "1b" * 20)
        await press(pilot, "enter")
        text = " ".join(text_of(console).split())
        assert f"No wallets match `0x{'1b' * 20}`. Searched: existing wallets and users." in text
        assert "Press / to change the filter, esc to clear it." in text
