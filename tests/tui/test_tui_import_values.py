"""The wizard's choices about values: wallets, values that the API refuses, users without an identity."""

from __future__ import annotations

from pathlib import Path

from tests.tui.import_support import (
    go_to,
    job_at_rest,
    messy,
    open_file,
    send_first,
    step_bar,
    step_of,
    wizard_of,
)
from tests.tui.tui_support import console_of, demo, lines_of, press, settled, text_of, until

from dyntui.importer import Mapping
from dyntui.tui.features.users.users_screen import UsersScreen

SIZE = (120, 40)
EVM = "0xbF394748301603f18d953C90F0b087CBEC0E1834"


def mapping_of(pilot: object) -> Mapping:
    mapping = wizard_of(pilot).draft.mapping  # type: ignore[arg-type]  # a pilot
    assert mapping is not None
    return mapping


async def test_name_and_provider_of_wallets_are_chosen_once(tmp_path: Path) -> None:
    file = tmp_path / "wallets.csv"
    file.write_text(f"email,wallet address\nn@alpha-mail.org,{EVM}\n")
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await open_file(pilot, file)
        await press(pilot, "right_square_bracket", "t", "enter")
        assert "! wallets" in text_of(console) and "▸Map 1 to choose" in step_bar(console)
        await press(pilot, "right_square_bracket")
        assert step_of(pilot).NAME == "map"
        assert "Press $" in console.session.notifications[-1].text
        await press(pilot, "dollar_sign")
        assert "metamask" in text_of(console) and "browserExtension" in text_of(console)
        await press(pilot, "enter", "enter", "enter")
        await settled(pilot)
        assert mapping_of(pilot).constants == {
            "emailVerifiedAt": "unverified",
            "wallets.N.walletName": "metamask",
            "wallets.N.walletProvider": "browserExtension",
        }
        await press(pilot, "right_square_bracket")
        assert step_of(pilot).NAME == "review" and "1 ready" in text_of(console)


async def test_what_happens_to_refused_values_is_chosen(tmp_path: Path) -> None:
    file = tmp_path / "okta.csv"
    file.write_text("login,email,firstName\nn@alpha-mail.org,n@alpha-mail.org,Nora\n")
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, file, "review")
        assert "username_refused" in text_of(console)
        await press(pilot, "left_square_bracket", "percent_sign")
        assert "Values That the API Refuses" in text_of(console)
        await press(pilot, "tab", "right", "right", "right", "enter")
        await settled(pilot)
        assert mapping_of(pilot).on_invalid == {"username": "metadata"}
        assert "refused username" in text_of(console)
        await press(pilot, "right_square_bracket")
        assert "unsendable_in_met" in text_of(console), text_of(console)


async def test_users_without_an_identity_need_a_confirmation_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    file.write_text("First name,Last name\nNora,Quist\nPat,Dea\n")
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, file, "plan")
        assert "2 users cannot sign in" in text_of(console)
        await press(pilot, "enter")
        assert "Import users who cannot sign in?" in text_of(console)
        await press(pilot, "n")
        assert console.session.running is None
        await press(pilot, "enter", "y")
        assert "Import file names.csv" in text_of(console)
        await press(pilot, "o")
        await job_at_rest(pilot)
        assert step_of(pilot).NAME == "finish" and "2 of 2 imported" in lines_of(console)[-1]


async def test_the_first_ten_users_can_be_looked_at(tmp_path: Path) -> None:
    console = demo(users=5)
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, messy(tmp_path / "people.csv"), "plan")
        await send_first(pilot)
        assert "Press O to look at what was created" in text_of(console)
        await press(pilot, "O")
        await settled(pilot)
        screen = console_of(pilot).screen
        assert isinstance(screen, UsersScreen)
        assert "person0@example.com" in text_of(console)
        await until(pilot, lambda: screen.table.cursor == 0)
        row = screen.table.row
        assert isinstance(row, dict) and str(row["email"]).startswith("person")
