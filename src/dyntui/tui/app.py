"""The console's wiring: which screen is shown, the environment it works in, and what every screen shares."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import on
from textual.app import App
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.screen import Screen

from dyntui.config.settings import Settings
from dyntui.core.errors import DyntuiError, NotAuthorised
from dyntui.core.text import safe
from dyntui.core.time import now
from dyntui.tui import backstop, crash, terminal
from dyntui.tui.actions import ACTIONS, Acting, actions_here, bindings
from dyntui.tui.history import History
from dyntui.tui.screens.framed import Framed
from dyntui.tui.screens.imports import offer_left
from dyntui.tui.session import Note, Session, open_connection, remember_use
from dyntui.tui.themes import DEFAULT_THEME, DENSE, NO_COLOUR_THEME, OWN_VARIABLES, THEMES
from dyntui.tui.widgets.frame import Latency

if TYPE_CHECKING:
    from concurrent.futures import Future

    from textual.timer import Timer

    from dyntui.config.profiles import Profile
    from dyntui.services.connect import Connection

__all__ = ["Console"]

T = TypeVar("T")

_STYLES = sorted((Path(__file__).parent / "styles").glob("*.tcss"))
_PLACES = ("session", "keyring", "passphrase", "file")
"""The places for a token that a token can be put into from here."""
_TICK = 20.0
"""Seconds between looks at what has grown older. What reads the same is not painted."""
_SLOW = 0.3
"""Seconds after which a request is worth a sign in the frame."""


class Console(Acting, App[int], inherit_bindings=False):
    """The console. Screens read `session`; they go elsewhere with `visit` and speak with `say`."""

    TITLE = "dyntui"
    CSS_PATH: ClassVar = list(_STYLES)
    BINDINGS = bindings("app")
    ENABLE_COMMAND_PALETTE = False

    class Opened(Message):
        """The environment is open."""

        def __init__(self, attempt: int, connection: Connection) -> None:
            super().__init__()
            self.attempt = attempt
            self.connection = connection

    class NotOpened(Message):
        """The environment could not be opened."""

        def __init__(self, attempt: int, error: DyntuiError) -> None:
            super().__init__()
            self.attempt = attempt
            self.error = error

    class PassphraseWanted(Message):
        """The thread that looks for the token waits for a passphrase."""

        def __init__(self, what: str, answer: Future[str]) -> None:
            super().__init__()
            self.what = what
            self.answer = answer

    class Stored(Message):
        """An environment was stored, or why it was not. done: what to do then."""

        def __init__(
            self, profile: Profile, warnings: list[str], error: DyntuiError | None, done: Callable[[Profile], None]
        ) -> None:
            super().__init__()
            self.profile = profile
            self.warnings = warnings
            self.error = error
            self.done = done

    class Traffic(Message):
        """A request began or ended, in whichever thread."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Console.Traffic)

    def __init__(self, session: Session, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        # An ansi theme is chosen before the base class picks its filter: NO_COLOR in another order is black on black.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        backstop.install()
        self.session = session
        self.latency = Latency()
        self.in_flight = 0
        self.clipboard_text = ""
        self._attempt = 0
        self._slow: Timer | None = None
        self._alive: dict[str, Framed] = {}
        self._waiting: list[Future[str]] = []
        self._numbers = count(1)
        self.history = History("place-0")
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = NO_COLOUR_THEME if self.no_color else self._wanted_theme()
        self.animation_level = terminal.animations(self.settings.animations)
        self.set_keymap(dict(self.settings.keymap))

    def _wanted_theme(self) -> str:
        return self.settings.theme if self.settings.theme in self.available_themes else DEFAULT_THEME

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return OWN_VARIABLES

    def get_default_screen(self) -> Screen[Any]:
        from dyntui.tui.screens import first_screen

        return first_screen(self.session)

    @property
    def dense(self) -> bool:
        """Whether columns stand close together."""
        return self.theme == DENSE

    @property
    def read_only(self) -> bool:
        """Whether the environment may not be changed from here."""
        profile = self.session.profile
        return self.session.read_only or (profile is not None and profile.read_only)

    # Life

    def on_mount(self) -> None:
        terminal.exit_on_signals(self.exit)
        first = self.screen
        assert isinstance(first, Framed)
        self._alive[self.history.current] = first
        self.install_screen(first, self.history.current)
        # Textual gives every screen but the very first one a place for its result, and `switch_screen` takes it away.
        first._push_result_callback(first, None)
        self.set_interval(_TICK, self._tick)
        if self.settings.theme and self.theme not in (self.settings.theme, NO_COLOUR_THEME):
            self.say(f"There is no theme {self.settings.theme!r}; this is {self.theme}.", "warning")
        for action_id in self.settings.keymap:
            if action_id not in ACTIONS:
                self.say(f"keymap.toml: there is no action {action_id!r}.", "warning")
        if self.session.profile is not None or self.session.demo is not None:
            self.call_after_refresh(self._open)

    async def on_unmount(self) -> None:
        terminal.forget_signals()
        if self.session.running is not None:
            await self.session.running.stop_for_exit()
        for answer in self._waiting:
            answer.set_result("")
        if self.session.connection is not None:
            await self.session.connection.aclose()

    def _handle_exception(self, error: Exception) -> None:
        # The original prints every local variable, tokens and people among them.
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            self._exit_renderables.append(crash.report(error))
        self._close_messages_no_wait()

    def _tick(self) -> None:
        for screen in self._alive.values():
            if screen.is_active:
                screen.time_passed()
        self._changed()

    # The environment

    def switch_environment(self, profile: Profile) -> None:
        """Work in another environment: no screen of the old one stays."""
        from dyntui.tui.screens import first_screen

        self._leave_environment()
        self.session.profile = profile
        self.session.demo = None
        self._begin(first_screen(self.session))
        self._open()

    def start_demo(self) -> None:
        """Work in a sandbox made now, in this process."""
        from dyntui.sandbox.options import SandboxOptions
        from dyntui.tui.screens import first_screen

        self._leave_environment()
        self.session.profile = None
        self.session.demo = SandboxOptions(users=500)
        self._begin(first_screen(self.session))
        self._open()

    def reopen(self) -> None:
        """Try again to open the environment."""
        self.session.error = None
        self._open()

    def _leave_environment(self) -> None:
        if self.session.connection is not None:
            self.run_worker(self.session.connection.aclose(), group="closing")
        self.session.forget()
        self.latency = Latency()
        self.in_flight = 0

    def _open(self) -> None:
        self._attempt += 1
        self._colour()
        attempt, session = self._attempt, replace(self.session)
        self.run_worker(lambda: self._open_in_thread(attempt, session), thread=True, group="opening")

    def _open_in_thread(self, attempt: int, session: Session) -> None:
        try:
            connection = open_connection(session.profile, session.demo, session.read_only, self.ask_passphrase)
            remember_use(connection.profile)
        except DyntuiError as error:
            self.post_message(self.NotOpened(attempt, error))
        else:
            self.post_message(self.Opened(attempt, connection))

    def ask_passphrase(self, what: str) -> str:
        """Ask a person and wait for the answer; for threads that look for a token, never the event loop."""
        from concurrent.futures import Future

        answer: Future[str] = Future()
        self._waiting.append(answer)
        self.post_message(self.PassphraseWanted(what, answer))
        return answer.result()

    @on(PassphraseWanted)
    def _ask_passphrase(self, event: PassphraseWanted) -> None:
        from dyntui.tui.dialogs.passphrase import PassphraseDialog

        def done(values: dict[str, str] | None) -> None:
            self._waiting.remove(event.answer)
            event.answer.set_result((values or {}).get("passphrase", ""))

        self.ask(PassphraseDialog(event.what), done)

    @on(Stored)
    def _stored(self, event: Stored) -> None:
        for warning in event.warnings:
            self.say(warning, "warning")
        if event.error is not None:
            self.say_error(event.error)
        else:
            self.session.health.pop(event.profile.name, None)
            event.done(event.profile)

    @on(Opened)
    async def _opened(self, event: Opened) -> None:
        if event.attempt != self._attempt:
            await event.connection.aclose()
            return
        self.session.connection = event.connection
        self.session.profile = event.connection.profile
        self._colour()
        event.connection.log.subscribe(self._heard)
        offer_left(self)
        for screen in self._alive.values():
            if screen.is_mounted:
                screen.connected(event.connection)
                screen.changed()

    @on(NotOpened)
    def _not_opened(self, event: NotOpened) -> None:
        if event.attempt == self._attempt:
            self.session.error = event.error
            for screen in self._alive.values():
                if screen.is_mounted:
                    screen.not_connected(event.error)
                    screen.changed()
            self._ask_token(event.error)

    def _ask_token(self, error: DyntuiError) -> None:
        """Ask for the token where there is none and the profile's place can take one."""
        from dyntui.tui.dialogs.token import TokenDialog

        profile = self.session.profile
        if type(error) is not NotAuthorised or profile is None or profile.credential not in _PLACES:
            return

        def answered(values: dict[str, str] | None) -> None:
            if values is not None:
                token = values["token"]
                self.run_worker(lambda: self._keep_token(profile, token), thread=True, group="profiles")

        self.ask(TokenDialog(profile), answered)

    def _keep_token(self, profile: Profile, token: str) -> None:
        from dyntui.config.credentials import check_token, store_for

        def done(profile: Profile) -> None:
            self.reopen()

        try:
            store_for(profile.credential, ask_passphrase=self.ask_passphrase).set(profile, check_token(token))
        except DyntuiError as error:
            self.post_message(self.Stored(profile, [], error, done))
        else:
            self.post_message(self.Stored(profile, [], None, done))

    def _colour(self) -> None:
        profile = self.session.profile
        self.set_class(profile is not None and profile.kind == "live", "-live")

    def _heard(self) -> None:
        self.post_message(self.Traffic())

    @on(Traffic)
    def _traffic(self) -> None:
        connection = self.session.connection
        if connection is None:
            return
        self.latency.saw(connection.log.last_ms)
        if self.in_flight or not connection.log.in_flight:
            self._show_traffic()
        elif self._slow is None:
            self._slow = self.set_timer(_SLOW, self._still_busy)
        for screen in self._alive.values():
            if screen.is_active:
                screen.traffic()

    def _still_busy(self) -> None:
        self._slow = None
        self._show_traffic()

    def _show_traffic(self) -> None:
        connection = self.session.connection
        self.in_flight = connection.log.in_flight if connection is not None else 0
        self._changed()

    def _changed(self) -> None:
        for screen in self._alive.values():
            if screen.is_active:
                screen.changed()

    # Screens

    def visit(self, screen: Framed) -> None:
        """Go to a new screen; `back` returns."""
        self._show_new(screen, self.history.visit)

    def visit_first(self) -> None:
        """Go to where the environment begins."""
        from dyntui.tui.screens import first_screen

        self.visit(first_screen(self.session))

    def _begin(self, screen: Framed) -> None:
        """Begin anew with one screen."""
        self._show_new(screen, self.history.restart)

    def _show_new(self, screen: Framed, enter: Callable[[str], list[str]]) -> None:
        name = f"place-{next(self._numbers)}"
        self._close_dialogs()
        self._alive[name] = screen
        self.install_screen(screen, name)
        gone = [self._alive.pop(old) for old in enter(name)]
        self._switch(name)
        for old in gone:
            self.uninstall_screen(old)
            if old is not self.screen and old.is_attached:
                self.run_worker(self._remove(old), group="closing")

    def _switch(self, name: str) -> None:
        self._at_once(lambda: self.switch_screen(name))

    def ask(self, dialog: Screen[T], answered: Callable[[T | None], Any] | None = None) -> None:
        """Open a dialog; `answered` gets its answer, None when it was left."""
        self._at_once(lambda: self.push_screen(dialog, answered))

    def _at_once(self, change: Callable[[], Awaitable[Any]]) -> None:
        """Change screens with nothing painted on the way: a dialog would be six frames, most of them alike."""

        async def wait(done: Awaitable[Any], batch: ExitStack) -> None:
            with batch:
                await done
            self.screen.refresh()

        batch = ExitStack()
        batch.enter_context(self.batch_update())
        # Not awaited here: what a screen does when it is mounted may need this very message loop.
        self.run_worker(wait(change(), batch), group="screens")

    async def _remove(self, screen: Framed) -> None:
        await screen.remove()

    def _close_dialogs(self) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()

    def no_way_back(self) -> str | None:
        if isinstance(self.screen, Framed) and self.screen.inner():
            return None
        return None if self.history.previous else "This is the first screen. Q leaves dyntui."

    def no_way_forward(self) -> str | None:
        return None if self.history.next else "Nothing was gone back from."

    async def action_back(self) -> None:
        if isinstance(self.screen, Framed) and self.screen.inner():
            self.screen.leave_inner()
            return
        if name := self.history.back():
            self._switch(name)

    def action_forward(self) -> None:
        if name := self.history.forward():
            self._switch(name)

    # Everywhere

    def say(self, text: str, severity: SeverityLevel = "information") -> None:
        """Tell a person something, raw; it is kept for the list of messages."""
        self.notify(text, severity=severity)

    def say_error(self, error: DyntuiError) -> None:
        """Tell what failed and what to do."""
        self.say(f"{error.message} {error.hint}".strip(), "error")

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        text = safe(message, 1000)
        self.session.notes.append(Note(now(), severity, text))
        super().notify(text, title=safe(title), severity=severity, timeout=timeout, markup=False)

    def set_theme(self, name: str) -> None:
        """Other colours, for this session."""
        self.theme = name

    def to_terminal(self, data: str) -> None:
        """Write a sequence for the terminal itself, past the screen."""
        if self._driver is not None:
            self._driver.write(data)

    def action_jump(self) -> None:
        if isinstance(self.screen, Framed):
            self.screen.ask_jump()

    def action_help(self) -> None:
        from dyntui.tui.dialogs.help import HelpDialog

        self.ask(HelpDialog(actions_here(self.screen)))

    def action_palette(self) -> None:
        from dyntui.tui.palette import palette

        self.ask(palette())

    def no_import(self) -> str | None:
        return None if self.session.profile is not None else "Open an environment first: an import goes into one."

    def action_import(self) -> None:
        from dyntui.tui.screens.imports import open_import

        open_import(self)

    def action_requests(self) -> None:
        from dyntui.tui.screens.journals import RequestsScreen

        self.visit(RequestsScreen())

    def action_notes(self) -> None:
        from dyntui.tui.screens.journals import NotesScreen

        self.visit(NotesScreen())

    def action_leave(self) -> None:
        if self.session.running is None:
            self.exit(0)
            return
        from dyntui.tui.screens.imports.running import ask_before_leaving

        ask_before_leaving(self)
