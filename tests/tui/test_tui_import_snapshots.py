"""How each step of the wizard looks: pytest -m '' tests/tui/test_tui_import_snapshots.py --snapshot-update

A step is taken in one size (see test_tui_snapshots.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.tui.import_support import bottom, go_to, job_at_rest, messy, open_file, open_wizard, send_first
from tests.tui.tui_support import console_of, demo, press, sized, until
from textual.pilot import Pilot

pytestmark = pytest.mark.slow

Compare = Callable[..., bool]
Way = Callable[[Pilot[Any], Path], Awaitable[None]]


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a messy source file; set folders and times to the same values in every run."""
    folder = tmp_path / "files"
    folder.mkdir()
    monkeypatch.setattr("dyntui.tui.features.imports.formatting.short_path", lambda path: "~/files")
    monkeypatch.setattr("dyntui.store.journal.now_ms", lambda: 1_772_366_400_000)
    monkeypatch.chdir(folder)
    return messy(folder / "people.csv")


async def source(pilot: Pilot[Any], path: Path) -> None:
    await open_wizard(pilot)


async def map_to_choose(pilot: Pilot[Any], path: Path) -> None:
    await open_file(pilot, path)
    await press(pilot, "right_square_bracket")
    await until(
        pilot, lambda: "whole row" in bottom(console_of(pilot))
    )  # the footer follows the first paint of the rows


async def verified(pilot: Pilot[Any], path: Path) -> None:
    await map_to_choose(pilot, path)
    await press(pilot, "t")


async def field(pilot: Pilot[Any], path: Path) -> None:
    await map_to_choose(pilot, path)
    await press(pilot, "j", "enter", *"met")


async def transforms(pilot: Pilot[Any], path: Path) -> None:
    await map_to_choose(pilot, path)
    await press(pilot, "j", "e")


async def mapped(pilot: Pilot[Any], path: Path) -> None:
    await map_to_choose(pilot, path)
    await press(pilot, "t", "enter")


async def review(pilot: Pilot[Any], path: Path) -> None:
    await go_to(pilot, path, "review")


async def review_row(pilot: Pilot[Any], path: Path) -> None:
    await review(pilot, path)
    await press(pilot, "v")


async def review_json(pilot: Pilot[Any], path: Path) -> None:
    await review(pilot, path)
    await press(pilot, "f", "v", "v")


async def review_edit(pilot: Pilot[Any], path: Path) -> None:
    await review(pilot, path)
    await press(pilot, "enter")


async def review_fix(pilot: Pilot[Any], path: Path) -> None:
    await review(pilot, path)
    await press(pilot, "e")


async def check(pilot: Pilot[Any], path: Path) -> None:
    await go_to(pilot, path, "check")


async def checked(pilot: Pilot[Any], path: Path) -> None:
    await check(pilot, path)
    await press(pilot, "enter")


async def plan(pilot: Pilot[Any], path: Path) -> None:
    await go_to(pilot, path, "plan")


async def confirmation(pilot: Pilot[Any], path: Path) -> None:
    await plan(pilot, path)
    await press(pilot, "enter")


async def run(pilot: Pilot[Any], path: Path) -> None:
    await plan(pilot, path)
    await send_first(pilot)


async def finish(pilot: Pilot[Any], path: Path) -> None:
    await run(pilot, path)
    await press(pilot, "enter")
    await job_at_rest(pilot)


async def jobs(pilot: Pilot[Any], path: Path) -> None:
    await run(pilot, path)
    await press(pilot, "colon", *"jobs", "enter")


WAYS: dict[str, Way] = {
    "1-source": source,
    "2-parse": open_file,
    "3-map-to-choose": map_to_choose,
    "3-verified": verified,
    "3-field": field,
    "3-transforms": transforms,
    "3-mapped": mapped,
    "4-review": review,
    "4-row": review_row,
    "4-json": review_json,
    "4-edit": review_edit,
    "4-fix": review_fix,
    "5-check": check,
    "5-checked": checked,
    "6-plan": plan,
    "6-confirmation": confirmation,
    "7-run": run,
    "8-finish": finish,
    "9-jobs": jobs,
}


WIDE_ONES = ("2-parse", "3-mapped", "7-run")
"""The steps that are taken in 120x40."""


@pytest.mark.parametrize(("name", "size"), sized(WAYS, WIDE_ONES))
def test_steps(snap_compare: Compare, people: Path, name: str, size: tuple[int, int]) -> None:
    async def go(pilot: Pilot[Any]) -> None:
        await WAYS[name](pilot, people)

    assert snap_compare(demo(users=30), terminal_size=size, run_before=go)
