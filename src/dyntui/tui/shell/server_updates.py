"""What the server does while screens are open: whether it responds, and what writes changed on it.

While it does not respond, requests are tried until it does. After a write, the screens that show a changed resource are
out of date, and the one in front is reloaded. Work in the background does not delay keys: header and footer are updated
for it a few times a second, and the screen in front is reloaded when no key was pressed for a moment.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.core.times import clock_text
from dyntui.tui.kit.workers import start_worker
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.console_state import environment_key
from dyntui.tui.shell.environment_switching import EnvironmentSwitchMixin

if TYPE_CHECKING:
    from textual.timer import Timer

    from dyntui.services.connection import Connection

__all__ = ["ServerUpdatesMixin"]

_AFTER_KEY_S = 0.3


class ServerUpdatesMixin(EnvironmentSwitchMixin):
    """The part of the app that tells the screens what the server does."""

    PROBE_INTERVAL_S = 5.0
    """Seconds between two tries to reach the server."""
    RELOAD_INTERVAL_S = 2.0
    """Seconds between reloads of the screen in front while an import writes in the background."""
    RELOAD_WITHIN_S = 10.0
    """Seconds that a reload waits at most for the keys to stop."""
    STATUS_INTERVAL_S = 0.25
    """Seconds between updates of header and footer for requests and jobs in the background."""
    _probe_timer: Timer | None = None
    _was_offline = False
    _reloaded_at = -RELOAD_INTERVAL_S
    _reload_timer: Timer | None = None
    _status_shown_at = -STATUS_INTERVAL_S
    _status_timer: Timer | None = None

    # Whether the server responds

    @property
    def offline_label(self) -> str:
        connection = self.session.connection
        since = connection.log.offline_since if connection is not None else None
        return f"offline since {clock_text(since)}" if since is not None else ""

    def update_offline_state(self) -> None:
        """Update the offline state after a request began or ended."""
        offline = bool(self.offline_label)
        if offline and self._probe_timer is None:
            self._probe_timer = self.set_timer(self.PROBE_INTERVAL_S, self._probe)
        if offline != self._was_offline:
            self._was_offline = offline
            if offline:
                self.refresh_status()
            else:
                self._on_reachable()

    def _leave_environment(self, *, keep_drafts: bool = False) -> None:
        super()._leave_environment(keep_drafts=keep_drafts)
        self._was_offline = False

    def refresh_status(self) -> None:
        """Update header and footer of the screen in front, now or within `STATUS_INTERVAL_S`."""
        if self._status_timer is not None:
            return
        wait_s = self._status_shown_at + self.STATUS_INTERVAL_S - monotonic()
        if wait_s > 0:
            self._status_timer = self.set_timer(wait_s, self._refresh_status)
        else:
            self._refresh_status()

    def _refresh_status(self) -> None:
        self._status_timer = None
        self._status_shown_at = monotonic()
        if self.shown is not None:
            self.shown.refresh_status()

    def _on_reachable(self) -> None:
        self.notify("The server responds again.")
        for screen in self.open_screens:
            screen.server_reachable()
            screen.refresh_status()

    def _probe(self) -> None:
        self._probe_timer = None
        connection = self.session.connection
        if connection is not None and self.offline_label:
            start_worker(self, partial(self._send_probe, connection), exclusive=True, group="reach")

    async def _send_probe(self, connection: Connection) -> None:
        with suppress(DyntuiError):  # any response counts; without one the next try follows
            await connection.client.users.list(limit=1)
        self.call_next(self.update_offline_state)

    # Changes after writes

    def follow_changes(self, connection: Connection) -> None:
        """Pass the changes of this connection to the screens from now on."""

        def on_change(immediate: bool) -> None:
            self.call_later(self._on_change, connection, immediate)

        connection.changes.subscribe(on_change)

    def _on_change(self, connection: Connection, immediate: bool) -> None:
        """Pass the changes after writes to the screens. immediate: whether the user waits for the result."""
        change = connection.changes.take()
        if not self._is_current_environment(connection):
            change = change.without_environment()
        if users := change.deleted.get("users"):
            from dyntui.tui.shell.recent_users import record_deleted_users

            record_deleted_users(self, self.session, [*users])
        if (rows := self.session.rows) is not None:
            for name, ids in change.deleted.items():
                for row_id in ids:
                    rows.forget(name, row_id)
        for screen in self.open_screens:
            screen.server_changed(change)
        if immediate:
            self._reload_front()
        elif self._reload_timer is None:
            wait_s = self._reloaded_at + self.RELOAD_INTERVAL_S - monotonic()
            if wait_s > 0:
                self._reload_timer = self.set_timer(wait_s, self._reload_after_keys)
            else:
                self._reload_after_keys()

    def _is_current_environment(self, connection: Connection) -> bool:
        """Return whether `connection` is to the environment in use, which may have been opened again since."""
        current = self.session.connection
        return current is not None and environment_key(current.profile) == environment_key(connection.profile)

    def _reload_after_keys(self) -> None:
        """Reload the screen in front when no key was pressed for a moment, or when it has waited for long."""
        now_s = monotonic()
        if now_s - self.typed_at < _AFTER_KEY_S and now_s - self._reloaded_at < self.RELOAD_WITHIN_S:
            self._reload_timer = self.set_timer(_AFTER_KEY_S, self._reload_after_keys)
        else:
            self._reload_front()

    def _reload_front(self) -> None:
        """Reload the screen in front, also below a dialog; others reload when they are shown again."""
        if self._reload_timer is not None:
            self._reload_timer.stop()
            self._reload_timer = None
        self._reloaded_at = monotonic()
        front = next(iter(self.screen_stack), None)
        if isinstance(front, ConsoleScreen):
            front.reload_if_out_of_date()
