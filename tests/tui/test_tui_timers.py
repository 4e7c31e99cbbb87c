"""Timers whose time has passed before they run: they fire, and the console goes on."""

from __future__ import annotations

import asyncio
import time
from itertools import count, islice

import pytest
from tests.tui.tui_support import SIZE, demo, settled
from textual.widgets._toast import Toast

_STEP_S = 0.02
_MAX_LOOKS = 20_000
"""A timer that looks for its next time forever ends with an error when it looked at the clock so many times."""


async def test_a_timer_fires_whose_time_has_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo(users=3)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        fired: list[float] = []
        # Another process runs between any two looks at the clock.
        clock = islice(count(time.monotonic(), _STEP_S), _MAX_LOOKS)
        monkeypatch.setattr("textual._time.get_time", lambda: next(clock))
        delays = [-5.0, 0.0, 1e-9, _STEP_S / 2]
        for delay in delays:
            console.set_timer(delay, lambda delay=delay: fired.append(delay))
        async with asyncio.timeout(10.0):
            while len(fired) < len(delays):
                await pilot.pause()
        assert sorted(fired) == delays


async def test_a_notification_expires_while_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    console = demo(users=3)
    async with console.run_test(size=SIZE, notifications=True) as pilot:
        await settled(pilot)
        looks = iter(range(_MAX_LOOKS))
        monkeypatch.setattr("textual._time.get_time", lambda: (next(looks), time.monotonic())[1])
        clock = count(time.time())
        monkeypatch.setattr("textual.notifications.time", lambda: next(clock))
        for timeout in range(1, 20):
            # Time goes on by a second with every look at the clock, so each one expires at another look.
            clock = count(time.time())
            console.notify(f"Notification {timeout}", timeout=timeout)
            await pilot.pause()
        clock = count(time.time() + 100)
        console.notify("The last one", timeout=1e6)
        await pilot.pause()
        assert [toast.render().plain for toast in console.screen.query(Toast)] == ["The last one"]
        assert next(looks, None) is not None
