"""What screens may ask of the app: the Protocol that `shell/app.py` fulfills.

Screens, dialogs and features depend on this module and never import the app, so that imports go one way only.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from dyntui.core.json_types import Row
from dyntui.tui.kit.clipboard import ClipboardApp

if TYPE_CHECKING:
    from textual.screen import Screen, ScreenResultCallbackType
    from textual.worker import Worker, WorkType

    from dyntui.config.profile import Profile
    from dyntui.config.settings import Settings
    from dyntui.core.errors import DyntuiError
    from dyntui.resources.resource import Resource
    from dyntui.services.actions.write_types import RunningWrite
    from dyntui.tui.kit.dialogs.base_dialog import BaseDialog
    from dyntui.tui.kit.widgets.prompt import Suggestion
    from dyntui.tui.shell.console_state import ConsoleState, Latency
    from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["ConsoleApp"]

T = TypeVar("T")


class ConsoleApp(ClipboardApp, Protocol):
    """The app, as screens and features see it."""

    session: ConsoleState
    """The state that all screens share."""
    settings: Settings
    latency: Latency
    """The latency that the header shows."""
    in_flight: int
    """The number of slow requests that are shown in the header."""
    custom_keys: Mapping[str, str]
    """The keys of keymap.toml, by action id."""
    typed_at: float
    """When a key was pressed last, by `time.monotonic`."""
    handled_keys: int
    """The number of keys that were handled or are being handled."""

    @property
    def typed_keys(self) -> int:
        """The number of keys that were typed, also of those that wait."""

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
    def offline_label(self) -> str:
        """`offline since 16:40`; "" while the server responds."""

    @property
    def dense(self) -> bool:
        """Whether the gaps between columns are narrow."""

    @property
    def theme_variables(self) -> dict[str, str]:
        """The colors of the theme by name."""

    def use_keymap(self, keymap: Mapping[str, str]) -> None:
        """Use other keys of the user, comma-separated by action id; they work at once."""

    @property
    def is_at_start(self) -> bool:
        """Whether the first screen is in front, without anything that going back would clear."""

    def show_tour_hint(self, screen: Any) -> None:
        """Show the hint of the tour that fits a screen, if there is a tour."""

    # Navigation

    def visit(self, screen: Any) -> None:
        """Go to a new screen; `back` returns."""

    def visit_first(self) -> None:
        """Go to the first screen of the environment."""

    def ask(self, dialog: Screen[T], answered: ScreenResultCallbackType[T] | None = None) -> None:
        """Open a dialog; `answered` gets its result, None when it was canceled."""

    def ask_then(self, dialog: BaseDialog[T], then: Callable[[T], object]) -> None:
        """Open a dialog and call `then` with its result, unless it is canceled."""

    def open_form(
        self, form: BaseDialog[T], submitted: Callable[[T], object], closed: Callable[[T | None], None] | None = None
    ) -> None:
        """Open a dialog that stays open until what it submits is done: `submitted` ends in `finish` or `reopen`."""

    def open_route(self, name: str, target: RouteTarget | None = None) -> None:
        """Open the screen that the route table names `name`."""

    def open_list(
        self, record: Resource, parent: str = "", parent_label: str = "", *, selects_newest: bool = False
    ) -> None:
        """Open the list of `record`. selects_newest: move the cursor to the first row that is not cached."""

    def open_named(self, record: Resource, filter_text: str = "") -> None:
        """Open the screen for a resource that was requested by name."""

    def open_row(self, record: Resource, row: Row, parent: str = "") -> bool:
        """Open a row of `record`; False when nothing opens."""

    def back_disabled_reason(self) -> str | None:
        """Return why going back is not possible; None when it is."""

    def import_disabled_reason(self) -> str | None:
        """Return why no import can be started now; None when one can."""

    def retry_postponed(self) -> None:
        """Run the action that waits, if what it needs is loaded. Called when the state of a screen has changed."""

    def suggest_jumps(self, typed: str) -> Sequence[Suggestion]:
        """Return suggestions for the jump bar."""

    def jump(self, typed: str, chosen: Suggestion | None) -> None:
        """Go to the screen, resource, user or row that was typed into the jump bar."""

    async def action_back(self) -> None:
        """Go back in the history."""

    def suspend(self) -> AbstractContextManager[None]:
        """Give the terminal to another program inside this context."""

    @property
    def running_writes(self) -> Sequence[RunningWrite]:
        """The actions that are being performed, also in environments that were left meanwhile."""

    def action_leave(self) -> None:
        """Exit the console. While a job or a write on several targets runs, this is confirmed first."""

    def quit_after_requests(self) -> None:
        """Exit the console after the requests of running writes; their remaining targets are not done."""

    # Themes

    theme: str
    """The name of the theme in use."""

    @property
    def no_color(self) -> bool:
        """Whether colors are off."""

    def complete_styles(self) -> None:
        """Load the styles that the first screen does not need."""

    def set_theme(self, name: str) -> None:
        """Use another theme of `kit.themes.theme_names`, for this session."""

    # Notifications and background work

    def refresh_status(self) -> None:
        """Update header and footer of the screen in front, now or a moment later."""

    def notify_error(self, error: DyntuiError) -> None:
        """Show what failed and what to do."""

    def run_worker(
        self, work: WorkType[object], *, group: str = "default", exclusive: bool = False, thread: bool = False
    ) -> Worker[object]:
        """Run `work` in the background."""

    def call_next(self, callback: Callable[..., object], *args: object) -> None:
        """Call `callback` after the current message is processed."""

    def call_later(self, callback: Callable[..., object], *args: object) -> bool:
        """Call `callback` when the app is idle."""

    def batch_screen_change(self, change: Callable[[], Coroutine[object, object, object]]) -> None:
        """Change screens and paint them one time, at the end."""

    # Environment

    def switch_environment(self, profile: Profile) -> None:
        """Close the environment in use and open that of `profile`."""

    def in_use(self, name: str) -> bool:
        """Whether the stored profile `name` is the one in use."""

    def leave_removed(self) -> None:
        """Close the environment in use after its profile was removed."""

    def environment_disabled_reason(self) -> str | None:
        """Return why the environment in use cannot be edited; None when it can."""

    def action_environment(self) -> None:
        """Edit the profile of the environment in use."""

    def start_demo(self) -> None:
        """Open the demo: a sandbox in this process."""

    def reopen(self) -> None:
        """Open the environment again, after that failed."""

    def store_profile(
        self,
        profile: Profile,
        store: Callable[[], list[str]],
        form: BaseDialog[Any],
        on_stored: Callable[[Profile], None] = lambda profile: None,
    ) -> None:
        """Run `store`, which saves a profile and returns warnings, in a thread, and show the result.

        form: the form with the input; it is closed when the profile is stored, else reopened with the reason.
        on_stored: called when the profile is stored, unless it is in use: then its environment is opened again.
        """

    def ask_passphrase(self, what: str) -> str:
        """Ask for a passphrase and wait for it. Called from a thread."""
