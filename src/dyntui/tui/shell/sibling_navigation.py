"""Detail screens with next and previous: the rows of the list that the object was opened from.

The loaded row is shown immediately, then the full object; the next object is loaded ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial, partialmethod
from typing import TYPE_CHECKING, Self

from textual import on

from dyntui.core.json_types import Row
from dyntui.core.times import now
from dyntui.services.actions.write_types import WriteOutcome, WriteResults
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.messages import LatestMessage
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.base_screen import WIDE
from dyntui.tui.shell.detail_screen import DetailScreen, Tab

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.services.connection import Connection
    from dyntui.services.lists.paged_view import PagedView
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.lists.resource_screen import ResourceScreen
    from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["SiblingScreen"]

_READ_DELAY_S = 0.15
"""Seconds before an object is loaded, so that a held key sends no requests."""
_MAX_AGE = timedelta(seconds=30)
"""The age up to which a preloaded object is shown without loading it again."""
_MAX_PRELOADED = 4


def _list_in_front(console: ConsoleApp, name: str) -> ResourceScreen | None:
    """Return the list of the record `name` when it is the screen in front, which a row is opened from; else None."""
    from dyntui.tui.shell.lists.resource_screen import ResourceScreen

    shown = console.shown
    return shown if isinstance(shown, ResourceScreen) and shown.record.name == name else None


class SiblingScreen(DetailScreen):
    """A detail screen that was opened from a list. A subclass also defines `fetch_one` and `fill_preview`."""

    BINDINGS = bindings(SHELL_ACTIONS, "siblings")

    class ListChanged(LatestMessage):
        """Posted when the rows of the source list changed."""

    def __init__(
        self,
        object_id: str,
        label: str,
        *,
        known: Row | None = None,
        source_list: ResourceScreen | None = None,
    ) -> None:
        """known: the row of the object in the list. source_list: the list; None when it was not opened from one."""
        super().__init__(object_id, label)
        self.known: Row = known or {}
        self.source_list = source_list
        self._step = 1
        """The direction of the last step: 1 or -1."""
        self._pending_index: int | None = None
        """The index of a row that is shown when it is loaded; None for none."""
        self._preloaded: dict[str, tuple[Row, datetime]] = {}
        self._unsubscribe: Callable[[], None] | None = None

    @classmethod
    def for_target(cls, console: ConsoleApp, target: RouteTarget) -> Self:
        """Make the screen, with the list in front as its source list."""
        source_list = _list_in_front(console, cls.record.name)
        return cls(target.row_id, target.label, known=target.row, source_list=source_list)

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        console.visit(cls.for_target(console, target))

    # Overridden by subclasses

    async def fetch_one(self, client: Client, object_id: str, known: Row) -> Row:
        """Load the object with that id. known: its row in the list; {} for none."""
        raise NotImplementedError

    def fill_preview(self, tab: Tab, row: Row) -> None:
        """Show the row of the list on a tab, until the object is loaded."""
        raise NotImplementedError

    def object_changed(self) -> None:
        """Called when another object of the list is shown."""

    # Loading

    async def read(self, connection: Connection) -> Row:
        return await self.fetch_one(connection.client, self.object_id, self.known)

    def connected(self, connection: Connection) -> None:
        self._show_preview()
        super().connected(connection)

    def _show_preview(self) -> None:
        if self.known and self.document is None:
            for pane in self.panes():
                self.fill_preview(pane.tab, self.known)

    def fill_tab(self, tab: Tab) -> None:
        if self.document is None and self.known:
            self.fill_preview(tab, self.known)
        else:
            super().fill_tab(tab)

    def document_shown(self) -> None:
        """Load the next object in the direction of the last step, before it is shown."""
        connection, neighbor = self.console.session.connection, self._row_at(self._sibling_index(self._step))
        if connection is None or neighbor is None or self.source_list is None:
            return
        object_id = str(neighbor.get(self.source_list.record.key, ""))
        if object_id not in self._preloaded:
            self.run_worker_then(
                partial(self.fetch_one, connection.client, object_id, neighbor),
                partial(self._on_preloaded, object_id),
                lambda error: None,  # it is loaded again, with an error message, when it is shown
                group="preload",
                exclusive=True,
            )

    def _on_preloaded(self, object_id: str, document: Row) -> None:
        self._preloaded[object_id] = (document, now())
        while len(self._preloaded) > _MAX_PRELOADED:
            del self._preloaded[next(iter(self._preloaded))]

    def action_refresh(self) -> None:
        self._preloaded.clear()
        super().action_refresh()

    # The source list

    @property
    def source_view(self) -> PagedView | None:
        """The rows of the source list, in the order that it shows; None when there is no list."""
        return (
            self.source_list.displayed_view() if self.source_list is not None and self.source_list.is_mounted else None
        )

    @property
    def index(self) -> int | None:
        """The index of this object in the source list, from 0."""
        view = self.source_view
        if self.source_list is None or view is None:
            return None
        if self._pending_index is not None:
            return self._pending_index
        line = view.index_of(self.object_id)
        return line if line is not None else self.source_list.table.cursor

    def _sibling_index(self, step: int) -> int | None:
        """Return the index of the next row that is not deleted; None at the end of the list. step: 1 or -1."""
        index, view = self.index, self.source_view
        if index is None or view is None:
            return None
        index += step
        while 0 <= index < view.total and view.is_tombstone(index):
            index += step
        return index if 0 <= index < view.total else None

    def _row_at(self, index: int | None) -> Row | None:
        view = self.source_view
        return view.get(index) if view is not None and index is not None else None

    def _step_disabled_reason(self, step: int) -> str | None:
        noun, end = self.record.singular, "last" if step > 0 else "first"
        if self.source_view is None:
            return f"This {noun} was not opened from a list."
        return None if self._sibling_index(step) is not None else f"This is the {end} {noun} of the list."

    next_disabled_reason = partialmethod(_step_disabled_reason, 1)
    previous_disabled_reason = partialmethod(_step_disabled_reason, -1)

    def _go_to_sibling(self, step: int) -> None:
        index = self._sibling_index(step)
        assert index is not None
        assert self.source_list is not None
        self._step = step
        self.source_list.table.move_to(index)  # so that going back selects it, and the list loads the rows around it
        if self._row_at(index) is not None:
            self._show_row(index)
            return
        self._pending_index = index
        if self._unsubscribe is None and self.source_view is not None:
            self._unsubscribe = self.source_view.subscribe(self._on_list_changed)
        self.refresh_status()

    action_next_sibling = partialmethod(_go_to_sibling, 1)
    action_previous_sibling = partialmethod(_go_to_sibling, -1)

    def _on_list_changed(self) -> None:
        self.post_message(self.ListChanged())

    @on(ListChanged)
    def _list_changed(self) -> None:
        if self._pending_index is not None and self._row_at(self._pending_index) is not None:
            self._show_row(self._pending_index)
        self.refresh_status()

    def _show_row(self, index: int) -> None:
        """Show the object at that position of the list."""
        row = self._row_at(index)
        assert row is not None
        assert self.source_list is not None
        self._cancel_pending()
        record = self.source_list.record
        self.object_id, self.label, self.known = str(row.get(record.key, "")), record.label_of(row), row
        self.clear()
        self.object_changed()
        document, at = self._preloaded.get(self.object_id, ({}, now()))
        if document and now() - at < _MAX_AGE:
            self.show(document, at)
        else:
            self._show_preview()
            object_id = self.object_id
            self.set_timer(_READ_DELAY_S, lambda: self._read_if_shown(object_id))
        self.refresh_status()

    def _read_if_shown(self, object_id: str) -> None:
        if object_id == self.object_id and self.document is None:
            super().action_refresh()

    def _cancel_pending(self) -> None:
        self._pending_index = None
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def on_unmount(self) -> None:
        self._cancel_pending()

    def status(self) -> Sequence[Piece]:
        parts = list(super().status())
        if self._pending_index is not None:
            failed = self.source_view is not None and self.source_view.error is not None
            parts.insert(0, ("the list could not be loaded", "warn") if failed else ("loading the list", ""))
        if self.size.width >= WIDE and self.source_view is not None and (index := self.index) is not None:
            parts.append((f"{self.record.singular} {index + 1:,} of {self.source_view.total:,}", ""))
        return parts

    # Copy and delete

    def copy_as_disabled_reason(self) -> str | None:
        return None if self.document or self.known else self.not_loaded_reason(f"The {self.record.singular}")

    def action_copy_as(self) -> None:
        from dyntui.tui.shell.copy_menu import open_copy_menu

        open_copy_menu(self.console, self.record, [self.document or self.known])

    def action_open_dashboard(self) -> None:
        from dyntui.tui.shell.copy_menu import show_dashboard_link

        row = {**(self.document or self.known), "id": self.object_id}
        show_dashboard_link(self.console, self.record.name, row)

    def leave_after_delete(self, results: WriteResults) -> None:
        """Go back when the object was deleted and the screen is still shown."""
        is_deleted = results.items[0].outcome is WriteOutcome.DONE
        if is_deleted and self.console.shown is self and self.console.back_disabled_reason() is None:
            self.console.call_later(self.console.action_back)
