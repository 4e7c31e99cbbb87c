"""Automatic refresh of lists: what changed is shown, the cursor stays, and it is paused while the user works."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
from tests.tui.tui_support import SMALL, console_of, demo, jump, lines_of, press, settled, text_of, until

from dyntui.api.errors import Forbidden
from dyntui.api.permit import WritePermit
from dyntui.config.list_preferences import ListPreferences
from dyntui.services.connection import Connection
from dyntui.services.imports.jobs import JobLocation, new_job
from dyntui.store.states import JobState
from dyntui.tui.features.imports import jobs_screen
from dyntui.tui.features.users.user_screen import UserScreen
from dyntui.tui.shell.auto_refresh import AutoRefreshMixin
from dyntui.tui.shell.lists import resource_screen
from dyntui.tui.shell.lists.resource_screen import ResourceScreen


def list_of(pilot: Any) -> ResourceScreen:
    shown = console_of(pilot).screen_stack[0]
    assert isinstance(shown, ResourceScreen)
    return shown


async def write(pilot: Any, operation: str, body: dict[str, object], **path: str) -> None:
    """Change something at the server as another program does: the console is not told."""
    connection = console_of(pilot).session.connection
    assert connection is not None
    other = Connection(connection.profile, connection._token, app=connection.app)
    await other.client.call(operation, path=path, body=body, permit=WritePermit("test"))


async def refresh(pilot: Any) -> int:
    """Let the time of the next refresh come; return the number of requests."""
    log = console_of(pilot).session.connection.log  # type: ignore[union-attr]
    sent = log.total
    shown = console_of(pilot).screen_stack[0]
    assert isinstance(shown, AutoRefreshMixin)
    shown._refreshed_at = -inf
    shown.refresh_due()
    await settled(pilot)
    return log.total - sent


def signs_of(pilot: Any) -> dict[str, str]:
    """The sign of each row in view that has one, by the first word of the row."""
    lines = [line.lstrip("▌ ") for line in lines_of(console_of(pilot))[2:-1]]
    return {line[1:].split()[0]: line[0] for line in lines if line[:1] in "+~×•" and line.strip()}


async def test_a_list_shows_what_changed_and_keeps_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    set_timer, when_signs_end = ResourceScreen.set_timer, []

    def keep_timer(screen: ResourceScreen, delay: float, callback: Any = None, **options: Any) -> Any:
        if delay == resource_screen._SIGNS_S:
            when_signs_end.append(callback)
        return set_timer(screen, delay, callback, **options)

    monkeypatch.setattr(ResourceScreen, "set_timer", keep_timer)
    async with demo(60).run_test(size=SMALL) as pilot:
        await settled(pilot)
        table = list_of(pilot).table
        await press(pilot, "I")
        assert " every 5 s" in lines_of(console_of(pilot))[-1]
        await press(pilot, "j", "j", "j")
        row = table.selected_row
        changed = table.view.get(1)
        assert changed is not None
        await write(pilot, "updateUser", {"firstName": "Renamed"}, userId=str(changed["id"]))
        await write(pilot, "createUser", {"email": "new@example.com"})
        assert await refresh(pilot) == 1
        assert signs_of(pilot) == {"new@example.com": "+", str(changed["email"]): "~"}
        assert (table.selected_row["id"], table.cursor, table.top) == (row["id"], 4, 0)
        (forget_signs,) = when_signs_end
        forget_signs()
        await settled(pilot)
        assert signs_of(pilot) == {}
        await press(pilot, "G", *["k"] * 3)
        before = [table.view.id_at(table.top), table.row_id]
        await write(pilot, "createUser", {"email": "newer@example.com"})
        assert await refresh(pilot) == 1
        assert [table.view.id_at(table.top), table.row_id] == before, "the rows in view stay where they are"
        assert signs_of(pilot) == {}


async def test_a_detail_is_refreshed_and_paused_while_it_is_edited() -> None:
    async with demo(20).run_test(size=SMALL) as pilot:
        await settled(pilot)
        console = console_of(pilot)
        await press(pilot, "j", "enter", "j", "I")
        assert console.session.notifications[-1].text == "The user is refreshed every 5 s."
        assert " every 5 s" in lines_of(console)[-1]
        screen = console.screen_stack[0]
        assert isinstance(screen, UserScreen)
        await write(pilot, "updateUser", {"firstName": "Renamed"}, userId=screen.object_id)
        assert await refresh(pilot) == 1
        assert "Renamed" in text_of(console) and "3 of " in lines_of(console)[-1], "the cursor stays"
        shown = screen.document
        assert await refresh(pilot) == 1
        assert screen.document is shown, "an unchanged object is not shown again"
        await press(pilot, "e")
        assert "refresh paused: dialog open" in text_of(console)
        assert await refresh(pilot) == 0
        await press(pilot, "escape")
        console.session.drafts[screen.object_id] = "{}"
        assert screen.refresh_paused_reason() == "unsaved metadata"
        assert await refresh(pilot) == 0
        console.session.drafts.clear()
        # the interval is remembered for users, and not used for lists
        assert ListPreferences.load().refresh == {"user": 5}
        await press(pilot, "escape", "k", "enter")
        assert " every 5 s" in lines_of(console)[-1]


async def test_the_refresh_is_paused_while_the_user_works_and_is_remembered() -> None:
    async with demo(30).run_test(size=SMALL) as pilot:
        await settled(pilot)
        console, screen = console_of(pilot), list_of(pilot)
        assert await refresh(pilot) == 0, "it is off at first"
        await press(pilot, "I", "space")
        assert "refresh paused: 1 marked" in lines_of(console)[-1]
        assert await refresh(pilot) == 0
        await press(pilot, "escape" if screen.back_label() else "U")
        assert not screen.table.marks
        assert await refresh(pilot) == 1
        await press(pilot, "s")
        assert "refresh paused: dialog open" in text_of(console)
        assert await refresh(pilot) == 0
        await press(pilot, "escape")
        assert "paused" not in text_of(console)
        await press(pilot, "slash")
        assert screen.refresh_paused_reason() == "prompt open"
        assert await refresh(pilot) == 0
        await press(pilot, *"Anna Lange", "enter")
        assert "refresh paused: the filter needs many requests" in lines_of(console)[-1]
        assert await refresh(pilot) == 0
        await press(pilot, "escape", "enter")
        assert await refresh_of(pilot, screen) == 0, "another screen is in front"
        await press(pilot, "escape", "I")
        assert " every 15 s" in lines_of(console)[-1]
    async with demo(30).run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert " every 15 s" in lines_of(console_of(pilot))[-1]
        await jump(pilot, "allowlists")
        assert "every" not in lines_of(console_of(pilot))[-1], "each list has its own interval"
        await press(pilot, "escape", "I", "I")
        assert console_of(pilot).session.notifications[-1].text == "Automatic refresh is off."
        assert ListPreferences.load().refresh == {"users": 0}


async def refresh_of(pilot: Any, screen: ResourceScreen) -> int:
    log = console_of(pilot).session.connection.log  # type: ignore[union-attr]
    sent = log.total
    screen.refresh_due()
    await settled(pilot)
    return log.total - sent


async def test_a_refresh_that_needs_many_requests_is_seldom() -> None:
    async with demo(5).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await jump(pilot, "allowlists")
        await press(pilot, "I")
        requests = await refresh(pilot)
        run, limit = list_of(pilot)._refresh_run, 1500 * 0.1
        assert run is not None
        assert run.attempts == requests > 2, "one for the entries of each list, too"
        run.attempts = 50
        await press(pilot, "j")
        assert f" every {50 * 60 / limit:g} s" in lines_of(console_of(pilot))[-1]
        assert await refresh_of(pilot, list_of(pilot)) == 0, "it is not the time yet"


async def test_a_refresh_that_fails_is_repeated_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    async with demo(30).run_test(size=SMALL) as pilot:
        await settled(pilot)
        console, screen = console_of(pilot), list_of(pilot)
        connection = console.session.connection
        assert connection is not None
        call, delays, is_refused = connection.client.call, list[float](), True

        async def failing(operation: str, **more: Any) -> Any:
            if is_refused:
                raise Forbidden(403, "refused by the test")
            return await call(operation, **more)

        monkeypatch.setattr(connection.client, "call", failing)
        set_timer = screen.set_timer

        def recorded(delay: float, *rest: Any, **more: Any) -> Any:
            if rest[0] == screen.refresh_due:
                delays.append(delay)
            return set_timer(delay, *rest, **more)

        monkeypatch.setattr(screen, "set_timer", recorded)
        await press(pilot, "I")
        for _ in range(9):
            await refresh(pilot)
        assert delays == [5, 5, 10, 20, 40, 80, 160, 300, 300, 300]
        assert [note.severity for note in console.session.notifications].count("error") == 1
        is_refused = False
        await refresh(pilot)
        await refresh(pilot)
        assert delays[-1] == 5
        assert screen.view is not None
        assert screen.view.error is None


async def test_a_job_of_another_process_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_screen, "_BUSY_INTERVAL_S", 0.05)
    journal = new_job("users", JobLocation("acme", "https://x.example/api/v0", "other", "live"), source={"name": "x"})
    journal.move(JobState.READY)
    journal.move(JobState.RUNNING)
    console = demo(5)
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("colon", *"jobs", "enter")
        await until(pilot, lambda: "⧖ running" in text_of(console))
        assert " every 0.05 s" in lines_of(console)[-1]
        journal.move(JobState.PAUSED, "stopped")
        journal.close()
        await until(pilot, lambda: "‖ paused" in text_of(console) and "every" not in lines_of(console)[-1])
        await press(pilot, "I")
        assert " every 5 s" in lines_of(console)[-1]


async def test_an_open_list_is_refreshed_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ResourceScreen, "REFRESH_INTERVALS_S", (0, 0.05))
    async with demo(5).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "I")
        await write(pilot, "createUser", {"email": "new@example.com"})
        await until(pilot, lambda: "new@example.com" in text_of(console_of(pilot)))
