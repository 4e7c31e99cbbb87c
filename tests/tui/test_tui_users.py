"""Users and wallets by keys: what is done to them is confirmed, done, read again and told."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from access_support import WALLET, connection_of, go, notes, on_list, pretend_live
from textual.pilot import Pilot
from tui_support import SMALL, TOKEN, console_of, demo, fill, press, profile, settled, text_of, until

from dyntui.api.errors import Invalid, NotSent
from dyntui.config.paths import paths
from dyntui.tui.features.users.edit_profile import metadata_value
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.features.users.users_screen import UsersScreen
from dyntui.tui.features.wallets.wallet_screen import WalletScreen
from dyntui.tui.shell.console_state import open_row_cache
from dyntui.tui.shell.impact_dialog import ImpactDialog
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

YOUSSEF = ("j", "j", "enter")
NOA = ("j",) * 8 + ("enter",)


async def the_user(pilot: Pilot[Any]) -> dict[str, Any]:
    screen = next(screen for screen in console_of(pilot).open_screens if isinstance(screen, UserScreen))
    document = await connection_of(pilot).client.users.get_raw(screen.object_id)
    return dict(document.get("user", document))


def refuse(
    monkeypatch: pytest.MonkeyPatch, pilot: Pilot[Any], operation: str, when: Callable[[dict[str, Any]], bool]
) -> None:
    """Let the server refuse some calls of an operation."""
    client = connection_of(pilot).client
    call = client.call

    async def refusing(operation_id: str, **more: Any) -> Any:
        if operation_id == operation and when(more):
            raise Invalid(422, "no such thing today", code="somehow")
        return await call(operation_id, **more)

    monkeypatch.setattr(client, "call", refusing)


def active(user: dict[str, Any]) -> int:
    return sum(not session["revokedAt"] for session in user["sessions"])


async def test_one_session_is_revoked_and_the_tab_shows_it() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "x")
        assert notes(pilot)[-1] == "Go to a session on the Sessions tab first."
        assert active(await the_user(pilot)) == 4
        await press(pilot, "4", "x")
        assert "The device is signed out." in text_of(console)
        await press(pilot, "y")
        assert active(await the_user(pilot)) == 3
        assert "revoked" in text_of(console)
        assert notes(pilot)[-1].startswith("Session ")
        assert notes(pilot)[-1].endswith(" revoked")
        await press(pilot, "x")
        assert notes(pilot)[-1] == "This session is revoked already."


@pytest.mark.parametrize("size", [(120, 40), SMALL], ids=["wide", "small"])
async def test_all_sessions_are_revoked(size: tuple[int, int]) -> None:
    console = demo()
    async with console.run_test(size=size) as pilot:
        await go(pilot, *YOUSSEF, "X")
        assert "The users are signed out on all devices" in text_of(console)
        await press(pilot, "escape")
        assert active(await the_user(pilot)) == 4
        await press(pilot, "X", "y")
        assert active(await the_user(pilot)) == 0
        await press(pilot, "X")
        assert notes(pilot)[-1] == "This user has no active session."


async def test_mfa_devices_are_removed_and_methods_reset() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *NOA, "f", "y")
        assert notes(pilot)[-1] == "MFA methods of user noa.friedman@example.com reset"
        if (await the_user(pilot))["mfaDevices"]:
            await press(pilot, "D", "y")
        assert (await the_user(pilot))["mfaDevices"] == []
        await press(pilot, "D")
        assert notes(pilot)[-1] == "This user has no MFA devices."


async def test_a_deleted_user_is_left_and_dim_in_the_list() -> None:
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
        assert view.is_gone(2)
        page = await connection_of(pilot).client.users.list()
        assert screen.object_id not in [row["id"] for row in page.items]


async def test_in_live_a_user_is_deleted_only_by_typing_the_name_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend_live(monkeypatch)
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "d")
        await press(pilot, "y")
        assert isinstance(console.screen, ImpactDialog)
        await press(pilot, "escape", "d")
        await fill(pilot, "demo")
        assert isinstance(console.screen, ImpactDialog)
        assert (await the_user(pilot))["id"]
        await fill(pilot, "acme")
        assert isinstance(console.screen, ResourceScreen)


@pytest.mark.parametrize("key", ["X", "D", "f", "d"])
async def test_in_read_only_nothing_is_done_and_the_reason_is_said(key: str) -> None:
    console = demo(read_only=True)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *NOA, key)
        assert notes(pilot)[-1] == "This environment is read-only."
        assert isinstance(console.screen, UserScreen)
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]


async def test_what_fails_is_told_in_the_words_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF)
        refuse(monkeypatch, pilot, "revokeSessionById", lambda more: True)
        await press(pilot, "4", "x", "y")
        assert " not " in notes(pilot)[-1]
        assert "no such thing today" in notes(pilot)[-1]
        assert active(await the_user(pilot)) == 4


async def test_the_profile_is_changed_after_its_difference_was_shown() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "e")
        text = text_of(console)
        assert "The API cannot change the e-mail." in text
        await fill(pilot, "Joseph")
        await press(pilot, "ctrl+s")
        assert isinstance(console.screen, ImpactDialog)
        assert "→ Joseph" in text_of(console)
        assert (await the_user(pilot))["firstName"] != "Joseph"
        await press(pilot, "y")
        assert (await the_user(pilot))["firstName"] == "Joseph"
        assert "Joseph" in text_of(console)
        await press(pilot, "escape")
        assert "Joseph" in text_of(console), "the list shows it too"


async def test_what_is_not_changed_is_not_saved() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF, "e", "ctrl+s")
        assert notes(pilot)[-1] == "Nothing is different; nothing was saved."
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]


async def test_one_field_of_the_metadata_is_set_and_the_others_stay() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF)
        before = (await the_user(pilot))["metadata"] or {}
        await press(pilot, "m")
        await fill(pilot, "seats", "{")
        assert "It is not JSON" in text_of(console)
        await fill(pilot, "12")
        assert "seats: — → 12" in text_of(console)
        await press(pilot, "y")
        assert (await the_user(pilot))["metadata"] == {**before, "seats": 12}
        await settled(pilot)


@pytest.mark.parametrize(
    ("text", "value"),
    [("pro", "pro"), (" 12 ", 12), ('"12"', "12"), ("true", True), ("null", None), ("[1]", [1]), ("", "")],
)
def test_a_value_of_the_metadata_is_json_where_it_looks_like_it(text: str, value: object) -> None:
    assert metadata_value(text) == value


async def listed(pilot: Pilot[Any]) -> list[dict[str, Any]]:
    return list((await connection_of(pilot).client.users.list()).items)


def users_of(pilot: Pilot[Any]) -> UsersScreen:
    return next(screen for screen in console_of(pilot).open_screens if isinstance(screen, UsersScreen))


MARKED = ("space", "space", "space")


async def test_marked_users_are_deleted_and_those_that_failed_stay_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *MARKED)
        ids = [str(row["id"]) for row in (await listed(pilot))[:3]]
        refuse(monkeypatch, pilot, "deleteUser", lambda more: more["path"]["userId"] == ids[1])
        await press(pilot, "d")
        assert "Delete 3 users?" in text_of(console)
        await press(pilot, "y")
        assert "1 of 3 not done; they stay marked" in text_of(console)
        assert "failed: no such thing today" in text_of(console)
        await press(pilot, "escape")
        screen = users_of(pilot)
        assert screen.table.marks == {ids[1]}
        assert screen.view is not None
        assert [screen.view.is_gone(index) for index in range(4)] == [True, False, True, False]
        left = [row["id"] for row in await listed(pilot)]
        assert ids[1] in left
        assert not {ids[0], ids[2]} & set(left)


async def test_sessions_of_marked_users_are_revoked() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *MARKED, "X", "y")
        assert notes(pilot)[-1] == "Sessions of 3 users revoked"
        assert not users_of(pilot).table.marks
        for row in (await listed(pilot))[:3]:
            user = await connection_of(pilot).client.users.get_raw(row["id"])
            assert active(user.get("user", user)) == 0


async def test_a_field_of_the_metadata_of_marked_users_is_set() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *MARKED, "m")
        await fill(pilot, "cohort", "march")
        assert "Set metadata cohort of 3 users?" in text_of(console)
        await press(pilot, "y")
        rows = await listed(pilot)
        assert [(row["metadata"] or {}).get("cohort") for row in rows[:4]] == ["march"] * 3 + [None]


async def test_marked_users_are_put_on_a_list() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *MARKED, "A")
        name = "Beta testers"
        assert name in text_of(console)
        await press(pilot, "enter", "y")
        assert "users added to Beta testers" in notes(pilot)[-1]
        mails = [row["email"] for row in (await listed(pilot))[:3]]
        assert set(mails) <= set(await on_list(pilot, name))


async def test_a_user_is_created_and_opened() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "n", "ctrl+s")
        assert "A user needs at least one of them." in text_of(console)
        await fill(pilot, "ada@example.com")
        await press(pilot, "ctrl+s")
        assert "email: ada@example.com" in text_of(console)
        await press(pilot, "y")
        assert isinstance(console.screen, UserScreen)
        assert (await the_user(pilot))["email"] == "ada@example.com"
        await press(pilot, "escape", "g")
        assert "ada@example.com" in text_of(console)


@pytest.mark.parametrize("key", ["n", "d", "X", "m", "A"])
async def test_in_read_only_nothing_is_done_to_many_either(key: str) -> None:
    console = demo(read_only=True)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *MARKED, key)
        assert notes(pilot)[-1] == "This environment is read-only."
        assert not [entry for entry in connection_of(pilot).log.entries() if entry.method != "GET"]


async def export_to(pilot: Pilot[Any], path: Path, *, formats: int = 0, what: int = 0) -> None:
    """Fill in the export form: so many steps to the right in what and format."""
    await press(pilot, "E", *["right"] * what, "enter", *["right"] * formats, "enter")
    await fill(pilot, str(path))


async def test_the_filter_is_exported_to_a_private_new_file(tmp_path: Path) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "slash", *"anna", "enter")
        wanted = {row["id"] for row in await filtered(pilot, "anna")}
        assert wanted
        file = tmp_path / "anna.ndjson"
        await export_to(pilot, file, formats=2)
        assert notes(pilot)[-1].endswith(f"exported to {file}")
        assert {json.loads(line)["id"] for line in file.read_text().splitlines()} == wanted
        assert file.stat().st_mode & 0o777 == 0o600
        await press(pilot, "E", "enter", "enter")
        await fill(pilot, str(file))
        assert "This file already exists." in text_of(console)


async def filtered(pilot: Pilot[Any], text: str) -> list[dict[str, Any]]:
    client = connection_of(pilot).client
    page = await client.users.list(filter={"filterValue": text, "filterColumn": "all"})
    return list(page.items)


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
        assert {row["id"] for row in json.loads(file.read_text())} == users_of(pilot).table.marks


async def test_an_export_has_the_columns_that_are_shown_and_says_who_is_gone(tmp_path: Path) -> None:
    from dyntui.services.actions.user_actions import DELETE_USER
    from dyntui.services.actions.write_types import Confirmation, Target
    from dyntui.services.connection import Connection

    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "space", "space")
        screen = console.screen
        assert isinstance(screen, UsersScreen)
        ids = [target.id for target in screen.targets]
        here = connection_of(pilot)
        async with Connection(here.profile, here._token, app=here.app) as elsewhere:
            await elsewhere.write_gate.perform(DELETE_USER, [Target(ids[0])], Confirmation(yes=True))
        await export_to(pilot, tmp_path / "shown.csv", formats=4)
        await until(pilot, lambda: "shown.csv" in notes(pilot)[-1])
        assert notes(pilot)[-1].endswith("1 marked row no longer exists")
        (row,) = csv.DictReader(io.StringIO((tmp_path / "shown.csv").read_bytes().decode("utf-8-sig")))
        assert list(row) == [column.field for column in screen.table.columns if column.field]
        assert row["email"] == "anna.lange@mail.example.com"


async def test_an_export_that_fails_leaves_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    console = demo(230)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot)
        refuse(monkeypatch, pilot, "getEnvironmentUsers", lambda more: more["query"].get("offset", 0) > 0)
        await export_to(pilot, tmp_path / "all.csv")
        assert "no such thing today" in notes(pilot)[-1]
        assert not list(tmp_path.glob("*.csv"))


async def test_all_of_a_filter_are_marked_by_reading_the_whole_list() -> None:
    console = demo(230)
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "asterisk")
        assert len(users_of(pilot).table.marks) == 230
        assert "230 marked" in text_of(console)


async def test_rows_from_before_are_shown_first_and_said_to_be_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot)
        first = (await listed(pilot))[0]["email"]
        client = connection_of(pilot).client
        call = client.call
        answers = False

        async def offline(operation_id: str, **more: Any) -> Any:
            if not answers:
                raise NotSent("nobody answers")
            return await call(operation_id, **more)

        monkeypatch.setattr(client, "call", offline)
        await press(pilot, "colon", *"allowlists", "enter", "colon", *"users", "enter")
        await until(pilot, lambda: "offline since " in text_of(console))
        assert first in text_of(console)
        assert "cached, just now" in text_of(console)
        answers = True
        await press(pilot, "r")
        await until(pilot, lambda: "offline" not in text_of(console))
        screen = console.screen
        assert isinstance(screen, UsersScreen)
        assert screen.view is not None
        await screen.view.wait_until_idle()
        await settled(pilot)
        assert "cached" not in text_of(console)
        assert screen.view.changed == set(), "what the cache leaves out is not a change"


async def test_without_a_cache_nothing_is_shown_before_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNTUI_NO_CACHE", "1")
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot)
        assert console.session.rows is None


@pytest.mark.parametrize(
    ("kind", "agreed", "on_disk"), [("sandbox", False, True), ("live", False, False), ("live", True, True)]
)
async def test_rows_of_live_touch_the_disk_only_when_that_was_agreed(kind: str, agreed: bool, on_disk: bool) -> None:
    from dyntui.services.connection import Connection

    async with Connection(profile(kind=kind, keep_rows=agreed), TOKEN) as connection:
        rows = open_row_cache(connection)
        assert rows is not None
        assert (rows.file is not None) == on_disk
        assert connection.cache_file.exists() == on_disk
        rows.close()


@pytest.mark.parametrize("size", [(120, 40), SMALL], ids=["wide", "small"])
async def test_every_tab_of_a_user_says_what_it_has(size: tuple[int, int]) -> None:
    console = demo()
    async with console.run_test(size=size) as pilot:
        await go(pilot, *("j",) * 11, "enter")
        for key, words in {
            "5": "This user has no social accounts.",
            "6": "Security key",
            "7": "LISTS THAT MATCHED",
            "8": "0x75a789d21c6a6478265b438701eaa4bf60361e18",
            "0": "projectEnvironmentId",
        }.items():
            await press(pilot, key)
            assert words in text_of(console)


async def test_a_social_token_is_shown_once_after_it_was_asked_for_and_is_audited() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, "j", "enter", "t")
        assert notes(pilot)[-1] == "Go to an account on the Social tab first."
        await press(pilot, "5", "t")
        assert "ya29." not in text_of(console)
        await press(pilot, "y")
        assert "ya29." in text_of(console)
        await press(pilot, "escape")
        assert "ya29." not in text_of(console)
        audited = paths().audit_file.read_text()
        assert "social.reveal-token" in audited
        assert "ya29." not in audited


async def test_a_wallet_is_deleted_and_brought_back() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *YOUSSEF)
        count = len((await the_user(pilot))["wallets"])
        await press(pilot, "3", "enter")
        assert isinstance(console.screen, WalletScreen)
        deleted = console.screen.object_id
        await press(pilot, "d", "y")
        assert isinstance(console.screen, UserScreen)
        assert f"3 Wallets {count - 1}" in text_of(console)
        await press(pilot, "u", "y")
        wallets = [wallet["id"] for wallet in (await the_user(pilot))["wallets"]]
        assert deleted in wallets
        assert f"3 Wallets {len(wallets)}" in text_of(console), "older deleted ones come back as well"


async def test_a_wallet_is_linked() -> None:
    console = demo()
    async with console.run_test(size=(120, 40)) as pilot:
        await go(pilot, *("j",) * 3, "enter")
        await press(pilot, "w", "ctrl+s")
        assert "A wallet has an address." in text_of(console)
        await fill(pilot, WALLET)
        await press(pilot, "enter")
        await fill(pilot, "metamask")
        await press(pilot, "enter")
        assert f"address: {WALLET}" in text_of(console)
        await press(pilot, "y")
        assert WALLET in [wallet["publicKey"] for wallet in (await the_user(pilot))["wallets"]]
