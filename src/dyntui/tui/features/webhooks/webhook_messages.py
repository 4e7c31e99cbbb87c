"""One webhook: whether and why it is on or off, and what was sent to it; failed only, sent again, verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from dyntui.core.text import safe
from dyntui.core.times import age, parse_time
from dyntui.resources import RESOURCES
from dyntui.services.actions.write_types import WriteResults
from dyntui.tui.features.webhooks.actions import WEBHOOKS_ACTIONS
from dyntui.tui.features.webhooks.webhook_secret import with_secret
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.paste_dialog import Pasted, PasteTextDialog
from dyntui.tui.kit.widgets.cells import cut, width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.shell.action_flow import ActionFlow
from dyntui.tui.shell.lists.resource_actions_screen import ResourceActionsScreen
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.services.lists.paged_view import PagedView
    from dyntui.tui.shell.console_app import ConsoleApp, RouteTarget

__all__ = ["WebhookMessagesScreen"]

_LATEST = 25
_TOLD = 3
"""Lines at most for what a webhook is told of: there are events enough to fill a screen."""


class _About(LineWidget):
    """The webhook, what it is told of, and why it is off, in as many lines as that takes."""

    webhook: Mapping[str, Any] = {}
    why = ""

    def tell(self, webhook: Mapping[str, Any], why: str) -> None:
        """Show this, in as much room as it needs."""
        self.webhook, self.why = webhook, safe(why, 600)
        self._fit()
        self.repaint()

    @property
    def _state(self) -> str:
        since = parse_time(self.webhook.get("enabledAt"))
        if not self.webhook.get("isEnabled"):
            return "off"
        return f"on, enabled {age(since)}" if since else "on"

    def _told(self) -> list[str]:
        """What it is told of: the rest of the line that says its state, and further ones."""
        events = self.webhook.get("events")
        names = ", ".join(str(each) for each in events) if isinstance(events, list) else ""
        before = " " * (width_of(self._state) + 7)
        text = f"told of {safe(names, 4_000) or 'nothing'}"
        first, *more = wrap(text, max(30, self.size.width - 2), initial_indent=before, subsequent_indent="    ")
        if len(more) >= _TOLD:
            more[_TOLD - 2 :] = [f"{more[_TOLD - 2][: self.size.width - 4]} …"]
        return [first[len(before) :], *more]

    def _lines(self) -> list[Piece]:
        """The lines below the first two."""
        if not self.webhook or not self.size:
            return []
        why = wrap(self.why, max(20, self.size.width - 4))
        return [*((line, "dim") for line in self._told()[1:]), *((f"  {line}", "warn") for line in why)]

    def _fit(self) -> None:
        wanted = 2 + len(self._lines())
        if self.styles.height is None or self.styles.height.value != wanted:
            self.styles.height = wanted

    def on_resize(self) -> None:
        self._fit()

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        row = self.webhook
        if not row:
            return [("  ···", "dim")] if y == 0 else [], ""
        if y == 0:
            return [("  ", ""), (cut(safe(row.get("url")), width - 3), "strong")], ""
        if y == 1:
            sign: Piece = ("  ● ", "good") if row.get("isEnabled") else ("  ○ ", "warn")
            told = cut(self._told()[0], width - width_of(self._state) - 8)
            return [sign, (f"{self._state}   ", ""), (told, "dim")], ""
        lines = self._lines()[y - 2 : y - 1]
        return [(cut(text, width), style) for text, style in lines], ""


class WebhookMessagesScreen(ResourceActionsScreen):
    """The messages of the webhook whose id is the parent."""

    BINDINGS = bindings(WEBHOOKS_ACTIONS, "webhook")

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        console.open_list(RESOURCES["webhook-messages"], target.row_id, target.label)

    webhook: Mapping[str, Any] = {}
    failed_only = False

    @property
    def place(self) -> tuple[str, ...]:
        parts = ("webhooks", self.parent_label or self.parent_id, "messages")
        return (*parts, "failed only") if self.failed_only else parts

    def body(self) -> ComposeResult:
        with Vertical():
            yield _About(id="about")
            yield from super().body()

    def connected(self, connection: Connection) -> None:
        super().connected(connection)
        self._read(connection)

    @property
    def shown_resources(self) -> frozenset[str]:
        return super().shown_resources | {"webhooks"}

    def reload(self) -> None:
        super().reload()
        if (connection := self.console.session.connection) is not None:
            self._read(connection)

    def _read(self, connection: Connection) -> None:
        from dyntui.services.actions.resource_actions import read_one

        work = read_one(connection.client, RESOURCES["webhooks"], self.parent_id)
        self.run_worker_then(work, self._show, group="webhook")

    def _show(self, webhook: Mapping[str, Any]) -> None:
        self.webhook = webhook
        self.parent_label = str(webhook.get("url") or "")
        self._explain()
        self.refresh_status()

    @on(ResourceScreen.ViewChanged)
    def _explain(self) -> None:
        from dyntui.services.webhooks import disabled_cause

        why = ""
        if self.webhook and self.view is not None and self.view.is_loaded and not self.failed_only:
            rows = [self.view.get(index) for index in range(min(_LATEST, self.view.total))]
            why = disabled_cause(self.webhook, [row for row in rows if row is not None])
        self.query_one(_About).tell(self.webhook, why)

    def _empty(self) -> str:
        if self.failed_only:
            return "No message has failed. f shows all of them."
        return super()._empty()

    # Actions

    def make_view(self, connection: Connection) -> PagedView:
        if not self.failed_only:
            return super().make_view(connection)
        from dyntui.services.webhooks import failed_view

        return failed_view(connection.client, self.parent_id)

    def action_failed(self) -> None:
        connection = self.console.session.connection
        if connection is not None:
            self.failed_only = not self.failed_only
            ResourceScreen.connected(self, connection)
            self.refresh_status()

    def back_label(self) -> str | None:
        return "failed only" if self.failed_only else super().back_label()

    def handle_back(self) -> None:
        if self.failed_only:
            self.action_failed()
        else:
            super().handle_back()

    def action_verify(self) -> None:
        from dyntui.services.webhooks import SIGNATURE

        def pasted(found: Pasted | None) -> None:
            if found is not None:
                with_secret(self, self._row(), "V", lambda secret: self._judge(found, secret))

        about = "Paste the body exactly as it was received, and below it the signature."
        self.console.ask(PasteTextDialog("Verify a signature", about, line=f"The header {SIGNATURE}:"), pasted)

    def _judge(self, pasted: Pasted, secret: str) -> None:
        from dyntui.services.webhooks import verify_signature

        found = verify_signature(secret, pasted.text.encode(), pasted.line)
        self.console.notify(found.message, "information" if found.valid else "error")

    def _row(self) -> dict[str, Any]:
        return {"webhookId": self.parent_id, "url": self.parent_label, **self.webhook}

    def _on_webhook(self, name: str, key: str) -> None:
        from dyntui.services.actions.resource_actions import find_action

        record = RESOURCES["webhooks"]
        self.begin(record, find_action(record, name), [self._row()], "", key)

    def action_switch(self) -> None:
        self._on_webhook("disable" if self.webhook.get("isEnabled") else "enable", "t")

    def action_edit(self) -> None:
        self._on_webhook("edit", "e")

    def action_reveal(self) -> None:
        self._on_webhook("reveal-secret", "S")

    def after(self, plan: ActionFlow, results: WriteResults) -> None:
        if plan.record is self.record:
            super().after(plan, results)
