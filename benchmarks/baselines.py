"""The baselines that dyntui is measured against: minimal Textual apps that show similar content.

python -m benchmarks.baselines bare                 a Textual app that shows one line
python -m benchmarks.baselines table ROWS           a virtual table on Textual's line API, eight columns, no data source
python -m benchmarks.baselines datatable ROWS       Textual's own DataTable, filled with ROWS rows
"""

from __future__ import annotations

import sys

from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import DataTable, Static

COLUMNS = (
    ("email", 30),
    ("name", 22),
    ("username", 14),
    ("wallets", 7),
    ("visit", 12),
    ("created", 12),
    ("cc", 4),
    ("x", 4),
)


def make_cells(index: int) -> tuple[str, ...]:
    """Return the cells of a row."""
    return (
        f"user{index}@example.com",
        f"Person {index}",
        f"user{index}",
        str(index % 4),
        "2 min ago",
        "3 Nov 2025",
        "GB",
        str(index % 10),
    )


class BareApp(App[None]):
    """An app that shows one line of text."""

    CSS = "Static { height: 1; }"

    def compose(self) -> ComposeResult:
        yield Static("row 0 ready")


class PlainTable(ScrollView, can_focus=True):
    """A virtual table that draws the visible rows; moving the cursor redraws two lines."""

    BINDINGS = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "goto(0)", show=False),
        Binding("end", "goto(-1)", show=False),
    ]
    cursor = reactive(0, repaint=False)

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.virtual_size = Size(sum(width + 2 for _, width in COLUMNS), count + 1)
        self.row_style = Style.parse("#e0e0e0 on #1e1e1e")
        self.cursor_style = Style.parse("bold #121212 on #0178d4")

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        index = self.scroll_offset.y + y - 1
        if y == 0:
            text = "".join(f" {name:<{size}} " for name, size in COLUMNS)
        elif index < self.count:
            text = "".join(
                f" {cell[:size]:<{size}} " for cell, (_, size) in zip(make_cells(index), COLUMNS, strict=True)
            )
        else:
            text = ""
        style = self.cursor_style if y and index == self.cursor else self.row_style
        return Strip([Segment(text[:width].ljust(width), style)], width)

    def watch_cursor(self, old: int, new: int) -> None:
        top, height = self.scroll_offset.y, self.size.height - 1
        if height < 1:
            return
        if not top <= new < top + height:
            self.scroll_to(y=new if new < top else new - height + 1, animate=False, force=True)
        for index in (old, new):
            line = index - self.scroll_offset.y + 1
            if 1 <= line <= height:
                self.refresh(Region(0, line, self.size.width, 1))

    def action_move(self, delta: int) -> None:
        self.cursor = max(0, min(self.count - 1, self.cursor + delta))

    def action_page(self, delta: int) -> None:
        height = self.size.height - 1
        new = max(0, min(self.count - 1, self.cursor + delta * height))
        self.scroll_to(
            y=max(0, min(self.count - height, self.scroll_offset.y + delta * height)), animate=False, force=True
        )
        self.cursor = new

    def action_goto(self, index: int) -> None:
        self.cursor = index if index >= 0 else self.count - 1


class TableApp(App[None]):
    """An app with a `PlainTable`."""

    CSS = "PlainTable { height: 1fr; scrollbar-size-vertical: 1; }"

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def compose(self) -> ComposeResult:
        yield PlainTable(self.count)

    def on_mount(self) -> None:
        self.query_one(PlainTable).focus()


class _RowDataTable(DataTable[str]):
    """A `DataTable` whose Home and End keys go to the first and the last row, as in the other tables."""

    BINDINGS = [Binding("home", "scroll_top", show=False), Binding("end", "scroll_bottom", show=False)]


class DataTableApp(App[None]):
    """An app with a filled `DataTable`."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def compose(self) -> ComposeResult:
        yield _RowDataTable(cursor_type="row")

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns(*(name for name, _ in COLUMNS))
        table.add_rows(make_cells(index) for index in range(self.count))
        table.focus()


def main() -> None:
    """Run the app of the command line arguments."""
    kind, *rest = sys.argv[1:]
    app: App[None] = BareApp() if kind == "bare" else {"table": TableApp, "datatable": DataTableApp}[kind](int(rest[0]))
    app.run()


if __name__ == "__main__":
    main()
