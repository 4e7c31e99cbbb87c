"""What the server says is hostile: no screen crashes on it, lets it near the terminal, or takes it for markup."""

from __future__ import annotations

import re

import pytest
from rich.text import Text
from tests.families import slow_except
from tests.tui.tui_support import demo, press, settled, strips_of, text_of
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import (
    Button,
    Checkbox,
    Collapsible,
    DataTable,
    Input,
    Label,
    Link,
    OptionList,
    RadioButton,
    Select,
    SelectionList,
    Static,
    TabbedContent,
    TabPane,
    TextArea,
    Tree,
)

from dyntui.sandbox.hostile_payloads import PAYLOADS
from dyntui.tui.kit import control_character_filter
from dyntui.tui.kit.dialogs.message_dialog import MessageDialog
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.shell.app import Console

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]")
RAW = "\x1b]0;x\x07\x9b31m\x7f\x00\x85"

SCREENS = {
    "users": (),
    "user": ("enter",),
    "credentials": ("enter", "2"),
    "wallets of a user": ("enter", "3"),
    "sessions": ("enter", "4"),
    "raw user": ("enter", "0", "z"),
    "metadata of a user": ("enter", "9", "z"),
    "editing metadata": ("enter", "9", "e"),
    "the next user": ("enter", "right_curly_bracket"),
    "actions of a user": ("enter", "a"),
    "copy of a user": ("enter", "c"),
    "wallets ahead of sign-in": ("enter", "plus", "ctrl+s"),
    "copy of wallets": ("colon", *"wallets", "enter", "space", "space", "c"),
    "raw row": ("v", "z"),
    "columns": ("o",),
    "wallets": ("colon", *"wallets", "enter"),
    "wallet": ("colon", *"wallets", "enter", "enter"),
    "allowlists": ("colon", *"allowlists", "enter"),
    "entries": ("colon", *"allowlists", "enter", "enter"),
    "tokens": ("colon", *"tokens", "enter"),
    "environments": ("colon", *"environments", "enter"),
    "requests": ("R",),
    "notifications": ("y", "exclamation_mark"),
    "actions menu": ("a",),
    "help": ("question_mark",),
    "palette": ("enter", "escape", "ctrl+p"),
    "jump bar": ("enter", "escape", "colon", "u"),
}


INTERPRETED = re.compile(r"(?<!\[@click=app\.quit\])Bob(?!\[|…|\s*$)|(?<!\[b\])unterminated(?! \[|…| …|\s*$)")
"""What is left of two of the payloads when somebody takes them for markup; a dialog may cover its closing tag."""


def assert_harmless(console: Console) -> None:
    """Nothing that a terminal would obey, and nothing that was taken for markup: no link, no click, no style."""
    for strip in strips_of(console):
        for segment in strip:
            assert not CONTROL.search(segment.text), repr(segment.text)
            if segment.style is not None:
                assert segment.style.link is None
                assert "@click" not in segment.style.meta
        assert not INTERPRETED.search(strip.text), strip.text


FAST = ("users", "user", "editing metadata")


@pytest.mark.parametrize("name", slow_except(SCREENS, *FAST))
async def test_every_screen_shows_hostile_text_literally(name: str) -> None:
    console = demo(30, hostile=True)
    async with console.run_test(size=(200, 60), notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, *SCREENS[name])
        assert_harmless(console)
        for y in (0, 1, 3, 59):
            await pilot.click(offset=(6, y))
        await settled(pilot)
        assert console.is_running
        assert console.return_code is None
        assert_harmless(console)


async def test_markup_and_escapes_are_shown_literally() -> None:
    console = demo(30, hostile=True)
    async with console.run_test(size=(200, 60)) as pilot:
        await settled(pilot)
        text = text_of(console)
        assert "[@click=app.quit]Bob[/] [/x] ␛]0;x␇" in text
        assert "[b]unterminated [/] [" in text
        assert "bidi <202e>gnp.exe<202c>" in text


async def test_dialogs_and_messages_show_any_text() -> None:
    console = demo(3)
    async with console.run_test(size=(120, 40), notifications=True) as pilot:
        await settled(pilot)
        shown = console.screen
        for payload in PAYLOADS:
            console.notify(payload, "error")
            console.ask(SelectDialog(payload, [Choice("key", payload, note=payload)]))
            await settled(pilot)
            assert isinstance(console.screen, SelectDialog)
            assert_harmless(console)
            console.ask(MessageDialog(payload, payload))
            await settled(pilot)
            assert isinstance(console.screen, MessageDialog)
            assert_harmless(console)
            await press(pilot, "escape", "escape")
            assert console.screen is shown
            console.clear_notifications()


def test_the_control_character_filter_finds_the_names_of_textual() -> None:
    from rich import control
    from textual import content

    assert control.strip_control_codes.__defaults__ == (control._CONTROL_STRIP_TRANSLATE,)
    assert content._strip_control_codes.__defaults__ == (content._CONTROL_STRIP_TRANSLATE,)
    control_character_filter.install()
    assert control.strip_control_codes("a\x1b\t\n\x9b") == "a\ufffd\t\n\ufffd"
    assert content._strip_control_codes("a\x1b\t\n\x9b") == "a\ufffd\t\n\ufffd"


class _Careless(App[None]):
    """Every widget of the library that shows text, given raw text by somebody who forgot."""

    def compose(self) -> ComposeResult:
        control_character_filter.install()
        yield Static(RAW, markup=False)
        yield Static(Text(RAW))
        yield Static(Content(RAW))
        yield Label(RAW, markup=False)
        yield Button(Content(RAW))
        yield Checkbox(Content(RAW))
        yield RadioButton(Content(RAW))
        yield Link(RAW.replace("[", ""), url="x")
        yield Input(RAW, placeholder=RAW)
        yield OptionList(Content(RAW))
        yield SelectionList((Content(RAW), 1))
        yield Select([(Content(RAW), 1)], value=1)
        with Collapsible(title="x", collapsed=False):
            yield Static(Content(RAW))
        with TabbedContent():
            yield TabPane(Content(RAW))
        yield TextArea(RAW)
        tree: Tree[None] = Tree(Text(RAW))
        tree.root.add(Text(RAW))
        yield tree
        table: DataTable[Text] = DataTable()
        table.add_columns(Text(RAW))
        table.add_row(Text(RAW))
        yield table

    def on_mount(self) -> None:
        self.screen.border_title = "x"
        self.notify(RAW, markup=False)


async def test_no_widget_of_textual_renders_a_control_code() -> None:
    app = _Careless()
    leaks: list[str] = []
    async with app.run_test(size=(80, 200), notifications=True) as pilot:
        await pilot.pause()
        for strip in app.screen._compositor.render_strips():
            leaks += [segment.text for segment in strip if re.search(r"[\x00-\x1f\x7f-\x9f]", segment.text)]
    assert leaks == []


def test_line_widgets_render_no_control_code() -> None:
    assert (
        control_character_filter.replace_controls(f"a{RAW}b") == f"a{control_character_filter.replace_controls(RAW)}b"
    )
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", control_character_filter.replace_controls(RAW))
    assert control_character_filter.replace_controls("全角 👩 é") == "全角 👩 é"
