"""Colors: every text is readable in every theme, a theme is chosen with a preview, and no meaning needs a color."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.style import Style
from tests.families import slow_except
from tests.tui.pty_support import Pty
from tests.tui.tui_support import SMALL, demo, jump, press, profile, settled, strips_of, text_of
from textual.color import Color
from textual.pilot import Pilot

from dyntui.config.paths import paths
from dyntui.config.private_files import atomic_write, private_dir
from dyntui.config.settings import Settings
from dyntui.tui.kit.themes import (
    SELECTED_CONTRAST,
    SIXTEEN_COLORS_THEME,
    TEXT_CONTRAST,
    THEMES,
    contrast,
    find_theme,
    theme_names,
)
from dyntui.tui.kit.widgets.line_widget import LineWidget
from dyntui.tui.kit.widgets.text_field import TextField
from dyntui.tui.shell.app import Console

SIZE = (120, 30)
ALL_THEMES = [*theme_names(), SIXTEEN_COLORS_THEME.name]


def low_contrasts(console: Console) -> list[str]:
    """Return the texts of the screen whose contrast with their background is below `TEXT_CONTRAST`."""
    found = []
    for strip in strips_of(console):
        for text, style, _ in strip:
            if style is not None and text.strip() and (ratio := contrast(*colors_of(style))) < TEXT_CONTRAST:
                found.append(f"{text.strip()!r} {ratio:.2f}")
    return found


def colors_of(style: Style) -> tuple[Color, Color]:
    assert style.color is not None
    assert style.bgcolor is not None
    foreground, background = (Color.from_rich_color(color) for color in (style.color, style.bgcolor))
    return (background, foreground) if style.reverse else (foreground, background)


async def open_messages(pilot: Pilot[int]) -> None:
    """Open the messages of a webhook: states and HTTP statuses, one row marked."""
    await jump(pilot, "webhooks")
    await press(pilot, "enter", "space", "down")


def word_styles(console: Console, word: str) -> set[Style | None]:
    return {style for strip in strips_of(console) for text, style, _ in strip if text.strip() == word}


@pytest.mark.parametrize("name", slow_except(ALL_THEMES, "quiet", "paper"))
async def test_every_text_is_readable_in_every_theme(name: str) -> None:
    console = demo(20)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        console.register_theme(find_theme(name))
        console.theme = name
        await open_messages(pilot)
        assert low_contrasts(console) == []
        await press(pilot, "R")
        assert low_contrasts(console) == []
        await press(pilot, "escape", "v")  # JSON
        assert low_contrasts(console) == []
        # Of a dialog only its own lines: what is below is dimmed.
        await press(pilot, "ctrl+t")
        for widget in console.screen.query(LineWidget):
            for y in range(widget.size.height):
                for text, style, _ in widget.render_line(y):
                    if style is not None and text.strip():
                        foreground, background = colors_of(style)
                        is_selected = background.hex6 == Color.parse(console.theme_variables["cursor"]).hex6
                        least = SELECTED_CONTRAST if is_selected else TEXT_CONTRAST
                        assert contrast(foreground, background) >= least, (name, text)
        await press(pilot, "escape")
        variables = console.theme_variables
        for text, back in (("live-text", "live"), ("calm-text", "calm")):
            assert contrast(Color.parse(variables[text]), Color.parse(variables[back])) >= TEXT_CONTRAST
        selected = Color.parse(variables["cursor"])
        for text in ("accent", "error", "warning", "success", "read"):  # the bar of the selected row, and its words
            assert contrast(Color.parse(variables[text]), selected) >= SELECTED_CONTRAST


async def test_a_word_has_the_color_of_its_meaning_in_lists_details_and_json() -> None:
    console = demo(20)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)

        def colors(word: str) -> set[str]:
            return {style.color.name for style in word_styles(console, word) if style is not None and style.color}

        variables = {
            key: Color.parse(value).hex6.lower() for key, value in console.theme_variables.items() if value[:1] == "#"
        }
        good, bad = variables["success"], variables["error"]
        await open_messages(pilot)
        assert colors("delivered") == colors("200") == {good}
        assert colors("failed") == colors("503") == {bad}
        await press(pilot, "enter")
        assert colors("delivered") == {good}
        await press(pilot, "escape", "R")
        assert colors("GET") == {variables["read"]}
        await press(pilot, "escape", "v")
        assert colors('"delivered"') == {good}


async def test_a_theme_is_chosen_with_a_preview_and_remembered() -> None:
    private_dir(paths().settings_file.parent)
    atomic_write(paths().settings_file, b"# mine\nanimations = false\n")
    console = demo(5)
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+t", "down", "down")
        assert console.theme == "paper"
        assert "marked row" in text_of(console)
        await press(pilot, "escape")
        assert console.theme == "quiet"
        await press(pilot, "ctrl+t", "down", "down", "enter")
        assert console.theme == "paper"
    saved = paths().settings_file.read_text()
    assert saved.startswith("# mine\nanimations = false\n")
    assert Settings.load().theme == "paper"


async def test_a_dialog_in_a_live_environment_says_so_in_red() -> None:
    console = demo(5)
    async with console.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "plus")
        assert "live" not in text_of(console)
        await press(pilot, "escape")
        console.session.profile = profile()
        console._update_kind_style()
        await press(pilot, "plus")
        styles = {style for strip in strips_of(console)[1:] for text, style, _ in strip if "● live" in text}
        assert len(styles) == 1
        style = styles.pop()
        assert style is not None
        assert style.bgcolor is not None
        assert style.bgcolor.name == console.theme_variables["live"]
        # The fields of the form are underlined, also the empty ones.
        for field in console.screen.query(TextField):
            segments = [segment for segment in field.render_line(0) if segment.text]
            assert all(segment.style is not None and segment.style.underline for segment in segments[-1:])


async def test_a_disabled_menu_item_looks_disabled_and_says_why() -> None:
    console = demo(5, read_only=True)
    async with console.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "a", "end")
        dim = Color.parse(console.theme_variables["dim-text"]).hex6.lower()
        disabled = [strip for strip in strips_of(console) if "not available:" in strip.text]
        assert disabled
        for strip in disabled:
            colors = [style.color for text, style, _ in strip if style is not None and "not available:" in text]
            assert [color.name for color in colors if color is not None] == [dim] or "▌" in strip.text


@pytest.fixture
def opened() -> Iterator[list[Pty]]:
    """Terminals that were opened; they are closed whatever happens."""
    terminals: list[Pty] = []
    yield terminals
    for terminal in terminals:
        terminal.close()


COLOR = re.compile(r"3[0-8]|4[0-8]|9[0-7]|10[0-7]")
SIXTEEN = {str(base + number) for base in (30, 40, 90, 100) for number in range(8)}


@pytest.mark.parametrize(
    ("environ", "allowed"),
    [
        pytest.param({"NO_COLOR": "1"}, set(), id="no-color"),
        pytest.param({"TERM": "xterm-16color", "COLORTERM": ""}, SIXTEEN, id="16-colors"),
    ],
)
def test_every_meaning_has_a_word_or_sign_with_few_colors_or_none(
    environ: dict[str, str], allowed: set[str], tmp_path: Path, opened: list[Pty]
) -> None:
    terminal = Pty(
        "", tmp_path, command=[sys.executable, "-m", "dyntui", "--read-only", "demo", "--users", "20"], environ=environ
    )
    opened.append(terminal)
    terminal.wait("1 of 20")
    terminal.child.send(b":webhooks")
    terminal.wait(": webhooks")
    terminal.child.send(b"\r")
    terminal.wait("https://")
    terminal.child.send(b"\r")
    terminal.wait("failed")
    terminal.child.send(b" ")
    terminal.wait("1 marked")
    lines = terminal.emulator.text.split("\n")
    assert "● sandbox" in lines[0]
    assert any(line.startswith("•") for line in lines)
    assert any(line.startswith("▌") for line in lines)
    assert any("delivered" in line and "200" in line for line in lines)
    assert any("failed" in line and "503" in line for line in lines)
    terminal.child.send(b"a")
    terminal.wait("not available:")
    terminal.child.send(b"\x1b")
    terminal.wait_until(lambda: "not available:" not in terminal.emulator.text)
    terminal.child.send(b"\x14")  # ctrl+t
    terminal.wait("! ")  # the notification of a warning
    terminal.child.send(b"Q")
    assert terminal.ended() == 0
    codes = {code for match in re.findall(rb"\x1b\[([0-9;]*)m", terminal.raw) for code in match.decode().split(";")}
    used = {code for code in codes if COLOR.fullmatch(code)}
    assert used <= allowed
    assert bool(used) is bool(allowed)


def test_own_themes_are_dark_and_light() -> None:
    assert {theme.dark for theme in THEMES} == {True, False}
