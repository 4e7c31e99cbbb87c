"""The lists that do more than their records say."""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.tui.features.exports.exports_screen import ExportsScreen
from dyntui.tui.features.wallets.wallets_screen import WalletsScreen
from dyntui.tui.features.webhooks.webhook_messages import WebhookMessagesScreen
from dyntui.tui.shell.lists.resource_actions_screen import ResourceActionsScreen

__all__ = ["SPECIAL"]

SPECIAL: Mapping[str, type[ResourceActionsScreen]] = {
    "exports": ExportsScreen,
    "wallets": WalletsScreen,
    "webhook-messages": WebhookMessagesScreen,
}
