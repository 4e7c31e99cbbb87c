"""The base class of screens with a table of rows in memory, such as jobs or profiles."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical

from dyntui.core.errors import DyntuiError
from dyntui.core.interface import with_keys
from dyntui.core.json_types import Row
from dyntui.resources.resource import Column
from dyntui.tui.kit.action_registry import key_of
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.summary_text import SummaryText
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.read_screen import ReadScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["FilteredTableScreen", "LocalTableScreen", "ReadTableScreen", "TableScreen"]

T = TypeVar("T")


class TableScreen(ConsoleScreen):
    """A screen with one table, which shows StaticRows. A subclass sets COLUMNS, and what else differs."""

    COLUMNS: tuple[Column, ...] = ()
    KEY = ""
    """The field with the id of a row; "" for the index of the row."""
    EMPTY = "No rows."
    """The text of a table without rows."""
    NO_SELECTION = "There is no row under the cursor."
    """Why an action on the current row is not available without one."""
    MARKABLE = False
    """Whether rows can be marked."""
    HAS_SUMMARY = False
    """Whether there are lines above the table, which `show_summary` sets."""

    def body(self) -> ComposeResult:
        rows = StaticRows(key=self.KEY, is_loaded=False)
        table = Table(
            self.table_columns(),
            rows,
            empty=self.empty_text,
            highlight=self.highlighted_words,
            markable=self.MARKABLE,
            id="list",
        )
        if not self.HAS_SUMMARY:
            yield table
            return
        with Vertical():
            yield SummaryText()
            yield table

    def table_columns(self) -> Sequence[Column]:
        """Return the columns of the table."""
        return self.COLUMNS

    def empty_text(self) -> str:
        """Return the text of a table without rows."""
        return with_keys(self.EMPTY)

    def highlighted_words(self) -> str:
        """Return the words to highlight in the rows; "" for none."""
        return ""

    @property
    def table(self) -> Table:
        return self.query_one(Table)

    @property
    def rows_view(self) -> StaticRows:
        """The rows of the table."""
        view = self.table.view
        assert isinstance(view, StaticRows)
        return view

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace the rows of the table."""
        self.table.set_rows(rows)

    def show_summary(self, *lines: str) -> None:
        """Show these lines above the table."""
        self.query_one(SummaryText).set_lines(lines)

    def status(self) -> Sequence[Piece]:
        return self.position()

    def position(self) -> list[Piece]:
        """Return the cursor position for the footer; nothing for an empty table."""
        table = self.table
        return [(f"{table.cursor + 1:,} of {table.count:,}", "")] if table.count else []

    def selection_disabled_reason(self) -> str | None:
        return None if self.table.row is not None else self.NO_SELECTION

    def update_ages(self) -> None:
        self.table.update_ages()


class LocalTableScreen(TableScreen):
    """A table screen whose rows are made on this machine, and again whenever something may have changed them."""

    def build_rows(self) -> list[Row]:
        """Return the rows."""
        raise NotImplementedError

    def update_rows(self) -> None:
        """Make the rows again and show them."""
        self.set_rows(self.build_rows())
        self.refresh_status()

    def on_mount(self) -> None:
        self.update_rows()

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.update_rows()

    def connected(self, connection: Connection) -> None:
        self.update_rows()

    def not_connected(self, error: DyntuiError) -> None:
        self.update_rows()

    def traffic_changed(self) -> None:
        self.update_rows()


class FilteredTableScreen(TableScreen):
    """A table screen whose rows are filtered on this machine, by a text that the prompt asks for."""

    FILTER_NAME = "filter"
    """What the filter is called when going back clears it."""
    FILTER_HINT = ""
    """The placeholder of the prompt."""
    ROWS_NAME = "rows"
    """What the rows are called, in the plural."""

    def __init__(self, filter_text: str = "") -> None:
        super().__init__()
        self.filter_text = filter_text

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return (*self.unfiltered_breadcrumbs, *([f"/{self.filter_text}"] if self.filter_text else []))

    @property
    def unfiltered_breadcrumbs(self) -> tuple[str, ...]:
        """The breadcrumbs without the filter."""
        raise NotImplementedError

    def empty_text(self) -> str:
        if not self.filter_text:
            return self.unfiltered_empty_text()
        change, clear = key_of(f"{self.open_action.partition('.')[0]}.filter"), key_of("app.back")
        keys = f"{change} changes the {self.FILTER_NAME}, {clear} clears it."
        return f"No {self.ROWS_NAME} match `{self.filter_text}`. {keys}"

    def unfiltered_empty_text(self) -> str:
        """Return the text of a table that has no rows without a filter either."""
        return self.EMPTY

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        console.visit(cls(target.filter_text))

    def show_filtered_rows(self) -> None:
        """Show the rows that match the filter, after it changed."""
        raise NotImplementedError

    def highlighted_words(self) -> str:
        return self.filter_text

    def action_filter(self) -> None:
        self.ask_filter(
            self.filter_text,
            self.FILTER_HINT,
            on_change=self.filter_entered,
            on_cancel=partial(self.filter_entered, self.filter_text),
        )

    def filter_entered(self, text: str) -> None:
        self.filter_text = text.strip()
        self.show_filtered_rows()
        self.refresh_status()

    def back_label(self) -> str | None:
        return f"the {self.FILTER_NAME}" if self.filter_text else None

    def handle_back(self) -> None:
        self.filter_entered("")


class ReadTableScreen(TableScreen, ReadScreen[T]):
    """A screen whose rows are read from the server all at once, and again on refresh. An error is a notification."""

    def show_error(self, error: DyntuiError | None) -> None:
        self.error = error
        if error is not None:
            self.console.notify_error(error)
