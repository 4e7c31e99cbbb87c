"""The screen of the first run, when no environment is stored: open the demo or add an environment."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from dyntui.tui.features.environments.actions import ENVIRONMENTS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.dialogs.select_dialog import Choice, Choices
from dyntui.tui.shell.base_screen import ConsoleScreen

__all__ = ["SetupScreen"]

_WELCOME = "A terminal console for administering a Dynamic environment."
_CHOICES = (
    Choice("demo", "Try the demo", note="a local sandbox with sample data"),
    Choice("add", "Add an environment", note="with its id and an API token"),
    Choice("environments", "Environments", note="view, edit or check those that are stored"),
    Choice("quit", "Quit"),
)


class SetupScreen(ConsoleScreen):
    """A menu with the first steps."""

    BINDINGS = bindings(ENVIRONMENTS_ACTIONS, "setup")
    open_action = "setup.choose"
    breadcrumbs = ("welcome",)

    def body(self) -> ComposeResult:
        with Vertical(id="setup"):
            yield Static("dyntui", classes="title", markup=False)
            yield Static(_WELCOME, classes="text", markup=False)
            yield Choices(_CHOICES)

    def action_choose(self) -> None:
        choices = self.query_one(Choices)
        match choices.items[choices.cursor].key:
            case "demo":
                self.console.start_demo()
            case "add":
                from dyntui.tui.features.environments.environment_form import edit_environment

                edit_environment(self.console, None, existing_names=(), on_stored=self.console.switch_environment)
            case "environments":
                from dyntui.tui.features.environments.environments_screen import EnvironmentsScreen

                self.console.visit(EnvironmentsScreen())
            case _:
                self.console.action_leave()
