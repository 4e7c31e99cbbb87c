"""The API console: every operation, searched; filled in and sent on the next screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult

from dyntui.api.catalog import catalog
from dyntui.core.errors import UsageError
from dyntui.resources import Column
from dyntui.tui.features.api_console.actions import API_CONSOLE_ACTIONS
from dyntui.tui.features.api_console.request_history import history_of
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.clipboard import send_to_clipboard
from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.base_screen import ConsoleScreen

if TYPE_CHECKING:
    from dyntui.services.api_console import ConsoleRequest, ConsoleResponse
    from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget

__all__ = ["ApiOperationsScreen", "history_of"]

_COLUMNS = (
    Column("method", "method", 6, priority=0),
    Column("id", "operation", 34, grow=True, priority=0),
    Column("group", "group", 16, priority=3),
    Column("for", "for", 9, priority=1),
    Column("path", "path", 44, grow=True, priority=2),
)


class ApiOperationsScreen(ConsoleScreen):
    """All operations, those for API tokens first."""

    BINDINGS = bindings(API_CONSOLE_ACTIONS, "operations")

    def __init__(self, filter_text: str = "") -> None:
        super().__init__()
        self.filter_text = filter_text
        self._view = StaticRows(key="id")

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        console.visit(cls(target.filter_text))

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("API", f"/{self.filter_text}") if self.filter_text else ("API",)

    def body(self) -> ComposeResult:
        self._view.set_rows(self._rows())
        yield Table(_COLUMNS, self._view, empty=self._empty, id="operations")

    @property
    def table(self) -> Table:
        return self.query_one("#operations", Table)

    def _empty(self) -> str:
        return f"No operation has `{self.filter_text}` in it. esc clears the search."

    def _rows(self) -> list[dict[str, Any]]:
        from dyntui.services.api_console import search_operations

        return [
            {
                "id": each.id,
                "method": each.method,
                "group": each.group,
                "path": each.path.replace("/environments/{environmentId}", "/environments/…"),
                "for": "old" if each.deprecated else "API token" if each.audience == "admin" else "person",
            }
            for each in search_operations(catalog(), self.filter_text)
        ]

    def status(self) -> Sequence[Piece]:
        table = self.table
        return [(f"{table.cursor + 1:,} of {table.count:,}", "")] if table.count else []

    # Actions

    def selection_disabled_reason(self) -> str | None:
        return None if self.table.row is not None else "There is no operation under the cursor."

    def action_filter(self) -> None:
        self.ask_filter(self.filter_text, "webhook   delete user   GET events")

    def filter_entered(self, text: str) -> None:
        self.filter_text = text.strip()
        self._view.set_rows(self._rows())
        self.table.show(self._view)
        self.refresh_status()

    def back_label(self) -> str | None:
        return "the search" if self.filter_text else None

    def handle_back(self) -> None:
        self.filter_entered("")

    @on(Table.Opened)
    async def _clicked(self) -> None:
        await self.action_do("operations.open")

    def action_open(self) -> None:
        from dyntui.services.api_console import ConsoleRequest

        row = self.table.row
        assert row is not None
        self._visit(ConsoleRequest(str(row["id"])))

    def _visit(self, request: ConsoleRequest, answered: ConsoleResponse | None = None) -> None:
        from dyntui.tui.features.api_console.api_request import ApiRequestScreen

        self.console.visit(ApiRequestScreen(request, answered))

    def history_disabled_reason(self) -> str | None:
        connection = self.console.session.connection
        return None if connection is not None and history_of(connection) else "Nothing has been sent from here yet."

    def action_history(self) -> None:
        connection = self.console.session.connection
        assert connection is not None
        kept = list(reversed(history_of(connection)))
        choices = [
            Choice(
                str(number),
                answered.request.operation,
                f"{answered.at:%H:%M:%S}",
                f"{answered.status or 'no answer'}  {round(answered.ms):,} ms",
            )
            for number, answered in enumerate(kept)
        ]

        def picked(key: str | None) -> None:
            if key is not None:
                self._visit(kept[int(key)].request, kept[int(key)])

        self.console.ask(SelectDialog("Sent in this session", choices), picked)

    def action_saved(self) -> None:
        from dyntui.services.api_console import SavedRequests

        try:
            saved = SavedRequests().load()
        except UsageError as error:
            self.console.notify_error(error)
            return
        if not saved:
            self.console.notify("No request has been kept. K keeps one, on the screen where it is sent.")
            return
        choices = [Choice(request.name, request.name, note=request.operation) for request in saved]

        def picked(name: str | None) -> None:
            found = next((request for request in saved if request.name == name), None)
            if found is None:
                return
            if found.operation not in catalog().operations:
                self.console.notify(f"There is no operation {found.operation} any more.", "warning")
                return
            self._visit(found)

        self.console.ask(SelectDialog("Kept requests", choices), picked)

    def action_copy(self) -> None:
        send_to_clipboard(self.console, str(self.table.row_id), "operation id")
