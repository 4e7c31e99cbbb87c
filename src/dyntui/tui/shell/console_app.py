"""What screens may ask of the app: the Protocol that `shell/app.py` fulfills.

Screens, dialogs and features depend on this module and never import the app, so that imports go one way only.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from dyntui.tui.kit.clipboard import ClipboardApp

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel
    from textual.screen import Screen
    from textual.worker import Worker

    from dyntui.config.profile import Profile
    from dyntui.config.settings import Settings
    from dyntui.core.errors import DyntuiError
    from dyntui.resources import Resource
    from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
    from dyntui.tui.kit.widgets.prompt import Suggestion
    from dyntui.tui.shell.console_state import ConsoleState, Latency

__all__ = ["ConsoleApp", "RouteTarget"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RouteTarget:
    """What a screen is opened for."""

    record: Resource | None = None
    """The kind of `row`."""
    row_id: str = ""
    """The id of the object to open."""
    label: str = ""
    """How people know that object, raw."""
    row: Mapping[str, Any] = field(default_factory=dict)
    """What is known of it already."""
    parent: str = ""
    """The id of the object that `row` belongs to."""
    parent_label: str = ""
    """How people know the parent, raw."""
    filter_text: str = ""
    """The filter that a list starts with."""


class ConsoleApp(ClipboardApp, Protocol):
    """The app, as screens and features see it."""

    session: ConsoleState
    settings: Settings
    latency: Latency
    in_flight: int
    typed_at: float

    @property
    def screen(self) -> Screen[Any]:
        """The screen or dialog in front."""

    @property
    def shown(self) -> Screen[Any] | None:
        """The screen in front; None while a dialog is."""

    @property
    def screen_stack(self) -> Sequence[Screen[Any]]:
        """The screen in front with the dialogs over it."""

    @property
    def open_screens(self) -> Sequence[Screen[Any]]:
        """Every mounted screen in the history."""

    @property
    def offline_label(self) -> str:
        """`offline since 16:40`; "" while the server answers."""

    @property
    def dense(self) -> bool:
        """Whether columns stand close together."""

    @property
    def theme_variables(self) -> dict[str, str]:
        """The colors of the theme by name."""

    # Navigation

    def visit(self, screen: Any) -> None:
        """Go to a new screen; `back` returns."""

    def visit_first(self) -> None:
        """Go to the first screen of the environment."""

    def ask(self, dialog: Screen[T], answered: Callable[[T | None], Any] | None = None) -> None:
        """Open a dialog; `answered` gets its result, None when it was canceled."""

    def open_form(
        self, form: BaseDialog[T], submitted: Callable[[T], Any], closed: Callable[[T | None], Any] | None = None
    ) -> None:
        """Open a dialog that stays open until what it submits is done: `submitted` ends in `finish` or `reopen`."""

    def open_route(self, name: str, target: RouteTarget | None = None) -> None:
        """Open the screen that the route table names `name`."""

    def open_list(self, record: Resource, parent: str = "", parent_label: str = "") -> None:
        """Open the list of `record`."""

    def open_named(self, record: Resource, filter_text: str = "") -> None:
        """Open `record` for somebody who asked for it by its name."""

    def open_row(self, record: Resource, row: Mapping[str, Any], parent: str = "") -> bool:
        """Open a row of `record`; False when nothing opens."""

    def can_open(self, record: Resource) -> bool:
        """Whether rows of `record` open."""

    def back_disabled_reason(self) -> str | None:
        """Why there is nothing to go back to; None when there is."""

    def suggest_jumps(self, typed: str) -> Sequence[Suggestion]:
        """Suggest where a typed name may lead."""

    def jump(self, typed: str, chosen: Suggestion | None) -> None:
        """Go where a typed name leads."""

    async def action_back(self) -> None:
        """Go back in the history."""

    def suspend(self) -> AbstractContextManager[None]:
        """Give the terminal to another program."""

    def action_leave(self) -> None:
        """Leave the console, after asking when a job runs."""

    def exit(self, result: Any = None) -> None:
        """Leave the console."""

    # Looks

    @property
    def available_themes(self) -> Mapping[str, Any]:
        """The themes by name."""

    @property
    def no_color(self) -> bool:
        """Whether colors are off."""

    def set_theme(self, name: str) -> None:
        """Use another theme for this session."""

    # Messages and work

    def notify_error(self, error: DyntuiError) -> None:
        """Show what failed and what to do."""

    def notify(
        self,
        message: str,
        severity: SeverityLevel = "information",
        *,
        title: str = "",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a notification."""

    def run_worker(
        self, work: Any, *, group: str = "default", exclusive: bool = False, thread: bool = False
    ) -> Worker[Any]:
        """Run `work` in the background."""

    def call_next(self, callback: Callable[..., Any], *args: Any) -> None:
        """Call `callback` when the current message is done."""

    def call_later(self, callback: Callable[..., Any], *args: Any) -> bool:
        """Call `callback` when the app is idle."""

    def batch_screen_change(self, change: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        """Change screens without painting in between."""

    def post_message(self, message: Any) -> bool:
        """Send a message to the app."""

    # Environment

    def switch_environment(self, profile: Profile) -> None:
        """Work in another environment."""

    def in_use(self, name: str) -> bool:
        """Whether the stored profile `name` is the one in use."""

    def leave_removed(self) -> None:
        """Leave the environment in use, whose profile was removed."""

    def environment_disabled_reason(self) -> str | None:
        """Why the environment in use cannot be edited; None when it can."""

    def action_environment(self) -> None:
        """Edit the profile of the environment in use."""

    def start_demo(self) -> None:
        """Work in a sandbox in this process."""

    def reopen(self) -> None:
        """Try again to open the environment."""

    def profile_stored(
        self,
        profile: Profile,
        warnings: list[str],
        error: DyntuiError | None,
        form: BaseDialog[Any],
        done: Callable[[Profile], None],
    ) -> None:
        """Report from a thread that a profile was stored, or why not; `done` runs in the app when it was."""

    def ask_passphrase(self, what: str) -> str:
        """Ask for a passphrase from a thread, and wait for it."""
