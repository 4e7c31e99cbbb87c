"""Updates screens after writes: those that show a changed resource are out of date; the one in front is reloaded."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.connectivity import ConnectivityMixin

if TYPE_CHECKING:
    from textual.timer import Timer

    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_state import ConsoleState

__all__ = ["ServerChangesMixin"]


class ServerChangesMixin(ConnectivityMixin):
    """The part of the app that passes changes to the screens."""

    RELOAD_INTERVAL_S = 2.0
    """Seconds between reloads of the screen in front while an import writes in the background."""

    class ServerChanged(Message):
        """Posted after writes through a connection. immediate: whether the user waits for the result."""

        def __init__(self, connection: Connection, *, immediate: bool) -> None:
            super().__init__()
            self.connection = connection
            self.immediate = immediate

    def __init__(self, session: ConsoleState, *, ansi_color: bool | None = None) -> None:
        super().__init__(session, ansi_color=ansi_color)
        self._reloaded_at = -self.RELOAD_INTERVAL_S
        self._reload_timer: Timer | None = None

    def follow_changes(self, connection: Connection) -> None:
        """Pass the changes of this connection to the screens from now on."""
        connection.changes.subscribe(lambda immediate: self._on_change(connection, immediate=immediate))

    def _on_change(self, connection: Connection, *, immediate: bool) -> None:
        self.post_message(self.ServerChanged(connection, immediate=immediate))

    @on(ServerChanged)
    def _server_changed(self, event: ServerChanged) -> None:
        change = event.connection.changes.take()
        if not self._is_current_environment(event.connection):
            change = change.without_environment()
        for user_id in change.deleted.get("users", ()):
            self.session.recent.pop(user_id, None)
        if (rows := self.session.rows) is not None:
            for name, ids in change.deleted.items():
                for row_id in ids:
                    rows.forget(name, row_id)
        for screen in self.open_screens:
            screen.server_changed(change)
        if event.immediate or monotonic() - self._reloaded_at >= self.RELOAD_INTERVAL_S:
            self._reload_front()
        elif self._reload_timer is None:
            self._reload_timer = self.set_timer(self.RELOAD_INTERVAL_S, self._reload_front)

    def _is_current_environment(self, connection: Connection) -> bool:
        """Return whether `connection` is to the environment in use, which may have been opened again since."""
        current = self.session.connection
        return current is not None and (connection.profile.base_url, connection.profile.environment_id) == (
            current.profile.base_url,
            current.profile.environment_id,
        )

    def _reload_front(self) -> None:
        """Reload the screen in front, also below a dialog; others reload when they are shown again."""
        if self._reload_timer is not None:
            self._reload_timer.stop()
            self._reload_timer = None
        self._reloaded_at = monotonic()
        front = next(iter(self.screen_stack), None)
        if isinstance(front, ConsoleScreen):
            front.reload_if_out_of_date()
