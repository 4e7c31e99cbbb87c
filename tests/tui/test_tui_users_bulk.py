"""Actions on several marked users, and a new user."""

from __future__ import annotations

import pytest
from tests.tui.access_support import connection_of, go, notes, read_entries
from tests.tui.tui_support import demo, fill, press, text_of
from tests.tui.user_support import MARKED, active_sessions, first_page, read_open_user, refuse, users_of

from dyntui.tui.features.users.user_screen import UserScreen


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
