"""Whether the server answers: said when it does not, looked after until it does, and told to the screens then."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.tui.shell.environment_switching import EnvironmentSwitchMixin

if TYPE_CHECKING:
    from textual.timer import Timer

    from dyntui.services.connection import Connection
    from dyntui.tui.shell.console_state import ConsoleState

__all__ = ["ConnectivityMixin"]


class ConnectivityMixin(EnvironmentSwitchMixin):
    """The part of the app that knows whether anybody is at the other end."""

    LOOK_EVERY = 5.0
    """Seconds between looks whether the server is back."""

    def __init__(self, session: ConsoleState, *, ansi_color: bool | None = None) -> None:
        super().__init__(session, ansi_color=ansi_color)
        self._looking: Timer | None = None
        self._was_away = False

    @property
    def offline_label(self) -> str:
        """`offline since 16:40`, "" while the server answers."""
        connection = self.session.connection
        since = connection.log.offline_since if connection is not None else None
        return f"offline since {since.astimezone():%H:%M}" if since is not None else ""

    def heard_traffic(self) -> None:
        """A request began or ended: is somebody there?"""
        away = bool(self.offline_label)
        if away and self._looking is None:
            self._looking = self.set_timer(self.LOOK_EVERY, self._look)
        if away != self._was_away:
            self._was_away = away
            if away:
                self.frame_changed()
            else:
                self._back()

    def _leave_environment(self, *, keep_typed: bool = False) -> None:
        super()._leave_environment(keep_typed=keep_typed)
        self._was_away = False

    def frame_changed(self) -> None:
        """The frame of the screen in front has something else to say."""
        if self.shown is not None:
            self.shown.changed()

    def _back(self) -> None:
        self.say("The server answers again.")
        for screen in self.open_screens:
            screen.server_reachable()
            screen.changed()

    def _look(self) -> None:
        self._looking = None
        connection = self.session.connection
        if connection is not None and self.offline_label:
            self.run_worker(self._ask_whether_there(connection), exclusive=True, group="reach")

    async def _ask_whether_there(self, connection: Connection) -> None:
        with suppress(DyntuiError):  # an answer of any kind is one; without one the next look follows
            await connection.client.users.list(limit=1)
        self.call_next(self.heard_traffic)
