"""Updates screens after writes: those that show a changed resource are out of date; the one in front is reloaded."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.connectivity import ConnectivityMixin
from dyntui.tui.shell.console_state import environment_key

if TYPE_CHECKING:
    from textual.timer import Timer

    from dyntui.services.connection import Connection

__all__ = ["ServerChangesMixin"]


class ServerChangesMixin(ConnectivityMixin):
    """The part of the app that passes changes to the screens."""

    RELOAD_INTERVAL_S = 2.0
    """Seconds between reloads of the screen in front while an import writes in the background."""

    _reloaded_at = -RELOAD_INTERVAL_S
    _reload_timer: Timer | None = None

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
        for user_id in change.deleted.get("users", ()):
            self.session.recent.pop(user_id, None)
        if (rows := self.session.rows) is not None:
            for name, ids in change.deleted.items():
                for row_id in ids:
                    rows.forget(name, row_id)
        for screen in self.open_screens:
            screen.server_changed(change)
        if immediate or monotonic() - self._reloaded_at >= self.RELOAD_INTERVAL_S:
            self._reload_front()
        elif self._reload_timer is None:
            self._reload_timer = self.set_timer(self.RELOAD_INTERVAL_S, self._reload_front)

    def _is_current_environment(self, connection: Connection) -> bool:
        """Return whether `connection` is to the environment in use, which may have been opened again since."""
        current = self.session.connection
        return current is not None and environment_key(current.profile) == environment_key(connection.profile)

    def _reload_front(self) -> None:
        """Reload the screen in front, also below a dialog; others reload when they are shown again."""
        if self._reload_timer is not None:
            self._reload_timer.stop()
            self._reload_timer = None
        self._reloaded_at = monotonic()
        front = next(iter(self.screen_stack), None)
        if isinstance(front, ConsoleScreen):
            front.reload_if_out_of_date()
