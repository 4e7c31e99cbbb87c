"""The key that shows times as ages, in local time or in UTC: on every screen, at once, and after a restart."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.tui.conftest import NOW
from tests.tui.tui_support import SIZE, SMALL, console_of, demo, jump, press, settled, text_of, until

from dyntui.config.list_preferences import ListPreferences
from dyntui.config.paths import paths
from dyntui.core.times import TimeFormat, clock_text, time_display


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def test_the_key_switches_the_times_of_a_list_without_a_request_and_is_remembered() -> None:
    async with demo(40).run_test(size=SIZE) as pilot:
        await settled(pilot)
        console = console_of(pilot)
        ages = text_of(console)
        log = console.session.connection.log if console.session.connection is not None else None
        assert log is not None
        requests = log.total
        await press(pilot, "T")
        assert console.session.notifications[-1].text == "Times are shown in local time (CET)."
        assert " CET" in text_of(console).split("\n")[2]
        await press(pilot, "T")
        rows = text_of(console).split("\n")[2:30]
        assert all(" UTC" in row and "…" not in row.split(" UTC")[0][-22:] for row in rows)
        assert log.total == requests
        assert ListPreferences.load().time_format is TimeFormat.UTC
    time_display.format = TimeFormat.RELATIVE
    async with demo(40).run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert text_of(console_of(pilot)).split("\n")[2:30] == rows
        await press(pilot, "T")
        assert text_of(console_of(pilot)).split("\n")[2:25] == ages.split("\n")[2:25]


async def test_no_time_is_cut_on_a_small_screen() -> None:
    async with demo().run_test(size=SMALL) as pilot:
        await settled(pilot)
        console = console_of(pilot)
        await press(pilot, "T", "T")
        for name in ("users", "events", "tokens", "allowlists", "webhooks"):
            await jump(pilot, name)
            text = text_of(console)
            assert not re.search(r"\d{4}-\d\d-\d\d [\d: ]*U?T?…", text), name
            assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", text), text


async def test_a_screen_in_the_background_has_the_format_when_it_is_shown_again() -> None:
    async with demo(40).run_test(size=SIZE) as pilot:
        await settled(pilot)
        console = console_of(pilot)
        await press(pilot, "enter")
        assert "2026-03-01" in text_of(console) and " UTC" in text_of(console)
        await press(pilot, "T")
        assert " CET" in text_of(console) and " UTC" not in text_of(console)
        await press(pilot, "escape")
        assert " CET" in text_of(console).split("\n")[2]


@pytest.mark.parametrize("screen", ["R", "exclamation_mark"])
async def test_the_logs_of_the_session_show_times_in_the_format(screen: str) -> None:
    async with demo(40).run_test(size=SMALL) as pilot:
        await settled(pilot)
        console = console_of(pilot)
        await press(pilot, "T", screen)
        assert "2026-03-01 13:00:00 CET" in text_of(console)
        await press(pilot, "T")
        assert "2026-03-01 12:00:00 UTC" in text_of(console)
        await press(pilot, "enter")
        assert "2026-03-01" in text_of(console)


async def test_the_event_tail_shows_times_in_the_format() -> None:
    async with demo().run_test(size=SMALL) as pilot:
        await settled(pilot)
        console = console_of(pilot)
        await press(pilot, "colon", *"events", "enter")
        await until(pilot, lambda: " ago" in text_of(console))
        await press(pilot, "T", "T")
        assert " UTC" in text_of(console) and " ago" not in text_of(console)


async def test_help_and_palette_name_the_key() -> None:
    async with demo(10).run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+p", *"time format")
        assert "Show times as ages, in local time or in UTC" in text_of(console_of(pilot))
        await press(pilot, "enter")
        assert time_display.format is TimeFormat.LOCAL


async def test_a_damaged_choice_is_reported_and_ages_are_shown() -> None:
    path = paths().lists_file
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_text(json.dumps({"time_format": "stardate"}))
    path.chmod(0o600)
    async with demo(10).run_test(size=SIZE) as pilot:
        await settled(pilot)
        errors = [each.text for each in console_of(pilot).session.notifications if each.severity == "error"]
        assert errors and all("time_format" in error for error in errors)
        assert time_display.format is TimeFormat.RELATIVE


def test_the_time_since_which_the_server_is_offline_has_its_zone_in_exact_formats() -> None:
    moment = NOW - timedelta(hours=1)
    time_display.format = TimeFormat.UTC
    assert clock_text(moment, "seconds") == "11:00:00 UTC"
