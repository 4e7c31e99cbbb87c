"""Detail screens with next and previous: the rows of the list behind, without going back to it.

The loaded row is shown immediately, then the full object; the next object is loaded ahead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from textual import on
from textual.message import Message

from dyntui.core.errors import DyntuiError
from dyntui.core.times import now
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.detail_screen import DetailScreen, Tab

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.services.connection import Connection
    from dyntui.services.lists.paged_view import PagedView
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.lists.resource_screen import ResourceScreen

__all__ = ["SiblingScreen"]

_REST = 0.15
"""Seconds before an object is loaded, so that a held key sends no requests."""
_FRESH = timedelta(seconds=30)
_AHEAD = 4
_WIDE = 100


def list_in_front(console: ConsoleApp, name: str) -> ResourceScreen | None:
    """The list of the record `name` when it is the screen in front: what a row is opened from."""
    from dyntui.tui.shell.lists.resource_screen import ResourceScreen

    shown = console.shown
    return shown if isinstance(shown, ResourceScreen) and shown.record.name == name else None


class SiblingScreen(DetailScreen):
    """A row of a list. A subclass also defines `fetch_one` and `fill_preview`.

    known: the loaded row. behind: the list.
    """

    BINDINGS = bindings(SHELL_ACTIONS, "siblings")

    class ListChanged(Message):
        """The list behind has other rows."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, SiblingScreen.ListChanged)

    class ReadAhead(Message):
        """Posted when the next object was loaded ahead."""

        def __init__(self, object_id: str, document: dict[str, Any]) -> None:
            super().__init__()
            self.object_id = object_id
            self.document = document

    def __init__(
        self,
        object_id: str,
        label: str,
        *,
        known: Mapping[str, Any] | None = None,
        behind: ResourceScreen | None = None,
    ) -> None:
        super().__init__(object_id, label)
        self.known = dict(known or {})
        self.behind = behind
        self._step = 1
        self._sought: int | None = None
        self._ahead: dict[str, tuple[dict[str, Any], datetime]] = {}
        self._unsubscribe: Callable[[], None] | None = None

    # What a subclass says

    async def fetch_one(self, client: Client, object_id: str, known: Mapping[str, Any]) -> dict[str, Any]:
        """Load the object with that id. known: its row in the list, {} for none."""
        raise NotImplementedError

    def fill_preview(self, tab: Tab, row: Mapping[str, Any]) -> None:
        """Show on a tab that is there what the list knows, and that the rest is still to come."""
        raise NotImplementedError

    def object_changed(self) -> None:
        """React to another object of the list being shown."""

    # Reading

    async def fetch(self, client: Client) -> dict[str, Any]:
        return await self.fetch_one(client, self.object_id, self.known)

    def connected(self, connection: Connection) -> None:
        self._outline()
        super().connected(connection)

    def _outline(self) -> None:
        if self.known and self.document is None:
            for pane in self.panes():
                self.fill_preview(pane.tab, self.known)

    def fill_tab(self, tab: Tab) -> None:
        if self.document is None and self.known:
            self.fill_preview(tab, self.known)
        else:
            super().fill_tab(tab)

    def document_shown(self) -> None:
        """Load the next object ahead, in the direction of the last step."""
        connection, neighbor = self.console.session.connection, self._row_at(self._place(self._step))
        if connection is None or neighbor is None or self.behind is None:
            return
        object_id = str(neighbor.get(self.behind.record.key, ""))
        if object_id not in self._ahead:
            self.run_worker(self._read_ahead(connection.client, object_id, neighbor), exclusive=True, group="ahead")

    async def _read_ahead(self, client: Client, object_id: str, row: Mapping[str, Any]) -> None:
        try:
            document = await self.fetch_one(client, object_id, row)
        except DyntuiError:
            return  # it is loaded again, with an error message, when it is shown
        self.post_message(self.ReadAhead(object_id, document))

    @on(ReadAhead)
    def _keep(self, event: ReadAhead) -> None:
        self._ahead[event.object_id] = (event.document, now())
        while len(self._ahead) > _AHEAD:
            del self._ahead[next(iter(self._ahead))]

    def read(self) -> None:
        self._ahead.clear()
        super().read()

    # The list behind

    def no_list(self) -> str | None:
        """Why there is no list to go along."""
        return "It was not opened from a list." if self.list is None else None

    @property
    def list(self) -> PagedView | None:
        """The rows of the list behind, as it shows them; None when there is no list."""
        return self.behind.displayed_view() if self.behind is not None and self.behind.is_mounted else None

    @property
    def place(self) -> int | None:
        """The position of this object in the list."""
        view = self.list
        if self.behind is None or view is None:
            return None
        if self._sought is not None:
            return self._sought
        line = view.index_of(self.object_id)
        return line if line is not None else self.behind.table.cursor

    def _place(self, step: int) -> int | None:
        """The line of the next one that is still there; None at the end of the list."""
        place, view = self.place, self.list
        if place is None or view is None:
            return None
        place += step
        while 0 <= place < view.total and view.is_gone(place):
            place += step
        return place if 0 <= place < view.total else None

    def _row_at(self, place: int | None) -> dict[str, Any] | None:
        view = self.list
        return view.get(place) if view is not None and place is not None else None

    def next_disabled_reason(self) -> str | None:
        return self.no_list() or (None if self._place(1) is not None else "This is the last one of the list.")

    def previous_disabled_reason(self) -> str | None:
        return self.no_list() or (None if self._place(-1) is not None else "This is the first one of the list.")

    def action_next_sibling(self) -> None:
        self._go(1)

    def action_previous_sibling(self) -> None:
        self._go(-1)

    def _go(self, step: int) -> None:
        place = self._place(step)
        assert place is not None
        assert self.behind is not None
        self._step = step
        self.behind.table.move_to(place)  # going back finds it there; and the list fetches what is near
        if self._row_at(place) is not None:
            self._arrive(place)
            return
        self._sought = place
        if self._unsubscribe is None and self.list is not None:
            self._unsubscribe = self.list.subscribe(self._heard)
        self.refresh_status()

    def _heard(self) -> None:
        self.post_message(self.ListChanged())

    @on(ListChanged)
    def _list_changed(self) -> None:
        if self._sought is not None and self._row_at(self._sought) is not None:
            self._arrive(self._sought)
        self.refresh_status()

    def _arrive(self, place: int) -> None:
        """Show the object at that position of the list."""
        row = self._row_at(place)
        assert row is not None
        assert self.behind is not None
        self._stop_seeking()
        record = self.behind.record
        self.object_id, self.label, self.known = str(row.get(record.key, "")), record.label_of(row), row
        self.forget()
        self.object_changed()
        document, at = self._ahead.get(self.object_id, ({}, now()))
        if document and now() - at < _FRESH:
            self.show(document, at)
        else:
            self._outline()
            asked = self.object_id
            self.set_timer(_REST, lambda: self._read_if_still(asked))
        self.refresh_status()

    def _read_if_still(self, asked: str) -> None:
        if asked == self.object_id and self.document is None:
            DetailScreen.read(self)

    def _stop_seeking(self) -> None:
        self._sought = None
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def on_unmount(self) -> None:
        self._stop_seeking()

    def status(self) -> Sequence[Piece]:
        parts = list(super().status())
        if self._sought is not None:
            bad = self.list is not None and self.list.error is not None
            parts.insert(0, ("the list does not answer", "warn") if bad else ("reading the list", ""))
        if self.size.width >= _WIDE and self.list is not None and (place := self.place) is not None:
            parts.append((f"{self.NOUN} {place + 1:,} of {self.list.total:,}", ""))
        return parts
