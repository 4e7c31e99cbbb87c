"""What the console does to the terminal, and when it does not start at all; and what a crash leaves."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from tests.tui.tui_support import TOKEN, demo, press, settled, strips_of

from dyntui.config.settings import Settings
from dyntui.core.errors import UsageError
from dyntui.core.redact import redactor
from dyntui.tui.shell import startup
from dyntui.tui.shell.app import Console
from dyntui.tui.shell.console_state import ConsoleState


class _Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def tty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.__stdin__", _Tty())
    monkeypatch.setattr("sys.__stderr__", _Tty())
    monkeypatch.setattr("locale.getencoding", lambda: "UTF-8")


@pytest.mark.parametrize("name", ["dumb", "", "unknown"])
def test_an_unsuitable_terminal_is_refused_with_the_reason(
    tty: None, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", name)
    with pytest.raises(UsageError, match="cannot show the console") as caught:
        startup.check_terminal()
    assert "dyntui users list" in caught.value.hint


def test_a_suitable_terminal_is_accepted(tty: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    startup.check_terminal()


def test_a_locale_that_is_not_utf_8_is_refused(tty: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("locale.getencoding", lambda: "ANSI_X3.4-1968")
    monkeypatch.setenv("TERM", "xterm")
    with pytest.raises(UsageError, match="UTF-8 locale"):
        startup.check_terminal()


def test_without_a_terminal_the_console_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.__stderr__", io.StringIO())
    with pytest.raises(UsageError, match="needs a terminal"):
        startup.check_terminal()


@pytest.mark.parametrize(
    ("animations", "environ", "level"),
    [
        (True, {}, "full"),
        (False, {}, "none"),
        (True, {"SSH_CONNECTION": "1 2 3 4"}, "none"),
        (True, {"SSH_TTY": "/dev/pts/1"}, "none"),
        (True, {"SSH_TTY": "/dev/pts/1", "TEXTUAL_ANIMATIONS": "full"}, "full"),
        (True, {"TEXTUAL_ANIMATIONS": "none"}, "none"),
        (False, {"TEXTUAL_ANIMATIONS": "basic"}, "basic"),
    ],
)
def test_animations_are_off_over_ssh_unless_enabled(
    animations: bool, environ: dict[str, str], level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.environ", environ)
    assert startup.animation_level(animations) == level


async def test_no_color_removes_colors_and_keeps_the_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    console = demo()
    async with console.run_test(size=(100, 20)) as pilot:
        await settled(pilot)
        colors = set()
        for strip in strips_of(console):
            for name in console._filters:
                strip = strip.apply_filter(name, console.screen.background_colors[1])
            for segment in strip:
                if segment.style is not None:
                    colors |= {segment.style.color, segment.style.bgcolor} - {None}
        assert all(color is not None and color.is_default for color in colors)
        assert strips_of(console)[2].text.startswith("▌")
        await press(pilot, "question_mark")


async def test_the_theme_of_the_settings_is_applied_and_an_unknown_one_reported() -> None:
    console = Console(ConsoleState(), Settings(theme="dense"))
    async with console.run_test() as pilot:
        await settled(pilot)
        assert console.theme == "dense"
        assert console.dense
    console = Console(ConsoleState(), Settings(theme="loud"))
    async with console.run_test() as pilot:
        await settled(pilot)
        assert console.theme == "quiet"
        assert "Unknown theme 'loud'" in console.session.notifications[0].text


async def test_another_theme_recolors_the_screen() -> None:
    console = demo(5)
    async with console.run_test(size=(100, 20)) as pilot:
        await settled(pilot)
        before = {segment.style for strip in strips_of(console)[1:] for segment in strip}
        console.set_theme("dense")
        await settled(pilot)
        after = {segment.style for strip in strips_of(console)[1:] for segment in strip}
        assert not before & after


class _Broken(Exception):
    pass


def _fail(token: str, person: str) -> None:
    secret_local = f"{token} {person}"
    raise _Broken(f"cannot use {token} for {person}, {len(secret_local)}")


async def test_a_crash_prints_one_line_and_writes_a_redacted_report_without_locals(still: Path) -> None:
    redactor.add(TOKEN)
    console = demo(3)
    with pytest.raises(_Broken):
        async with console.run_test() as pilot:
            await settled(pilot)
            console.call_later(_fail, TOKEN, "ada@example.com")
            await pilot.pause()
            await pilot.pause()
    message = console.crash_message
    assert message.startswith("dyntui stopped because of an internal error (_Broken).")
    reports = list((still / "state" / "crashes").iterdir())
    assert len(reports) == 1
    report = reports[0].read_text()
    assert "_Broken: cannot use <token> for <email>" in report
    for secret in ("Canary1", "ada@example.com", "secret_local ="):
        assert secret not in report
        assert secret not in message
    assert reports[0].stat().st_mode & 0o777 == 0o600
