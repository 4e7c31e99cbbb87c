"""One file a screen. Screens are imported when they are opened, so that the first frame comes early."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dyntui.tui.shell.base_screen import ConsoleScreen
    from dyntui.tui.shell.console_state import ConsoleState

__all__ = ["first_screen"]


def first_screen(session: ConsoleState) -> ConsoleScreen:
    """Where the console begins: the users of the environment, or choosing one."""
    if session.profile is not None or session.demo is not None:
        from dyntui.resources import RESOURCES
        from dyntui.tui.shell.lists.resource_screen import ResourceScreen

        return ResourceScreen.of(RESOURCES["users"])
    from dyntui.tui.features.environments.setup_screen import SetupScreen

    return SetupScreen()
