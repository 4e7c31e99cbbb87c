"""From user to user, and wallet to wallet, along the list behind; and the menu of what can be done."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from tests.tui.access_support import connection_of, go, notes
from tests.tui.tui_support import SMALL, console_of, demo, jump, press, settled, text_of, until
from textual.pilot import Pilot

from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.features.wallets.wallet_screen import WalletScreen
from dyntui.tui.kit.dialogs.select_dialog import SelectDialog
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.lists.list_screen import ListScreen
from dyntui.tui.shell.lists.resource_screen import ResourceScreen


def _is_shown(console: Console, text: str) -> bool:
    return text in text_of(console)


def shown(pilot: Pilot[Any]) -> UserScreen:
    screen = console_of(pilot).screen
    assert isinstance(screen, UserScreen)
    return screen


def users_list(pilot: Pilot[Any]) -> ResourceScreen:
    return next(screen for screen in console_of(pilot).open_screens if isinstance(screen, ResourceScreen))


def gate_requests(monkeypatch: pytest.MonkeyPatch, pilot: Pilot[Any]) -> asyncio.Event:
    """Let no answer through until the event is set."""
    gate, client = asyncio.Event(), connection_of(pilot).client
    send = client.send

    async def waiting(*arguments: Any, **more: Any) -> Any:
        await gate.wait()
        return await send(*arguments, **more)

    monkeypatch.setattr(client, "send", waiting)
    return gate


@pytest.mark.parametrize("size", [pytest.param((120, 40), marks=pytest.mark.slow), SMALL], ids=["wide", "small"])
async def test_n_and_p_move_through_the_list_and_back_selects_the_last_object(size: tuple[int, int]) -> None:
    console = demo()
    async with console.run_test(size=size) as pilot:
        await go(pilot, "enter", "4")
        ids = [users_list(pilot).table.view.id_at(line) for line in range(5)]
        assert shown(pilot).object_id == ids[0]
        await press(pilot, "left_curly_bracket")
        assert notes(pilot)[-1] == "This is the first user of the list."
        await press(pilot, "right_curly_bracket", "right_curly_bracket")
        await until(pilot, lambda: shown(pilot).document is not None)
        assert shown(pilot).object_id == ids[2]
        assert str((shown(pilot).document or {})["id"]) == ids[2]
        assert shown(pilot).TABS[shown(pilot).tab].name == "sessions", "the tab stays"
        assert "user 3 of 120" in text_of(console) or size == SMALL
        await press(pilot, "left_curly_bracket", "escape")
        assert users_list(pilot).table.row_id == ids[1]
        assert users_list(pilot).table.cursor == 1


@pytest.mark.slow
async def test_the_list_is_paged_through_to_its_end() -> None:
    console = demo(230)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "enter")
        seen = [shown(pilot).object_id]
        while shown(pilot).next_disabled_reason() is None:
            shown(pilot).action_next_sibling()
            await until(pilot, lambda: shown(pilot).object_id != seen[-1])
            seen.append(shown(pilot).object_id)
        assert len(seen) == len(set(seen)) == 230
        await until(pilot, lambda: shown(pilot).document is not None)
        await press(pilot, "right_curly_bracket")
        assert notes(pilot)[-1] == "This is the last user of the list."


async def test_no_key_waits_for_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "enter")
        await until(pilot, lambda: shown(pilot)._preloaded)
        view = users_list(pilot).view
        assert view is not None
        rows = [view.get(line) for line in range(6)]
        gate = gate_requests(monkeypatch, pilot)
        shown(pilot)._preloaded.clear()
        for step in range(1, 6):
            await pilot.press("right_curly_bracket")
            row = rows[step]
            assert row is not None
            name = str(row["email"] or row["username"] or row["id"])
            await until(pilot, partial(_is_shown, console, name))
        assert shown(pilot).document is None
        await pilot.press("e")
        await until(pilot, lambda: notes(pilot)[-1:] == ["The user is not loaded yet."])
        await pilot.press("4")
        await pilot.pause()
        assert "has no sessions" not in text_of(console), "nothing is said that is not known"
        gate.set()
        await until(pilot, lambda: shown(pilot).document is not None)
        assert (shown(pilot).document or {})["id"] == (rows[5] or {})["id"]


async def test_a_row_that_is_not_loaded_is_fetched_and_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo(450)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "enter")
        screen, view = shown(pilot), users_list(pilot).view
        assert view is not None
        first = screen.object_id
        gate = gate_requests(monkeypatch, pilot)
        missing = next(line for line in range(view.total) if view.get(line) is None)
        users_list(pilot).table.move_to(missing - 1)
        row = view.get(missing - 1)
        assert row is not None
        screen.object_id = str(row["id"])
        await pilot.press("right_curly_bracket")
        await until(pilot, lambda: "loading the list" in text_of(console))
        assert screen.object_id != first
        gate.set()
        await until(pilot, lambda: view.get(missing) is not None and screen.object_id == view.id_at(missing))


async def test_a_list_that_is_being_removed_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "enter")
        screen, users = shown(pilot), users_list(pilot)
        # The widgets of a screen are removed before it is unmounted; the rows may change in between.
        monkeypatch.setattr(ListScreen, "on_unmount", lambda self: None)
        await users.remove()
        assert users.view is not None and not users.query("Table")
        assert screen.index is None
        screen.post_message(screen.ListChanged())
        await settled(pilot)
        assert console.screen is screen


async def test_the_next_object_is_prefetched() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "enter")
        await until(pilot, lambda: shown(pilot)._preloaded)
        before = len(connection_of(pilot).log.entries())
        await pilot.press("right_curly_bracket")
        await until(pilot, lambda: shown(pilot).document is not None)
        assert "loading" not in text_of(console)
        await settled(pilot)
        operations = [entry.operation for entry in connection_of(pilot).log.entries()[before:]]
        assert operations == ["getUser"], "only the one after it is read"


async def test_a_user_that_was_not_opened_from_a_list_has_no_next_user() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "enter")
        screen = shown(pilot)
        console.visit(UserScreen(screen.object_id, screen.label))
        await settled(pilot)
        await press(pilot, "right_curly_bracket")
        assert notes(pilot)[-1] == "This user was not opened from a list."


async def test_wallets_have_sibling_navigation() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "wallets")
        await press(pilot, "enter")
        screen = console.screen
        assert isinstance(screen, WalletScreen)
        first = screen.object_id
        await press(pilot, "right_curly_bracket")
        await until(pilot, lambda: screen.document is not None)
        assert screen.object_id != first
        assert str((screen.document or {})["publicKey"]) in text_of(console)


@pytest.mark.parametrize("size", [pytest.param((120, 40), marks=pytest.mark.slow), SMALL], ids=["wide", "small"])
async def test_the_menu_lists_actions_with_their_keys(size: tuple[int, int]) -> None:
    console = demo()
    async with console.run_test(size=size) as pilot:
        await go(pilot, "enter")
        assert "a actions" in text_of(console)
        await press(pilot, "a")
        dialog = console.screen
        assert isinstance(dialog, SelectDialog)
        offered = {choice.key: choice for choice in dialog._choices.items}
        assert {"user.edit", "user.reset_mfa", "user.link", "user.delete", "detail.copy_id"} <= set(offered)
        assert offered["user.reset_mfa"].sign == "="
        assert offered["user.revoke_session"].note == "not available: Select a session on the Sessions tab first."
        at = [choice.key for choice in dialog._choices.items].index("user.link")
        await press(pilot, *["j"] * at, "enter")
        assert "Link Wallet to" in text_of(console)
