"""One app, two terminals: every frame goes out as Textual writes it and as the lean writer does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from tests.tui.terminal_emulator import Emulator, difference
from textual import events
from textual.app import App
from textual.driver import Driver
from textual.pilot import Pilot

from dyntui.tui.kit.terminal.app_mixin import LeanDisplayMixin
from dyntui.tui.kit.terminal.driver import LeanDriverMixin, TerminalDriverMixin

ANSWERS = ("at once", "late", "never")
"""When the terminal answers where its cursor is; late: once the program is at rest."""

MOST_ROUNDS = 1_000
"""How often it is looked whether an app is at rest, a frame apart."""


class _TwinTerminals(Driver):
    """Two emulators in place of a terminal. What is written goes to the lean one, but while `stock_only`."""

    def __init__(self, app: Any, **named: Any) -> None:
        super().__init__(app, **named)
        self.stock, self.lean = (Emulator(*app.twin_size) for _ in range(2))
        self.stock_only = False
        self.answer = app.twin_answers
        self.writes: list[str] = []
        self._app = app

    def write(self, data: str) -> None:
        if self.stock_only:
            self.stock.feed(data)
            return
        self.writes.append(data)
        self.lean.feed(data)
        if self.answer == "at once":
            self.give_answers()

    def give_answers(self) -> bool:
        """Answer what was asked; whether anything was."""
        answers, self.lean.answers = self.lean.answers, []
        for x, y in answers:
            self.process_message(events.CursorPosition(x, y))
        return bool(answers)

    def resize(self, width: int, height: int) -> None:
        for emulator in (self.stock, self.lean):
            emulator.resize(height, width)
        cast(Any, self._app).twin_size = width, height
        self.tell_size()

    def tell_size(self) -> None:
        self.send_message(events.Resize.from_dimensions(cast(Any, self._app).twin_size, None))

    def start_application_mode(self) -> None:
        for emulator in (self.stock, self.lean):
            emulator.reset()
            emulator.reset_mode(7, private=True)
        self.tell_size()

    def stop_application_mode(self) -> None:
        pass

    def disable_input(self) -> None:
        pass

    @property
    def can_suspend(self) -> bool:
        return True


class TwinDriver(LeanDriverMixin, TerminalDriverMixin, _TwinTerminals):
    """The two emulators with the driver's part of the console."""


class Twin(LeanDisplayMixin[Any]):
    """A mixin in front of an app that is to be shown twice."""

    twin_size = (80, 24)
    twin_answers = "never"

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.frames = 0

    def get_driver_class(self) -> type[Driver]:
        return TwinDriver

    def _display(self, *arguments: Any, **named: Any) -> None:
        driver = self._driver
        assert isinstance(driver, TwinDriver)
        driver.stock_only = True
        try:
            App._display(self, *arguments, **named)
        finally:
            driver.stock_only = False
        super()._display(*arguments, **named)
        self.frames += 1

    @property
    def twin(self) -> TwinDriver:
        assert isinstance(self._driver, TwinDriver)
        return self._driver

    async def settle(self, pilot: Pilot[Any]) -> None:
        """Wait until nothing more is drawn and every answer that is to come has come."""
        if not self.is_running:
            return
        frames, writes = -1, -1
        for _ in range(MOST_ROUNDS):
            if (frames, writes) == (self.frames, len(self.twin.writes)):
                return
            frames, writes = self.frames, len(self.twin.writes)
            await pilot.pause()
            await pilot.pause(1 / 60)
            if self.twin.answer != "never":
                self.twin.give_answers()
                await pilot.pause()
        raise AssertionError(f"still drawing after {MOST_ROUNDS} rounds")

    def check(self, after: str) -> None:
        """Both terminals are to show the same."""
        if not self.is_running:
            return
        found = difference(self.twin.stock, self.twin.lean)
        assert not found, f"after {after}:\n{found}"


async def play(app: Twin, size: tuple[int, int], answers: str, script: Callable[[Pilot[Any]], Awaitable[None]]) -> None:
    """Run the app on two terminals of that size while `script` plays with it; both are compared after every key."""
    app.twin_size, app.twin_answers = size, answers
    played: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def pilot(pilot: Pilot[Any]) -> None:
        press = pilot.press

        async def press_and_check(*keys: str) -> None:
            for key in keys:
                await press(key)
                await app.settle(pilot)
                app.check(key)

        pilot.press = press_and_check  # type: ignore[method-assign]
        try:
            await app.settle(pilot)
            app.check("the start")
            await script(pilot)
        except Exception as error:  # noqa: BLE001 raised below, where the test sees it
            played.set_exception(error)
        else:
            played.set_result(None)
        app.exit()

    await app.run_async(headless=False, size=size, auto_pilot=pilot)
    await played
