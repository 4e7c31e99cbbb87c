"""Order and search in a list: what the server can do, it does; the rest is done among the rows that are here, and the
screen says which of the two it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from dyntui.core.text import safe
from dyntui.resources import Column
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.base_screen import age_label
from dyntui.tui.shell.lists.list_screen import ListScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.services.lists.local_query import LocalQuery, LocalRows
    from dyntui.services.lists.paged_view import PagedView

__all__ = ["LocalListScreen"]


class LocalListScreen(ListScreen):
    """A list that can also show only what is here. local: those of the rows here that fit; None for all of the list."""

    local: LocalRows | None = None
    _pending: LocalQuery | None = None
    """A search that was typed before there was a list, or that goes on when the list is opened again."""
    _seen = 0

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        wanted = self.local.query if self.local is not None else self._pending
        return (
            (*super().breadcrumbs, f"search: {wanted.text}")
            if wanted is not None and wanted.text
            else super().breadcrumbs
        )

    # The rows that are here

    def displayed_view(self) -> PagedView | None:
        return self.local.view if self.local is not None else self.view

    def connected(self, connection: Connection) -> None:
        self._pending = self.local.query if self.local is not None else self._pending
        self._close_local()
        super().connected(connection)

    def _take(self, view: PagedView) -> None:
        super()._take(view)
        pending, self._pending = self._pending, None
        if pending is not None:
            self.show_local(pending.text, pending.column, pending.descending)

    def on_unmount(self) -> None:
        self._close_local()

    def _close_local(self) -> None:
        if self.local is not None:
            self.local.view.close()
            self.local = None

    def show_local(self, text: str, column: Column | None, descends: bool) -> None:
        """Show the rows that are here and have `text` in them, by a column, or as the list is ordered."""
        from dyntui.services.lists.local_query import LocalQuery, LocalRows

        view = self.view
        if view is None:
            return
        self._close_local()
        if column is None:
            name, _, way = view.query.order.rpartition("-")
            column = next((each for each in self.shown_columns if each.order == name and name), None)
            descends = way == "desc"
        self._seen = view.version
        self.local = LocalRows(view, LocalQuery(text, column, descends), self.record.key)
        self.local.view.subscribe(self._heard)
        if column is not None:
            self.table.order_by(column.name, descends)
        self.table.show(self.local.view, marks=True)
        self.refresh_status()

    def show_server(self) -> None:
        """Show what the server lists again."""
        self._close_local()
        self.show_order()
        if self.view is not None:
            self.table.show(self.view, marks=True)
        self.refresh_status()

    @on(ListScreen.ViewChanged)
    def _look_again(self) -> None:
        """Rows that were read meanwhile belong to what is here too."""
        view = self.view
        if self.local is None or view is None or view.loading or not self.is_mounted:
            return
        if view.version != self._seen:
            self._seen = view.version
            self.local.search_again()

    # What the frame says

    def source(self) -> list[Piece]:
        local = self.local
        if local is None:
            return super().source()
        if local.is_complete:
            which = f"all {local.searched:,} rows"
        else:
            which = f"only the {local.searched:,} {'cached rows' if local.cached else 'rows read'}"
        words = age_label(local.oldest)
        return [(f"{which}{f', {words}' if words else ''}", "" if local.is_complete else "warn")]

    def _empty(self) -> str:
        if self.local is None or not self.local.query.text:
            return super()._empty()
        other = ", / asks the server" if self.record.filter is not None else ", esc ends it"
        return f"No loaded row has `{safe(self.local.query.text, 60)}` in it. F changes the search{other}."

    # Search

    def action_find(self) -> None:
        self.ask_local("F", "any part of any value; the server is not asked")

    def ask_local(self, sign: str, placeholder: str) -> None:
        """Open the filter line for a search among the loaded rows, whether or not there are any yet."""
        label = "all rows" if self.view is not None and self.view.is_complete else "loaded rows"
        wanted = self.local.query if self.local is not None else self._pending
        text = wanted.text if wanted is not None else ""
        self.ask_filter(text, placeholder, sign=sign, label=label, on_answer=self.answered_local)

    def answered_local(self, text: str) -> None:
        """Show only the loaded rows that have `text` in them, as soon as there is a list; "" for all of the list."""
        from dyntui.services.lists.local_query import LocalQuery

        text = " ".join(text.split())
        if self.view is None:
            self._pending = LocalQuery(text) if text else None
            self.refresh_status()
        elif text:
            known = self.local.query if self.local is not None else None
            self.show_local(text, known.column if known else None, known.descending if known else False)
        elif self.local is not None:
            self.show_server()

    def back_label(self) -> str | None:
        if self.local is None:
            return "the search here" if self._pending is not None else super().back_label()
        return "the search here" if self.local.query.text else "the order here"

    def handle_back(self) -> None:
        if self._pending is not None:
            self.answered_local("")
        elif self.local is None:
            super().handle_back()
        else:
            self.show_server()

    # Order

    def _offered(self) -> list[Column]:
        """All columns to order by, those of the server first."""
        found = self._orders()
        names = {column.name.casefold() for column in found}
        return [*found, *(each for each in self.shown_columns if each.name.casefold() not in names)]

    def action_sort(self) -> None:
        from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog

        now, descends = self.table.order or ("", False)
        whole = self.view is not None and self.view.is_complete
        found = []
        for column in self._offered():
            is_local = not column.order or (self.local is not None and bool(self.local.query.text))
            where = "" if not is_local or whole else "only the loaded rows"
            sign = ("↓" if descends else "↑") if column.name == now else ""
            note = where or ("reverse the order" if sign else "")
            found.append(Choice(column.name, column.name, sign, note))
        start = next((index for index, choice in enumerate(found) if choice.sign), 0)
        self.console.ask(SelectDialog("Order by", found, start=start), self._sort_by)

    def _sort_by(self, name: str | None) -> None:
        column = next((each for each in self._offered() if each.name == name), None)
        if column is None or self.view is None:
            return
        now, descends = self.table.order or ("", False)
        descends = not descends if name == now else False
        text = self.local.query.text if self.local is not None else ""
        if text or not column.order:
            self.show_local(text, column, descends)
            return
        self._close_local()
        self._query(f"{column.order}-{'desc' if descends else 'asc'}")
        self.show_order()
        self.table.show(self.view)

    @on(Table.HeaderClicked)
    def _header_clicked(self, event: Table.HeaderClicked) -> None:
        self._sort_by(event.column.name)
