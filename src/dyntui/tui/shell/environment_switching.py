"""Opens, switches and leaves environments. The connection is opened in a thread; a missing token is asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from copy import copy
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple

from textual import on
from textual.message import Message

from dyntui.core.effect import Effect
from dyntui.core.errors import DyntuiError, NotAuthorized
from dyntui.tui.kit.action_registry import ActionMixin, PendingReason, disabled_reason_of
from dyntui.tui.kit.workers import run_in_thread, start_worker
from dyntui.tui.shell.console_state import (
    BECAME_LIVE,
    NOT_OPEN,
    ConsoleState,
    became_live,
    cached_rows,
    environment_key,
    open_connection,
    open_row_cache,
)
from dyntui.tui.shell.error_hints import error_message
from dyntui.tui.shell.navigation import NavigationMixin
from dyntui.tui.shell.routes import environments_class, first_screen

if TYPE_CHECKING:
    from concurrent.futures import Future

    from dyntui.config.profile import Profile
    from dyntui.services.actions.write_types import RunningWrite
    from dyntui.services.connection import Connection
    from dyntui.store.cache import RowCache
    from dyntui.tui.kit.action_registry import Action
    from dyntui.tui.kit.dialogs.base_dialog import BaseDialog

__all__ = ["EnvironmentSwitchMixin"]

_PROMPTED_STORES = ("session", "keyring", "passphrase", "file")
"""The credential stores that the token dialog can write to."""


_POSTPONED_S = 2.0
"""Seconds that an action waits at most for what it needs."""
_CACHED_ROWS_WAIT_S = 1.0
"""Seconds until opening an environment continues, when cached rows are not shown yet."""


class _PostponedAction(NamedTuple):
    """An action that waits. run: runs it."""

    node: ActionMixin
    action: Action
    run: Callable[[], Awaitable[None]]


class EnvironmentSwitchMixin(NavigationMixin):
    """The part of the app that opens, leaves and reopens environments."""

    class CachedRowsLoaded(Message):
        """Posted with cached rows to show while the environment is opened."""

        def __init__(self, attempt: int, rows: RowCache, shown: Event) -> None:
            """attempt: the number of the attempt to open it; messages of earlier attempts are ignored.

            shown: set when the rows are shown.
            """
            super().__init__()
            self.attempt, self.rows, self.shown = attempt, rows, shown

    class Opened(Message):
        """Posted when the environment is open."""

        def __init__(
            self, attempt: int, connection: Connection, rows: RowCache | None, recent_users: Mapping[str, str]
        ) -> None:
            """attempt: as for `CachedRowsLoaded`. recent_users: the stored recent users."""
            super().__init__()
            self.attempt, self.connection, self.rows, self.recent_users = attempt, connection, rows, recent_users

    def __init__(self, session: ConsoleState, *, ansi_color: bool | None = None) -> None:
        super().__init__(session, ansi_color=ansi_color)
        self._attempt = 0
        self._postponed: _PostponedAction | None = None
        """The action that waits for what is being loaded."""
        self._waited_for: object = None
        """What an action waited for in vain; another one does not wait for it again."""
        self._passphrase_requests: list[Future[str]] = []
        self._closing_connections: list[Connection] = []
        """Connections of environments that were left, until their running writes are done."""

    @property
    def open_connections(self) -> list[Connection]:
        """The connection in use, that of the running job, and those whose running writes are not done."""
        job = self.session.running
        candidates = (
            self.session.connection,
            *self._closing_connections,
            job.connection if job is not None and job.active else None,
        )
        return list({id(connection): connection for connection in candidates if connection is not None}.values())

    @property
    def running_writes(self) -> list[RunningWrite]:
        return [write for connection in self.open_connections for write in connection.write_gate.running]

    @property
    def is_opening(self) -> bool:
        """Whether an environment is being opened."""
        session = self.session
        has_environment = session.profile is not None or session.demo is not None
        return has_environment and session.connection is None and session.error is None

    def postpones(self, node: ActionMixin, action: Action, run: Callable[[], Awaitable[None]]) -> bool:
        """Let an action wait for what it needs and is being loaded, and the keys after it wait for the action.

        One action waits at a time: a click on another one meanwhile says why that is not available.
        """
        if self._postponed is not None or self._waited_for == self._loading or not self._is_pending(node, action):
            return False
        self.hold_keys()
        self._postponed = _PostponedAction(node, action, run)
        self.set_timer(_POSTPONED_S, partial(self._end_wait, self._postponed))
        return True

    @property
    def _loading(self) -> object:
        """What an action may wait for: an attempt to open the environment, else the screen in front."""
        return self._attempt if self.is_opening else self.screen

    def _is_pending(self, node: ActionMixin, action: Action) -> bool:
        reason = disabled_reason_of(action, node)
        if self.is_opening and (reason == NOT_OPEN or (reason is None and action.effect is not Effect.READ)):
            return True
        return isinstance(reason, PendingReason)

    def retry_postponed(self) -> None:
        waiting = self._postponed
        if waiting is not None and not self._is_pending(waiting.node, waiting.action):
            self._postponed = None
            self.call_later(self._run_postponed, waiting)

    def _end_wait(self, waiting: _PostponedAction) -> None:
        """Run an action that has waited long enough, so that it shows why it is not available."""
        if self._postponed is waiting:
            self._postponed, self._waited_for = None, self._loading
            self.call_later(self._run_postponed, waiting)

    async def _run_postponed(self, waiting: _PostponedAction) -> None:
        try:
            await waiting.run()
        finally:
            self.release_keys()

    def environment_opened(self, connection: Connection) -> None:
        """Prepare for an opened environment, before the screens are notified."""
        raise NotImplementedError

    def environment_left(self) -> None:
        """Reset what belongs to the environment that was left."""
        raise NotImplementedError

    def notify_error(self, error: DyntuiError) -> None:
        self.notify(error_message(error), severity="error")

    def cancel_passphrase_requests(self) -> None:
        """Let the threads that wait for a passphrase continue without one."""
        while self._passphrase_requests:
            self._passphrase_requests.pop().set_result("")

    def switch_environment(self, profile: Profile) -> None:
        self._set_profile(profile)
        self._restart_with(first_screen(self.session))
        self.open_environment()

    def edit_stored(self, profile: Profile, stored: Collection[str], focus: str) -> None:
        """Open the form of a stored profile with the cursor in the field `focus`."""
        raise NotImplementedError

    def _reconnect(self, profile: Profile) -> None:
        """Open the environment in use again after its profile was edited; connection and screens are replaced."""
        at_list = type(self.shown) is environments_class()
        self._set_profile(profile)
        self._restart_with(environments_class()(select=profile.name) if at_list else first_screen(self.session))
        self.open_environment()

    def leave_removed(self) -> None:
        self._attempt += 1  # ignore an attempt that is running: its profile is removed
        self._set_profile(None)
        self._restart_with(environments_class()())

    def in_use(self, name: str) -> bool:
        session = self.session
        return session.demo is None and session.profile is not None and session.profile.name == name

    def _set_profile(self, profile: Profile | None) -> None:
        """Use another profile, None for no environment. The header shows it with the next screen."""
        old = self.session.profile
        same = environment_key(old) == environment_key(profile)
        self._leave_environment(keep_drafts=same)
        self.session.profile = profile
        self.session.demo = None
        self._update_kind_style()

    def start_demo(self) -> None:
        from dyntui.sandbox.options import SandboxOptions

        self._leave_environment()
        self.session.profile = None
        self.session.demo = SandboxOptions(users=500)
        self._restart_with(first_screen(self.session))
        self.open_environment()

    def reopen(self) -> None:
        self.session.error = None
        self.open_environment()

    def _leave_environment(self, *, keep_drafts: bool = False) -> None:
        """Close the connection after its running writes.

        keep_drafts: whether the same environment is opened again, so that drafts stay.
        """
        if self.session.connection is not None:
            self._closing_connections.append(self.session.connection)
            start_worker(self, partial(self._close_when_idle, self.session.connection), group="closing")
        self.session.forget(keep_drafts=keep_drafts)
        self.environment_left()

    async def _close_when_idle(self, connection: Connection) -> None:
        try:
            await connection.close_when_idle()
        finally:
            self._closing_connections.remove(connection)

    def open_environment(self) -> None:
        self._attempt += 1
        self._update_kind_style()
        attempt, session = self._attempt, copy(self.session)
        self.run_worker(lambda: self._open_in_thread(attempt, session), thread=True, group="opening")

    def _open_in_thread(self, attempt: int, session: ConsoleState) -> None:
        cached: list[RowCache] = []

        def show_cached_rows(profile: Profile, token: str) -> None:
            rows = cached_rows(profile, token)
            if rows is not None:
                cached.append(rows)
                shown = Event()
                self.post_message(self.CachedRowsLoaded(attempt, rows, shown))
                shown.wait(_CACHED_ROWS_WAIT_S)

        from dyntui.config.profiles import remember_use
        from dyntui.tui.shell.recent_users import load_recent_users

        try:
            connection = open_connection(
                session.profile, session.demo, session.read_only, self.ask_passphrase, show_cached_rows
            )
            remember_use(connection.profile, opens_next=True)
            rows = open_row_cache(connection) if became_live(session.profile, connection) or not cached else cached[0]
            users = load_recent_users(connection)
        except DyntuiError as error:
            self.call_later(self._on_not_opened, attempt, error)
        else:
            self.post_message(self.Opened(attempt, connection, rows, users))

    def ask_passphrase(self, what: str) -> str:
        """Ask for a passphrase and wait for it. Called from threads, never from the event loop."""
        from concurrent.futures import Future

        answer: Future[str] = Future()
        self._passphrase_requests.append(answer)
        self.call_later(self._ask_passphrase, what, answer)
        return answer.result()

    def _ask_passphrase(self, what: str, answer: Future[str]) -> None:
        from dyntui.tui.kit.dialogs.form_dialog import FormDialog, FormInput

        def done(values: dict[str, str] | None) -> None:
            if answer in self._passphrase_requests:
                self._passphrase_requests.remove(answer)
                answer.set_result((values or {}).get("passphrase", ""))

        field = FormInput("passphrase", "passphrase", secret=True)
        self.ask(FormDialog(what, [field], verb="continue"), done)

    def store_profile(
        self,
        profile: Profile,
        store: Callable[[], list[str]],
        form: BaseDialog[Any],
        on_stored: Callable[[Profile], None] = lambda profile: None,
    ) -> None:
        def stored(warnings: list[str]) -> None:
            for warning in warnings:
                self.notify(warning, severity="warning")
            form.finish()
            self._restrict_connections(profile)
            self.session.health.pop(profile.name, None)
            if self.in_use(profile.name):
                self._reconnect(profile)
            else:
                on_stored(profile)

        def failed(error: DyntuiError) -> None:
            self.notify_error(error)
            form.reopen(str(error))

        run_in_thread(self, store, stored, failed, group="profiles")

    def _restrict_connections(self, profile: Profile) -> None:
        """Refuse the rest of running writes and jobs that an edited profile would not allow as they were confirmed."""
        for connection in self.open_connections:
            before = connection.profile
            if connection.app is not None or before.name != profile.name:
                continue
            if profile.read_only and not before.read_only:
                connection.refuse_writes(f"{profile.name} is read-only")
            elif (before.kind, profile.kind) == ("sandbox", "live"):
                connection.refuse_writes(f"{profile.name} is now live, and this was confirmed for a sandbox")

    @on(CachedRowsLoaded)
    def _show_cached_rows(self, event: CachedRowsLoaded) -> None:
        if event.attempt == self._attempt:
            self.session.rows = event.rows
            for screen in self.open_screens:
                screen.cached_rows_loaded(event.rows)
                screen.refresh_status()
        self.call_after_refresh(event.shown.set)

    @on(Opened)
    async def _opened(self, event: Opened) -> None:
        if event.attempt != self._attempt:
            await event.connection.aclose()
            if event.rows is not None:
                event.rows.close()
            return
        self.session.connection = event.connection
        event.connection.write_gate.records.on_gap = self._report_audit_gap
        self.session.rows = event.rows
        self.session.recent = {**event.recent_users, **self.session.recent}
        if became_live(self.session.profile, event.connection):
            self.notify(BECAME_LIVE, severity="warning")
        self.session.profile = event.connection.profile
        self._update_kind_style()
        self.environment_opened(event.connection)
        for screen in self.open_screens:
            screen.connected(event.connection)
            screen.refresh_status()

    def _report_audit_gap(self, text: str) -> None:
        """Show a gap of the audit log. A job calls this from its own thread."""
        self.call_later(self.notify, text, severity="error")

    def _on_not_opened(self, attempt: int, error: DyntuiError) -> None:
        if attempt == self._attempt:
            self.session.error = error
            for screen in self.open_screens:
                screen.not_connected(error)
                screen.refresh_status()
            self._ask_token(error)

    def environment_disabled_reason(self) -> str | None:
        if self.session.profile is None or self.session.demo is not None:
            return "No stored profile is in use."
        return None

    def action_environment(self) -> None:
        assert self.session.profile is not None
        name = self.session.profile.name

        def read_profiles() -> dict[str, Profile]:
            from dyntui.config.profiles import Profiles

            stored = Profiles.load()
            if name in stored.damaged:
                raise stored.damaged[name]
            return {profile.name: profile for profile in stored.all()}

        run_in_thread(self, read_profiles, partial(self._edit_profile, name), self.notify_error, group="profiles")

    def _edit_profile(self, name: str, profiles: dict[str, Profile]) -> None:
        from http import HTTPStatus  # not for the first frame

        if name not in profiles:
            self.notify(
                f"{name} is not a stored profile: environment variables or options define it.",
                severity="warning",
            )
            return
        last = self.session.connection.log.last_response if self.session.connection is not None else None
        refused = last is None or last.status == HTTPStatus.UNAUTHORIZED
        self.edit_stored(profiles[name], profiles, "token" if refused else "environment_id")

    def _ask_token(self, error: DyntuiError) -> None:
        """Ask for the token when there is none and the credential store of the profile can save one."""
        from dyntui.tui.shell.token_dialog import TokenDialog

        profile = self.session.profile
        if type(error) is not NotAuthorized or profile is None or profile.credential not in _PROMPTED_STORES:
            return

        form = TokenDialog(profile)

        def on_submit(values: dict[str, str]) -> None:
            def store() -> list[str]:
                from dyntui.config.credentials import check_token, store_for

                token = check_token(values["token"])
                store_for(profile.credential, ask_passphrase=self.ask_passphrase).set(profile, token)
                return []

            self.store_profile(profile, store, form)

        self.open_form(form, on_submit)

    def _update_kind_style(self) -> None:
        """Color the header by the kind of the environment."""
        profile = self.session.profile
        self.set_class(profile is not None and profile.kind == "live", "-live")
