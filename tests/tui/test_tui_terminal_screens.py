"""Random keys and sizes through real screens, shown twice: by Textual's own output and by the lean writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from terminal_apps import Widgets
from terminal_twin import ANSWERS, Twin, play
from textual.pilot import Pilot
from tui_support import settled

from dyntui.sandbox.options import SandboxOptions
from dyntui.tui.actions import ACTIONS
from dyntui.tui.app import Console
from dyntui.tui.session import Session

pytestmark = pytest.mark.usefixtures("colours")

SIZES = st.tuples(st.just("size"), st.integers(60, 130), st.integers(20, 44))
MICE = st.tuples(st.sampled_from(["hover", "click"]), st.integers(0, 59), st.integers(0, 19))
FUNCTION_KEYS = ["f1", "f2", "f3", "f4", "f5", "f6", "f6", "f6", "f7", "f8", "ctrl+p", "tab", "tab", "shift+tab"]
MOVES = ["down", "down", "up", "left", "right", "pagedown", "pageup", "home", "end"]
WIDGET_KEYS = [*FUNCTION_KEYS, *MOVES, "enter", "enter", "escape", "space", "backspace", "delete", "a", "x"]
NOT_PRESSED = {"app.quit"}
CONSOLE_KEYS = sorted({key for action in ACTIONS.values() if action.id not in NOT_PRESSED for key in action.keys})
TYPED = [*"userwalt@.", "日", "é"]


@pytest.fixture
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("DYNTUI_TERMINAL", raising=False)


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


FEW_OR_MANY = pytest.mark.parametrize("examples", [3, pytest.param(60, marks=pytest.mark.slow)])


def through(examples: int, pressed: Sequence[str], app: Callable[[], Twin]) -> None:
    """Show the app so often, each time with other keys, in another size, on a terminal that answers otherwise."""

    @given(keys(pressed, 14), SIZES, st.sampled_from(ANSWERS))
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    def check(steps: list[Any], size: tuple[str, int, int], answers: str) -> None:
        asyncio.run(play(app(), size[1:], answers, lambda pilot: perform(pilot, steps)))

    check()


@FEW_OR_MANY
def test_every_cell_of_textuals_widgets_is_as_with_its_own_output(examples):
    through(examples, WIDGET_KEYS, TwinWidgets)


@FEW_OR_MANY
def test_every_cell_of_the_console_is_as_with_textuals_own_output(examples):
    wanted = SandboxOptions(users=120, seed=1, now="2026-03-01T12:00:00Z")
    pressed = [*CONSOLE_KEYS, *TYPED, "down", "enter", "escape"]
    through(examples, pressed, lambda: TwinConsole(Session(demo=wanted)))
