"""Actions on users and wallets in the console: confirmation, request, refresh, notification."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.tui.access_support import WALLET, connection_of, go, notes, pretend_live, read_entries
from tests.tui.tui_support import SMALL, TOKEN, console_of, demo, fill, paste, press, profile, settled, text_of, until
from textual.pilot import Pilot
from textual.widgets import Input

from dyntui.api.client import Client
from dyntui.api.errors import Invalid, NotSent
from dyntui.config.paths import paths
from dyntui.tui.features.users.edit_profile import parse_metadata_value
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.features.users.users_screen import UsersScreen
from dyntui.tui.features.wallets.wallet_screen import WalletScreen
from dyntui.tui.shell.confirm_dialog import ConfirmDialog
from dyntui.tui.shell.console_state import open_row_cache
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

YOUSSEF = ("j", "j", "enter")
NOA = ("j",) * 8 + ("enter",)


async def read_open_user(pilot: Pilot[Any]) -> dict[str, Any]:
    screen = next(screen for screen in console_of(pilot).open_screens if isinstance(screen, UserScreen))
    document = await connection_of(pilot).client.users.get_raw(screen.object_id)
    return dict(document)


def refuse(monkeypatch: pytest.MonkeyPatch, operation: str, when: Callable[[dict[str, Any]], bool]) -> None:
    """Let the server refuse the calls of `operation` for which `when` is true."""
    call = Client.call

    async def refusing(client: Client, operation_id: str, **more: Any) -> Any:
        if operation_id == operation and when(more):
            raise Invalid(422, "refused by the test", code="test_refusal")
        return await call(client, operation_id, **more)

    monkeypatch.setattr(Client, "call", refusing)


def active_sessions(user: dict[str, Any]) -> int:
    return sum(not session["revokedAt"] for session in user["sessions"])


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


async def first_page(pilot: Pilot[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection_of(pilot).client.users.list()).rows]


def users_of(pilot: Pilot[Any]) -> UsersScreen:
    return next(screen for screen in console_of(pilot).open_screens if isinstance(screen, UsersScreen))


MARKED = ("space", "space", "space")


async def test_marked_users_are_deleted_and_failed_users_stay_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *MARKED)
        ids = [str(row["id"]) for row in (await first_page(pilot))[:3]]
        refuse(monkeypatch, "deleteUser", lambda more: more["path"]["userId"] == ids[1])
        await press(pilot, "d")
        assert "Delete 3 users?" in text_of(console)
        await press(pilot, "y")
        assert "1 of 3 Users Unfinished, Still Marked" in text_of(console)
        assert "failed: refused by the test" in text_of(console)
        await press(pilot, "escape")
        screen = users_of(pilot)
        assert screen.table.marks == {ids[1]}
        assert screen.view is not None
        assert [screen.view.is_tombstone(index) for index in range(4)] == [True, False, True, False]
        remaining = [row["id"] for row in await first_page(pilot)]
        assert ids[1] in remaining
        assert not {ids[0], ids[2]} & set(remaining)


async def test_sessions_of_marked_users_are_revoked() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *MARKED, "X", "y")
        assert notes(pilot)[-1] == "Sessions of 3 users revoked"
        assert len(users_of(pilot).table.marks) == 3, "they stay marked"
        for row in (await first_page(pilot))[:3]:
            user = await connection_of(pilot).client.users.get_raw(row["id"])
            assert active_sessions(dict(user)) == 0


async def test_a_metadata_field_of_marked_users_is_set() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *MARKED, "m")
        await fill(pilot, "cohort", "march")
        assert "Set metadata cohort of 3 users?" in text_of(console)
        await press(pilot, "y")
        rows = await first_page(pilot)
        assert [(row["metadata"] or {}).get("cohort") for row in rows[:4]] == ["march"] * 3 + [None]


async def test_marked_users_are_added_to_an_allowlist() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *MARKED, "A")
        name = "Beta testers"
        assert "Add 3 Users to Allowlist" in text_of(console)
        assert name in text_of(console)
        await press(pilot, "enter", "y")
        assert "users added to Beta testers" in notes(pilot)[-1]
        emails = [row["email"] for row in (await first_page(pilot))[:3]]
        assert set(emails) <= set(await read_entries(pilot, name))


async def test_a_user_is_created_and_opened() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "plus", "ctrl+s")
        assert "Fill in at least one field." in text_of(console)
        await fill(pilot, "ada@example.com")
        await press(pilot, "ctrl+s")
        assert "email: ada@example.com" in text_of(console)
        await press(pilot, "y")
        assert isinstance(console.screen, UserScreen)
        assert (await read_open_user(pilot))["email"] == "ada@example.com"
        await press(pilot, "escape", "g")
        assert "ada@example.com" in text_of(console)


async def test_bulk_actions_are_refused_in_a_read_only_environment() -> None:
    console = demo(read_only=True)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *MARKED)
        for key in ("plus", "d", "X", "m", "A"):
            console.session.notifications.clear()
            await press(pilot, key)
            assert notes(pilot)[-1:] == ["This environment is read-only."], key
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]


async def export_to(pilot: Pilot[Any], path: Path, *, formats: int = 0, what: int = 0) -> None:
    """Fill in the export form. formats, what: how many times `right` is pressed in these fields."""
    await press(pilot, "x", *["right"] * what, "enter", *["right"] * formats, "enter")
    await fill(pilot, str(path))


async def test_filtered_users_are_exported_to_a_new_private_file(tmp_path: Path) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "slash", *"anna", "enter")
        expected = {row["id"] for row in await filtered(pilot, "anna")}
        assert expected
        file = tmp_path / "anna.ndjson"
        await export_to(pilot, file, formats=2)
        assert notes(pilot)[-1].endswith(f"exported to {file}")
        assert {json.loads(line)["id"] for line in file.read_text().splitlines()} == expected
        assert file.stat().st_mode & 0o777 == 0o600
        await press(pilot, "x", "enter", "enter")
        await fill(pilot, str(file))
        assert "This file already exists." in text_of(console)


async def filtered(pilot: Pilot[Any], text: str) -> list[dict[str, Any]]:
    client = connection_of(pilot).client
    page = await client.users.list(filter={"filterValue": text, "filterColumn": "all"})
    return [dict(row) for row in page.rows]


async def test_all_users_are_exported_as_csv(tmp_path: Path) -> None:
    console = demo(230)
    async with console.run_test(size=SMALL) as pilot:
        await go(pilot)
        file = tmp_path / "all.csv"
        await export_to(pilot, file)
        assert notes(pilot)[-1] == f"230 users exported to {file}"
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
        assert len({row["id"] for row in rows}) == 230


async def test_marked_users_are_exported_as_json(tmp_path: Path) -> None:
    console = demo(read_only=True)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *MARKED)
        file = tmp_path / "marked.json"
        await export_to(pilot, file, formats=3)
        assert {row["id"] for row in json.loads(file.read_text())["items"]} == users_of(pilot).table.marks


async def test_the_file_of_an_export_follows_the_format(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "users.csv").touch()

    def path() -> str:
        return console.screen.query_one("#field-path", Input).value

    async def type_instead(text: str) -> None:
        """Type another file name, and go back to the format."""
        await pilot.press("down", "home", "shift+end", "backspace")
        await paste(pilot, text)
        await press(pilot, "up")

    console = demo()
    async with console.run_test(size=SMALL) as pilot:
        await go(pilot, "x", "enter")
        names = [path()]
        for _ in range(4):
            await press(pilot, "right")
            names.append(path())
        assert names == ["users-2.csv", "users-2.csv", "users.ndjson", "users.json", "users-2.csv"]
        await type_instead("export.of.march.csv")
        await press(pilot, "left")
        assert path() == "export.of.march.json", "the name was typed: only the ending changes"
        await type_instead("list.txt")
        await press(pilot, "left")
        assert path() == "list.txt"
        assert [each.name for each in tmp_path.glob("*.*")] == ["users.csv"]


async def test_an_export_has_the_shown_columns_and_counts_deleted_rows(tmp_path: Path) -> None:
    from dyntui.services.actions.resource_actions import write_action
    from dyntui.services.actions.write_types import Confirmation, Target
    from dyntui.services.connection import Connection

    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "space", "space")
        screen = console.screen
        assert isinstance(screen, UsersScreen)
        ids = [str(row["id"]) for row in screen.marked]
        open_connection = connection_of(pilot)
        async with Connection(open_connection.profile, open_connection._token, app=open_connection.app) as other:
            await other.write_gate.perform(write_action("users.delete"), [Target(ids[0])], Confirmation(yes=True))
        await export_to(pilot, tmp_path / "shown.csv", formats=4)
        await until(pilot, lambda: "shown.csv" in notes(pilot)[-1])
        assert notes(pilot)[-1].endswith("1 marked row no longer exists")
        (row,) = csv.DictReader(io.StringIO((tmp_path / "shown.csv").read_bytes().decode("utf-8-sig")))
        columns: Any = screen.table.columns
        assert list(row) == [column.field for column in columns if column.field]
        assert row["email"] == "anna.lange@mail.example.com"


async def test_a_failed_export_leaves_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    console = demo(230)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot)
        refuse(monkeypatch, "getEnvironmentUsers", lambda more: more["query"].get("offset", 0) > 0)
        await export_to(pilot, tmp_path / "all.csv")
        assert "refused by the test" in notes(pilot)[-1]
        assert not list(tmp_path.glob("*.csv"))


async def test_mark_all_reads_the_whole_list() -> None:
    console = demo(230)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "asterisk")
        assert len(users_of(pilot).table.marks) == 230
        assert "230 marked" in text_of(console)


async def test_cached_rows_are_shown_with_their_age_while_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot)
        first = (await first_page(pilot))[0]["email"]
        client = connection_of(pilot).client
        call = client.call
        is_online = False

        async def offline(operation_id: str, **more: Any) -> Any:
            if not is_online:
                raise NotSent("no connection")
            return await call(operation_id, **more)

        monkeypatch.setattr(client, "call", offline)
        await press(pilot, "colon", *"allowlists", "enter", "colon", *"users", "enter")
        await until(pilot, lambda: "offline since " in text_of(console))
        assert first in text_of(console)
        assert "cached, just now" in text_of(console)
        is_online = True
        await press(pilot, "r")
        await until(pilot, lambda: "offline" not in text_of(console))
        screen = console.screen
        assert isinstance(screen, UsersScreen)
        assert screen.view is not None
        await screen.view.wait_until_idle()
        await settled(pilot)
        assert "cached" not in text_of(console)
        assert screen.view.changed == set(), "a field that the cache leaves out is not a change"


async def test_no_row_cache_is_opened_with_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNTUI_NO_CACHE", "1")
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot)
        assert console.session.rows is None


@pytest.mark.parametrize(
    ("kind", "agreed", "on_disk"), [("sandbox", False, True), ("live", False, False), ("live", True, True)]
)
async def test_rows_of_a_live_environment_are_stored_only_with_consent(kind: str, agreed: bool, on_disk: bool) -> None:
    from dyntui.services.connection import Connection

    async with Connection(profile(kind=kind, keep_rows=agreed), TOKEN) as connection:
        rows = open_row_cache(connection)
        assert rows is not None
        assert (rows.file is not None) == on_disk
        assert connection.cache_file.exists() == on_disk
        rows.close()


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


async def test_an_export_runs_in_a_thread_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    threads: set[int] = set()
    send = Client.send

    async def recorded(client: Client, *arguments: Any, **more: Any) -> Any:
        threads.add(threading.get_ident())
        return await send(client, *arguments, **more)

    console = demo(230)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot)
        monkeypatch.setattr(Client, "send", recorded)
        await export_to(pilot, tmp_path / "all.csv")
        assert notes(pilot)[-1].startswith("230 users exported")
        await press(pilot, "asterisk")
        assert threads
        assert threading.get_ident() not in threads
