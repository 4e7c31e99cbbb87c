"""A file whose every name is an attack is shown literally in every step, and does nothing to the terminal."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.families import slow_except
from tests.tui.import_support import (
    HOSTILE,
    SHOWN,
    go_to,
    hostile,
    job_at_rest,
    open_file,
    open_wizard,
    send_first,
    step_of,
)
from tests.tui.tui_support import console_of, demo, jump, press, strips_of, text_of
from textual.pilot import Pilot

from dyntui.tui.features.imports.undo_screen import ImportUndoScreen

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
WIDE = (200, 50)


def harmless(pilot: Pilot[Any]) -> str:
    """The screen as text; nothing in it can do anything."""
    for strip in strips_of(console_of(pilot)):
        for segment in strip:
            assert not CONTROL.search(segment.text), repr(segment.text)
    return text_of(console_of(pilot))


async def to_map(pilot: Pilot[Any], path: Path) -> None:
    await open_file(pilot, path)
    await press(pilot, "right_square_bracket")


async def to_field_dialog(pilot: Pilot[Any], path: Path) -> None:
    await to_map(pilot, path)
    await press(pilot, "j", "j", "enter")


async def to_transforms(pilot: Pilot[Any], path: Path) -> None:
    await to_map(pilot, path)
    await press(pilot, "j", "j", "m", "e")


async def to_review(pilot: Pilot[Any], path: Path) -> None:
    await go_to(pilot, path, "review")
    await press(pilot, "v")


async def to_json(pilot: Pilot[Any], path: Path) -> None:
    await to_map(pilot, path)
    await press(pilot, "t", "enter", "j", "j", "m", "right_square_bracket", "f", "end", "v", "v")
    assert " JSON" in text_of(console_of(pilot))


async def to_edit(pilot: Pilot[Any], path: Path) -> None:
    await go_to(pilot, path, "review")
    await press(pilot, "f", "home", "h", "h", "l", "enter")


async def to_fix(pilot: Pilot[Any], path: Path) -> None:
    await go_to(pilot, path, "review")
    await press(pilot, "e")


STEPS: dict[str, Callable[[Pilot[Any], Path], Awaitable[None]]] = {
    "parse": open_file,
    "map": to_map,
    "field": to_field_dialog,
    "transforms": to_transforms,
    "review": to_review,
    "json": to_json,
}


@pytest.mark.parametrize("name", slow_except(STEPS, "map", "review"))
async def test_a_hostile_name_is_shown_literally(tmp_path: Path, name: str) -> None:
    console = demo(users=5)
    async with console.run_test(size=WIDE) as pilot:
        await STEPS[name](pilot, hostile(tmp_path / "people.csv"))
        assert SHOWN in harmless(pilot)
        assert console.is_running


async def test_a_hostile_cell_is_edited_literally(tmp_path: Path) -> None:
    from textual.widgets import Input

    console = demo(users=5)
    async with console.run_test(size=WIDE) as pilot:
        await to_edit(pilot, hostile(tmp_path / "people.csv"))
        harmless(pilot)
        field = step_of(pilot).query_one(Input)
        assert field.value == HOSTILE
        await press(pilot, "enter")
        assert SHOWN[:20] in harmless(pilot)


async def test_the_remaining_steps_show_hostile_text_literally(tmp_path: Path) -> None:
    path = hostile(tmp_path / f"{HOSTILE.replace('/', '')}.csv")
    console = demo(users=5)
    async with console.run_test(size=WIDE) as pilot:
        await open_wizard(pilot)
        harmless(pilot)
        await press(pilot, "escape")
        await to_fix(pilot, path)
        harmless(pilot)
        await press(pilot, "escape", "right_square_bracket", "enter")
        harmless(pilot)
        await press(pilot, "right_square_bracket")
        harmless(pilot)
        await press(pilot, "enter")
        harmless(pilot)
        await press(pilot, "escape")
        await send_first(pilot)
        await job_at_rest(pilot)
        assert step_of(pilot).NAME == "finish"
        harmless(pilot)
        await press(pilot, "B")
        harmless(pilot)
        await jump(pilot, "users")
        assert "eve@example.com" in harmless(pilot)
        await jump(pilot, "jobs")
        assert SHOWN[:20] in harmless(pilot)
        await press(pilot, "u")
        assert isinstance(console.screen, ImportUndoScreen)
        harmless(pilot)


async def test_rows_that_the_api_would_refuse_are_not_sent(tmp_path: Path) -> None:
    console = demo(users=5)
    async with console.run_test(size=WIDE) as pilot:
        await go_to(pilot, hostile(tmp_path / "people.csv"), "review")
        assert "1 of 3 ready · 2 with problems" in harmless(pilot)
