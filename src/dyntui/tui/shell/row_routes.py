"""What Enter leads to: the screen or list that a resource record names in `open`.

A new screen for a resource gets a line in `_SCREENS`; a record whose `open` names another record needs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from dyntui.resources import RESOURCES, Resource

if TYPE_CHECKING:
    from dyntui.tui.shell.app import Console
    from dyntui.tui.shell.lists.resource_screen import ResourceScreen

__all__ = ["can_open", "open_row"]


def _list_in_front(console: Console, name: str) -> ResourceScreen | None:
    """The list that a row is opened from."""
    from dyntui.tui.shell.lists.resource_screen import ResourceScreen

    shown = console.shown
    return shown if isinstance(shown, ResourceScreen) and shown.record.name == name else None


def _user(console: Console, row_id: str, label: str, row: Mapping[str, Any]) -> None:
    from dyntui.tui.features.users.user_screen import UserScreen

    console.visit(UserScreen(row_id, label, known=row, behind=_list_in_front(console, "users")))


def _wallet(console: Console, row_id: str, label: str, row: Mapping[str, Any]) -> None:
    from dyntui.tui.features.wallets.wallet_screen import WalletScreen

    console.visit(WalletScreen(row_id, label, known=row, behind=_list_in_front(console, "wallets")))


def _gate(console: Console, row_id: str, label: str, row: Mapping[str, Any]) -> None:
    from dyntui.tui.features.access.gates_screen import GateScreen

    console.visit(GateScreen(row_id, label))


_SCREENS: Mapping[str, Callable[[Console, str, str, Mapping[str, Any]], None]] = {
    "user": _user,
    "wallet": _wallet,
    "gate": _gate,
}


def can_open(record: Resource) -> str | None:
    """Why nothing opens; None when something does."""
    return None if record.open in _SCREENS or record.open in RESOURCES else "There is no more to it; v shows it raw."


def open_row(console: Console, record: Resource, row: Mapping[str, Any]) -> None:
    """Open a row of `record`."""
    row_id, label = str(row.get(record.key, "")), record.label_of(row)
    if record.open in _SCREENS:
        _SCREENS[record.open](console, row_id, label, row)
    elif record.open in RESOURCES:
        from dyntui.tui.shell.lists.resource_screen import ResourceScreen

        console.visit(ResourceScreen.of(RESOURCES[record.open], parent=row_id, parent_label=label))
