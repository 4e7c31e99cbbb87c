"""The environments a person works with: switch, add, edit, check, remove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from textual import on
from textual.app import ComposeResult
from textual.message import Message

from dyntui.core.errors import DyntuiError
from dyntui.resources import Column
from dyntui.resources.cell_formats import age, short_id
from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel, Requirement
from dyntui.tui.features.environments.actions import ENVIRONMENTS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.widgets.static_rows import StaticRows
from dyntui.tui.kit.widgets.table import Table
from dyntui.tui.shell.console_state import HealthCheck
from dyntui.tui.shell.table_screen import TableScreen

if TYPE_CHECKING:
    from dyntui.config.profile import Profile
    from dyntui.services.connection import Connection

__all__ = ["EnvironmentsScreen"]

_COLUMNS = (
    Column("name", "name", 14, grow=True, priority=0),
    Column("kind", "kind", 20, priority=0),
    Column("host", "server", 19, priority=4),
    Column("token", "token", 11, priority=3),
    Column("where", "kept in", 15, priority=2),
    Column("health", "health", 14, grow=True, priority=1),
    Column("last_used", "last used", 11, format=age, priority=5),
    Column("environment", "environment", 11, format=short_id, priority=6),
)
_KEPT = {
    "keyring": "system keyring",
    "session": "session only",
    "passphrase": "passphrase file",
    "file": "plain file",
    "command": "command",
    "environment": "variables",
}
_REFUSED = 400
_NOT_AUTHORIZED = {401: "token refused", 403: "not allowed"}


@dataclass(frozen=True, slots=True)
class _Stored:
    profiles: tuple[Profile, ...]
    damaged: Mapping[str, DyntuiError]
    """Entries that cannot be used, by name, with what is wrong."""
    current: str | None


class EnvironmentsScreen(TableScreen):
    """Profiles as they are in the file, and the one in use when it is not from there."""

    BINDINGS = bindings(ENVIRONMENTS_ACTIONS, "environments")

    class Loaded(Message):
        """The file was read."""

        def __init__(self, stored: _Stored) -> None:
            super().__init__()
            self.stored = stored

    class Failed(Message):
        """A file or the keyring did not do what was asked."""

        def __init__(self, error: DyntuiError) -> None:
            super().__init__()
            self.error = error

    class Checked(Message):
        """An environment was checked."""

        def __init__(self, name: str, health: HealthCheck) -> None:
            super().__init__()
            self.name = name
            self.health = health

    class Removed(Message):
        """An environment was forgotten. warnings: what a person should know about it."""

        def __init__(self, name: str, warnings: Sequence[str]) -> None:
            super().__init__()
            self.name = name
            self.warnings = warnings

    def __init__(self, *, select: str = "") -> None:
        """select: the name of the profile that the cursor is put on."""
        super().__init__()
        self._profiles: dict[str, Profile] = {}
        self._stored: set[str] = set()
        self._damaged: Mapping[str, DyntuiError] = {}
        self._select = select

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return ("environments",)

    def body(self) -> ComposeResult:
        view = StaticRows(key="name", is_loaded=False)
        yield Table(_COLUMNS, view, empty=lambda: "There are no environments yet. a adds one.", id="list")

    def on_mount(self) -> None:
        super().on_mount()
        self.load()

    def connected(self, connection: Connection) -> None:
        self._show()

    def not_connected(self, error: DyntuiError) -> None:
        self._show()

    def traffic_changed(self) -> None:
        self._show()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.is_mounted:
            self._show()

    # What is in the file

    def load(self) -> None:
        """Read the file."""
        self.run_worker(self._load, thread=True, group="profiles")

    def _load(self) -> None:
        from dyntui.config.profiles import Profiles

        try:
            profiles = Profiles.load()
        except DyntuiError as error:
            self.post_message(self.Failed(error))
        else:
            self.post_message(self.Loaded(_Stored(tuple(profiles.all()), profiles.damaged, profiles.current)))

    @on(Loaded)
    def _loaded(self, event: Loaded) -> None:
        self._profiles = {profile.name: profile for profile in event.stored.profiles}
        self._stored = set(self._profiles)
        self._damaged = event.stored.damaged
        self._show()
        if self._select in self._profiles:
            self.table.move_to(list(self._profiles).index(self._select))
            self._select = ""

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        self.console.notify_error(event.error)

    def _show(self) -> None:
        session = self.console.session
        profiles = dict(self._profiles)
        if session.profile is not None:
            profiles.setdefault(session.profile.name, session.profile)
        damaged = [_damaged_row(name, error) for name, error in self._damaged.items() if name not in profiles]
        self.set_rows([*(self._row(profile) for profile in profiles.values()), *damaged])
        self.refresh_status()

    def _row(self, profile: Profile) -> dict[str, Any]:
        session = self.console.session
        used = session.profile is not None and session.profile.name == profile.name
        health = self._health(profile)
        token = health.token if health is not None else ""
        kind = profile.kind
        if used and session.connection is not None:
            kind = session.connection.profile.kind
        return {
            "name": profile.name,
            "kind": ("● " if used else "  ") + kind + (", read-only" if profile.read_only else ""),
            "host": urlsplit(profile.base_url).netloc,
            "environment": profile.environment_id,
            "token": token,
            "where": _KEPT.get(profile.credential, str(profile.credential)),
            "health": health.text if health is not None else "not checked",
            "last_used": profile.last_used,
        }

    def _health(self, profile: Profile) -> HealthCheck | None:
        """What is known of a profile: of the one in use by what the server said last, of others by a check."""
        session = self.console.session
        checked = session.health.get(profile.name)
        if session.profile is None or session.profile.name != profile.name:
            return checked
        connection = session.connection
        if connection is None:
            return (
                HealthCheck(False, session.error.message)
                if session.error is not None
                else HealthCheck(True, "opening ···")
            )
        token, last = connection.token_hint, connection.log.last_answer
        if self.console.offline_label:
            return HealthCheck(False, self.console.offline_label, token)
        if last is None or (checked is not None and (checked.ok or last.at < checked.at) and last.status < _REFUSED):
            return replace(checked, token=token) if checked is not None else HealthCheck(True, "not checked", token)
        if last.status in _NOT_AUTHORIZED:
            return HealthCheck(False, f"{_NOT_AUTHORIZED[last.status]} ({last.status})", token)
        return HealthCheck(True, f"ok, {max(1, round(last.ms))} ms", token)

    def status(self) -> Sequence[Piece]:
        parts = self.position()
        profile = self._under_cursor()
        health = self._health(profile) if profile is not None else None
        if health is not None and not health.ok:
            parts.append(("not usable", "warn"))
        return parts

    # Reasons

    def _under_cursor(self) -> Profile | None:
        name = self.table.row_id
        session = self.console.session
        if name is not None and name not in self._profiles and session.profile is not None:
            return session.profile if session.profile.name == name else None
        return self._profiles.get(name or "")

    def profile_disabled_reason(self) -> str | None:
        if self._under_cursor() is not None:
            return None
        error = self._damaged.get(self.table.row_id or "")
        return str(error) if error is not None else "There is no environment under the cursor."

    def stored_profile_disabled_reason(self) -> str | None:
        profile = self._under_cursor()
        if profile is None:
            return self.profile_disabled_reason()
        return None if profile.name in self._stored else f"{profile.name} is not stored: there is nothing to change."

    # Actions

    def action_switch(self) -> None:
        profile = self._under_cursor()
        assert profile is not None
        session = self.console.session
        if session.demo is not None and profile.name not in self._stored:
            self.console.visit_first()
        else:
            self.console.switch_environment(profile)

    @on(Table.Opened)
    async def _clicked(self) -> None:
        await self.action_do("environments.switch")

    def action_add(self) -> None:
        self._form(None)

    def action_edit(self) -> None:
        self._form(self._under_cursor())

    def _form(self, old: Profile | None) -> None:
        from dyntui.tui.features.environments.environment_form import edit_environment

        edit_environment(self.console, old, taken={*self._stored, *self._damaged}, done=lambda profile: self.load())

    def action_check(self) -> None:
        from dyntui.tui.features.environments.profile_check import check_profile

        profile = self._under_cursor()
        assert profile is not None
        session, console = self.console.session, self.console
        if session.connection is not None and session.connection.app is not None and session.profile == profile:
            self.console.notify("The demo runs in this process; there is nothing to check.")
            return
        session.health[profile.name] = HealthCheck(True, "checking ···")
        self._show()

        def work() -> None:
            self.post_message(self.Checked(profile.name, check_profile(profile, console.ask_passphrase)))

        self.run_worker(work, thread=True, group=f"check-{profile.name}")

    @on(Checked)
    def _checked(self, event: Checked) -> None:
        self.console.session.health[event.name] = event.health
        if not event.health.ok:
            self.console.notify(f"{event.name}: {event.health.text}", "warning")
        self._show()

    def action_remove(self) -> None:
        from dyntui.tui.shell.confirm_dialog import confirm

        profile = self._under_cursor()
        assert profile is not None
        needed = Requirement(
            ConfirmationLevel.CONFIRM,
            f"Remove {profile.name}?",
            (),
            f"Its token is deleted ({_KEPT.get(profile.credential, profile.credential)}). "
            "The environment itself is not touched.",
            f"{profile.kind} environment {profile.name}",
        )

        def answered(confirmation: Confirmation | None) -> None:
            if confirmation is not None and confirmation.yes:
                self.run_worker(lambda: self._remove(profile.name), thread=True, group="profiles")

        self.console.ask(confirm(needed, verb="Remove", opening_key="d"), answered)

    def _remove(self, name: str) -> None:
        from dyntui.config.profiles import Profiles

        try:
            profiles = Profiles.load()
            profiles.remove(name)
            warnings = profiles.save()
        except DyntuiError as error:
            self.post_message(self.Failed(error))
        else:
            self.post_message(self.Removed(name, warnings))

    @on(Removed)
    def _removed(self, event: Removed) -> None:
        self.console.session.health.pop(event.name, None)
        for warning in event.warnings:
            self.console.notify(warning, "warning")
        self.console.notify(f"Removed {event.name} and its token.")
        if self.console.in_use(event.name):
            self.console.leave_removed()
        else:
            self.load()


def _damaged_row(name: str, error: DyntuiError) -> dict[str, Any]:
    """Return the row of an entry of the file that cannot be used; the cell has no room for the file's path."""
    from dyntui.config.paths import paths

    reason = error.message.removeprefix(f"{paths().profiles_file}, ")
    return {"name": name, "kind": "  damaged", "health": reason, "last_used": ""}
