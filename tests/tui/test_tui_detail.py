"""One user and one wallet: tabs, facts, copying, opening what hangs on it."""

from __future__ import annotations

import base64

import pytest
from tui_support import console_of, demo, jump, lines_of, press, settled, text_of

from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.features.users.user_tables import credential_rows, facts_of, session_rows
from dyntui.tui.features.wallets.wallet_screen import WalletScreen
from dyntui.tui.kit.widgets.field_list import FieldList
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.app import Console


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the clipboard."""
    texts: list[str] = []

    def write_to_terminal(self: Console, data: str) -> None:
        texts.append(base64.b64decode(data.removeprefix("\x1b]52;c;").removesuffix("\x07")).decode())

    monkeypatch.setattr(Console, "write_to_terminal", write_to_terminal)
    return texts


async def test_a_user_has_tabs_by_number_and_by_brackets() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter")
        assert isinstance(console.screen, UserScreen)
        assert "▸1 Profile    2 Credentials 4    3 Wallets 1    4 Sessions 1    5 Social 1" in text_of(console)
        await press(pilot, "3")
        assert "▸3 Wallets" in text_of(console)
        assert "rainbow" in text_of(console)
        await press(pilot, "right_square_bracket", "right_square_bracket")
        assert "▸5 Social 1" in text_of(console)
        await press(pilot, *["right_square_bracket"] * 5)
        assert "▸0 Raw" in text_of(console)
        assert "verifiedCredentials" in text_of(console)
        await press(pilot, "right_square_bracket")
        assert "▸1 Profile" in text_of(console)
        await press(pilot, "left_square_bracket", "2", "0")
        assert "▸0 Raw" in text_of(console)


async def test_a_tab_opened_late_shows_what_was_read() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter", "4")
        assert "active" in text_of(console)
        await press(pilot, "r")
        assert "active" in text_of(console)


async def test_y_sends_the_value_under_the_cursor(sent: list[str]) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter", "j", "j", "y")
        assert sent == ["anna.lange@mail.example.com"]
        assert console.session.notes[-1].text == "E-mail copied to the clipboard"
        await press(pilot, "0", "y")
        assert sent[-1] == sent[-1].lower()
        assert len(sent[-1]) == 36
        await press(pilot, "escape", "y")
        assert sent[-1] == sent[-2]


async def test_the_exact_time_is_shown_under_the_cursor() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter")
        facts = console.screen.query_one(FieldList)
        facts.move_to(next(i for i, fact in enumerate(facts.fields) if fact.label == "last visit"))
        await settled(pilot)
        assert "6 h ago  ·  2026-03-01 " in text_of(console)


async def test_tab_moves_between_the_facts_and_what_hangs_on_the_user() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter", "tab")
        assert isinstance(console.focused, Table)
        await press(pilot, "j", "enter")
        assert isinstance(console.screen, WalletScreen)
        assert "users › anna.lange@mail.example.com › 0x3de82b…b51b" in lines_of(console)[0]


async def test_a_wallet_leads_to_its_owner() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "wallets")
        await press(pilot, "enter")
        facts = console.screen.query_one(FieldList)
        owner = next(i for i, fact in enumerate(facts.fields) if fact.label == "user")
        facts.move_to(owner)
        await press(pilot, "enter")
        assert isinstance(console.screen, UserScreen)
        assert console.screen.document is not None


async def test_a_user_that_is_gone_says_so_and_r_tries_again() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        console_of(pilot).visit(UserScreen("00000000-0000-4000-8000-000000000000", "ghost"))
        await settled(pilot)
        assert "Press r to try again." in text_of(console)
        assert "error" in lines_of(console)[-1]


async def test_facts_and_table_stand_below_each_other_where_it_is_narrow() -> None:
    console = demo()
    async with console.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter")
        facts, table = console.screen.query_one(FieldList), console.screen.query_one("#related", Table)
        assert facts.region.width == table.region.width == 80
        assert facts.region.bottom <= table.region.y


def test_facts_show_every_single_value_and_nothing_twice() -> None:
    facts = facts_of({"id": "1", "email": "a@b.c", "metadata": {"plan": "pro"}, "newThing": "x", "empty": None})
    labels = [fact.label for fact in facts if not fact.heading]
    assert {"id", "e-mail", "plan", "newThing"} <= set(labels)
    assert "empty" not in labels
    assert len(labels) == len(set(labels))


def test_rows_take_what_the_server_leaves_out_or_writes_otherwise() -> None:
    assert credential_rows({"verifiedCredentials": None}) == []
    assert credential_rows({"verifiedCredentials": ["odd", {"format": "email"}]})[0]["copy"] is None
    rows = session_rows({"sessions": [{"createdAt": "1"}, {"createdAt": "2", "revokedAt": "3"}]})
    assert [row["state"] for row in rows] == ["revoked", "active"]
