"""The review step of the wizard by keys: problems, changed cells, skipped rows, and drafts that are continued later."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from tests.tui.import_support import bottom, go_to, step_bar, step_of
from tests.tui.tui_support import SIZE, demo, fill, jump, press, settled, text_of, until

from dyntui.tui.features.imports.review_step import ReviewStep

pytestmark = pytest.mark.slow


async def test_problems_are_grouped_and_row_counts_add_up(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        text = text_of(console)
        assert "52 of 60 ready · 8 with problems" in bottom(console)
        assert "Review 8 problems" in step_bar(console)
        assert "✕ email_invalid" in text
        assert "✕ duplicate_in_file" in text
        assert "! too_few_cells" in text


async def test_a_cell_is_edited_and_the_change_is_undone(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        assert "[person4@@example.com" in text_of(console)
        await press(pilot, "enter")
        assert "apply   esc cancel" in bottom(console)
        await fill(pilot, "person4@example.com")
        assert "53 of 60 ready · 7 with problems" in bottom(console)
        await press(pilot, "u")
        assert "52 of 60 ready · 8 with problems" in bottom(console)
        await press(pilot, "ctrl+r")
        assert "53 of 60 ready · 7 with problems" in bottom(console)


async def test_esc_leaves_a_cell_unchanged(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "enter", *"zzz", "escape")
        assert step_of(pilot).NAME == "review"
        assert "zzz" not in text_of(console)
        assert "52 of 60 ready · 8 with problems" in bottom(console)


async def test_all_rows_with_a_problem_are_fixed_together(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "tab", "down", "down")
        assert "email_invalid" in text_of(console)
        await press(pilot, "e")
        assert "Replace text in the cell" in text_of(console)
        await press(pilot, "down", "down", "enter")
        await fill(pilot, "@@", "@")
        assert "55 of 60 ready · 5 with problems" in bottom(console)
        assert "3 rows changed" in console.session.notifications[-1].text


async def test_rows_are_skipped_and_included_again(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "space", "space", "d")
        assert "52 of 60 ready · 6 with problems · 2 excluded" in bottom(console)
        await press(pilot, "tab", "end")
        assert "excluded" in text_of(console)
        await press(pilot, "tab", "d")
        assert "52 of 60 ready · 7 with problems · 1 excluded" in bottom(console)


async def test_n_moves_to_the_next_problem_and_a_shows_all_rows(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        step = step_of(pilot)
        assert isinstance(step, ReviewStep)
        assert step.table.count == 8
        await press(pilot, "f")
        assert step.table.count == 60
        seen = []
        for _ in range(8):
            await press(pilot, "n")
            assert step.table.row is not None
            seen.append(cast(int, step.table.row["number"]))
        assert sorted(seen) == [5, 8, 12, 16, 20, 25, 32, 45]
        assert step.table.cell_index == 0


async def test_the_row_in_full_and_the_json_that_is_sent(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "f", "v")
        assert "row 1 details" in text_of(console)
        assert "Nachname" in text_of(console)
        await press(pilot, "v")
        assert "row 1 JSON" in text_of(console)
        assert '"lastName": "Lovelace"' in text_of(console)
        await press(pilot, "v")
        assert "row 1 JSON" not in text_of(console)


async def test_going_back_and_changing_the_mapping_loses_no_change(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "enter")
        await fill(pilot, "person4@example.com")
        await press(pilot, "d", "left_square_bracket")
        assert step_of(pilot).NAME == "map"
        await press(pilot, "end", "up", "m", "right_square_bracket")
        assert "53 of 60 ready · 6 with problems · 1 excluded" in bottom(console)
        await press(pilot, "f", "v", "v")
        assert '"Plan": "free"' in text_of(console)


async def test_leaving_the_wizard_keeps_the_draft_and_releases_the_job(people: Path) -> None:
    from dyntui.services.imports.jobs import find_job
    from dyntui.store.journal import Journal

    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "enter")
        await fill(pilot, "person4@example.com")
        await jump(pilot, "users")
        Journal.open(find_job("last")).close()
        await press(pilot, "escape")
        assert step_of(pilot).NAME == "review"
        assert "53 of 60 ready · 7 with problems" in bottom(console)
        await press(pilot, "u")
        assert "52 of 60 ready · 8 with problems" in bottom(console)


async def test_a_draft_is_continued_in_another_console(people: Path) -> None:
    console = demo()
    async with console.run_test(size=SIZE) as pilot:
        await go_to(pilot, people, "review")
        await press(pilot, "enter")
        await fill(pilot, "person4@example.com")
    again = demo()
    async with again.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await until(pilot, lambda: any("people.csv" in note.text for note in again.session.notifications))
        await press(pilot, "i")
        assert "UNFINISHED IMPORTS" in text_of(again)
        assert "people.csv · review: 7 problems" in text_of(again)
        await press(pilot, "home", "down", "enter")
        assert step_of(pilot).NAME == "review"
        await until(pilot, lambda: "53 of 60 ready · 7 with problems" in bottom(again))
