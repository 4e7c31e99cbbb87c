"""The screen of one webhook: its state and its messages."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial, partialmethod
from textwrap import wrap
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from dyntui.core.json_types import Row
from dyntui.core.text import safe
from dyntui.core.times import time_text
from dyntui.resources.all_resources import RESOURCES
from dyntui.services.actions.write_types import WriteResults
from dyntui.tui.features.webhooks.actions import WEBHOOKS_ACTIONS
from dyntui.tui.features.webhooks.webhook_secret import check_signature
from dyntui.tui.kit.action_registry import bindings, key_of
from dyntui.tui.kit.dialogs.paste_dialog import Pasted, PasteTextDialog
from dyntui.tui.kit.widgets.cells import cut, width_of
from dyntui.tui.kit.widgets.line_widget import LineWidget, Piece
from dyntui.tui.shell.action_flow import ActionFlow
from dyntui.tui.shell.lists.resource_actions_screen import ResourceActionsScreen
from dyntui.tui.shell.lists.resource_screen import ResourceScreen

if TYPE_CHECKING:
    from dyntui.api.client import Client
    from dyntui.api.models import Webhook
    from dyntui.services.connection import Connection
    from dyntui.services.lists.list_source import ScannedRow
    from dyntui.services.lists.paged_view import PagedView
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["WebhookMessagesScreen"]

_RECENT_MESSAGES = 25
"""The messages from which the reason of a disabled webhook is derived."""
_NAMED_MESSAGES = 20
"""The messages that are named when many are sent again; of the others only the ids are kept in memory."""
_MAX_EVENT_LINES = 3
"""The maximum number of lines for the events, so that they do not fill the screen."""


class _WebhookHeader(LineWidget):
    """URL, state and events of the webhook, and why it is disabled; as high as its text."""

    webhook: Webhook | None = None
    reason = ""

    def show(self, webhook: Webhook | None, reason: str) -> None:
        """Show a webhook; None while it is loading. reason: why it is disabled, or ""."""
        self.webhook, self.reason = webhook, safe(reason, 600)
        self._fit_height()
        self.repaint()

    @property
    def _state(self) -> str:
        if self.webhook is None or not self.webhook.is_enabled:
            return "Disabled"
        return f"Enabled since {time_text(self.webhook.enabled_at)}" if self.webhook.enabled_at else "Enabled"

    def _event_lines(self) -> list[str]:
        """Return the events in lines. The first one follows the state on its line, so it is shorter."""
        names = ", ".join(self.webhook.events) if self.webhook is not None else ""
        indent = " " * (width_of(self._state) + 7)
        text = f"Events: {safe(names, 4_000) or 'none'}"
        lines = wrap(text, max(30, self.size.width - 2), initial_indent=indent, subsequent_indent="    ")
        if len(lines) > _MAX_EVENT_LINES:
            lines[_MAX_EVENT_LINES - 1 :] = [f"{lines[_MAX_EVENT_LINES - 1][: self.size.width - 4]} …"]
        return [lines[0][len(indent) :], *lines[1:]]

    def _further_lines(self) -> list[Piece]:
        """Return the lines below URL and state."""
        if self.webhook is None or not self.size:
            return []
        reason_lines = wrap(self.reason, max(20, self.size.width - 4))
        return [
            *((line, "dim") for line in self._event_lines()[1:]),
            *((f"  {line}", "warn") for line in reason_lines),
        ]

    def _fit_height(self) -> None:
        height = 2 + len(self._further_lines())
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height

    def on_resize(self) -> None:
        self._fit_height()

    def line(self, y: int, width: int) -> tuple[Sequence[Piece], str]:
        webhook = self.webhook
        if webhook is None:
            return [("  ···", "dim")] if y == 0 else [], ""
        if y == 0:
            return [("  ", ""), (cut(safe(webhook.url), width - 3), "strong")], ""
        if y == 1:
            dot: Piece = ("  ● ", "good") if webhook.is_enabled else ("  ○ ", "warn")
            events = cut(self._event_lines()[0], width - width_of(self._state) - 8)
            return [dot, (f"{self._state}   ", ""), (events, "dim")], ""
        lines = self._further_lines()[y - 2 : y - 1]
        return [(cut(text, width), style) for text, style in lines], ""


class WebhookMessagesScreen(ResourceActionsScreen):
    """The messages of one webhook, whose id is `parent_id`; `f` shows only the failed ones."""

    BINDINGS = bindings(WEBHOOKS_ACTIONS, "webhook")

    RELATED_RESOURCES = frozenset({"webhooks"})
    webhook: Webhook | None = None
    failed_only = False

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        console.open_list(RESOURCES["webhook-messages"], target.row_id, target.label)

    @property
    def base_breadcrumbs(self) -> tuple[str, ...]:
        parts = ("webhooks", self.parent_label or self.parent_id, "messages")
        return (*parts, "failed only") if self.failed_only else parts

    def body(self) -> ComposeResult:
        with Vertical():
            yield _WebhookHeader(id="webhook")
            yield from super().body()

    def connected(self, connection: Connection) -> None:
        super().connected(connection)
        self._load_webhook(connection)

    def reload(self) -> None:
        super().reload()
        if (connection := self.console.session.connection) is not None:
            self._load_webhook(connection)

    def _load_webhook(self, connection: Connection) -> None:
        work = partial(connection.client.webhooks.get, self.parent_id)
        self.run_worker_then(work, self._on_webhook_loaded, group="webhook")

    def _on_webhook_loaded(self, webhook: Webhook) -> None:
        self.webhook = webhook
        self.parent_label = webhook.url
        self._update_header()
        self.refresh_status()

    @on(ResourceScreen.ViewChanged)
    def _update_header(self) -> None:
        from dyntui.services.webhooks import disabled_cause

        reason = ""
        if self.webhook is not None and self.view is not None and self.view.is_loaded and not self.failed_only:
            rows = [self.view.get(index) for index in range(min(_RECENT_MESSAGES, self.view.total))]
            reason = disabled_cause(self.webhook, [row for row in rows if row is not None])
        self.query_one(_WebhookHeader).show(self.webhook, reason)

    def time_format_changed(self) -> None:
        super().time_format_changed()
        self._update_header()

    def _empty(self) -> str:
        if self.failed_only:
            return f"No failed messages. Press {key_of('webhook.failed')} to show all messages."
        return super()._empty()

    # Only failed messages

    def make_view(self, connection: Connection) -> PagedView:
        if not self.failed_only:
            return super().make_view(connection)
        from dyntui.services.webhooks import failed_view

        return failed_view(connection.client, self.parent_id)

    def scan_rows(self, client: Client) -> AsyncGenerator[ScannedRow, None]:
        from dyntui.services.webhooks import scan_failed

        return scan_failed(client, self.parent_id) if self.failed_only else super().scan_rows(client)

    def action_toggle_failed_only(self) -> None:
        connection = self.console.session.connection
        if connection is not None:
            self.failed_only = not self.failed_only
            ResourceScreen.connected(self, connection)
            self.refresh_status()

    def back_label(self) -> str | None:
        return "failed only" if self.failed_only else super().back_label()

    def handle_back(self) -> None:
        if self.failed_only:
            self.action_toggle_failed_only()
        else:
            super().handle_back()

    def action_redeliver_failed(self) -> None:
        """Find the messages that failed, and send them again after a confirmation."""
        from dyntui.services.actions.resource_actions import find_action
        from dyntui.services.thread_loop import run_in_thread
        from dyntui.services.webhooks import scan_failed
        from dyntui.tui.shell.lists.scan_dialog import ScanDialog, scan_with_progress

        connection = self.console.session.connection
        if connection is None:
            return

        async def read(dialog: ScanDialog) -> list[Row] | None:
            rows: list[Row] = []
            async with connection.new_client() as client, aclosing(scan_failed(client, self.parent_id)) as found:
                async for scanned in found:
                    if dialog.stopped:
                        return None
                    dialog.show(scanned.seen, scanned.reported)
                    is_named = len(rows) < _NAMED_MESSAGES
                    rows.append(scanned.row if is_named else {self.record.key: scanned.row.get(self.record.key)})
            return rows

        def then(rows: list[Row] | None) -> None:
            if not self.is_mounted:
                return
            if rows:
                self.begin(self.record, find_action(self.record, "redeliver"), rows, self.parent_id, "comma")
            elif rows is None:
                self.console.notify("Stopped. No message was sent again.", "warning")
            else:
                self.console.notify("No message of this webhook failed.")

        title = "Find Failed Messages"
        scan_with_progress(self.console, title, lambda dialog: run_in_thread(lambda: read(dialog)), then)

    # Signature check

    def action_verify_pasted(self) -> None:
        from dyntui.services.webhooks import SIGNATURE_HEADER, verify_signature

        def on_pasted(pasted: Pasted) -> None:
            check_signature(
                self.console,
                self._webhook_row(),
                lambda secret: verify_signature(secret, pasted.text.encode(), pasted.line),
            )

        about = "Paste the body of a message exactly as it was received, and its signature below."
        dialog = PasteTextDialog("Verify a Signature", about, line=f"Header {SIGNATURE_HEADER}:", verb="verify")
        self.console.ask_then(dialog, on_pasted)

    # Actions of the webhook

    def _webhook_row(self) -> Row:
        loaded: Row = self.webhook.raw if self.webhook is not None else {}
        return {"webhookId": self.parent_id, "url": self.parent_label, **loaded}

    def _begin_webhook_action(self, name: str, key: str) -> None:
        from dyntui.services.actions.resource_actions import find_action

        record = RESOURCES["webhooks"]
        self.begin(record, find_action(record, name), [self._webhook_row()], "", key)

    def action_toggle_enabled(self) -> None:
        self._begin_webhook_action("disable" if self.webhook is not None and self.webhook.is_enabled else "enable", "t")

    action_edit = partialmethod(_begin_webhook_action, "edit", "e")
    action_reveal_secret = partialmethod(_begin_webhook_action, "reveal-secret", "S")

    def after(self, plan: ActionFlow, results: WriteResults) -> None:
        if plan.record is self.record:
            super().after(plan, results)
