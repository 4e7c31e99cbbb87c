"""Updates screens after writes: those that show a changed resource are out of date, and the front one is reloaded."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from dyntui.services.actions.resource_changes import JOBS
from dyntui.tui.shell.base_screen import ConsoleScreen
from dyntui.tui.shell.connectivity import ConnectivityMixin

if TYPE_CHECKING:
    from textual.timer import Timer

    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_state import ConsoleState

__all__ = ["ServerChangesMixin"]


class ServerChangesMixin(ConnectivityMixin):
    """The part of the app that passes changes to the screens."""

    REREAD_EVERY_S = 2.0
    """Seconds between reloads of the screen in front while an import writes in the background."""

    class ServerChanged(Message):
        """Posted after writes through a connection. immediate: whether a person waits for the result."""

        def __init__(self, connection: Connection, *, immediate: bool) -> None:
            super().__init__()
            self.connection = connection
            self.immediate = immediate

    def __init__(self, session: ConsoleState, *, ansi_color: bool | None = None) -> None:
        super().__init__(session, ansi_color=ansi_color)
        self._reread_at = -self.REREAD_EVERY_S
        self._rereading: Timer | None = None

    def follow_changes(self, connection: Connection) -> None:
        """Start to pass on the changes of this connection."""
        connection.changes.subscribe(lambda immediate: self._on_change(connection, immediate=immediate))

    def _on_change(self, connection: Connection, *, immediate: bool) -> None:
        self.post_message(self.ServerChanged(connection, immediate=immediate))

    @on(ServerChanged)
    def _server_changed(self, event: ServerChanged) -> None:
        change = event.connection.changes.take()
        if not self._in_view(event.connection):
            change = replace(change, resources=change.resources & {JOBS}, created={}, deleted={})
        for user_id in change.deleted.get("users", ()):
            self.session.recent.pop(user_id, None)
        if (rows := self.session.rows) is not None:
            for name, ids in change.deleted.items():
                for row_id in ids:
                    rows.forget(name, row_id)
        for screen in self.open_screens:
            screen.server_changed(change)
        if event.immediate or monotonic() - self._reread_at >= self.REREAD_EVERY_S:
            self._reload_front()
        elif self._rereading is None:
            self._rereading = self.set_timer(self.REREAD_EVERY_S, self._reload_front)

    def _in_view(self, connection: Connection) -> bool:
        """Whether the screens show the environment of this connection (it may have been opened again since)."""
        current = self.session.connection
        return current is not None and (connection.profile.base_url, connection.profile.environment_id) == (
            current.profile.base_url,
            current.profile.environment_id,
        )

    def _reload_front(self) -> None:
        """Reload the screen in front, also below a dialog; others reload when they are shown again."""
        if self._rereading is not None:
            self._rereading.stop()
            self._rereading = None
        self._reread_at = monotonic()
        front = next(iter(self.screen_stack), None)
        if isinstance(front, ConsoleScreen):
            front.catch_up()
