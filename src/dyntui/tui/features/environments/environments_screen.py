"""The environments screen: the stored profiles, with actions to switch, add, edit, check and remove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from dyntui.core.errors import DyntuiError
from dyntui.core.json_types import Row
from dyntui.resources.cell_formats import short_id, time
from dyntui.resources.resource import Column
from dyntui.tui.features.environments.actions import ENVIRONMENTS_ACTIONS
from dyntui.tui.kit.action_registry import bindings
from dyntui.tui.kit.widgets.line_widget import Piece
from dyntui.tui.kit.workers import run_in_thread
from dyntui.tui.shell.health_check import HealthCheck
from dyntui.tui.shell.table_screen import LocalTableScreen
from dyntui.tui.shell.token_dialog import store_name

if TYPE_CHECKING:
    from dyntui.api.request_log import RequestEntry, RequestLog
    from dyntui.config.profile import Profile
    from dyntui.config.profiles import Profiles
    from dyntui.tui.shell.console_app import ConsoleApp
    from dyntui.tui.shell.route_target import RouteTarget

__all__ = ["EnvironmentsScreen"]

_FIRST_ERROR_STATUS = 400
_FORBIDDEN = 403
_MAX_NUMBER = 9
"""Environments after it have no number."""
_NOT_AUTHORIZED = {401: "token refused", _FORBIDDEN: "not permitted"}


class EnvironmentsScreen(LocalTableScreen):
    """The stored profiles, and the one in use when it is not stored, such as the demo."""

    BINDINGS = bindings(ENVIRONMENTS_ACTIONS, "environments")
    open_action = "environments.switch"
    breadcrumbs = ("environments",)
    COLUMNS = (
        Column(title="name", width=16, grow=True, priority=0, pick=lambda row: f"{row['number'] or ' '} {row['name']}"),
        Column("kind", "kind", 20, priority=0),
        Column("host", "server", 19, priority=4),
        Column("token", "token", 11, priority=3),
        Column("store", "token store", 15, priority=2),
        Column("health", "status", 14, grow=True, priority=1),
        Column("last_used", "last used", 11, format=time, priority=5),
        Column("environment", "environment", 11, format=short_id, priority=6),
    )
    KEY = "name"
    EMPTY = "There are no environments yet. Press {environments.add} to add one."
    NO_SELECTION = "There is no environment under the cursor."

    def __init__(self, *, select: str = "") -> None:
        """select: the name of the profile under the cursor at first; "" for the first one."""
        super().__init__()
        self._profiles: dict[str, Profile] = {}
        self._stored_names: set[str] = set()
        self._damaged: Mapping[str, DyntuiError] = {}
        self._select = select
        self._is_read = False
        """Whether the profiles were read."""
        self._switch_to = ""
        """The number or name of the environment to switch to when the profiles are read; "" for none."""

    @classmethod
    def open(cls, console: ConsoleApp, target: RouteTarget) -> None:
        screen = cls()
        screen._switch_to = target.filter_text
        console.visit(screen)

    def on_mount(self) -> None:
        self.load()

    # Loading

    def load(self) -> None:
        """Read the profiles file in a worker thread."""
        from dyntui.config.profiles import Profiles

        run_in_thread(self, Profiles.load, self._on_loaded, self.console.notify_error, group="profiles")

    def _on_loaded(self, stored: Profiles) -> None:
        self._profiles = {profile.name: profile for profile in stored.all()}
        self._stored_names = set(self._profiles)
        self._damaged = stored.damaged
        self._is_read = True
        self.update_rows()
        if self._select in self._profiles:
            self.table.move_to(list(self._profiles).index(self._select))
            self._select = ""
        if self._switch_to:
            self._switch_by(self._switch_to)

    def build_rows(self) -> list[Row]:
        session = self.console.session
        profiles = dict(self._profiles)
        if session.profile is not None:
            profiles.setdefault(session.profile.name, session.profile)
        damaged = [_damaged_row(name, error) for name, error in self._damaged.items() if name not in profiles]
        rows = [*(self._row(profile) for profile in profiles.values()), *damaged]
        last = min(_MAX_NUMBER, len(profiles))
        return [{**row, "number": number if number <= last else ""} for number, row in enumerate(rows, 1)]

    @property
    def each_count(self) -> int:
        """The highest number that switches to an environment."""
        return max(1, sum(bool(row["number"]) for row in self.rows_view.rows))

    def _row(self, profile: Profile) -> Row:
        session = self.console.session
        in_use = session.profile is not None and session.profile.name == profile.name
        health = self._health(profile)
        token = health.token if health is not None else ""
        kind = profile.kind
        if in_use and session.connection is not None:
            kind = session.connection.profile.kind
        return {
            "name": profile.name,
            "kind": ("● " if in_use else "  ") + kind + (", read-only" if profile.read_only else ""),
            "host": urlsplit(profile.base_url).netloc,
            "environment": profile.environment_id,
            "token": token,
            "store": store_name(profile.credential),
            "health": health.text if health is not None else "not checked",
            "last_used": profile.last_used,
        }

    def _health(self, profile: Profile) -> HealthCheck | None:
        """Return the status of a profile: of the one in use by its last response, of others by the last check."""
        session = self.console.session
        checked = session.health.get(profile.name)
        if session.profile is None or session.profile.name != profile.name:
            return checked
        connection = session.connection
        if connection is None:
            return (
                HealthCheck(False, session.error.message)
                if session.error is not None
                else HealthCheck(True, "connecting ···")
            )
        token, last = connection.token_hint, _response_about_environment(connection.log)
        if self.console.offline_label:
            return HealthCheck(False, self.console.offline_label, token)
        if last is None or (
            checked is not None and (checked.ok or last.at < checked.at) and last.status < _FIRST_ERROR_STATUS
        ):
            return replace(checked, token=token) if checked is not None else HealthCheck(True, "not checked", token)
        if last.status in _NOT_AUTHORIZED:
            return HealthCheck(False, f"{_NOT_AUTHORIZED[last.status]} ({last.status})", token)
        return HealthCheck(True, f"ok, {max(1, round(last.ms))} ms", token)

    def status(self) -> Sequence[Piece]:
        parts = self.position()
        profile = self._current_profile()
        health = self._health(profile) if profile is not None else None
        if health is not None and not health.ok:
            parts.append(("not usable", "warn"))
        return parts

    # Why an action is not available

    def _current_profile(self) -> Profile | None:
        name = self.table.row_id
        session = self.console.session
        if name is not None and name not in self._profiles and session.profile is not None:
            return session.profile if session.profile.name == name else None
        return self._profiles.get(name or "")

    def profile_disabled_reason(self) -> str | None:
        if self._current_profile() is not None:
            return None
        error = self._damaged.get(self.table.row_id or "")
        return str(error) if error is not None else self.NO_SELECTION

    def stored_profile_disabled_reason(self) -> str | None:
        profile = self._current_profile()
        if profile is None:
            return self.profile_disabled_reason()
        return (
            None
            if profile.name in self._stored_names
            else f"{profile.name} is not stored, so it cannot be edited or removed."
        )

    # Actions

    def action_switch(self) -> None:
        profile = self._current_profile()
        assert profile is not None
        session = self.console.session
        if session.demo is not None and profile.name not in self._stored_names:
            self.console.visit_first()
        else:
            self.console.switch_environment(profile)

    def action_switch_number(self, number: str) -> None:
        if self._is_read:
            self._switch_by(number)
        else:
            self._switch_to = number

    def _switch_by(self, choice: str) -> None:
        """Switch to the environment with this number or name."""
        self._switch_to = ""
        rows = self.rows_view.rows
        name = next((str(row["name"]) for row in rows if choice in (str(row["number"]), row["name"])), "")
        if not name:
            self.console.notify(f"There is no environment {choice}.", "warning")
            return
        self.table.filter_rows("")
        self.table.move_to(self.rows_view.index_of(name) or 0)
        if reason := self.profile_disabled_reason():
            self.console.notify(reason, "warning")
        else:
            self.action_switch()

    def action_add(self) -> None:
        self._open_form(None)

    def action_edit(self) -> None:
        self._open_form(self._current_profile())

    def _open_form(self, old: Profile | None) -> None:
        from dyntui.tui.features.environments.environment_form import edit_environment

        edit_environment(
            self.console,
            old,
            existing_names={*self._stored_names, *self._damaged},
            on_stored=lambda profile: self.load(),
        )

    def action_check(self) -> None:
        from dyntui.tui.features.environments.profile_check import check_profile

        profile = self._current_profile()
        assert profile is not None
        session = self.console.session
        if session.connection is not None and session.connection.app is not None and session.profile == profile:
            self.console.notify("The demo is a local sandbox and needs no check.")
            return
        session.health[profile.name] = HealthCheck(True, "checking ···")
        self.update_rows()
        check = partial(check_profile, profile, self.console.ask_passphrase)
        run_in_thread(self, check, partial(self._on_checked, profile.name), group=f"check-{profile.name}")

    def _on_checked(self, name: str, health: HealthCheck) -> None:
        self.console.session.health[name] = health
        if not health.ok:
            self.console.notify(f"{name}: {health.text}", "warning")
        self.update_rows()

    def action_remove(self) -> None:
        from dyntui.tui.shell.confirm_dialog import ask_confirmation

        profile = self._current_profile()
        assert profile is not None
        store = store_name(profile.credential)
        has_token = str(profile.credential) not in ("command", "environment")
        removed = f"The profile and its token ({store}) are removed" if has_token else "The profile is removed"
        ask_confirmation(
            self.console,
            f"Remove {profile.name}?",
            f"{removed} from this machine. The environment at Dynamic is not changed.",
            f"{profile.kind} environment {profile.name}",
            lambda: self._remove_profile(profile.name),
            verb="Remove",
            opening_key="d",
        )

    def _remove_profile(self, name: str) -> None:
        def remove() -> list[str]:
            from dyntui.config.profiles import Profiles

            profiles = Profiles.load()
            profiles.remove(name)
            return profiles.save()

        on_removed = partial(self._on_removed, name)
        run_in_thread(self, remove, on_removed, self.console.notify_error, group="profiles")

    def _on_removed(self, name: str, warnings: Sequence[str]) -> None:
        self.console.session.health.pop(name, None)
        for warning in warnings:
            self.console.notify(warning, "warning")
        self.console.notify(f"Environment {name} removed from this machine.")
        if self.console.in_use(name):
            self.console.leave_removed()
        else:
            self.load()


def _response_about_environment(log: RequestLog) -> RequestEntry | None:
    """Return the last response that says whether the environment is usable; None when there is none yet.

    A 403 concerns one operation, unless every response is one.
    """
    responses = [entry for entry in reversed(log.entries()) if entry.status]
    return next((entry for entry in responses if entry.status != _FORBIDDEN), next(iter(responses), None))


def _damaged_row(name: str, error: DyntuiError) -> Row:
    """Return the row of a damaged entry. The path of the file is left out of the reason, because it is long."""
    from dyntui.config.paths import paths

    reason = error.message.removeprefix(f"{paths().profiles_file}, ")
    return {"name": name, "kind": "  damaged", "health": reason, "last_used": ""}
