"""The lean writer in an app: when it is used, what it does when the terminal is lent, asked, resized or silent."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from rich.color import ColorSystem
from rich.text import Text
from tests.tui.renderer_comparison import Twin, play
from tests.tui.terminal_emulator import Emulator, difference
from textual import events, messages
from textual._compositor import ChopsUpdate
from textual.app import App, ComposeResult
from textual.driver import Driver
from textual.pilot import Pilot
from textual.widgets import Input, Static

from dyntui.core.errors import UsageError
from dyntui.tui.kit.terminal import textual_internals
from dyntui.tui.kit.terminal.app_mixin import LeanDisplayMixin
from dyntui.tui.kit.terminal.detection import lean_status
from dyntui.tui.kit.terminal.driver import LeanDriverMixin, TerminalDriverMixin
from dyntui.tui.kit.terminal.flow_control import CURSOR_QUERY, FlowControl
from dyntui.tui.kit.terminal.output import Output

SIZE = (60, 20)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("DYNTUI_TERMINAL", raising=False)


class Small(App[None]):
    """A few lines, one of which changes, and an input."""

    def compose(self) -> ComposeResult:
        yield Static("one", id="one")
        yield Static("two 日本")
        yield Input()

    def change(self, text: str) -> None:
        self.query_one("#one", Static).update(text)


class TwinSmall(Twin, Small):
    """It, shown twice."""


class PlainSmall(LeanDisplayMixin[None], Small):
    """It, on a driver that keeps what is written."""

    def get_driver_class(self) -> type[Driver]:
        return Keeping


class _Keeping(Driver):
    """Keeps what is written."""

    def __init__(self, app: Any, **named: Any) -> None:
        super().__init__(app, **named)
        self.written: list[str] = []

    def write(self, data: str) -> None:
        self.written.append(data)

    def start_application_mode(self) -> None:
        self.send_message(events.Resize.from_dimensions(SIZE, None))

    def stop_application_mode(self) -> None:
        pass

    def disable_input(self) -> None:
        pass


class Keeping(LeanDriverMixin, TerminalDriverMixin, _Keeping):
    """It, with the driver's part of the console."""


def shown(script: Callable[[TwinSmall, Pilot[Any]], Any], answers: str = "at once") -> None:
    """Play with the small app on two terminals."""
    asyncio.run(play(app := TwinSmall(), SIZE, answers, lambda pilot: script(app, pilot)))


async def change(app: TwinSmall, pilot: Pilot[Any], text: str) -> list[str]:
    """Change a line; what was written for it."""
    before = len(app.twin.writes)
    app.change(text)
    await app.settle(pilot)
    return app.twin.writes[before:]


@contextmanager
def stopped_clock(app: TwinSmall) -> Iterator[None]:
    """Let no time pass for the flow control, so that no response times out."""
    assert app.lean is not None
    flow_control, now = app.lean._flow_control, time.monotonic()
    clock, flow_control._clock = flow_control._clock, lambda: now
    try:
        yield
    finally:
        flow_control._clock = clock


def written_by(app: PlainSmall) -> list[str]:
    written: list[str] = []

    async def pilot(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        driver = app._driver
        assert isinstance(driver, Keeping)
        app.change("changed")
        while "changed" not in "".join(driver.written):
            await pilot.pause()
        written.extend(driver.written)
        app.exit()

    asyncio.run(app.run_async(auto_pilot=pilot))
    return written


def test_a_frame_is_one_write_of_the_changes() -> None:
    async def script(app: TwinSmall, pilot: Pilot[Any]) -> None:
        (frame,) = await change(app, pilot, "two")
        assert "two" in frame
        assert len(frame) < 60

    shown(script)


def test_an_unchanged_frame_writes_no_bytes() -> None:
    async def script(app: TwinSmall, pilot: Pilot[Any]) -> None:
        assert await change(app, pilot, "one") == []

    shown(script)


def test_a_frame_is_synchronized_if_the_terminal_supports_it() -> None:
    async def script(app: TwinSmall, pilot: Pilot[Any]) -> None:
        app.twin.process_message(messages.TerminalSupportsSynchronizedOutput())
        await app.settle(pilot)
        (frame,) = await change(app, pilot, "two")
        assert frame.startswith("\x1b[?2026h") and frame.endswith("\x1b[?2026l" + CURSOR_QUERY)

    shown(script)


def test_the_cursor_is_at_the_position_of_an_input_method() -> None:
    async def script(app: TwinSmall, pilot: Pilot[Any]) -> None:
        await pilot.press("a", "日")
        await app.settle(pilot)
        for emulator in (app.twin.stock, app.twin.lean):
            assert (emulator.cursor.x, emulator.cursor.y) == app.cursor_position

    shown(script)


def test_the_screen_is_redrawn_after_a_suspend() -> None:
    async def script(app: TwinSmall, pilot: Pilot[Any]) -> None:
        with app.suspend():
            app.change("while it was lent")
        await app.settle(pilot)
        app.check("lending")
        assert "while it was lent" in app.twin.lean.text

    shown(script)


def test_the_screen_is_redrawn_after_a_short_resize() -> None:
    async def script(app: TwinSmall, pilot: Pilot[Any]) -> None:
        before = app.twin.lean.text
        app.twin.lean.erase_in_display(2)
        app.twin.tell_size()
        await app.settle(pilot)
        assert app.twin.lean.text == before

    shown(script)


def test_a_size_report_without_a_change_causes_no_redraw() -> None:
    async def script(app: TwinSmall, pilot: Pilot[Any]) -> None:
        app.twin.process_message(messages.InBandWindowResize(True, False))
        await app.settle(pilot)
        before = len(app.twin.writes)
        app.twin.tell_size()
        await app.settle(pilot)
        assert len(app.twin.writes) == before

    shown(script)


def test_other_output_of_textual_is_redrawn() -> None:
    async def script(app: TwinSmall, pilot: Pilot[Any]) -> None:
        LeanDisplayMixin._display(app, app.screen, Text("something else"))
        await change(app, pilot, "two")
        app.check("something else")

    shown(script)


@pytest.mark.parametrize("lost", [1, 3])
def test_a_terminal_that_stops_responding_delays_frames_shortly(lost: int) -> None:
    async def script(app: TwinSmall, pilot: Pilot[Any]) -> None:
        await change(app, pilot, "two")
        app.twin.answer = "late"
        started = time.monotonic()
        for number in range(6):
            app.change("\n".join(f"number {number} {number * 7919 % 1000}" * 3 for _ in range(19)))
            while f"number {number}" not in app.twin.lean.text:
                await pilot.pause()
                if number >= lost:
                    app.twin.give_answers()
                app.twin.lean.answers.clear()
        assert time.monotonic() - started < 0.5 + lost

    shown(script)


def test_a_terminal_whose_second_response_is_lost_delays_frames_shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    """No frame was sent after the first response, so none has started the timeout."""
    monkeypatch.setattr("dyntui.tui.kit.terminal.flow_control._MIN_TIMEOUT_S", 0.05)

    async def script() -> None:
        sending = Output(ColorSystem.TRUECOLOR, erases_with_background=True)
        sending.on_start(driver := Keeping(None))
        size, console = (100, 30), Small().console
        sending.show([(y, 0, Text("x1" * 40).render(console)) for y in range(30)], size, (0, 0))
        sending.on_response(1, 0)
        sending.flush()
        sending.show([(0, 0, Text("changed").render(console))], size, (0, 0))
        assert "changed" not in "".join(driver.written)
        end = time.monotonic() + 10.0
        while "changed" not in "".join(driver.written):
            await asyncio.sleep(0.01)
            assert time.monotonic() < end

    asyncio.run(script())


def test_frames_are_merged_while_a_response_is_pending() -> None:
    async def script(app: TwinSmall, pilot: Pilot[Any]) -> None:
        app.twin.answer = "late"
        before = len(app.twin.writes)
        with stopped_clock(app):  # on a loaded machine the frames take longer than the timeout of a response
            for number in range(20):
                app.change("\n".join(f"number {number} {number * 7919 % 1000}" * 3 for _ in range(12)))
                while f"number {number}" not in app.twin.stock.text:
                    await pilot.pause()
        assert len(app.twin.writes) - before < 10
        await app.settle(pilot)
        app.check("the last answer")

    shown(script)


def test_exiting_waits_for_pending_responses() -> None:
    """Else the shell would read them as typed, and what the mouse did meanwhile."""
    response_times: list[float] = []

    async def leave() -> None:
        sending = Output(ColorSystem.TRUECOLOR, erases_with_background=True)
        driver = Keeping(None)
        sending.on_start(driver)
        sending.show([(0, 0, Text("x").render(app.console))], SIZE, (0, 0))
        sending.on_response(1, 0)
        sending.show([(1, 0, Text("y").render(app.console))], SIZE, (0, 0))

        def answer() -> None:
            for column, line in ((0, 0), (0, 0), (0, 0)):
                response_times.append(time.monotonic())
                sending.on_response(column, line)

        late = threading.Timer(0.05, answer)
        late.start()
        sending.on_stop()
        left = time.monotonic()
        late.join()
        assert len(response_times) == 3 and left >= response_times[-1]
        assert driver.written[-1].startswith("\x1b[m"), "and no color stays"
        for report in ("\x1b[?1000l", "\x1b[?1003l", "\x1b[?1004l"):
            assert driver.written[-1].index(report) < driver.written[-1].index(CURSOR_QUERY)
        sending.on_stop()
        assert driver.written[-1].startswith("\x1b[m"), "and once only"

    app = Small()
    asyncio.run(leave())


def test_exiting_does_not_wait_for_a_terminal_without_responses() -> None:
    async def leave() -> None:
        now = 100.0
        sending = Output(ColorSystem.TRUECOLOR, erases_with_background=True, flow_control=FlowControl(lambda: now))
        sending.on_start(Keeping(None))
        sending.show([(0, 0, Text("x").render(Small().console))], SIZE, (0, 0))
        now += 1.0
        started = time.monotonic()
        sending.on_stop()
        assert time.monotonic() - started < 0.05

    asyncio.run(leave())


@pytest.mark.parametrize("how", ["variable", "setting"])
def test_the_output_of_textual_can_be_selected(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    if how == "variable":
        monkeypatch.setenv("DYNTUI_TERMINAL", "textual")
    app = PlainSmall(terminal="textual" if how == "setting" else "lean")
    assert app.lean is None and "set by" in app.lean_reason
    assert CURSOR_QUERY not in "".join(written_by(app))


def test_an_unknown_value_of_the_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DYNTUI_TERMINAL", "fast")
    with pytest.raises(UsageError, match="lean or textual"):
        PlainSmall()


def test_the_output_of_textual_is_used_if_a_private_name_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    update = ChopsUpdate.render_segments
    monkeypatch.delattr(ChopsUpdate, "render_segments")
    monkeypatch.setattr("dyntui.tui.kit.terminal.detection.CHECKED_VERSIONS", ())
    app = PlainSmall()
    assert app.lean is None
    assert "ChopsUpdate.render_segments" in app.lean_reason
    assert lean_status() == (False, lean_status()[1]) and "ChopsUpdate.render_segments" in lean_status()[1]
    monkeypatch.setattr(ChopsUpdate, "render_segments", update, raising=False)
    assert CURSOR_QUERY not in "".join(written_by(app))


def test_the_output_of_textual_is_used_if_its_code_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    def render_segments(self: ChopsUpdate, console: Any) -> str:
        return str(self.spans) + str(self.something_new)  # type: ignore[attr-defined]

    monkeypatch.setattr(ChopsUpdate, "render_segments", render_segments)
    assert "something_new" in textual_internals.unexpected_internals()
    assert PlainSmall().lean is None


def test_this_version_of_textual_is_as_expected() -> None:
    assert textual_internals.unexpected_internals() == ""
    assert lean_status()[0]


def test_the_lean_writer_is_the_default() -> None:
    app = PlainSmall()
    assert app.lean is not None and not app.lean_reason
    assert CURSOR_QUERY in "".join(written_by(app))


def test_a_terminal_without_a_response_is_queried_twice() -> None:
    written = "".join(written_by(PlainSmall()))
    assert written.count(CURSOR_QUERY) == 2, "how wide a character is, and with the first frame"


def test_headless_apps_use_the_output_of_textual() -> None:
    async def run() -> None:
        app = PlainSmall()
        async with app.run_test(size=SIZE) as pilot:
            await pilot.press("a")
            assert app.query_one(Input).value == "a"
            assert not app.takes_frames()

    asyncio.run(run())


def test_the_emulators_detect_a_difference() -> None:
    one, other = Emulator(5, 2), Emulator(5, 2)
    one.feed("\x1b[2mx")
    other.feed("x")
    assert difference(one, other)
