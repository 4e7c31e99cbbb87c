"""Actions on users and wallets in the console: confirmation, request, refresh, notification."""

from __future__ import annotations

import pytest
from tests.tui.access_support import WALLET, connection_of, go, notes, pretend_live
from tests.tui.tui_support import SMALL, demo, fill, press, settled, text_of
from tests.tui.user_support import active_sessions, read_open_user, refuse

from dyntui.config.paths import paths
from dyntui.tui.features.users.edit_profile import parse_metadata_value
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.features.wallets.wallet_screen import WalletScreen
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

YOUSSEF = ("j", "j", "enter")
NOA = ("j",) * 8 + ("enter",)


async def test_a_revoked_session_is_shown_on_the_tab() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "minus")
        assert notes(pilot)[-1] == "Select a session on the Sessions tab first."
        assert active_sessions(await read_open_user(pilot)) == 4
        await press(pilot, "4", "minus")
        assert "The user has to sign in again" in text_of(console)
        await press(pilot, "y")
        assert active_sessions(await read_open_user(pilot)) == 3
        assert "revoked" in text_of(console)
        assert notes(pilot)[-1].startswith("Session ")
        assert notes(pilot)[-1].endswith(" revoked")
        await press(pilot, "minus")
        assert notes(pilot)[-1] == "The session is already revoked."


@pytest.mark.slow
async def test_all_sessions_of_the_environment_are_accepted_for_revocation() -> None:
    console = demo(flags={"accepted-delay-ms": "0"})
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "vertical_line")
        assert "Revoke the sessions of all users of the environment?" in text_of(console)
        await press(pilot, "y")
        assert notes(pilot)[-1].startswith("Sessions of the environment not revoked yet. Accepted, not done yet:")
        await go(pilot, *YOUSSEF, "4", "r")
        assert active_sessions(await read_open_user(pilot)) == 0
        assert "active" not in text_of(console)


@pytest.mark.slow
async def test_sessions_that_the_server_does_not_tell_are_not_shown_as_none() -> None:
    console = demo(flags=dict.fromkeys(("newer-operations", "sessions-on-get", "sessions-on-list"), "no"))
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "4")
        assert "The server does not tell the sessions of a user." in text_of(console)
        assert "has no sessions" not in text_of(console)
        await press(pilot, "X")
        assert isinstance(console.screen, ConfirmDialog), "there may be some"


@pytest.mark.parametrize("size", [(120, 40), pytest.param(SMALL, marks=pytest.mark.slow)], ids=["wide", "small"])
async def test_all_sessions_of_a_user_are_revoked(size: tuple[int, int]) -> None:
    console = demo()
    async with console.run_test(size=size) as pilot:
        await go(pilot, *YOUSSEF, "X")
        assert "All devices are signed out." in text_of(console)
        await press(pilot, "escape")
        assert active_sessions(await read_open_user(pilot)) == 4
        await press(pilot, "X", "y")
        assert active_sessions(await read_open_user(pilot)) == 0
        await press(pilot, "X")
        assert notes(pilot)[-1] == "This user has no active sessions."


async def test_mfa_devices_are_removed_and_mfa_methods_reset() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *NOA, "equals_sign", "y")
        assert notes(pilot)[-1] == "MFA methods of user noa.friedman@example.com reset"
        if (await read_open_user(pilot))["mfaDevices"]:
            await press(pilot, "ctrl+x", "y")
        assert (await read_open_user(pilot))["mfaDevices"] == []
        await press(pilot, "ctrl+x")
        assert notes(pilot)[-1] == "This user has no MFA devices."


async def test_deleting_a_user_returns_to_the_list_with_a_tombstone() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF)
        screen = console.screen
        assert isinstance(screen, UserScreen)
        await press(pilot, "d")
        text = text_of(console)
        assert "This cannot be undone" in text
        assert screen.object_id in text
        await press(pilot, "y")
        assert isinstance(console.screen, ResourceScreen)
        assert notes(pilot)[-1] == "User youssef.benali@post.example.org deleted"
        view = console.screen.view
        assert view is not None
        assert view.is_tombstone(2)
        page = await connection_of(pilot).client.users.list()
        assert screen.object_id not in [row["id"] for row in page.rows]


async def test_a_live_user_is_deleted_only_after_typing_the_environment_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend_live(monkeypatch)
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "d")
        await press(pilot, "y")
        assert isinstance(console.screen, ConfirmDialog)
        await press(pilot, "escape", "d")
        await fill(pilot, "demo")
        assert isinstance(console.screen, ConfirmDialog)
        assert (await read_open_user(pilot))["id"]
        await fill(pilot, "acme")
        assert isinstance(console.screen, ResourceScreen)


async def test_user_actions_are_refused_in_a_read_only_environment() -> None:
    console = demo(read_only=True)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *NOA)
        for key in ("X", "ctrl+x", "equals_sign", "d"):
            console.session.notifications.clear()
            await press(pilot, key)
            assert notes(pilot)[-1:] == ["This environment is read-only."], key
            assert isinstance(console.screen, UserScreen)
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]


async def test_a_failure_is_shown_with_the_message_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF)
        refuse(monkeypatch, "revokeSessionById", lambda more: True)
        await press(pilot, "4", "minus", "y")
        assert " not " in notes(pilot)[-1]
        assert "refused by the test" in notes(pilot)[-1]
        assert active_sessions(await read_open_user(pilot)) == 4


async def test_profile_changes_are_shown_before_they_are_saved() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "e")
        text = text_of(console)
        assert "The API cannot change the email." in text
        await fill(pilot, "Joseph")
        await press(pilot, "ctrl+s")
        assert isinstance(console.screen, ConfirmDialog)
        assert "→ Joseph" in text_of(console)
        assert (await read_open_user(pilot))["firstName"] != "Joseph"
        await press(pilot, "y")
        assert (await read_open_user(pilot))["firstName"] == "Joseph"
        assert "Joseph" in text_of(console)
        await press(pilot, "escape")
        assert "Joseph" in text_of(console), "the list shows it too"


async def test_an_unchanged_profile_is_not_saved() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "e", "ctrl+s")
        assert notes(pilot)[-1] == "No changes to save."
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]


async def test_setting_a_metadata_field_keeps_the_other_fields() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF)
        before = (await read_open_user(pilot))["metadata"] or {}
        await press(pilot, "m")
        await fill(pilot, "seats", "{")
        assert "Invalid JSON" in text_of(console)
        await fill(pilot, "12")
        assert "seats: — → 12" in text_of(console)
        await press(pilot, "y")
        assert (await read_open_user(pilot))["metadata"] == {**before, "seats": 12}
        await settled(pilot)


@pytest.mark.parametrize(
    ("text", "value"),
    [("pro", "pro"), (" 12 ", 12), ('"12"', "12"), ("true", True), ("null", None), ("[1]", [1]), ("", "")],
)
def test_a_metadata_value_is_json_if_it_is_valid_json(text: str, value: object) -> None:
    assert parse_metadata_value(text) == value


@pytest.mark.parametrize("size", [pytest.param((120, 40), marks=pytest.mark.slow), SMALL], ids=["wide", "small"])
async def test_every_tab_of_a_user_shows_its_content(size: tuple[int, int]) -> None:
    console = demo()
    async with console.run_test(size=size) as pilot:
        await go(pilot, *("j",) * 11, "enter")
        for key, words in {
            "5": "This user has no social accounts.",
            "6": "Security key",
            "7": "MATCHING ALLOWLISTS",
            "8": "0x75a789d21c6a6478265b438701eaa4bf60361e18",
            "0": "projectEnvironmentId",
        }.items():
            await press(pilot, key)
            assert words in text_of(console)


async def test_a_social_token_is_shown_one_time_and_audited() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "j", "enter", "K")
        assert notes(pilot)[-1] == "Select an account on the Social tab first."
        await press(pilot, "5", "K")
        assert "ya29." not in text_of(console)
        await press(pilot, "y")
        assert "ya29." in text_of(console)
        await press(pilot, "escape")
        assert "ya29." not in text_of(console)
        audited = paths().audit_file.read_text()
        assert "users.reveal-social-token" in audited
        assert "ya29." not in audited


async def test_a_deleted_wallet_is_recovered() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF)
        count = len((await read_open_user(pilot))["wallets"])
        await press(pilot, "3", "enter")
        assert isinstance(console.screen, WalletScreen)
        deleted = console.screen.object_id
        await press(pilot, "d", "y")
        assert isinstance(console.screen, UserScreen)
        assert f"3 Wallets {count - 1}" in text_of(console)
        await press(pilot, "u", "y")
        wallets = [wallet["id"] for wallet in (await read_open_user(pilot))["wallets"]]
        assert deleted in wallets
        assert f"3 Wallets {len(wallets)}" in text_of(console), "wallets that were deleted earlier are recovered too"


async def test_an_external_wallet_is_linked() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *("j",) * 3, "enter")
        await press(pilot, "J", "ctrl+s")
        assert "Enter the address of the wallet." in text_of(console)
        await fill(pilot, WALLET)
        await press(pilot, "enter")
        await fill(pilot, "metamask")
        await press(pilot, "enter")
        assert f"address: {WALLET}" in text_of(console)
        await press(pilot, "y")
        assert WALLET in [wallet["publicKey"] for wallet in (await read_open_user(pilot))["wallets"]]
