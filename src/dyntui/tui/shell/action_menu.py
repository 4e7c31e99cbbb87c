"""The menu of actions of a screen: each with its key, and the reason where it is not available."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from dyntui.tui.kit.action_registry import ActiveAction, active_actions, key_label

if TYPE_CHECKING:
    from dyntui.tui.shell.base_screen import ConsoleScreen
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["open_action_menu", "own_actions_first"]

_SHARED_SCOPES = ("copying", "detail", "siblings", "list", "table")
"""Scopes of the actions that all screens of a kind have, in the order in which they are listed."""
_UNLISTED_SCOPES = ("app", "rows", "panes", "tree", "table")
"""Scopes of the cursor and of the console itself, which the help and the palette list."""


def own_actions_first(actions: Sequence[ActiveAction]) -> list[ActiveAction]:
    """Return the actions of the screen, then those that all screens of its kind have, then those of all screens."""
    order = (*_SHARED_SCOPES, *(scope for scope in _UNLISTED_SCOPES if scope not in _SHARED_SCOPES))
    return sorted(
        actions, key=lambda active: order.index(active.action.scope) + 1 if active.action.scope in order else 0
    )


def open_action_menu(screen: ConsoleScreen, title: str, *, without: Sequence[str] = (), marks: bool = False) -> None:
    """Show the actions of `screen` in a dialog and run the chosen one.

    title: the title of the dialog, raw.
    without: the ids of actions to leave out.
    marks: whether to list the actions of a table, such as marking rows, too.
    """
    from dyntui.tui.kit.dialogs.select_dialog import Choice, SelectDialog

    offered = [
        active
        for active in active_actions(screen)
        if (active.action.scope not in _UNLISTED_SCOPES or (marks and active.action.scope == "table"))
        and not active.action.each
        and active.action.id not in without
    ]
    offered = own_actions_first(offered)
    nodes = {active.action.id: active.node for active in offered}
    choices = [
        Choice(
            active.action.id,
            active.action.title,
            key_label(active.keys[0]),
            active.description,
            is_disabled=active.disabled_reason is not None,
        )
        for active in offered
    ]

    start = next((index for index, choice in enumerate(choices) if not choice.is_disabled), 0)

    async def on_chosen(action_id: str | None) -> None:
        if action_id is not None:
            await nodes[action_id].action_do(action_id)

    cast("ConsoleApp", screen.app).ask(SelectDialog(title, choices, start=start), on_chosen)
