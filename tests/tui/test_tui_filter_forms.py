"""Lists of the console with a filter that the server ignores or refuses."""

from __future__ import annotations

import pytest
from tests.families import slow_except
from tests.tui.tui_support import SIZE, console_of, demo, jump, press, settled, text_of

from dyntui.tui.shell.lists.list_screen import ListScreen


@pytest.mark.parametrize(
    ("encoding", "name", "text", "column"),
    slow_except(
        [
            ("ignored", "users", "email:example.net", "email"),
            ("refused", "users", "email:example.net", "email"),
            ("ignored", "visitors", "chain:SOL", "chain"),
            ("refused", "visitors", "chain:SOL", "chain"),
        ],
        ("ignored", "users", "email:example.net", "email"),
    ),
)
async def test_a_list_shows_only_matching_rows_and_says_that_the_server_does_not_filter(
    encoding: str, name: str, text: str, column: str
) -> None:
    async with demo(flags={"filter-encoding": encoding}).run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, name)
        await press(pilot, "slash", *text, "enter")
        screen = console_of(pilot).shown
        assert isinstance(screen, ListScreen)
        assert screen.view is not None
        rows = screen.view.loaded_rows()
        searched = text.partition(":")[2]
        assert rows
        assert all(searched in str(row[column]) for row in rows)
        how = {"ignored": "ignores", "refused": "refuses"}[encoding]
        assert f"filtered here: the server {how} the filter" in text_of(console_of(pilot))
        await press(pilot, "asterisk")
        assert len(screen.table.marks) == len(rows), "an action on all of them is done to no other row"


@pytest.mark.slow
async def test_a_list_that_is_too_long_says_why_it_is_not_filtered(monkeypatch: pytest.MonkeyPatch) -> None:
    from dyntui.services.lists import filter_check

    monkeypatch.setattr(filter_check, "MAX_COMPARED", 20)
    async with demo(flags={"filter-encoding": "ignored"}).run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "users")
        await press(pilot, "slash", *"nobody", "enter")
        shown = " ".join(text_of(console_of(pilot)).split())
        assert "The server ignores the filter, and the list is too long to be filtered here" in shown
        assert "search the loaded rows with F" in shown
