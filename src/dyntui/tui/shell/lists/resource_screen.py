"""The list of any resource, defined by its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from dyntui.core.text import quantity
from dyntui.resources.filters import filter_hint, filter_words, needs_several_requests
from dyntui.tui.kit.action_registry import PendingReason, bindings
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.auto_refresh import AutoRefreshMixin
from dyntui.tui.shell.error_hints import concerns_environment
from dyntui.tui.shell.lists.marked_list_screen import MarkedListScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dyntui.config.list_preferences import ListPreferences, SavedView
    from dyntui.core.errors import DyntuiError
    from dyntui.services.bulk import BulkRun
    from dyntui.tui.kit.widgets.prompt import Suggestion

__all__ = ["ResourceScreen"]


_SIGNS_S = 8.0
"""Seconds for which the signs of changed and new rows stay after an automatic refresh."""


class ResourceScreen(AutoRefreshMixin, MarkedListScreen):
    """A list and its keys. Made by `shell.routes.list_screen`, which adds the actions of the record.

    Dialogs are imported when their key is pressed: the first frame does not wait for them.
    """

    BINDINGS = bindings(SHELL_ACTIONS, "list")
    open_action = "list.open"

    @on(MarkedListScreen.ViewChanged)
    def _on_loaded(self) -> None:
        if self.view is not None and (self.view.is_loaded or self.view.error is not None):
            self.record_reachability(self.view.error)

    def record_reachability(self, error: DyntuiError | None) -> None:
        """Record whether the token can read the list, for the index of resources. error: why it cannot."""
        from dyntui.services.lists.resource_reachability import reachability_of

        connection = self.console.session.connection
        if connection is not None:
            reachability_of(connection.client).record(self.record, error)

    # Automatic refresh

    @property
    def refresh_name(self) -> str:
        return self.record.name

    def apply_preferences(self, preferences: ListPreferences) -> None:
        super().apply_preferences(preferences)
        self.load_refresh_interval(preferences)

    def refresh_in_background(self) -> BulkRun | None:
        from dyntui.services.bulk import BulkRun

        view, connection = self.view, self.console.session.connection
        if view is None or connection is None:
            return None
        run = BulkRun(connection.client, self.record.list.operation)
        view.refresh_in_background(run)
        self.set_timer(_SIGNS_S, view.forget_signs)
        return run

    def has_refresh_failed(self) -> bool:
        return self.view is not None and self.view.error is not None

    def refresh_paused_reason(self) -> str:
        if self.table.marks:
            return f"{len(self.table.marks):,} marked"
        if self.view is not None and needs_several_requests(self.record.filter, self.view.query.filter):
            return "the filter needs many requests"
        return super().refresh_paused_reason()

    def status(self) -> Sequence[Piece]:
        position, age = super().status(), self.age_parts()
        return [*position[: len(position) - len(age)], *self.refresh_parts(), *age]

    # Whether actions are available

    def view_disabled_reason(self) -> str | None:
        if self.view is not None and self.view.is_loaded:
            return None
        if self.load_error is not None:
            return "The rows could not be loaded."
        return PendingReason("The rows are not loaded yet.")

    def selection_disabled_reason(self) -> str | None:
        if self.table.row is None and (reason := self.view_disabled_reason()):
            return reason
        return None if self.table.row is not None else "There is no row under the cursor."

    def open_disabled_reason(self) -> str | None:
        if self._wrong_environment():
            return None
        return self.selection_disabled_reason()

    def _wrong_environment(self) -> bool:
        """Return whether the list is empty because of the profile of the environment, which enter opens then."""
        return (
            self.table.row is None
            and concerns_environment(self.load_error)
            and self.console.environment_disabled_reason() is None
        )

    # Actions

    def action_filter(self) -> None:
        if self.record.filter is None:
            self.ask_search("/", "any part of any value; this list has no filter at the server")
            return
        spec = self.record.filter
        self._prompt_hint = self._filter_hint(self.filter_text)
        self.ask_filter(
            self.filter_text,
            filter_hint(spec),
            label="" if spec.owner_column else "all rows" if spec.searched_locally else "server",
            suggest=self._suggest_filter,
            on_change=self._filter_typed,
            on_cancel=self._cancel_preview,
        )
        self.show_prompt_note(self._prompt_hint)

    def _suggest_filter(self, typed: str) -> Sequence[Suggestion]:
        from dyntui.services.lists.filter_suggestions import suggest_filter
        from dyntui.tui.kit.widgets.prompt import Suggestion

        return [Suggestion(text) for text in suggest_filter(self.record, typed)]

    def _filter_typed(self, text: str) -> None:
        self._prompt_hint = self._filter_hint(text)
        self.preview_search(filter_words(self.record.filter, text))

    def _filter_hint(self, text: str) -> str:
        """Return what enter does with a filter."""
        if text.strip() and not self._is_server_filter(text):
            return "enter keeps them"
        is_local = self.record.filter is not None and self.record.filter.searched_locally
        return "enter searches all rows" if is_local else "enter asks the server"

    def filter_entered(self, text: str) -> None:
        """Filter at the server; a text that it cannot filter by is searched in the loaded rows of the whole list."""
        text = " ".join(text.split())
        is_local = bool(text) and not self._is_server_filter(text)
        if not is_local or self.filter_text:
            self._filter_at_server("" if is_local else text)
        if is_local:
            self.search_entered(text)

    def _filter_at_server(self, text: str) -> None:
        self.filter_text = text
        self._typed_words = ""
        self._close_preview()
        self._close_search()
        self._apply_query()
        self.show_order()
        self.table.show(self.view or self._no_rows)
        self.refresh_status()

    def back_label(self) -> str | None:
        return super().back_label() or ("the filter" if self.filter_text else None)

    def handle_back(self) -> None:
        if super().back_label():
            super().handle_back()
        else:
            self.filter_entered("")

    def action_open(self) -> None:
        if self._wrong_environment():
            self.console.action_environment()
            return
        if not self.console.open_row(self.record, self.table.selected_row, self.parent_id):
            self.action_raw()

    def action_refresh(self) -> None:
        session = self.console.session
        if session.connection is None and session.error is not None:
            self.console.reopen()
        elif self.view is not None:
            self.view.refresh()
        elif session.connection is not None:
            self.connected(session.connection)

    def action_copy(self) -> None:
        from dyntui.tui.kit.clipboard import send_to_clipboard

        send_to_clipboard(self.console, str(self.table.row_id), f"{self.record.singular} id")

    def action_raw(self) -> None:
        from dyntui.services.actions.resource_actions import mask_fields
        from dyntui.tui.shell.json_screen import JsonScreen

        row = self.table.selected_row
        breadcrumbs = (*self.breadcrumbs, self.record.label_of(row))
        self.console.visit(JsonScreen(breadcrumbs, mask_fields(self.record, row), self.shown_resources))

    def copy_as_disabled_reason(self) -> str | None:
        return self.selection_disabled_reason()

    def action_copy_as(self) -> None:
        from dyntui.tui.shell.copy_menu import open_copy_menu

        open_copy_menu(self.console, self.record, self.marked)

    def action_open_dashboard(self) -> None:
        from dyntui.tui.shell.copy_menu import show_dashboard_link

        show_dashboard_link(self.console, self.record.name, self.table.row or self.marked[0])

    def action_export(self) -> None:
        from dyntui.tui.shell.lists.export_dialog import open_export_dialog

        open_export_dialog(self)

    def action_columns(self) -> None:
        from dyntui.tui.shell.lists.view_dialogs import open_columns_dialog

        open_columns_dialog(self)

    def action_views(self) -> None:
        from dyntui.tui.shell.lists.view_dialogs import open_saved_views

        open_saved_views(self, self._show_saved_view)

    def _show_saved_view(self, view: SavedView) -> None:
        self.set_columns(view.columns)
        self.filter_text = view.filter
        self._apply_query(view.order or self.record.list.order)
        self.filter_entered(view.filter)

    def action_menu(self) -> None:
        from dyntui.tui.shell.action_menu import open_action_menu

        row = self.table.row
        title = self.record.label_of(row) if row is not None else self.record.title
        if marks := len(self.table.marks):
            title = quantity(marks, "Marked Row")
        open_action_menu(self, title, without=("list.menu", "table.left", "table.right"), marks=True)
