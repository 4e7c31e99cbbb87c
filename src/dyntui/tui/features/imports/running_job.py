"""Starts a job in this console, passes its changes to the screens, and reports its end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dyntui.services.imports.job_thread import JobThread
from dyntui.tui.kit.action_registry import key_of
from dyntui.tui.kit.messages import LatestMessage
from dyntui.tui.shell.background_job import BackgroundJob

if TYPE_CHECKING:
    from dyntui.api.permit import WritePermit
    from dyntui.services.connection import Connection
    from dyntui.services.imports.jobs import JobSummary
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["RunningJob", "undo_disabled_reason"]


class RunningJob(BackgroundJob):
    """A job that this console starts; made again each time the job is resumed."""

    class Changed(LatestMessage):
        """The job made progress or stopped."""

    def __init__(
        self, console: ConsoleApp, path: Path, connection: Connection, permit: WritePermit, first: int | None = None
    ) -> None:
        thread = JobThread(path, connection, permit, first=first, on_change=self._on_thread_change)
        super().__init__(path, connection, thread)
        self._console = console
        self._is_reported = False
        self._shown_label = ""

    def start(self) -> None:
        """Start or resume the job."""
        self._console.session.running = self
        self._show()
        self.thread.start()

    def _on_thread_change(self) -> None:
        """Update the screen; called in the thread of the job, the last time when it has ended."""
        self._is_finished = self.thread.result is not None or self.thread.error is not None
        self._console.call_later(self._show)
        for widget in tuple(self._watchers):
            widget.post_message(self.Changed())

    def _show(self) -> None:
        if not self.active and not self._is_reported:
            self._is_reported = True
            self._report_result()
        if self.label != self._shown_label:
            self._shown_label = self.label
            self._console.refresh_status()

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
            self._console.notify(
                f"Import into {self.profile.name} {result.state}{reason}. See {key_of('app.jump')}jobs."
            )


def undo_disabled_reason(job: JobSummary | None) -> str | None:
    """Return why the job cannot be undone; None when it can."""
    if job is not None and job.created_rows > 0:
        return None
    return "The job is already undone." if job is not None and job.undone_rows else "The job created nothing."
