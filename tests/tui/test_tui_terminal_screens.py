"""Random keys and sizes through real screens, shown twice: by Textual's own output and by the lean writer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tui.import_support import messy
from tests.tui.renderer_comparison import ANSWERS, Twin, play
from tests.tui.terminal_apps import Widgets
from tests.tui.test_tui_access_snapshots import SCREENS as ACCESS
from tests.tui.test_tui_import_snapshots import WAYS as IMPORT
from tests.tui.test_tui_snapshots import WAYS as CONSOLE
from tests.tui.tui_support import SIZE, SMALL, console_of, press, settled
from textual.pilot import Pilot

from dyntui.resources.all_resources import RESOURCES
from dyntui.sandbox.options import SandboxOptions
from dyntui.tui.shell.all_actions import ALL_ACTIONS
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.console_state import ConsoleState
from dyntui.tui.shell.jump_targets import available_jumps

pytestmark = pytest.mark.usefixtures("surroundings")

SIZES = st.tuples(st.just("size"), st.integers(60, 130), st.integers(20, 44))
MICE = st.tuples(st.sampled_from(["hover", "click"]), st.integers(0, 59), st.integers(0, 19))
FUNCTION_KEYS = ["f1", "f2", "f3", "f4", "f5", "f6", "f6", "f6", "f7", "f8", "ctrl+p", "tab", "tab", "shift+tab"]
MOVES = ["down", "down", "up", "left", "right", "pagedown", "pageup", "home", "end"]
WIDGET_KEYS = [*FUNCTION_KEYS, *MOVES, "enter", "enter", "escape", "space", "backspace", "delete", "a", "x"]
NOT_PRESSED = {"app.quit"}
CONSOLE_KEYS = sorted({key for action in ALL_ACTIONS if action.id not in NOT_PRESSED for key in action.keys})
TYPED = [*"userwalt@.", "日", "é"]
PRESSED = [*CONSOLE_KEYS, *TYPED, "down", "enter", "escape"]


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A terminal of many colors, an editor that changes nothing, and a folder for files."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("VISUAL", "true")
    monkeypatch.delenv("DYNTUI_TERMINAL", raising=False)
    (tmp_path / "files").mkdir()
    monkeypatch.chdir(tmp_path / "files")


def keys(of: Sequence[str], longest: int) -> st.SearchStrategy[list[Any]]:
    """Mostly keys, sometimes the mouse, sometimes a new size."""
    one: Any = st.one_of(*[st.sampled_from(of)] * 8, MICE, SIZES)
    return st.lists(one, min_size=longest // 2, max_size=longest)


class TwinWidgets(Twin, Widgets):
    """Textual's widgets, shown twice."""


class TwinConsole(Twin, Console):
    """The console, shown twice."""

    async def settle(self, pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await super().settle(pilot)


def console() -> TwinConsole:
    return TwinConsole(ConsoleState(demo=SandboxOptions(users=60, seed=1, now="2026-03-01T12:00:00Z")))


async def perform(pilot: Pilot[Any], steps: list[Any]) -> None:
    app = pilot.app
    assert isinstance(app, Twin)
    for step in steps:
        match step:
            case "size", width, height:
                app.twin.resize(width, height)
            case "hover", x, y:
                await pilot.hover(offset=(x, y))
            case "click", x, y:
                await pilot.click(offset=(x, y))
            case _:
                await pilot.press(step)
        await app.settle(pilot)
        if not app.is_running:
            return
        app.check(f"{step} of {steps}")


async def everywhere(pilot: Pilot[Any]) -> None:
    """Every place that the jump bar knows, and what enter opens there."""
    console = console_of(pilot)
    places = [jump.name for jump in available_jumps(console) if jump.name != "quit"]
    assert len(places) > len(RESOURCES) / 2
    for place in places:
        await press(pilot, "colon", *place, "enter")
        await press(pilot, "enter")
        await press(pilot, *random.Random(place).choices(MOVES, k=3), "escape")


def by_keys(pressed: Sequence[str]) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def way(pilot: Pilot[Any]) -> None:
        await press(pilot, *pressed)

    return way


def to_step(way: Callable[[Pilot[Any], Path], Awaitable[None]]) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def with_file(pilot: Pilot[Any]) -> None:
        await way(pilot, messy(Path("people.csv").absolute()))

    return with_file


WAYS: dict[str, Callable[[Pilot[Any]], Awaitable[None]]] = {"everywhere": everywhere}
WAYS |= {name: by_keys(pressed) for name, pressed in CONSOLE.items()}
WAYS |= {f"access {name}": way for name, way in ACCESS.items()}
WAYS |= {f"import {name}": to_step(way) for name, way in IMPORT.items()}


FEW_OR_MANY = pytest.mark.parametrize("examples", [1, pytest.param(60, marks=pytest.mark.slow)])


def through(examples: int, pressed: Sequence[str], app: Callable[[], Twin]) -> None:
    """Show the app so often, each time with other keys, in another size, on a terminal that answers otherwise."""

    @given(keys(pressed, 14), SIZES, st.sampled_from(ANSWERS))
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    def check(steps: list[Any], size: tuple[str, int, int], answers: str) -> None:
        asyncio.run(play(app(), size[1:], answers, lambda pilot: perform(pilot, steps)))

    check()


@FEW_OR_MANY
def test_every_cell_of_textual_widgets_equals_the_output_of_textual(examples: int) -> None:
    through(examples, WIDGET_KEYS, TwinWidgets)


@FEW_OR_MANY
def test_every_cell_of_the_console_equals_the_output_of_textual(examples: int) -> None:
    through(examples, PRESSED, console)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", WAYS)
def test_every_cell_of_every_screen_equals_the_output_of_textual(name: str) -> None:
    """The way to a screen, then keys and sizes at random."""
    chance = random.Random(name)

    async def script(pilot: Pilot[Any]) -> None:
        await WAYS[name](pilot)
        await perform(pilot, [*chance.choices(PRESSED, k=5), ("size", 100, 30), *chance.choices(PRESSED, k=3)])

    asyncio.run(play(console(), chance.choice([SIZE, SMALL]), chance.choice(ANSWERS), script))
