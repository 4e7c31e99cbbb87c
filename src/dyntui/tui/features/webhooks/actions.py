"""Actions of the screen of a webhook and of the screen of one message.

The method `action_NAME` of the screen class that binds the scope performs each of them.
"""

from __future__ import annotations

from dyntui.core.effect import Effect
from dyntui.tui.kit.action import Action
from dyntui.tui.kit.action_registry import register

__all__ = ["WEBHOOKS_ACTIONS"]

_READ = Effect.READ

WEBHOOKS_ACTIONS = register(
    {
        "webhook": "Webhook",
        "message": "Message",
    },
    Action("webhook.failed", ("f",), "failed only", "Show only failed messages, or all.", _READ, 14, "toggle_failed_only"),
    Action("webhook.verify", ("V",), "verify", "Check the signature of a pasted body.", _READ, 15, "verify_pasted"),
    Action("webhook.toggle", ("t",), "enable/disable", "Enable or disable the webhook.", rank=16, run="toggle_enabled"),
    Action("webhook.edit", ("e",), "edit", "Edit the URL and the events."),
    Action("webhook.reveal", ("S",), "reveal secret", "Show the signing secret.", _READ, run="reveal_secret"),
    Action("message.redeliver", ("d",), "redeliver", "Send the message again.", rank=11,
        disabled_reason="redeliver_disabled_reason"),
    Action("message.verify", ("V",), "verify", "Check the signature of this message.", _READ, 12, "verify",
        "verify_disabled_reason"),
)  # fmt: skip
