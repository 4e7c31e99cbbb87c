"""Writes of the console that the server accepts with 202 and does later."""

from __future__ import annotations

import pytest
from tests.tui.access_support import notes
from tests.tui.tui_support import SIZE, console_of, demo, jump, press, settled, text_of

from dyntui.tui.shell.lists.list_screen import ListScreen


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("users", ("d",)),
        pytest.param("origins", ("d",), marks=pytest.mark.slow),
        pytest.param("webhooks", ("d",), marks=pytest.mark.slow),
        pytest.param("users", ("space", "j", "space", "d"), marks=pytest.mark.slow),
    ],
)
async def test_a_row_stays_in_the_list_when_its_deletion_is_only_accepted(name: str, keys: tuple[str, ...]) -> None:
    async with demo(flags={"approvals": "denied"}).run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, name)
        screen = console_of(pilot).shown
        assert isinstance(screen, ListScreen)
        assert screen.view is not None
        row_id, total = screen.table.row_id, screen.view.total
        await press(pilot, *keys, "y")
        assert "not deleted yet. Accepted, not done yet:" in notes(pilot)[-1]
        assert screen.view.total == total
        assert row_id is not None
        index = screen.view.index_of(row_id)
        assert index is not None
        assert not screen.view.is_tombstone(index)
        assert not screen.table.marks


@pytest.mark.slow
async def test_the_audit_log_and_the_undo_say_that_it_is_not_done() -> None:
    async with demo(flags={"approvals": "denied"}).run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "users")
        await press(pilot, "d", "y")
        await jump(pilot, "audit")
        assert "accepted" in text_of(console_of(pilot))
