"""Columns and views: chosen by keyboard, remembered, and back when the list is opened again."""

from __future__ import annotations

from typing import Any

from tests.tui.tui_support import SIZE, SMALL, console_of, demo, press, settled, text_of
from textual.pilot import Pilot

from dyntui.config.list_preferences import ListPreferences, SavedView
from dyntui.config.paths import paths
from dyntui.tui.shell.lists.resource_screen import ResourceScreen


def screen_of(pilot: Pilot[Any]) -> ResourceScreen:
    screen = console_of(pilot).screen
    assert isinstance(screen, ResourceScreen)
    return screen


def heads(pilot: Pilot[Any]) -> list[str]:
    return text_of(console_of(pilot)).split("\n")[1].replace("›", " ").replace("↓", " ").split()


async def test_columns_are_chosen_moved_and_resized_and_remembered() -> None:
    async with demo(40).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "o")
        assert "[x] email" in text_of(console_of(pilot)) and "[ ] chain" in text_of(console_of(pilot))
        await press(
            pilot, "j", "space", "j", "left_parenthesis", "greater_than_sign", "enter"
        )  # name away, username up and wider
        assert heads(pilot)[:3] == ["EMAIL", "USERNAME", "WALLETS"]
        assert dict(ListPreferences.load().columns["users"])["username"] == 16
    async with demo(40).run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert heads(pilot)[:3] == ["EMAIL", "USERNAME", "WALLETS"]
        await press(pilot, "o", "equals_sign")
        assert heads(pilot)[:2] == ["EMAIL", "NAME"]
        assert ListPreferences.load().columns == {}


async def test_any_field_of_the_rows_can_be_a_sorted_column() -> None:
    async with demo(40).run_test(size=SIZE) as pilot:
        await settled(pilot)
        screen = screen_of(pilot)
        row = screen.table.row
        assert row is not None
        ListPreferences.keep_columns("users", (("email", 30), ("id", 36), ("metadata.plan", 12)))
    async with demo(40).run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert heads(pilot) == ["EMAIL", "ID", "METADATA.PLAN"]
        assert str(row["id"]) in text_of(console_of(pilot))


async def test_a_view_is_saved_shown_and_deleted() -> None:
    async with demo(120).run_test(size=SIZE) as pilot:
        await settled(pilot)
        screen = screen_of(pilot)
        await press(pilot, "slash", *"anna", "enter")
        count = screen.table.count
        await press(pilot, "b", "enter", *"annas", "enter")
        assert ListPreferences.load().views["users"]["annas"] == SavedView("anna", "createdAt-desc")
        await press(pilot, "escape")
        assert screen.table.count == 120
        await press(pilot, "b")
        assert "annas" in text_of(console_of(pilot)) and "/anna" in text_of(console_of(pilot))
        await press(pilot, "enter")
        assert screen.table.count == count and "/anna" in text_of(console_of(pilot))
        await press(pilot, "b", "G", "enter", "enter")
        assert ListPreferences.load().views == {}


async def test_a_damaged_views_file_is_reported_and_the_list_is_shown() -> None:
    ListPreferences.keep_columns("users", (("email", 30),))
    paths().lists_file.write_text("{")
    async with demo(40).run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert "lists.json is not" in console_of(pilot).session.notifications[-1].text
        assert heads(pilot)[:2] == ["EMAIL", "NAME"] and screen_of(pilot).table.count == 40


async def test_the_filter_line_names_columns_chains_and_providers_after_a_colon() -> None:
    async with demo(120).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "slash", "colon")
        assert "social:" in text_of(console_of(pilot)) and "jobTitle:" not in text_of(console_of(pilot)).split("\n")[0]
        await press(pilot, "escape")
        await press(pilot, "slash", *"social:git", "tab", "enter")
        assert "/social:github" in text_of(console_of(pilot))
        rows = screen_of(pilot).view
        assert rows is not None and rows.query.filter == {"filterSocialProvider": "github"}
