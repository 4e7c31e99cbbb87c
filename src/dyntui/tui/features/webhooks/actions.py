"""Actions of the screen of a webhook and of the screen of one message."""

from __future__ import annotations

from dyntui.resources.webhooks import MESSAGES, WEBHOOKS
from dyntui.tui.kit.action_registry import READ, Action, register
from dyntui.tui.shell.declared_actions import declared_action

__all__ = ["WEBHOOKS_ACTIONS"]

WEBHOOKS_ACTIONS = register(
    Action("webhook.failed", ("f",), "failed only", "Show only failed messages, or all.", READ, 14, "toggle_failed_only"),
    Action("webhook.redeliver_failed", ("comma",), "redeliver failed", "Send all failed messages again, after a confirmation.",
        rank=14),
    Action("webhook.verify", ("V",), "verify", "Check the signature of a pasted body.", READ, 15, "verify_pasted"),
    declared_action("webhook.toggle", WEBHOOKS, "enable", "disable", rank=16, run="toggle_enabled"),
    declared_action("webhook.edit", WEBHOOKS, "edit"),
    declared_action("webhook.reveal", WEBHOOKS, "reveal-secret", run="reveal_secret"),
    declared_action("message.redeliver", MESSAGES, "redeliver", rank=11),
    Action("message.verify", ("V",), "verify", "Check the signature of this message.", READ, 12),
)  # fmt: skip
