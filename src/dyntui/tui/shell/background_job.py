"""The job that runs in this console, as all screens see it. `features/imports/running_job.py` starts it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from textual.widget import Widget

from dyntui.services.imports.job_thread import JobThread

if TYPE_CHECKING:
    from dyntui.services.connection import Connection
    from dyntui.services.imports.progress import Progress

__all__ = ["BackgroundJob"]

_EXIT_GRACE_S = 12.0


class BackgroundJob:
    """A job that runs in the background, whatever screen is shown; its state is in the header."""

    def __init__(self, path: Path, connection: Connection, thread: JobThread) -> None:
        self.path = path
        self.connection = connection
        self.profile = connection.profile
        self.thread = thread
        self._watchers: set[Widget] = set()
        self._is_finished = False

    @property
    def id(self) -> str:
        return self.path.stem

    @property
    def active(self) -> bool:
        """Whether the job is running; also while it writes its reports."""
        return not self._is_finished

    @property
    def progress(self) -> Progress | None:
        return self.thread.progress

    def watch(self, widget: Widget) -> None:
        """Send a message to a widget on each change."""
        self._watchers.add(widget)

    def unwatch(self, widget: Widget) -> None:
        self._watchers.discard(widget)

    @property
    def label(self) -> str:
        """The state of the job for the header."""
        if self.thread.error is not None:
            return "job stopped"
        if (result := self.thread.result) is not None:
            return "" if result.state.is_over else f"job {result.state}"
        progress = self.progress
        if progress is None or not progress.total:
            return "job starting"
        return f"job {100 * progress.finished_rows // progress.total} %"

    async def stop_for_exit(self) -> None:
        """Pause after the requests in flight, because the console ends."""
        if self.active:
            self.thread.pause("the console was closed")
            await asyncio.to_thread(self.thread.join, _EXIT_GRACE_S)
