"""The console app: start and end, themes, request indicator, routes and the actions of every screen.

`dyntui.tui.run` opens it. Screens and features see it as the Protocol `ConsoleApp`.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Collection, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.notifications import SeverityLevel
from textual.worker import WorkerFailed

from dyntui.config.settings import Settings
from dyntui.core.effect import Effect
from dyntui.core.interface import use_command_line, use_console
from dyntui.core.json_types import Row
from dyntui.core.process_state import (
    collect_garbage,
    collect_rarely,
    install_thread_crash_hook,
    remove_thread_crash_hook,
    resume_garbage_collection,
)
from dyntui.core.text import safe
from dyntui.core.times import now
from dyntui.tui.kit import control_character_filter, timers
from dyntui.tui.kit.action_registry import bindings, key_of, use_custom_keys
from dyntui.tui.kit.messages import LatestMessage
from dyntui.tui.kit.themes import DENSE_THEME, OWN_VARIABLES
from dyntui.tui.kit.workers import start_worker
from dyntui.tui.shell import routes, startup
from dyntui.tui.shell.actions import SHELL_ACTIONS
from dyntui.tui.shell.console_state import NOT_OPEN, ConsoleState, Latency, Notification
from dyntui.tui.shell.keymap import current_keymap, key_in_text, keymap_problems
from dyntui.tui.shell.terminal_actions import TerminalActionsMixin
from dyntui.tui.shell.time_format import load_time_format, switch_time_format

if TYPE_CHECKING:
    from textual.timer import Timer

    from dyntui.config.profile import Profile
    from dyntui.resources.resource import Resource
    from dyntui.services.connection import Connection
    from dyntui.tui.kit.action_registry import Action
    from dyntui.tui.kit.widgets.prompt import Suggestion
    from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["Console"]

_STYLES = Path(__file__).parent.parent / "styles"
_FIRST_STYLES = [_STYLES / "base.tcss"]
"""The styles of the first screen, which does not wait until the others are parsed."""
_AGE_INTERVAL_S = 20.0
"""Seconds between updates of ages on the screen; unchanged text is not painted."""
_START_PERIOD_S = 3.0
"""Seconds after the first screen until garbage is collected and the rest is loaded."""
_IDLE_S, _MAX_WAIT_S = 0.5, 15.0
"""Seconds without a key after which the rest is loaded, and seconds after the first screen when it is in any case."""
_SEVERITY_NAMES: dict[SeverityLevel, str] = {"information": "Message", "warning": "Warning", "error": "Error"}
"""How plain mode begins a notification."""
_SLOW_REQUEST_S = 0.3
"""Seconds after which a request is shown in the header."""
_QUIT_GRACE_S = 12.0
"""Seconds to wait for the responses to requests in progress when the console quits."""
_OFFLINE_SCOPES = frozenset({"plan", "run", "jobs", "finish", "request"})
"""Scopes whose actions are available offline: jobs wait for the server, the API console may always try a request."""


class Console(TerminalActionsMixin):
    """The console app. `ConsoleApp` describes the methods that screens call."""

    TITLE = "dyntui"
    CSS_PATH: ClassVar = list(_FIRST_STYLES)
    BINDINGS = bindings(SHELL_ACTIONS, "app")
    ENABLE_COMMAND_PALETTE = False

    class Traffic(LatestMessage):
        """A request began or ended, in whichever thread."""

    def __init__(self, session: ConsoleState, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        # An ansi theme is chosen before the base class picks its filter: NO_COLOR in another order is black on black.
        no_color = True if "NO_COLOR" in os.environ else None
        super().__init__(session, ansi_color=no_color, terminal=self.settings.terminal, plain=self.settings.plain)
        control_character_filter.install()
        timers.install()
        self.latency = Latency()
        self.in_flight = 0
        self._is_quitting = False
        self._started_at = 0.0
        """When the first screen was mounted, in monotonic seconds."""
        self._last_toast = ("", 0.0)
        """The text of the last toast, and the monotonic time until which it is shown."""
        self.clipboard_text = ""
        self.crash_message = ""
        """The text to print after the console ends; "" unless it crashed."""
        self._slow_request_timer: Timer | None = None
        """Runs while a request may become slow enough to be shown."""
        self.set_theme(self.settings.theme)
        self.animation_level = startup.animation_level(self.settings.animations and not self.settings.plain)
        self.custom_keys = current_keymap(self.settings.keymap)
        self.set_keymap(self.custom_keys)
        use_custom_keys(self.custom_keys)
        if self.announcer is not None:
            self.announcer.greeting = self.plain_greeting()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return OWN_VARIABLES

    def refresh_css(self, animate: bool = True) -> None:
        if self.screen_stack:
            super().refresh_css(animate)
        else:  # before the first screen, all styles would be parsed twice
            self.stylesheet.set_variables(self.get_css_variables())

    def complete_styles(self) -> None:
        missing = [path for path in sorted(_STYLES.glob("*.tcss")) if not self.stylesheet.has_source(str(path))]
        if missing:
            self.stylesheet.read_all(missing)
            self.stylesheet.parse()

    @property
    def dense(self) -> bool:
        """Whether the dense theme is on: narrow gaps between columns."""
        return self.theme == DENSE_THEME

    @property
    def read_only(self) -> bool:
        """Whether this session must not change the environment."""
        profile = self.session.profile
        return self.session.read_only or (profile is not None and profile.read_only)

    def app_disabled_reason(self, action: Action) -> str | None:
        """Return why `action` may not change anything now: a read-only environment, or no connection."""
        if action.effect is Effect.READ:
            return None
        if self.read_only:
            return "This environment is read-only."
        if self.offline_label and action.scope not in _OFFLINE_SCOPES:
            return f"{self.offline_label}: changes are possible when the server responds again. Nothing was sent."
        return None

    # Start and end

    def on_load(self) -> None:
        use_console(key_in_text)

    def on_mount(self) -> None:
        startup.exit_on_signals(self.exit)
        self.update_title()
        install_thread_crash_hook(self._crashed_in_thread)
        asyncio.get_running_loop().set_exception_handler(self._crashed_in_callback)
        self.check_theme()
        self.register_first_screen()
        self.set_interval(_AGE_INTERVAL_S, self._update_ages)
        self._started_at = monotonic()
        self.set_timer(_START_PERIOD_S, self._on_start_period_over)
        if self.custom_keys:
            self._check_custom_keys()

    def _check_custom_keys(self) -> None:
        for problem in keymap_problems(self.custom_keys):  # loads the actions of features that are not shown yet
            self.notify(problem, "warning")

    def on_ready(self) -> None:  # called after the first frame
        load_time_format(self)
        if self.shown is not None:
            self.shown.time_format_changed()
        if self.session.has_tour:
            from dyntui.tui.shell.tour import Tour

            self.complete_styles()
            self.tour = Tour(self)
        if self.session.has_environment:
            self.open_environment()

    async def on_unmount(self) -> None:
        use_command_line()
        startup.remove_signal_handlers()
        remove_thread_crash_hook()
        if self.session.running is not None:
            await self.session.running.stop_for_exit()
        self.cancel_passphrase_requests()
        if self.session.connection is not None:
            await self.session.connection.aclose()

    def _handle_exception(self, error: Exception) -> None:
        # The original prints every local variable, including tokens and personal data.
        self._return_code = 1
        if isinstance(error, WorkerFailed):
            error = error.error if isinstance(error.error, Exception) else error
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            from dyntui.config.crash_report import report_crash

            self.crash_message = report_crash(error)
        self._close_messages_no_wait()

    def _crashed_in_thread(self, crashed: threading.ExceptHookArgs) -> None:
        if isinstance(crashed.exc_value, Exception):
            self.call_later(self._handle_exception, crashed.exc_value)

    def _crashed_in_callback(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception) and "handle" in context:
            self._handle_exception(error)
        else:
            loop.default_exception_handler(context)

    def _on_start_period_over(self) -> None:
        resume_garbage_collection()
        collect_rarely()
        self._load_rest()

    def _load_rest(self) -> None:
        """Load what the first screen did not need, when no key has to wait for it."""
        now_s = monotonic()
        if now_s - self.typed_at < _IDLE_S and now_s - self._started_at < _MAX_WAIT_S:
            self.set_timer(_IDLE_S, self._load_rest)
            return
        self.complete_styles()
        # Detail screens need the models, and pydantic takes some tenths of a second to load.
        self.run_worker(lambda: import_module("dyntui.api.models"), thread=True, group="models")

    def _update_ages(self) -> None:
        if self.shown is not None:
            self.shown.update_ages()
        self.refresh_status()
        if monotonic() - self.typed_at > _AGE_INTERVAL_S:
            collect_garbage()

    # Requests

    def environment_opened(self, connection: Connection) -> None:
        from dyntui.tui.features.imports.entry_points import offer_unfinished

        connection.log.subscribe(self._on_request_log)
        self.follow_changes(connection)
        offer_unfinished(self)

    def environment_left(self) -> None:
        self.latency = Latency()
        self.in_flight = 0

    def _on_request_log(self) -> None:
        self.post_message(self.Traffic())

    @on(Traffic)
    def _traffic(self) -> None:
        connection = self.session.connection
        if connection is None:
            return
        self.latency.record(connection.log.last_ms)
        if self.in_flight or not connection.log.in_flight:
            self._show_traffic()
        elif self._slow_request_timer is None:
            self._slow_request_timer = self.set_timer(_SLOW_REQUEST_S, self._on_slow_request)
        self.update_offline_state()
        if self.shown is not None:
            self.shown.traffic_changed()

    def _on_slow_request(self) -> None:
        self._slow_request_timer = None
        self._show_traffic()

    def _show_traffic(self) -> None:
        connection = self.session.connection
        self.in_flight = connection.log.in_flight if connection is not None else 0
        self.refresh_status()

    # For all screens

    def notify(
        self,
        message: str,
        severity: SeverityLevel = "information",
        *,
        title: str = "",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a notification and add it to the list of notifications. message: raw text, without markup.

        One that is still shown is not shown a second time: a key that is held down would fill the screen.
        """
        text = safe(message, 1000)
        self.session.notifications.append(Notification(now(), severity, text))
        if self.announcer is not None:
            self.announcer.announce_message(f"{_SEVERITY_NAMES[severity]}: {text}")
        shown_text, shown_until = self._last_toast
        if text == shown_text and monotonic() < shown_until:
            return
        self._last_toast = text, monotonic() + (timeout or self.NOTIFICATION_TIMEOUT)
        from dyntui.core.meanings import sign_of_severity

        # The severity has a sign too, not only the color of the border.
        shown_text = f"{sign_of_severity(severity)}{text}"
        if self.screen_stack:
            self.complete_styles()
        super().notify(shown_text, title=safe(title), severity=severity, timeout=timeout, markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy the selected text of a screen or field to the clipboard."""
        from dyntui.tui.kit import clipboard

        self._clipboard = text  # the paste key of a field inserts this
        clipboard.send_to_clipboard(self, text, "selection", lines=True)

    def edit_stored(self, profile: Profile, stored: Collection[str], focus: str) -> None:
        """Open the form of a stored profile with the cursor in the field `focus`."""
        from dyntui.tui.features.environments.environment_form import edit_environment

        edit_environment(self, profile, existing_names=stored, focus=focus)

    def suggest_jumps(self, typed: str) -> Sequence[Suggestion]:
        from dyntui.tui.shell.jump_targets import suggest_jumps  # not for the first frame

        return suggest_jumps(self, typed)

    def jump(self, typed: str, chosen: Suggestion | None) -> None:
        from dyntui.tui.shell.jump_targets import jump_to

        jump_to(self, typed, chosen)

    def open_route(self, name: str, target: RouteTarget | None = None) -> None:
        routes.open_route(self, name, target)

    def open_list(
        self, record: Resource, parent: str = "", parent_label: str = "", *, selects_newest: bool = False
    ) -> None:
        screen = routes.list_screen(record, parent=parent, parent_label=parent_label)
        screen.selects_newest = selects_newest
        self.visit(screen)

    def open_named(self, record: Resource, filter_text: str = "") -> None:
        routes.open_named(self, record, filter_text)

    def open_row(self, record: Resource, row: Row, parent: str = "") -> bool:
        return routes.open_row(self, record, row, parent)

    def action_jump(self) -> None:
        if self.shown is not None:
            self.shown.ask_jump()

    def action_find(self) -> None:
        if self.shown is not None:
            self.shown.ask_find()

    def find_next_disabled_reason(self) -> str | None:
        return (
            None if self.shown is not None and self.shown.find_text else f"Press {key_of('app.find')} to search first."
        )

    def action_find_next(self) -> None:
        if self.shown is not None:
            self.shown.find_next()

    def action_find_previous(self) -> None:
        if self.shown is not None:
            self.shown.find_next(backward=True)

    def action_help(self) -> None:
        from dyntui.tui.shell.help_dialog import HelpDialog

        self.ask(HelpDialog(self.screen))

    def action_palette(self) -> None:
        from dyntui.tui.shell.palette import make_palette

        self.ask(make_palette())

    def import_disabled_reason(self) -> str | None:
        if self.session.profile is not None:
            return None
        return NOT_OPEN if self.is_opening else "Open an environment before you import."

    def action_import(self) -> None:
        self.open_route("import")

    def action_environments(self) -> None:
        self.open_route("environments")

    def action_requests(self) -> None:
        self.open_route("request-log")

    def action_notifications(self) -> None:
        self.open_route("notifications")

    def action_switch_time_format(self) -> None:
        switch_time_format(self)
        if self.shown is not None:
            self.shown.time_format_changed()
        self.refresh_status()

    def undo_change_disabled_reason(self) -> str | None:
        change = self.session.last_change
        if change is None or change[0] is not self.session.connection:
            return f"There is no change that can be undone. {key_of('app.jump')}audit shows the changes and why."
        return None

    def action_undo_change(self) -> None:
        from dyntui.tui.shell.undo import undo_change

        change = self.session.last_change
        assert change is not None
        undo_change(self, change[1], opening_key="Z")

    def action_leave(self) -> None:
        if self._is_quitting or (self.session.running is None and not self.running_writes):
            self.exit(0)
            return
        from dyntui.tui.shell.quit_dialog import ask_before_quitting

        ask_before_quitting(self)

    def quit_after_requests(self) -> None:
        self._is_quitting = True
        write_gates = [connection.write_gate for connection in self.open_connections]
        for write_gate in write_gates:
            write_gate.refuse_writes("dyntui is being closed")
        if any(write_gate.is_running for write_gate in write_gates):
            self.notify(f"Waiting for the requests in progress, at most {_QUIT_GRACE_S:.0f} s. Quit again to exit now.")

        async def exit_when_idle() -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(_QUIT_GRACE_S):
                    for write_gate in write_gates:
                        await write_gate.wait_until_idle()
            self.exit(0)

        start_worker(self, exit_when_idle, group="closing")
