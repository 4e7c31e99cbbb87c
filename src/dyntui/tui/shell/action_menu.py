"""The menu of what can be done here: every action with its key, those that cannot be done now with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from dyntui.tui.kit.action_registry import active_actions, key_label

if TYPE_CHECKING:
    from dyntui.tui.shell.base_screen import ConsoleScreen
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["open_action_menu"]

_ELSEWHERE = ("app", "rows", "tree", "table")
"""Scopes of moving about and of the console itself: the help and the palette have them."""


def open_action_menu(screen: ConsoleScreen, title: str, *, without: Sequence[str] = (), marks: bool = False) -> None:
    """Ask which of the actions of `screen` to do, and do it. title: raw. without: ids that are left out. marks: offer
    what a table does with marks too."""
    from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog

    offered = [
        here
        for here in active_actions(screen)
        if (here.action.scope not in _ELSEWHERE or (marks and here.action.scope == "table"))
        and not here.action.each
        and here.action.id not in without
    ]
    # What is the screen's own comes before what all screens of its kind have.
    general = ("taking", "detail", "beside", "list", "table")
    offered.sort(key=lambda here: general.index(here.action.scope) + 1 if here.action.scope in general else 0)
    nodes = {here.action.id: here.node for here in offered}
    choices = [
        Choice(
            here.action.id,
            here.action.title,
            key_label(here.keys[0]),
            f"not now: {here.reason}" if here.reason else here.action.help,
        )
        for here in offered
    ]

    async def picked(action_id: str | None) -> None:
        if action_id is not None:
            await nodes[action_id].action_do(action_id)

    cast("ConsoleApp", screen.app).ask(SelectDialog(title, choices), picked)
