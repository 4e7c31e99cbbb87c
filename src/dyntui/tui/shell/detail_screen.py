"""The base class of detail screens: one object in tabs, loaded from the server and refreshed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Static

from dyntui.config.list_preferences import ListPreferences
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.masking import mask_row
from dyntui.core.times import now
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.widgets.field_list import FieldLine, FieldList
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.kit.widgets.line_list import LineList
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.kit.widgets.tabs import KEYS, TabBar
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.auto_refresh import AutoRefreshMixin
from dyntui.tui.shell.error_hints import errors_shown
from dyntui.tui.shell.read_screen import ObjectScreen

if TYPE_CHECKING:
    from dyntui.resources.resource import Resource
    from dyntui.services.actions.resource_changes import Change

__all__ = ["DetailScreen", "Tab"]


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of a detail screen."""

    name: str
    """The name in code."""
    title: str
    """The title on the tab."""


class _Pane(Vertical):
    """The content of a tab."""

    def __init__(self, screen: DetailScreen, tab: Tab) -> None:
        super().__init__(id=f"pane-{tab.name}", classes="pane")
        self.tab = tab
        self._screen = screen

    def compose(self) -> ComposeResult:
        yield from self._screen.pane(self.tab)


class DetailScreen(AutoRefreshMixin, ObjectScreen[Row]):
    """One object of a resource, with a tab of fields and one of its JSON.

    A subclass sets `record` and defines `read` and `field_lines`. One with other tabs overrides TABS, `pane`,
    `fill` and `counts`.
    """

    BINDINGS = bindings(SHELL_ACTIONS, "detail")
    open_action = "detail.open"
    enter_shows_row = True
    TABS: tuple[Tab, ...] = (Tab("details", "Details"), Tab("raw", "Raw"))
    RAW_LEVELS = 1
    """The unfolded levels of the JSON."""
    record: Resource
    """The record of the object."""
    deleted = False
    """Whether the object was deleted in this session."""
    document: Row | None = None
    """The object; None until it is loaded."""

    # Overridden by subclasses

    def field_lines(self, document: Row) -> list[FieldLine]:
        """Return the fields of the object."""
        raise NotImplementedError

    def pane(self, tab: Tab) -> ComposeResult:
        """Yield the widgets of a tab."""
        yield JsonTree(id="raw", unfolded=self.RAW_LEVELS) if tab.name == "raw" else FieldList(id="details")

    def fill(self, tab: Tab, document: Row) -> None:
        """Show the object on a tab that is mounted."""
        if tab.name == "raw":
            self.query_one("#raw", JsonTree).show(document)
        else:
            self.query_one("#details", FieldList).show(self.field_lines(mask_row(document)))

    def counts(self, document: Row) -> Sequence[int | None]:
        """Return the number of items of each tab; None for an unknown number."""
        return [None] * len(self.TABS)

    def document_loaded(self, document: Row) -> None:
        """Update what depends on the object, such as the label, before it is shown."""

    def openable(self, pane: Widget | None) -> bool:
        """Return whether Enter opens something in the focused widget."""
        return False

    def open_under_cursor(self, pane: Widget | None) -> None:
        """Open what is under the cursor of the focused widget."""

    # The screen

    def body(self) -> ComposeResult:
        with Vertical():
            yield TabBar([tab.title for tab in self.TABS])
            yield Static("", id="failure", markup=False)
            with ContentSwitcher(initial=f"pane-{self.TABS[0].name}", id="panes"):
                yield _Pane(self, self.TABS[0])

    def show_result(self, result: Row) -> None:
        if result == self.document:  # nothing is painted
            self.loaded_at = now()
        else:
            self.show(result, now())

    def show(self, document: Row, at: datetime) -> None:
        """Show the object. at: when it was loaded."""
        self.document = document
        self.loaded_at = at
        self.error = None
        self.show_failure(None)
        self.document_loaded(document)
        self.query_one(TabBar).show_counts(self.counts(document))
        for pane in self.panes():
            self.fill(pane.tab, document)
        self.refresh_status()
        self.document_shown()

    def document_shown(self) -> None:
        """Called when the object is shown."""

    def clear(self) -> None:
        """Remove the object and its error, before another object is loaded."""
        self.document = self.loaded_at = self.error = None
        self.deleted = self.out_of_date = False
        self.show_failure(None)
        self.query_one(TabBar).show_counts([None] * len(self.TABS))

    def panes(self) -> list[_Pane]:
        """Return the panes that are mounted. One that is not yet is filled when it is."""
        return [pane for pane in self.query(_Pane) if pane.is_mounted]

    def fill_tab(self, tab: Tab) -> None:
        """Show the loaded object on a tab that was just mounted."""
        if self.document is not None:
            self.fill(tab, self.document)

    def position(self) -> list[Piece]:
        lines = self.focused
        return [(f"{lines.cursor + 1:,} of {lines.count:,}", "")] if isinstance(lines, LineList) and lines.count else []

    def server_reachable(self) -> None:
        if self.error is not None:
            self.action_refresh()

    def update_ages(self) -> None:
        for fields in self.query(FieldList):
            fields.repaint()
        for table in self.query(Table):
            table.update_ages()

    # Automatic refresh

    @property
    def refreshed(self) -> str:
        return self.record.singular

    @property
    def refresh_name(self) -> str:
        return self.record.singular

    def on_mount(self) -> None:
        with errors_shown(self.console):
            self.load_refresh_interval(ListPreferences.load())

    def refresh_in_background(self) -> None:
        super().action_refresh()  # without what subclasses read again besides the object

    def has_refresh_failed(self) -> bool:
        return self.error is not None

    def refresh_paused_reason(self) -> str:
        if self.deleted:
            return "deleted"
        if self.unsaved():
            return "unsaved changes"
        return super().refresh_paused_reason()

    def status(self) -> Sequence[Piece]:
        return [*super().status(), *self.refresh_parts()]

    # Changes on the server

    @property
    def shown_resources(self) -> frozenset[str]:
        return frozenset({self.record.name})

    def server_changed(self, change: Change) -> None:
        super().server_changed(change)
        self.deleted = self.deleted or self.object_id in change.deleted.get(self.record.name, ())

    def reload(self) -> None:
        if self.deleted:
            self.show_error(UsageError(f"This {self.record.singular} was deleted."))
        else:
            self.action_refresh()

    # Tabs

    @property
    def each_count(self) -> int:
        """The number of tabs that have a key."""
        return min(len(self.TABS), KEYS)

    @property
    def tab(self) -> int:
        """The number of the tab that is shown, from 0."""
        return self.query_one(TabBar).current

    def default_focus(self) -> Widget | None:
        pane = self.query_one(f"#pane-{self.TABS[self.tab].name}")
        return next(iter(pane.query("LineList").results(Widget)), None)

    async def go_to_tab(self, index: int) -> None:
        """Show a tab. It is mounted when it is shown the first time. An index without a tab is ignored."""
        if not 0 <= index < len(self.TABS):
            return
        tab, tabs, panes = self.TABS[index], self.query_one(TabBar), self.query_one("#panes", ContentSwitcher)
        with self.app.batch_update():
            if not self.query(f"#pane-{tab.name}"):
                await panes.mount(_Pane(self, tab))
                self.fill_tab(tab)
            tabs.current = index
            tabs.repaint()
            panes.current = f"pane-{tab.name}"
            if (widget := self.default_focus()) is not None:
                self.set_focus(widget, scroll_visible=False)
        self.refresh_status()

    @on(TabBar.Clicked)
    async def _tab_clicked(self, event: TabBar.Clicked) -> None:
        await self.go_to_tab(event.index)

    async def action_tab(self, number: str) -> None:
        await self.go_to_tab((int(number) or 10) - 1)

    async def action_next_tab(self) -> None:
        await self.go_to_tab((self.tab + 1) % len(self.TABS))

    async def action_previous_tab(self) -> None:
        await self.go_to_tab((self.tab - 1) % len(self.TABS))

    # Actions

    def selection_disabled_reason(self) -> str | None:
        return None if self._current_value() is not None else "There is no value under the cursor."

    def open_disabled_reason(self) -> str | None:
        if self.openable(self.focused) or (isinstance(self.focused, Table) and self.focused.row is not None):
            return None
        return "There is nothing to open under the cursor."

    def _current_value(self) -> tuple[str, str] | None:
        """Return the value under the cursor and its name; None for no value."""
        match self.focused:
            case FieldList(current_field=field) if field is not None and field.raw:
                return field.raw, field.label
            case JsonTree() as tree if tree.count:
                return tree.value_text, tree.path or "value"
            case Table() as table if table.row is not None:
                return str(table.row.get("copy") or table.row_id), "value"
        return None

    def action_copy(self) -> None:
        value = self._current_value()
        assert value is not None
        if isinstance(self.focused, JsonTree):
            self.focused.copy_value(self.console, "value")
        else:
            send_to_clipboard(self.console, *value)

    def action_copy_id(self) -> None:
        send_to_clipboard(self.console, self.object_id, f"{self.record.singular} id")

    def action_menu(self) -> None:
        from dyntui.tui.shell.action_menu import open_action_menu

        unlisted = ("detail.menu", "detail.next_tab", "detail.previous_tab")
        open_action_menu(self, self.label or self.object_id, without=unlisted)

    def action_open(self) -> None:
        if self.openable(self.focused):
            self.open_under_cursor(self.focused)
        elif isinstance(self.focused, Table):
            self.focused.action_show_row()
