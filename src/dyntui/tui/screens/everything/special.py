"""The lists that do more than their records say."""

from __future__ import annotations

from collections.abc import Mapping

from dyntui.tui.screens.everything.exports import ExportsScreen
from dyntui.tui.screens.everything.things import ThingsScreen
from dyntui.tui.screens.everything.webhook import MessagesScreen
from dyntui.tui.screens.people.wallets import WalletsScreen

__all__ = ["SPECIAL"]

SPECIAL: Mapping[str, type[ThingsScreen]] = {
    "exports": ExportsScreen,
    "wallets": WalletsScreen,
    "webhook-messages": MessagesScreen,
}
