"""The base class of every list of a resource: a paged view of the rows, a table, and their status for the footer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from dyntui.core.errors import DyntuiError
from dyntui.core.interface import with_keys
from dyntui.core.text import shorten
from dyntui.core.times import clock_text, now
from dyntui.resources.filters import filter_words, parse_filter, search_scope
from dyntui.resources.resource import Column, Resource
from dyntui.tui.kit.action_registry import key_of
from dyntui.tui.kit.messages import LatestMessage
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.base_screen import ConsoleScreen, age_label, error_label
from dyntui.tui.shell.error_hints import error_hint
from dyntui.tui.shell.lists.cached_names import CachedNames

if TYPE_CHECKING:
    from dyntui.config.list_preferences import ListPreferences, Widths
    from dyntui.services.actions.resource_changes import Change
    from dyntui.services.connection import Connection
    from dyntui.services.lists.paged_view import PagedView
    from dyntui.store.cache import RowCache

__all__ = ["ListScreen"]

_ROUTES_TO_LISTS = frozenset({"allowlist-entries", "global-wallet-domains", "webhook"})
"""The routes that open what a row contains, and not the row."""


class ListScreen(ConsoleScreen):
    """A list of a resource. `view` has the rows of the server; the table may show a search in them."""

    MARKABLE = True
    """Whether rows can be marked."""
    RELATED_RESOURCES: frozenset[str] = frozenset()
    """The names of other resources that the screen shows something of."""

    marks_after_action: frozenset[str] = frozenset()
    """The ids of the rows that were marked when the last action was done. They stay marked."""
    selects_newest = False
    """Whether the cursor moves to the first row that the cached rows do not have, when the list was read."""

    class ViewChanged(LatestMessage):
        """Posted when rows, total or error of the view changed."""

    def __init__(self, record: Resource, *, parent: str = "", parent_label: str = "", filter_text: str = "") -> None:
        """parent: the id of the parent, for the path; "" for none. parent_label: its name, for the breadcrumbs."""
        super().__init__()
        self.record = record
        self._names = CachedNames()
        self.default_columns = tuple(self._names.column(column) for column in record.columns)
        shows_names = any(column.names for column in record.columns) and record.route == "detail"
        self.enter_shows_row = record.route not in _ROUTES_TO_LISTS and not shows_names
        self.parent_id = parent
        self.parent_label = parent_label
        self.filter_text = filter_text if record.filter is not None else ""
        self.view: PagedView | None = None
        self._no_rows = StaticRows(is_loaded=False)
        self._shown_error: DyntuiError | None = None
        self._created: tuple[str, str | None, frozenset[str]] | None = None
        """A row that was just created and is not loaded yet: its id, the row under the cursor, and the ids before."""

    @property
    def base_breadcrumbs(self) -> tuple[str, ...]:
        """The breadcrumbs without filter and search."""
        parts = [self.parent_label] if self.parent_label else []
        if self.record.name == "allowlist-entries":
            return ("allowlists", *parts, "entries")
        return (*parts, self.record.plural)

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        if not self.filter_text:
            return self.base_breadcrumbs
        scope = search_scope(self.record.filter, self.filter_text)
        is_address = self.record.filter is not None and self.record.filter.owner_column and "@" not in self.filter_text
        text = shorten(self.filter_text, 13) if is_address else self.filter_text
        return (*self.base_breadcrumbs, f"/{text}{f' ({scope})' if scope else ''}")

    def body(self) -> ComposeResult:
        yield Table(
            self.default_columns,
            self._no_rows,
            empty=self._empty,
            retry_action="list.refresh",
            error_hint=error_hint,
            highlight=self.highlighted_words,
            markable=self.MARKABLE,
            gap=1 if self.console.dense else 2,
            id="list",
        )

    @property
    def table(self) -> Table:
        return self.query_one("#list", Table)

    @property
    def shown_columns(self) -> list[Column]:
        """The columns of the table."""
        return [column for column in self.table.columns if isinstance(column, Column)]

    # The view

    def make_view(self, connection: Connection) -> PagedView:
        """Make the view of the list. A subclass may make another one."""
        from dyntui.services.lists.list_source import make_view

        page_size = self.console.settings.page_size
        rows = self.console.session.rows
        return make_view(connection.client, self.record, parent=self.parent_id, cache=rows, page_size=page_size)

    def cached_rows_loaded(self, rows: RowCache) -> None:
        from dyntui.services.lists.list_source import ListQuery, cached_view

        query, size = ListQuery(order=self.record.list.order), self.console.settings.page_size
        self._show_view(cached_view(rows, self.record, parent=self.parent_id, query=query, page_size=size))

    def connected(self, connection: Connection) -> None:
        cursor = self.table.cursor
        self._show_view(self.make_view(connection))
        if cursor and self.table.count > cursor:
            self.table.move_to(cursor)
        if self.selects_newest and self.view is not None:
            self.selects_newest, self.out_of_date = False, True
            self.view.invalidate()
            self._await_created("")

    def _show_view(self, view: PagedView) -> None:
        self._close_view()
        view.subscribe(self._on_view_changed)
        self.view = view
        self.apply_preferences(self._preferences())
        self._apply_query()
        self.show_order()
        self.table.show(view)

    def _preferences(self) -> ListPreferences:
        from dyntui.config.list_preferences import ListPreferences

        try:
            return ListPreferences.load()
        except DyntuiError as error:
            self.console.notify_error(error)
            return ListPreferences()

    def apply_preferences(self, preferences: ListPreferences) -> None:
        """Use what was saved for the list."""
        self.set_columns(preferences.columns.get(self.record.name, ()))

    def set_columns(self, widths: Widths) -> None:
        """Show these columns with their widths; () for the default columns."""
        columns = self.default_columns
        if widths:
            from dyntui.services.lists.columns import arrange_columns

            columns = arrange_columns(self.default_columns, widths)
        if columns != self.table.columns:
            self.table.columns = columns
            self.table.offset_columns = 0
            self.table.layout_changed()

    def not_connected(self, error: DyntuiError) -> None:
        if self.view is not None:
            self.view.error, self.view.failed_at = error, now()
        self._no_rows.error = error
        self.table.view_changed()

    def on_unmount(self) -> None:
        self._close_view()

    def _close_view(self) -> None:
        if self.view is not None:
            self.view.close()
            self.view = None

    def _apply_query(self, order: str | None = None) -> None:
        """Apply the filter, and `order` when it is given, to the view."""
        from dyntui.services.lists.list_query import ListQuery

        if self.view is not None:
            spec = self.record.filter
            parameters = parse_filter(spec, self.filter_text) if spec is not None else {}
            self.view.set_query(ListQuery(order if order is not None else self.view.query.order, parameters))

    def show_order(self) -> None:
        """Show the order in the heading of the column."""
        order = self.view.query.order if self.view is not None else ""
        if order:
            name, _, direction = order.rpartition("-")
            title = next((column.name for column in self._server_columns() if column.order == name), name)
            self.table.order_by(title, direction == "desc", is_default=order == self.record.list.order)

    def _server_columns(self) -> list[Column]:
        """Return the columns that the server can order by."""
        return [column for column in self.record.columns if column.order]

    def _on_view_changed(self) -> None:
        self.post_message(self.ViewChanged())

    @on(ViewChanged)
    def _view_changed(self) -> None:
        if self.view is None or not self.is_mounted:
            return
        if self._names.load(self.console.session.rows, self.record.columns, self.view.loaded_rows()):
            self.table.update_ages()
        self.table.view_changed()
        if self.out_of_date and not self.view.outdated:
            self.out_of_date = False
        self._select_created(self.view)
        error = self.view.error
        shown = self._shown_error.message if self._shown_error is not None else ""
        # Every further attempt fails with a new error object; the message is shown one time.
        if error is not None and error.message != shown and self.view.total and self.is_current:
            self.console.notify_error(error)
        self._shown_error = error
        self.refresh_status()

    # Changes on the server

    @property
    def shown_resources(self) -> frozenset[str]:
        return self.RELATED_RESOURCES | {self.record.name}

    def server_changed(self, change: Change) -> None:
        super().server_changed(change)
        if self.out_of_date and self.view is not None:
            self.view.invalidate()
        for row_id in change.deleted.get(self.record.name, ()):
            self.table.marks.discard(row_id)
            if self.view is not None:
                self.view.remove(row_id)
        if created := change.created.get(self.record.name):
            self._await_created(created[0] if len(created) == 1 else "")

    def _await_created(self, row_id: str) -> None:
        """Move the cursor to a row that was just created, when it is loaded. row_id: "" for the first new row."""
        view = self.view
        if view is None:
            return
        if view.query.order == "createdAt-desc" and self.table.cursor:
            self.table.move_to(0)
        self._created = (row_id, self.table.row_id, self._ids(view))

    def _ids(self, view: PagedView) -> frozenset[str]:
        return frozenset(str(row.get(self.record.key, "")) for row in view.loaded_rows())

    def _select_created(self, view: PagedView) -> None:
        if self._created is None or self.out_of_date:
            return
        (row_id, cursor_row, before), self._created = self._created, None
        new = [row_id] if row_id else self._ids(view) - before
        index = min((place for each in new if (place := view.index_of(each)) is not None), default=None)
        if index is not None and self.table.row_id == cursor_row and self.displayed_view() is view:
            self.table.move_to(index)

    def reload(self) -> None:
        if self.view is not None:
            self.view.reread()

    def server_reachable(self) -> None:
        if self.view is not None and self.view.error is not None:
            self.view.refresh()

    def update_ages(self) -> None:
        self.table.update_ages()

    # Status

    def highlighted_words(self) -> str:
        """Return the words that the rows were searched for, to highlight them; "" for none."""
        return filter_words(self.record.filter, self.filter_text) if self.filter_text else ""

    def _empty(self) -> str:
        if self.filter_text:
            scope = search_scope(self.record.filter, self.filter_text)
            searched = f" Searched: {scope}." if scope else ""
            hint = f"Press {key_of('list.filter')} to change the filter, {key_of('app.back')} to clear it."
            return f"No {self.record.plural} match `{self.filter_text}`.{searched} {hint}"
        return with_keys(self.record.empty) or "This list is empty."

    def status(self) -> Sequence[Piece]:
        view, table = self.view, self.table
        if view is None:
            error = self.load_error
            return [(error_label(error), "warn")] if error is not None else [("opening", "")]
        parts: list[Piece] = []
        if view.error is not None:
            since = f" since {clock_text(view.failed_at)}" if view.failed_at is not None else ""
            parts.append((error_label(view.error) + since, "warn"))
        shown = self.displayed_view() or view
        if shown.is_loaded:
            more = "" if shown.is_total_known else "+"
            position = f"{table.cursor + 1:,} of " if table.count else ""
            parts.append((f"{position}{table.count:,}{more}", ""))
        if table.marks:
            stay_marked = self.marks_after_action == table.marks
            marked = f"still marked, {key_of('table.unmark')} unmarks" if stay_marked else "marked"
            parts.append((f"{len(table.marks):,} {marked}", ""))
        if message := self._filter_message(view):
            parts.append((message, "warn"))
        return [*parts, *self.age_parts()]

    def _filter_message(self, view: PagedView) -> str:
        """Return that the server does not apply the filter of the view; "" when it does."""
        connection = self.console.session.connection
        if connection is None or not view.query.filter:
            return ""
        from dyntui.services.lists.filter_check import filter_message

        return filter_message(
            connection.client, self.record, view.query.filter, is_partly_filtered=view.is_partly_filtered
        )

    @property
    def load_error(self) -> DyntuiError | None:
        """Why the rows could not be loaded; None when they were, or are being loaded."""
        if self.view is not None:
            return self.view.error
        return self._no_rows.error or self.console.session.error

    def displayed_view(self) -> PagedView | None:
        """Return the view that the table shows: that of the list, or of a search in it."""
        return self.view

    def age_parts(self) -> list[Piece]:
        """Return the age of the rows, and whether they are cached."""
        view = self.view
        if view is None or not view.total or not (age := age_label(view.fetched_at)):
            return []
        return [(f"cached, {age}", "warn") if view.shows_cached_rows else (age, "")]
