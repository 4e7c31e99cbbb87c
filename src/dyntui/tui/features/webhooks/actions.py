"""Actions of one webhook and of one webhook message.

Each is done by the method `action_NAME` of the class that binds its scope.
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
    Action("webhook.failed", ("f",), "failed only", "Show only the messages that failed, or all.", _READ, 14, "failed"),
    Action("webhook.verify", ("V",), "verify", "Check the signature of a body that you paste.", _READ, 15),
    Action("webhook.toggle", ("t",), "on or off", "Enable the webhook, or disable it.", rank=16, run="switch"),
    Action("webhook.edit", ("e",), "edit", "Edit the URL and the events of the webhook."),
    Action("webhook.reveal", ("S",), "secret", "Show the secret that the messages are signed with.", _READ),
    Action("message.redeliver", ("d",), "redeliver", "Send the message again.", rank=11, disabled_reason="send_disabled_reason"),
    Action("message.verify", ("V",), "verify", "Check the signature of this delivery.", _READ, 12, "verify",
        "verify_disabled_reason"),
)  # fmt: skip
