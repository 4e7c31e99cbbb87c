"""The screens of one user and one wallet: tabs, fields, copying, opening linked objects."""

from __future__ import annotations

import base64

import pytest
from tests.tui.tui_support import console_of, demo, jump, lines_of, press, settled, text_of

from dyntui.api.models import User
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.features.users.user_tables import credential_rows, profile_lines, session_rows
from dyntui.tui.features.wallets.wallet_screen import WalletScreen
from dyntui.tui.kit.widgets.field_list import FieldList
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.app import Console


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the texts that were copied to the clipboard."""
    texts: list[str] = []

    def write_to_terminal(self: Console, data: str) -> None:
        texts.append(base64.b64decode(data.removeprefix("\x1b]52;c;").removesuffix("\x07")).decode())

    monkeypatch.setattr(Console, "write_to_terminal", write_to_terminal)
    return texts


async def test_tabs_are_reached_by_number_and_by_brackets() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter")
        assert isinstance(console.screen, UserScreen)
        assert "▸1 Profile  2 Credentials 4  3 Wallets 1  4 Sessions 1  5 Social 1" in text_of(console)
        await press(pilot, "3")
        assert "▸3 Wallets" in text_of(console)
        assert "rainbow" in text_of(console)
        await press(pilot, "right_square_bracket", "right_square_bracket")
        assert "▸5 Social 1" in text_of(console)
        await press(pilot, *["right_square_bracket"] * 5)
        assert "▸0 Raw" in text_of(console)
        assert "verifiedCredentials" in text_of(console)
        await press(pilot, "right_square_bracket")
        assert "▸Balances" in text_of(console)
        await press(pilot, "right_square_bracket")
        assert "▸1 Profile" in text_of(console)
        await press(pilot, "left_square_bracket", "2", "0")
        assert "▸0 Raw" in text_of(console)


async def test_a_tab_that_is_opened_after_loading_shows_its_rows() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter", "4")
        assert "active" in text_of(console)
        await press(pilot, "r")
        assert "active" in text_of(console)


async def test_y_copies_the_value_under_the_cursor(sent: list[str]) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter", "j", "j", "y")
        assert sent == ["anna.lange@mail.example.com"]
        assert console.session.notifications[-1].text == "Email copied to the clipboard"
        await press(pilot, "0", "y")
        assert sent[-1] == sent[-1].lower()
        assert len(sent[-1]) == 36
        await press(pilot, "escape", "y")
        assert sent[-1] == sent[-2]


async def test_a_detail_shows_the_age_and_the_exact_time() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter")
        assert "6 h ago, 2026-03-01 " in text_of(console)


async def test_tab_moves_between_the_fields_and_the_linked_objects() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter", "tab")
        assert isinstance(console.focused, Table)
        await press(pilot, "j", "enter")
        assert isinstance(console.screen, WalletScreen)
        assert "users › anna.lange@mail.example.com › 0x3de82b…b51b" in lines_of(console)[0]


async def test_enter_on_the_user_of_a_wallet_opens_the_user() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await jump(pilot, "wallets")
        await press(pilot, "enter")
        fields = console.screen.query_one(FieldList)
        owner = next(i for i, field in enumerate(fields.items) if field.label == "user")
        fields.move_to(owner)
        await press(pilot, "enter")
        assert isinstance(console.screen, UserScreen)
        assert console.screen.document is not None


async def test_a_user_that_does_not_exist_offers_to_try_again() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        console_of(pilot).visit(UserScreen("00000000-0000-4000-8000-000000000000", "ghost"))
        await settled(pilot)
        assert "Press r to try again." in text_of(console)
        assert "error" in lines_of(console)[-1]


async def test_a_narrow_screen_has_the_table_below_the_fields() -> None:
    console = demo()
    async with console.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "enter")
        fields, table = console.screen.query_one(FieldList), console.screen.query_one("#linked", Table)
        assert fields.region.width == table.region.width == 80
        assert fields.region.bottom <= table.region.y


def test_profile_lines_show_each_field_one_time() -> None:
    lines = profile_lines({"id": "1", "email": "a@b.c", "metadata": {"plan": "pro"}, "newThing": "x", "empty": None})
    labels = [line.label for line in lines if not line.heading]
    assert {"id", "email", "plan", "newThing"} <= set(labels)
    assert "empty" not in labels
    assert len(labels) == len(set(labels))


def test_rows_of_missing_and_malformed_values() -> None:
    assert credential_rows(User.of({"verifiedCredentials": None})) == []
    assert credential_rows(User.of({"verifiedCredentials": ["odd", {"format": "email"}]}))[0]["copy"] == ""
    rows = session_rows(User.of({"sessions": [{"createdAt": "1"}, {"createdAt": "2", "revokedAt": "odd"}]}))
    assert [row["status"] for row in rows] == ["revoked", "active"]
