"""Lists: what the server finds and orders, what is found among the rows that are here, and which is which."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot
from tui_support import SIZE, console_of, demo, jump, press, settled, text_of, until

from dyntui.tui.screens.resource_list import ResourceScreen


def screen_of(pilot: Pilot[Any]) -> ResourceScreen:
    screen = console_of(pilot).screen
    assert isinstance(screen, ResourceScreen)
    return screen


async def at_rest(pilot: Pilot[Any]) -> None:
    """Wait for what is looked for here, too."""
    await settled(pilot)
    local = screen_of(pilot).local
    if local is not None:
        await local.view.idle()
    await settled(pilot)


def requests_of(pilot: Pilot[Any]) -> int:
    connection = console_of(pilot).session.connection
    assert connection is not None
    return len(connection.log.entries())


async def test_cached_rows_are_searched_and_ordered_beside_the_servers_and_it_is_said() -> None:
    async with demo(400).run_test(size=SIZE) as pilot:
        await settled(pilot)
        screen = screen_of(pilot)
        before = requests_of(pilot)
        await press(pilot, "F", *"ann", "enter")
        await at_rest(pilot)
        assert screen.local is not None and 0 < screen.table.count < 198
        assert "here: ann" in text_of(console_of(pilot)) and "only the 198 cached rows" in text_of(console_of(pilot))
        assert all("ann" in str(screen.table.view.get(line)).casefold() for line in range(screen.table.count))
        found = screen.table.count

        screen._sort_by("wallets")  # the server cannot order by it
        await at_rest(pilot)
        counts = [len(row["wallets"]) for line in range(found) if (row := screen.table.view.get(line))]
        assert counts == sorted(counts) and len(counts) == found
        assert "WALLETS ↑" in text_of(console_of(pilot))
        assert requests_of(pilot) == before

        await press(pilot, "space", "escape")
        await at_rest(pilot)
        assert screen.local is None and screen.table.count == 400 and len(screen.table.marks) == 1
        assert "CREATED ↓" in text_of(console_of(pilot))


async def test_a_column_that_the_server_cannot_order_by_orders_the_cached_rows_and_esc_ends_it() -> None:
    async with demo(400).run_test() as pilot:
        await settled(pilot)
        screen = screen_of(pilot)
        await press(pilot, "s")
        assert "only the rows that are here" in text_of(console_of(pilot))
        await press(pilot, "G", "enter")
        await at_rest(pilot)
        assert screen.local is not None and screen.table.count == 198
        await press(pilot, "s", "g", "enter")  # e-mail: the server's
        await at_rest(pilot)
        assert screen.local is None and screen.table.count == 400
        emails = [row["email"] for line in range(30) if (row := screen.table.view.get(line)) and row.get("email")]
        assert emails == sorted(emails)


async def test_a_list_that_comes_whole_is_ordered_whole_by_any_column() -> None:
    async with demo(10).run_test() as pilot:
        await settled(pilot)
        await jump(pilot, "tokens")
        screen = screen_of(pilot)
        await press(pilot, "s", "enter")
        await at_rest(pilot)
        assert screen.local is not None and screen.local.whole
        assert f"all {screen.table.count} rows" in text_of(console_of(pilot))


async def test_what_is_read_meanwhile_is_found_here_too() -> None:
    async with demo(400).run_test() as pilot:
        await settled(pilot)
        screen = screen_of(pilot)
        await press(pilot, "F", *"@", "enter")
        await at_rest(pilot)
        assert screen.local is not None and screen.view is not None
        searched = screen.local.searched
        screen.view.want(300, 320)
        await screen.view.idle()
        await until(pilot, lambda: screen.local and screen.local.searched > searched)
