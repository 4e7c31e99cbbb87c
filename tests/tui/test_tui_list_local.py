"""Lists: what the server finds and orders, what is found among the rows that are here, and which is which."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.tui.tui_support import (
    SIZE,
    SMALL,
    console_of,
    demo,
    jump,
    lines_of,
    press,
    settled,
    strips_of,
    text_of,
    until,
)
from textual.pilot import Pilot

from dyntui.api.pagination import RowPage
from dyntui.core.json_types import Row, as_list
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.resource import Paging
from dyntui.services.lists.list_query import CachedList, ListQuery
from dyntui.services.lists.local_query import LocalQuery, LocalRows
from dyntui.services.lists.paged_view import PagedView
from dyntui.store.cache import RowCache
from dyntui.tui.shell.lists.resource_screen import ResourceScreen


def screen_of(pilot: Pilot[Any]) -> ResourceScreen:
    screen = console_of(pilot).screen
    assert isinstance(screen, ResourceScreen)
    return screen


async def at_rest(pilot: Pilot[Any]) -> None:
    """Wait for what is looked for here, too."""
    await settled(pilot)
    local = screen_of(pilot).search
    if local is not None:
        await local.view.wait_until_idle()
    await settled(pilot)


def requests_of(pilot: Pilot[Any]) -> int:
    connection = console_of(pilot).session.connection
    assert connection is not None
    return len(connection.log.entries())


async def test_cached_rows_are_searched_and_sorted_locally_with_a_notice() -> None:
    async with demo(400).run_test(size=SIZE) as pilot:
        await settled(pilot)
        screen = screen_of(pilot)
        before = requests_of(pilot)
        await press(pilot, "F", *"ann", "enter")
        await at_rest(pilot)
        assert screen.search is not None and 0 < screen.table.count < 198
        assert "search: ann" in text_of(console_of(pilot)) and "only the 198 cached rows" in text_of(console_of(pilot))
        assert all("ann" in str(screen.table.view.get(line)).casefold() for line in range(screen.table.count))
        found = screen.table.count

        screen._sort_by("wallets")  # the server cannot order by it
        await at_rest(pilot)
        counts = [len(as_list(row["wallets"])) for line in range(found) if (row := screen.table.view.get(line))]
        assert counts == sorted(counts) and len(counts) == found
        assert "WALLETS ↑" in text_of(console_of(pilot))
        assert requests_of(pilot) == before

        await press(pilot, "space", "escape")
        await at_rest(pilot)
        assert screen.search is None and screen.table.count == 400 and len(screen.table.marks) == 1
        assert "CREATED ↓" in text_of(console_of(pilot))


async def test_cached_rows_are_sorted_by_a_local_column_until_esc() -> None:
    async with demo(400).run_test() as pilot:
        await settled(pilot)
        screen = screen_of(pilot)
        await press(pilot, "s")
        assert "only the loaded rows" in text_of(console_of(pilot))
        await press(pilot, "G", "enter")
        await at_rest(pilot)
        assert screen.search is not None and screen.table.count == 198
        await press(pilot, "s", "g", "enter")  # e-mail: the server's
        await at_rest(pilot)
        assert screen.search is None and screen.table.count == 400
        emails = [row["email"] for line in range(30) if (row := screen.table.view.get(line)) and row.get("email")]
        assert emails == sorted(emails)


async def test_an_unpaged_list_is_sorted_by_any_column() -> None:
    async with demo(10).run_test() as pilot:
        await settled(pilot)
        await jump(pilot, "tokens")
        screen = screen_of(pilot)
        await press(pilot, "s", "enter")
        await at_rest(pilot)
        assert screen.search is not None and screen.search.is_complete
        assert f"all {screen.table.count} rows" in text_of(console_of(pilot))


def highlighted(pilot: Pilot[Any]) -> set[str]:
    """What is underlined on the screen, in lower case."""
    segments = (segment for strip in strips_of(console_of(pilot)) for segment in strip)
    return {segment.text.casefold() for segment in segments if segment.style is not None and segment.style.underline}


async def test_a_filter_shows_the_matching_loaded_rows_while_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with demo(400).run_test(size=SIZE) as pilot:
        await settled(pilot)
        screen, before = screen_of(pilot), requests_of(pilot)
        await press(pilot, "j", "j", "space", "slash")
        assert "enter asks the server" in lines_of(console_of(pilot))[-1]
        await press(pilot, *"ann")
        shown = [row for line in range(screen.table.count) if (row := screen.table.view.get(line))]
        assert 0 < len(shown) < 198 and all("ann" in str(row).casefold() for row in shown)
        assert f"{len(shown)} of 198 loaded rows · enter asks the server" in lines_of(console_of(pilot))[-1]
        assert highlighted(pilot) == {"ann"}
        await press(pilot, "backspace", "backspace", *"nna", "space", *"lang")
        assert screen.table.count == 0 and "No loaded row contains `anna lang`." in text_of(console_of(pilot))
        await press(pilot, "escape")
        assert (screen.table.count, screen.table.cursor, len(screen.table.marks)) == (400, 3, 1)
        assert requests_of(pilot) == before and not highlighted(pilot)

        await press(pilot, "slash", *"email:ANN")
        assert screen.table.count == len(shown) and highlighted(pilot) == {"ann"}
        await press(pilot, "enter")
        assert screen.view is not None and screen.search is None
        assert dict(screen.view.query.filter) == {"filterValue": "ANN", "filterColumn": "email"}
        assert screen.table.count == screen.view.total and highlighted(pilot) == {"ann"}


async def test_a_search_of_loaded_rows_is_shown_while_it_is_typed_and_stays_after_enter() -> None:
    async with demo(400).run_test(size=SIZE) as pilot:
        await settled(pilot)
        screen, before = screen_of(pilot), requests_of(pilot)
        await press(pilot, "F", *"ann")
        assert "of 198 loaded rows · enter keeps them" in lines_of(console_of(pilot))[-1]
        found = screen.table.count
        await press(pilot, "enter")
        assert screen.search is not None and screen.table.count == found and highlighted(pilot) == {"ann"}
        await press(pilot, "F", *"a", "escape")
        assert screen.search.query.text == "ann" and screen.table.count == found
        await press(pilot, "F", "backspace", "backspace", "backspace", "enter")
        assert screen.search is None and screen.table.count == 400 and requests_of(pilot) == before


async def test_a_text_that_is_typed_before_the_list_is_loaded_filters_it_then() -> None:
    async with demo(400).run_test(size=SIZE) as pilot:
        for key in ("slash", *"ann"):
            await pilot.press(key)
        await settled(pilot)
        assert 0 < screen_of(pilot).table.count < 198 and screen_of(pilot).has_prompt


@pytest.mark.parametrize("is_cached", [False, True])
async def test_a_search_in_many_rows_does_not_hold_up_the_keys(is_cached: bool) -> None:
    rows: list[Row] = [{"id": f"{number:06}", "email": f"user-{number}@example.com"} for number in range(100_000)]

    async def fetch(query: ListQuery, offset: int, limit: int, cursor: str | None) -> RowPage:
        return RowPage(rows, total=len(rows))

    cached = CachedList(RowCache(), RESOURCES["users"]) if is_cached else None
    paging = Paging.OFFSET if is_cached else Paging.NONE
    if cached is not None:
        rows = rows[:9_000]
        cached.save(ListQuery(), 0, rows, len(rows))
    source = PagedView(fetch, paging=paging, cached=cached)
    source.set_viewport(0, 10)
    await source.wait_until_idle()

    turns = 0
    early, late = (LocalRows(source, LocalQuery(text), "id") for text in ("user", "USER 8999@"))
    searches = [asyncio.create_task(early.load(20))]
    while not searches[-1].done():
        turns += 1
        if turns == 3:  # the next key
            early.close()
            searches.append(asyncio.create_task(late.load(20)))
        await asyncio.sleep(0)
    assert turns > 50
    assert len(late.ids) == len(rows) // 10_000 + is_cached
    source.close()


async def test_rows_loaded_during_a_local_search_are_found() -> None:
    async with demo(400).run_test() as pilot:
        await settled(pilot)
        screen = screen_of(pilot)
        await press(pilot, "F", *"@", "enter")
        await at_rest(pilot)
        assert screen.search is not None and screen.view is not None
        searched = screen.search.searched
        screen.view.set_viewport(300, 320)
        await screen.view.wait_until_idle()
        await until(pilot, lambda: screen.search and screen.search.searched > searched)


async def test_a_range_of_marks_includes_rows_that_are_not_loaded() -> None:
    async with demo(1500).run_test(size=SIZE) as pilot:
        await settled(pilot)
        table = screen_of(pilot).table
        await press(pilot, "M")
        assert console_of(pilot).session.notifications[-1].text == "Mark the first row of the range with space."
        await press(pilot, "j", "space", "j", "j", "M")
        assert len(table.marks) == 4 and table.view.id_at(0) not in table.marks
        await press(pilot, "U", "g", "space")
        await jump(pilot, "1,000")
        assert table.cursor == 999
        await press(pilot, "M")
        await at_rest(pilot)
        assert len(table.marks) == 1000
        assert "1,000 marked" in text_of(console_of(pilot))
        view = screen_of(pilot).view
        assert view is not None
        await press(pilot, "G")
        await at_rest(pilot)
        assert table.view.id_at(1000) not in table.marks and table.view.id_at(999) in table.marks
        rows = screen_of(pilot).rows_of(sorted(table.marks))
        assert len(rows) == 1000 and len({row["id"] for row in rows}) == 1000


async def test_mark_all_marks_the_results_of_a_local_search_only() -> None:
    async with demo(400).run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "F", *"ann", "enter")
        await at_rest(pilot)
        screen = screen_of(pilot)
        await press(pilot, "asterisk")
        assert len(screen.table.marks) == screen.table.count == 4
        assert ids_in(screen) == screen.table.marks


def ids_in(screen: ResourceScreen) -> set[str | None]:
    return {screen.table.view.id_at(line) for line in range(screen.table.count)}


async def test_all_wallets_of_the_environment_are_marked_by_reading_the_whole_list() -> None:
    async with demo(150).run_test(size=SIZE) as pilot:
        await settled(pilot)
        await jump(pilot, "wallets")
        await press(pilot, "asterisk")
        await at_rest(pilot)
        table = screen_of(pilot).table
        assert len(table.marks) == table.count > 100


async def test_the_sorted_column_stays_visible_on_a_narrow_terminal() -> None:
    async with demo(40).run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert "WALLETS" not in text_of(console_of(pilot))
        screen_of(pilot)._sort_by("wallets")
        await at_rest(pilot)
        assert "WALLETS ↑" in text_of(console_of(pilot))
