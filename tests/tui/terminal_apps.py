"""An app of many kinds of widgets, layers, wide characters and attributes of style, for the tests of the lean writer.

`python terminal_apps.py lean|textual` runs it in a terminal; at its end it prints what was typed and not read.
"""

from __future__ import annotations

import os
import select
import sys
import tty
from collections.abc import Iterator

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import (
    Button,
    Checkbox,
    Collapsible,
    DataTable,
    Footer,
    Header,
    Input,
    Label,
    OptionList,
    ProgressBar,
    RadioSet,
    RichLog,
    Select,
    Static,
    Switch,
    TabbedContent,
    TabPane,
    TextArea,
    Tree,
)

WORDS = ("日本語の名前", "plain", "👨‍👩‍👧 family", "e\u0301te\u0301", "✅ done", "❤️ heart", "한국어", "🇬🇧 flag", "─│┌┐")


def word(number: int) -> str:
    return WORDS[number % len(WORDS)]


class Lines(ScrollView, can_focus=True):
    """A long list on the line API, each line of several styles."""

    BINDINGS = [
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("pagedown", "step(7)", show=False),
        Binding("pageup", "step(-7)", show=False),
    ]
    STYLES = (
        "bold #e0e0e0 on #1e1e1e",
        "dim italic",
        "underline red on blue",
        "reverse",
        "strike overline",
        "uu green",
    )

    def __init__(self) -> None:
        super().__init__()
        self.virtual_size = Size(60, 500)
        self.at = 0

    def render_line(self, y: int) -> Strip:
        index = y + self.scroll_offset.y
        ground = Style.parse("on #004578" if index == self.at else "on #121212")
        pieces = [
            Segment(f" {index:>4} {word(index)} ", ground),
            Segment(word(index * 3), ground + Style.parse(self.STYLES[index % len(self.STYLES)])),
            Segment(f" row {index * 7919 % 1000}", ground),
        ]
        return Strip(pieces).adjust_cell_length(self.size.width, ground)

    def action_step(self, by: int) -> None:
        self.at = max(0, min(499, self.at + by))
        self.scroll_to(y=max(0, self.at - self.size.height // 2), animate=False, force=True)
        self.refresh()


class Question(ModalScreen[None]):
    """A modal over whatever is there."""

    CSS = """
    Question { align: center middle; background: black 60%; }
    #box { width: 30; height: 9; border: thick red; background: $surface; }
    """
    BINDINGS = [Binding("escape", "dismiss", show=False)]

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Label("Really? 本当に 👍🏽")
            yield Input(placeholder="type it 日本")
            yield Button("OK")


class Widgets(App[None]):
    """Forms, trees, tables, tabs, logs, dialogs, something that floats over all of it."""

    CSS = """
    Screen { layers: base over; }
    #over { layer: over; offset: 13 5; width: 17; height: 5; display: none; }
    #over { background: darkgreen; border: round yellow; }
    Input, TextArea, Select { width: 30; }
    TextArea { height: 6; }
    DataTable { height: 1fr; }
    RichLog { height: 8; border: solid green; }
    Tree { width: 26; }
    """
    BINDINGS = [
        Binding("f1", "push_screen('question')", "Ask"),
        Binding("f2", "toggle_over", "Over"),
        Binding("f3", "say", "Say"),
        Binding("f4", "log", "Log"),
        Binding("f5", "theme", "Theme"),
        Binding("f6", "next_tab", "Tab"),
        Binding("f7", "grow", "Grow"),
        Binding("f8", "lend", "Lend"),
        Binding("f10", "exit", "Exit"),
    ]
    SCREENS = {"question": Question}

    def compose(self) -> ComposeResult:
        yield Header()
        with TabbedContent():
            with TabPane("form"), VerticalScroll():
                yield Input(value="hello 日本 world", placeholder="name")
                # No picture of several characters: a TextArea's cursor stops inside it, and terminals differ on halves.
                yield TextArea("first line\n👍 second\n\tthird 日本語", show_line_numbers=True)
                yield Select([(word(number), number) for number in range(9)])
                yield Checkbox("check ✅")
                yield Switch()
                yield RadioSet(*(word(number) for number in range(4)))
                with Collapsible(title="more"):
                    yield Static("\n".join(word(number) for number in range(20)))
                yield ProgressBar(total=100, show_eta=False)
            with TabPane("table"):
                yield DataTable(cursor_type="cell", zebra_stripes=True)
            with TabPane("lists"), Horizontal():
                yield Tree("root 日本")
                yield OptionList(*(f"{number} {word(number)}" for number in range(60)))
                yield RichLog()
            with TabPane("lines"), Horizontal():
                yield Static(Text("side\nbar\n日本\n", "bold underline link https://example.com"), id="side")
                yield Lines()
        yield Static("over 日本\n[b]floating[/b]", id="over")
        yield Footer()

    def on_mount(self) -> None:
        self.query_one("#side").styles.width = 12
        table = self.query_one(DataTable)
        table.add_columns("id", "name", "日本", "text")
        for number in range(60):
            table.add_row(str(number), word(number), word(number * 5), Text(word(number * 7), "italic red"))
        tree = self.query_one(Tree)
        tree.root.expand()
        for number in range(12):
            node = tree.root.add(word(number), expand=number % 3 == 0)
            for leaf in range(4):
                node.add_leaf(word(number + leaf))
        self.lines = self._lines()

    def _lines(self) -> Iterator[str]:
        number = 0
        while True:
            number += 1
            yield f"{number} {word(number)} {'x' * (number % 40)}"

    def action_toggle_over(self) -> None:
        over = self.query_one("#over")
        over.display = not over.display

    def action_say(self) -> None:
        self.notify(f"said 日本 {next(self.lines)}", timeout=3600)

    def action_log(self) -> None:
        for _ in range(3):
            self.query_one(RichLog).write(next(self.lines))

    def action_lend(self) -> None:
        with self.suspend():
            print("lent")

    def action_exit(self) -> None:
        self.exit()

    def action_theme(self) -> None:
        self.theme = "textual-light" if self.theme == "textual-dark" else "textual-dark"

    def action_next_tab(self) -> None:
        tabs = self.query_one(TabbedContent)
        number = int(tabs.active.removeprefix("tab-")) % 4 + 1
        tabs.active = f"tab-{number}"
        targets: dict[int, type[Widget]] = {1: Input, 2: DataTable, 3: OptionList, 4: Lines}
        self.call_after_refresh(self.query_one(targets[number]).focus)

    def action_grow(self) -> None:
        self.query_one(ProgressBar).advance(7)


def main() -> None:
    from dyntui.tui.kit.terminal.app_mixin import LeanDisplayMixin

    class Lean(LeanDisplayMixin[None], Widgets):
        pass

    app = Lean(terminal=sys.argv[1])
    app.run()
    left = b""
    tty.setcbreak(0)
    while select.select([0], [], [], 1.0)[0]:
        left += os.read(0, 1000)
    print(f"left {left!r} {app.lean_reason or 'lean'}", flush=True)


if __name__ == "__main__":
    main()
