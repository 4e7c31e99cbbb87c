"""The job that runs in this console, whatever screen is shown; its state is in the header."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from textual.widget import Widget

from dyntui.services.imports.job_thread import JobThread
from dyntui.tui.kit.messages import LatestMessage

if TYPE_CHECKING:
    from dyntui.api.permit import WritePermit
    from dyntui.services.connection import Connection
    from dyntui.services.imports.jobs import JobSummary
    from dyntui.services.imports.progress import Progress
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["RunningJob", "undo_disabled_reason"]

_EXIT_GRACE_S = 12.0


class RunningJob:
    """A job and its thread; made again each time the job is started or resumed."""

    class Changed(LatestMessage):
        """The job made progress or stopped."""

    def __init__(
        self, console: ConsoleApp, path: Path, connection: Connection, permit: WritePermit, first: int | None = None
    ) -> None:
        self._console = console
        self.path = path
        self.connection = connection
        self.profile = connection.profile
        self._watchers: set[Widget] = set()
        self._is_reported = self._is_finished = False
        self.thread = JobThread(path, connection, permit, first=first, on_change=self._on_thread_change)

    def start(self) -> None:
        """Start or resume the job."""
        self._console.session.running = self
        self._show()
        self.thread.start()

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
        """Send `Changed` to a widget on each change."""
        self._watchers.add(widget)

    def unwatch(self, widget: Widget) -> None:
        self._watchers.discard(widget)

    def _on_thread_change(self) -> None:
        """Update the screen; called in the thread of the job, the last time when it has ended."""
        self._is_finished = self.thread.result is not None or self.thread.error is not None
        self._console.call_later(self._show)
        for widget in tuple(self._watchers):
            widget.post_message(self.Changed())

    def _show(self) -> None:
        from dyntui.tui.shell.base_screen import ConsoleScreen

        if not self.active and not self._is_reported:
            self._is_reported = True
            self._report_result()
        shown = self._console.screen_stack  # empty when the console ends
        if shown and isinstance(shown[-1], ConsoleScreen):
            shown[-1].refresh_status()

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

    def _report_result(self) -> None:
        """Show how the job ended when no screen watches it."""
        from dyntui.core.errors import DyntuiError

        error, result = self.thread.error, self.thread.result
        if isinstance(error, DyntuiError):
            self._console.notify_error(error)
        elif error is not None:
            raise error
        elif result is not None and not self._watchers:
            reason = f": {result.reason}" if result.reason else ""
            self._console.notify(f"Import into {self.profile.name} {result.state}{reason}. See :jobs.")

    async def stop_for_exit(self) -> None:
        """Pause after the current request, because the console ends."""
        if self.active:
            self.thread.pause("the console was closed")
            await asyncio.to_thread(self.thread.join, _EXIT_GRACE_S)


def undo_disabled_reason(job: JobSummary | None) -> str | None:
    """Return why the job cannot be undone; None when it can."""
    if job is not None and job.created_rows > 0:
        return None
    return "The job is already undone." if job is not None and job.undone_rows else "The job created nothing."
