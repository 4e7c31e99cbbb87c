"""The list of all API operations, from which a request is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dyntui.api.catalog import catalog
from dyntui.core.errors import UsageError
from dyntui.core.json_types import Row
from dyntui.core.times import time_text
from dyntui.resources.resource import Column
from dyntui.tui.features.api_console.actions import API_CONSOLE_ACTIONS
from dyntui.tui.features.api_console.request_history import history_of, load_history
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.shell.table_screen import FilteredTableScreen

if TYPE_CHECKING:
    from dyntui.api.catalog import Operation
    from dyntui.services.api_console import ConsoleRequest, ConsoleResponse
    from dyntui.services.connection import Connection

__all__ = ["ApiOperationsScreen"]


class ApiOperationsScreen(FilteredTableScreen):
    """All operations of the API, those for API tokens first."""

    BINDINGS = bindings(API_CONSOLE_ACTIONS, "operations")
    open_action = "operations.open"
    COLUMNS = (
        Column("method", "method", 6, priority=0),
        Column("id", "operation", 34, grow=True, priority=0),
        Column("group", "group", 16, priority=3),
        Column("used_by", "used by", 10, priority=1),
        Column("path", "path", 44, grow=True, priority=2),
    )
    KEY = "id"
    FILTER_NAME = "search"
    ROWS_NAME = "operations"
    FILTER_HINT = "webhook   delete user   GET events"
    NO_SELECTION = "There is no operation under the cursor."

    @property
    def unfiltered_breadcrumbs(self) -> tuple[str, ...]:
        return ("API",)

    def on_mount(self) -> None:
        self.set_rows(self._rows())

    def connected(self, connection: Connection) -> None:
        load_history(self, connection)

    def _rows(self) -> list[Row]:
        from dyntui.api.operation_groups import group_title
        from dyntui.services.api_console import search_operations

        return [
            {
                "id": operation.id,
                "method": operation.method,
                "group": group_title(operation.group),
                "path": operation.path.replace("/environments/{environmentId}", "/environments/…"),
                "used_by": _used_by(operation),
            }
            for operation in search_operations(catalog(), self.filter_text)
        ]

    # Actions

    def show_filtered_rows(self) -> None:
        self.rows_view.set_rows(self._rows())
        self.table.show(self.rows_view)

    def action_open(self) -> None:
        from dyntui.services.api_console import ConsoleRequest

        row = self.table.selected_row
        self._visit(ConsoleRequest(str(row["id"])))

    def _visit(self, request: ConsoleRequest, response: ConsoleResponse | None = None) -> None:
        from dyntui.tui.features.api_console.api_request import ApiRequestScreen

        self.console.visit(ApiRequestScreen(request, response))

    def history_disabled_reason(self) -> str | None:
        connection = self.console.session.connection
        has_history = connection is not None and bool(history_of(connection))
        return None if has_history else "No requests were sent from the API console yet."

    def action_history(self) -> None:
        connection = self.console.session.connection
        assert connection is not None
        responses = list(reversed(history_of(connection)))
        choices = [
            Choice(
                str(index),
                response.request.operation,
                time_text(response.at),
                f"{response.status or 'no response'}  {round(response.ms):,} ms  {_values_text(response)}".rstrip(),
            )
            for index, response in enumerate(responses)
        ]

        def on_choice(key: str) -> None:
            self._visit(responses[int(key)].request, responses[int(key)])

        self.console.ask_then(SelectDialog("Sent Requests", choices), on_choice)

    def action_saved(self) -> None:
        from dyntui.services.api_console import saved_requests

        try:
            requests = saved_requests()
        except UsageError as error:
            self.console.notify_error(error)
            return
        if not requests:
            self.console.notify(f"No saved requests yet. Press {key_of('request.save')} on a request to save it.")
            return
        choices = [Choice(request.name, request.name, note=request.operation) for request in requests]

        def on_choice(name: str) -> None:
            request = next(request for request in requests if request.name == name)
            if request.operation not in catalog().operations:
                self.console.notify(f"The API has no operation {request.operation} any more.", "warning")
                return
            self._visit(request)

        self.console.ask_then(SelectDialog("Saved Requests", choices), on_choice)

    def action_copy(self) -> None:
        send_to_clipboard(self.console, str(self.table.row_id), "operation id")


def _values_text(response: ConsoleResponse) -> str:
    """Return the values of a request, which tell those of one operation apart."""
    from dyntui.services.api_console import without_secrets

    return " ".join(f"{name}={value}" for name, value in without_secrets(response.request).values.items() if value)


def _used_by(operation: Operation) -> str:
    if operation.deprecated:
        return "deprecated"
    return "API token" if operation.audience == "admin" else "end user"
