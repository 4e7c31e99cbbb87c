"""The screen of one webhook message: its request, its response and every delivery attempt."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widget import Widget

from dyntui.core.json_types import Row, as_objects
from dyntui.resources.all_resources import RESOURCES
from dyntui.resources.webhook_payloads import parse_nested
from dyntui.resources.webhooks import latency_ms, response_status
from dyntui.tui.features.webhooks.actions import WEBHOOKS_ACTIONS
from dyntui.tui.features.webhooks.webhook_secret import check_signature
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.field_list import FieldLine
from dyntui.tui.kit.widgets.json_tree import JsonTree
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.action_flow import ActionFlowMixin
from dyntui.tui.shell.detail_screen import DetailScreen, Tab

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["WebhookMessageScreen"]

_RECORD = RESOURCES["webhook-messages"]
_ATTEMPT_COLUMNS = tuple(column for column in _RECORD.columns if column.name not in ("id", "event", "event id"))


class WebhookMessageScreen(DetailScreen, ActionFlowMixin):
    """One message of a webhook, in four tabs."""

    BINDINGS = bindings(WEBHOOKS_ACTIONS, "message")
    record = _RECORD
    TABS = (
        Tab("message", "Message"),
        Tab("request", "Request"),
        Tab("response", "Response"),
        Tab("attempts", "Attempts"),
    )

    def __init__(self, row: Row, webhook_id: str) -> None:
        """row: the latest delivery attempt of the message, as the list of messages shows it."""
        super().__init__(str(row.get("messageId", "")), _RECORD.label_of(row))
        self.row: Row = row
        self.webhook_id = webhook_id

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        console.visit(cls(target.row, target.parent))

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("webhooks", "messages", self.label or self.object_id)

    def pane(self, tab: Tab) -> ComposeResult:
        match tab.name:
            case "message":
                yield from super().pane(tab)
            case "attempts":
                yield Table(_ATTEMPT_COLUMNS, StaticRows(is_loaded=False, key="deliveryId"), id="attempts")
            case name:
                yield JsonTree(id=f"tree-{name}", unfolded=3)

    async def read(self, connection: Connection) -> Row:
        from dyntui.services.webhooks import read_deliveries

        deliveries = await read_deliveries(connection.client, self.webhook_id, self.object_id)
        return {**(deliveries[0] if deliveries else self.row), "deliveries": deliveries}

    def document_loaded(self, document: Row) -> None:
        self.row = {name: value for name, value in document.items() if name != "deliveries"}

    def counts(self, document: Row) -> Sequence[int | None]:
        return (None, None, None, len(as_objects(document["deliveries"])))

    def fill(self, tab: Tab, document: Row) -> None:
        match tab.name:
            case "message":
                super().fill(tab, document)
            case "attempts":
                self.query_one("#attempts", Table).set_rows(
                    [{**row, "copy": row.get("deliveryId")} for row in as_objects(document["deliveries"])]
                )
            case name:
                self.query_one(f"#tree-{name}", JsonTree).show(parse_nested(self.row.get(name)))

    def field_lines(self, document: Row) -> list[FieldLine]:
        row = self.row
        latency = latency_ms(row)
        return [
            FieldLine("latest delivery", heading=True),
            FieldLine("status", row.get("status")),
            FieldLine("response", response_status(row)),
            FieldLine("attempt", row.get("deliveryAttempt")),
            FieldLine("latency", f"{latency:,} ms" if latency is not None else None),
            FieldLine("sent", row.get("deliveredAt")),
            FieldLine("delivery id", row.get("deliveryId")),
            FieldLine("message", heading=True),
            FieldLine("event", self.label),
            FieldLine("event created", row.get("eventCreatedAt")),
            FieldLine("event id", row.get("eventId")),
            FieldLine("message created", row.get("messageCreatedAt")),
            FieldLine("message id", row.get("messageId")),
        ]

    def openable(self, pane: Widget | None) -> bool:
        return isinstance(pane, Table) and pane.row is not None

    def open_under_cursor(self, pane: Widget | None) -> None:
        from dyntui.tui.shell.json_screen import JsonScreen

        assert isinstance(pane, Table)
        assert pane.row is not None
        row = {name: value for name, value in pane.row.items() if name != "copy"}
        document = {**row, "request": parse_nested(row.get("request")), "response": parse_nested(row.get("response"))}
        self.console.visit(JsonScreen((*self.breadcrumbs, f"attempt {row.get('deliveryAttempt')}"), document))

    # Actions

    def redeliver_disabled_reason(self) -> str | None:
        return None if self.object_id else "The message has no id."

    def action_redeliver(self) -> None:
        from dyntui.services.actions.resource_actions import find_action

        self.begin(_RECORD, find_action(_RECORD, "redeliver"), [self.row], self.webhook_id, "d")

    def verify_disabled_reason(self) -> str | None:
        return None if self.row.get("request") else "The server has no record of the request."

    def action_verify(self) -> None:
        from dyntui.services.webhooks import verify_delivery

        check_signature(self.console, {"webhookId": self.webhook_id}, partial(verify_delivery, self.row))
