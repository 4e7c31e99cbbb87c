"""Sorting and searching a list: at the server where it can, else only among the loaded rows.

While a filter or a search is typed, the loaded rows that match are shown. The footer shows whether the whole list or
only the loaded rows were searched.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual import on

from dyntui.core.text import quantity, safe
from dyntui.resources.filters import parse_filter
from dyntui.resources.resource import Column, Resource
from dyntui.tui.kit.action_registry import key_of
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
    """A list that can be searched and sorted among its loaded rows, without a request."""

    search: LocalRows | None = None
    """The loaded rows that match the local search, in their order; None without a local search."""
    _pending_search: LocalQuery | None = None
    """A local search to apply when the list is loaded; None for none."""
    _searched_version = 0
    """The version of the view that was searched last."""
    _preview: LocalRows | None = None
    """The loaded rows that match the text in the prompt, while it is typed; None for none."""
    _next_preview: LocalRows | None = None
    """The preview that is being searched; None for none."""
    _typed_words = ""
    """The words in the prompt to search for; "" for none."""
    _prompt_hint = ""
    """What enter does with the text in the prompt."""
    _before_preview = (0, 0)
    """The cursor and the first line in view before the preview."""

    def __init__(self, record: Resource, *, parent: str = "", parent_label: str = "", filter_text: str = "") -> None:
        super().__init__(record, parent=parent, parent_label=parent_label, filter_text=filter_text)
        if filter_text and not self._is_server_filter(filter_text):
            from dyntui.services.lists.local_query import LocalQuery

            self.filter_text, self._pending_search = "", LocalQuery(filter_text)

    def _is_server_filter(self, text: str) -> bool:
        """Return whether the list can be filtered by `text` at the server."""
        return self.record.filter is not None and bool(parse_filter(self.record.filter, text))

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        query = self.search.query if self.search is not None else self._pending_search
        parts = super().breadcrumbs
        return (*parts, f"search: {query.text}") if query is not None and query.text else parts

    # Local search

    def displayed_view(self) -> PagedView | None:
        shown = self._preview or self.search
        return shown.view if shown is not None else self.view

    def connected(self, connection: Connection) -> None:
        self._pending_search = self.search.query if self.search is not None else self._pending_search
        self._close_preview()
        self._close_search()
        super().connected(connection)

    def _show_view(self, view: PagedView) -> None:
        super()._show_view(view)
        pending, self._pending_search = self._pending_search, None
        if pending is not None:
            self.show_search(pending.text, pending.column, pending.descending)
        if self._typed_words:
            self.preview_search(self._typed_words)

    def on_unmount(self) -> None:
        self._close_preview()
        self._close_search()

    def _close_search(self) -> None:
        if self.search is not None:
            self.search.close()
            self.search = None

    def _list_order(self) -> tuple[Column | None, bool]:
        """Return the column by which the list is ordered, and whether in descending order."""
        name, _, direction = self.view.query.order.rpartition("-") if self.view is not None else ("", "", "")
        column = next((item for item in self.shown_columns if item.order == name and name), None)
        return column, direction == "desc"

    def show_search(self, text: str, column: Column | None, descending: bool) -> None:
        """Show the loaded rows that contain `text`, ordered by `column`; None keeps the order of the list."""
        from dyntui.services.lists.local_query import LocalQuery, LocalRows

        view = self.view
        if view is None:
            return
        self._close_search()
        if column is None:
            column, descending = self._list_order()
        query = LocalQuery(text, column, descending)
        if self._preview is not None and self._preview.query == query:
            self.search, self._preview = self._preview, None  # the table shows it
        else:
            self._close_preview()
            self._searched_version = view.version
            self.search = LocalRows(view, query, self.record.key)
            self.search.view.subscribe(self._on_view_changed)
            self.table.show(self.search.view, marks=True)
        if column is not None:
            self.table.order_by(column.name, descending)
        self.refresh_status()

    def show_server(self) -> None:
        """Show all rows again, in the order of the server."""
        self._close_preview()
        self._close_search()
        self.show_order()
        if self.view is not None:
            self.table.show(self.view, marks=True)
        self.refresh_status()

    @on(ListScreen.ViewChanged)
    def _repeat_search(self) -> None:
        """Search again when further rows were loaded."""
        view = self.view
        if view is None or view.loading or not self.is_mounted:
            return
        if view.version != self._searched_version:
            self._searched_version = view.version
            for shown in (self.search, self._preview):
                if shown is not None:
                    shown.search_again()
        self._show_preview_note()

    # The preview while a text is typed

    def preview_search(self, words: str) -> None:
        """Show the loaded rows that contain these words until the prompt is closed; "" shows the list as it was.

        The rows are searched in a thread. Those of the text before stay until then, so that nothing flickers.
        """
        from dyntui.services.lists.local_query import LocalQuery, LocalRows

        self._typed_words = words
        view, query = self.view, self.search.query if self.search is not None else None
        if not words or view is None or words == (query.text if query is not None else super().highlighted_words()):
            self._end_preview()
            return
        if self._next_preview is not None:
            self._next_preview.close()
        order = (query.column, query.descending) if query is not None else self._list_order()
        self._searched_version = view.version
        self._next_preview = rows = LocalRows(view, LocalQuery(words, *order), self.record.key)
        self.run_worker_then(
            partial(rows.load, self.table.visible_count),
            lambda _: self._show_preview(rows),
            group="preview",
            exclusive=True,
        )

    def _show_preview(self, rows: LocalRows) -> None:
        if rows is not self._next_preview:
            return
        if self._preview is None:
            self._before_preview = (self.table.cursor, self.table.top)
        else:
            self._preview.close()
        self._preview, self._next_preview = rows, None
        rows.view.subscribe(self._on_view_changed)
        self.table.show(rows.view, marks=True)
        self._show_preview_note()

    def _show_preview_note(self) -> None:
        if self._preview is not None and self.has_prompt:
            kind = "" if self._preview.is_complete else "loaded "
            count = quantity(self._preview.searched, f"{kind}row")
            self.show_prompt_note(f"{self._preview.view.reported:,} of {count} · {self._prompt_hint}")

    def _close_preview(self) -> None:
        for rows in (self._preview, self._next_preview):
            if rows is not None:
                rows.close()
        self._preview = self._next_preview = None

    def _end_preview(self) -> None:
        """Show the list as it was before the text was typed."""
        has_preview = self._preview is not None
        self._close_preview()
        if self.has_prompt:
            self.show_prompt_note(self._prompt_hint)
        if has_preview:
            self.table.show(self.displayed_view() or self._no_rows, marks=True)
            cursor, self.table.top = self._before_preview
            self.table.move_to(cursor)

    def _cancel_preview(self) -> None:
        self._typed_words = ""
        self._end_preview()

    def highlighted_words(self) -> str:
        shown = self._preview or self.search
        return shown.query.text if shown is not None else super().highlighted_words()

    # Status

    def age_parts(self) -> list[Piece]:
        search = self.search
        if search is None:
            return super().age_parts()
        if search.is_complete:
            scope = f"all {quantity(search.searched, 'row')}"
        else:
            scope = f"only the {search.searched:,} {'cached' if search.cached else 'loaded'} rows"
        age = age_label(search.oldest)
        return [(f"{scope}{f', {age}' if age else ''}", "" if search.is_complete else "warn")]

    def _empty(self) -> str:
        if self._preview is not None:
            return f"No loaded row contains `{safe(self._preview.query.text, 60)}`."
        if self.search is None or not self.search.query.text:
            return super()._empty()
        other = (
            f"{key_of('list.filter')} to search at the server"
            if self.record.filter is not None
            else f"{key_of('app.back')} to clear it"
        )
        return (
            f"No loaded row contains `{safe(self.search.query.text, 60)}`. "
            f"Press {key_of('list.find')} to change the search, {other}."
        )

    # Entering a search

    @property
    def find_text(self) -> str:
        return self.search.query.text if self.search is not None else self.filter_text

    def find_next(self, *, backward: bool = False) -> None:
        """Go to the next row or the previous one: every row of a filtered list matches."""
        self.table.move_to(self.table.cursor + (-1 if backward else 1))

    def action_find(self) -> None:
        self.ask_search("F", "any part of any value; searches only the loaded rows")

    def ask_search(self, sign: str, placeholder: str) -> None:
        """Open the prompt for a local search; also before the list is loaded."""
        label = "all rows" if self.view is not None and self.view.is_complete else "loaded rows"
        query = self.search.query if self.search is not None else self._pending_search
        text = query.text if query is not None else ""
        self._prompt_hint = "enter keeps them"
        self.ask_filter(
            text,
            placeholder,
            sign=sign,
            label=label,
            on_text=self.search_entered,
            on_change=lambda typed: self.preview_search(" ".join(typed.split())),
            on_cancel=self._cancel_preview,
        )
        self.show_prompt_note(self._prompt_hint)

    def search_entered(self, text: str) -> None:
        """Show only the loaded rows that contain `text`, when the list is loaded; "" shows all rows."""
        from dyntui.services.lists.local_query import LocalQuery

        text = " ".join(text.split())
        self._typed_words = ""
        if self.view is None:
            self._pending_search = LocalQuery(text) if text else None
            self.refresh_status()
        elif text:
            query = self.search.query if self.search is not None else None
            self.show_search(text, query.column if query else None, query.descending if query else False)
        elif self.search is not None:
            self.show_server()
        else:
            self._end_preview()

    def back_label(self) -> str | None:
        if self.search is None:
            return "the search" if self._pending_search is not None else super().back_label()
        return "the search" if self.search.query.text else "the local order"

    def handle_back(self) -> None:
        if self._pending_search is not None:
            self.search_entered("")
        elif self.search is None:
            super().handle_back()
        else:
            self.show_server()

    # Order

    def _sortable_columns(self) -> list[Column]:
        """Return all columns, those that the server can order by first."""
        columns = self._server_columns()
        names = {column.name.casefold() for column in columns}
        return [*columns, *(column for column in self.shown_columns if column.name.casefold() not in names)]

    def action_sort(self) -> None:
        from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog

        current, descending = self.table.order or ("", False)
        is_complete = self.view is not None and self.view.is_complete
        choices = []
        for column in self._sortable_columns():
            is_local = not column.order or (self.search is not None and bool(self.search.query.text))
            limits = "" if not is_local or is_complete else "only the loaded rows"
            sign = ("↓" if descending else "↑") if column.name == current else ""
            note = limits or ("reverse the order" if sign else "")
            choices.append(Choice(column.name, column.name, sign, note))
        start = next((index for index, choice in enumerate(choices) if choice.sign), 0)
        self.console.ask(SelectDialog("Sort By", choices, start=start), self._sort_by)

    def _sort_by(self, name: str | None) -> None:
        column = next((item for item in self._sortable_columns() if item.name == name), None)
        if column is None or self.view is None:
            return
        current, descending = self.table.order or ("", False)
        descending = not descending if name == current else False
        text = self.search.query.text if self.search is not None else ""
        if text or not column.order:
            self.show_search(text, column, descending)
            return
        self._close_search()
        self._apply_query(f"{column.order}-{'desc' if descending else 'asc'}")
        self.show_order()
        self.table.show(self.view)

    @on(Table.HeaderClicked)
    def _header_clicked(self, event: Table.HeaderClicked) -> None:
        self._sort_by(event.column.name)
