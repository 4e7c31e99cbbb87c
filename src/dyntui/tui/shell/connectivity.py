"""Whether the server responds: shows when it does not, tries again until it does, and notifies the screens."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from dyntui.core.errors import DyntuiError
from dyntui.tui.kit.workers import start_worker
from dyntui.tui.shell.environment_switching import EnvironmentSwitchMixin

if TYPE_CHECKING:
    from textual.timer import Timer

    from dyntui.services.connection import Connection

__all__ = ["ConnectivityMixin"]


class ConnectivityMixin(EnvironmentSwitchMixin):
    """The part of the app that tracks the connection to the server."""

    PROBE_INTERVAL_S = 5.0
    """Seconds between two tries to reach the server."""

    _probe_timer: Timer | None = None
    _was_offline = False

    @property
    def offline_label(self) -> str:
        connection = self.session.connection
        since = connection.log.offline_since if connection is not None else None
        return f"offline since {since.astimezone():%H:%M}" if since is not None else ""

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
        """Update header and footer of the screen in front."""
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
