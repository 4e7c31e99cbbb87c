"""Random keys and sizes through real screens, shown twice: by Textual's own output and by the lean writer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lean_apps import Widgets
from lean_twin import ANSWERS, Twin, play
from textual.pilot import Pilot
from tui_support import settled

from dyntui.sandbox.options import SandboxOptions
from dyntui.tui.actions import ACTIONS
from dyntui.tui.app import Console
from dyntui.tui.session import Session

pytestmark = pytest.mark.usefixtures("colours")

SIZES = st.tuples(st.integers(60, 130), st.integers(20, 44))
WIDGET_KEYS = [
    *"f1 f2 f3 f4 f5 f6 f6 f6 f7 tab tab shift+tab enter enter escape space".split(),
    *"down down up left right pagedown pageup home end backspace delete a x ctrl+p".split(),
]
NOT_PRESSED = {"app.quit"}
CONSOLE_KEYS = sorted({key for action in ACTIONS.values() if action.id not in NOT_PRESSED for key in action.keys})
TYPED = [*"userwalt@.", "日", "é"]


@pytest.fixture
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("DYNTUI_TERMINAL", raising=False)


def keys(of: list[str], longest: int) -> st.SearchStrategy[list[Any]]:
    """Mostly keys, sometimes a new size."""
    one: Any = st.one_of(*[st.sampled_from(of)] * 9, SIZES)
    return st.lists(one, min_size=longest // 2, max_size=longest)


class TwinConsole(Twin, Console):
    """The console, shown twice."""

    async def settle(self, pilot: Pilot[Any]) -> None:
        await settled(pilot)
        await super().settle(pilot)


async def perform(pilot: Pilot[Any], steps: list[Any]) -> None:
    app = pilot.app
    assert isinstance(app, Twin)
    for step in steps:
        if isinstance(step, tuple):
            app.twin.resize(*step)
        else:
            await pilot.press(step)
        await app.settle(pilot)
        if not app.is_running:
            return
        app.check(f"{step} of {steps}")


@given(keys(WIDGET_KEYS, 14), SIZES, st.sampled_from(ANSWERS))
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_cell_of_textuals_widgets_is_as_with_its_own_output(steps, size, answers):
    asyncio.run(play(Widgets(), size, answers, lambda pilot: perform(pilot, steps)))


@given(keys([*CONSOLE_KEYS, *TYPED, "down", "enter", "escape"], 14), SIZES, st.sampled_from(ANSWERS))
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_cell_of_the_console_is_as_with_textuals_own_output(steps, size, answers):
    wanted = SandboxOptions(users=120, seed=1, now="2026-03-01T12:00:00Z")
    app = TwinConsole(Session(demo=wanted))
    asyncio.run(play(app, size, answers, lambda pilot: perform(pilot, steps)))
