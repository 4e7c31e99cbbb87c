"""The job that runs in this console: it goes on whatever screen is shown, and says so in the frame."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widget import Widget

from dyntui.services.actions.write_types import Confirmation, ConfirmationLevel, Requirement
from dyntui.services.imports.job_thread import JobThread
from dyntui.store.states import JobState

if TYPE_CHECKING:
    from dyntui.api.permit import WritePermit
    from dyntui.services.connection import Connection
    from dyntui.services.imports.progress import Progress
    from dyntui.services.imports.runner import RunResult
    from dyntui.tui.shell.console_app import ConsoleApp

__all__ = ["RunningJob", "ask_before_leaving", "is_over"]

_GRACE = 12.0


class RunningJob:
    """A job and the thread it runs in; a new one for every time it is started."""

    class Changed(Message):
        """The job is further, or stopped."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, RunningJob.Changed)

    def __init__(
        self, console: ConsoleApp, path: Path, connection: Connection, permit: WritePermit, first: int | None
    ) -> None:
        self._console = console
        self.path = path
        self.profile = connection.profile
        self._watchers: set[Widget] = set()
        self._told = self._over = False
        self.thread = JobThread(path, connection, permit, first=first, on_change=self._heard)

    def start(self) -> None:
        """Begin, or go on."""
        self._console.session.running = self
        self._show()
        self.thread.start()

    @property
    def id(self) -> str:
        return self.path.stem

    @property
    def active(self) -> bool:
        """Whether it still works: also while it writes its reports."""
        return not self._over

    @property
    def progress(self) -> Progress | None:
        return self.thread.progress

    @property
    def ended(self) -> RunResult | None:
        return self.thread.result

    @property
    def error(self) -> BaseException | None:
        return self.thread.error

    def watch(self, widget: Widget) -> None:
        """Send `Changed` to a widget from now on."""
        self._watchers.add(widget)

    def unwatch(self, widget: Widget) -> None:
        self._watchers.discard(widget)

    def _heard(self) -> None:
        """From the job's own thread; for the last time when all of it is done."""
        self._over = self.thread.result is not None or self.thread.error is not None
        self._console.call_later(self._show)
        for widget in tuple(self._watchers):
            widget.post_message(self.Changed())

    def _show(self) -> None:
        from dyntui.tui.shell.base_screen import ConsoleScreen

        if not self.active and not self._told:
            self._told = True
            self._tell_end()
        shown = self._console.screen_stack  # none when the console ends
        if shown and isinstance(shown[-1], ConsoleScreen):
            shown[-1].changed()

    @property
    def words(self) -> str:
        """The job in a word or two, for the frame."""
        if self.error is not None:
            return "job stopped"
        if self.ended is not None:
            return "" if is_over(self.ended.state) else f"job {self.ended.state}"
        progress = self.progress
        if progress is None or not progress.total:
            return "job starting"
        return f"job {100 * progress.finished_rows // progress.total} %"

    def _tell_end(self) -> None:
        """Say how it ended, to whoever does not look at it."""
        from dyntui.core.errors import DyntuiError

        error, ended = self.error, self.ended
        if isinstance(error, DyntuiError):
            self._console.say_error(error)
        elif error is not None:
            raise error
        elif ended is not None and not self._watchers:
            reason = f": {ended.reason}" if ended.reason else ""
            self._console.say(f"The import into {self.profile.name} is {ended.state}{reason}. :jobs shows it.")

    async def stop_for_exit(self) -> None:
        """The console ends: let the request that is under way be answered, and pause."""
        if self.active:
            self.thread.pause("the console was left")
            await asyncio.to_thread(self.thread.join, _GRACE)


def ask_before_leaving(console: ConsoleApp) -> None:
    """Leave the console; ask first when a job runs, and leave it so that it can be gone on with."""
    from dyntui.tui.shell.confirm_dialog import confirm

    job = console.session.running
    if job is None or not job.active:
        console.exit(0)
        return
    needed = Requirement(
        ConfirmationLevel.CONFIRM,
        "Leave dyntui while an import runs?",
        (f"job {job.id} in {job.profile.name}",),
        "It is paused after the request that is under way. Nothing is lost: the jobs screen, or "
        f"`dyntui jobs resume {job.id}`, goes on with it.",
        "this console",
    )

    def answered(confirmation: Confirmation | None) -> None:
        if confirmation is not None and confirmation.yes:
            console.exit(0)

    console.ask(confirm(needed, verb="Pause it and leave"), answered)


def is_over(state: JobState) -> bool:
    """Whether a job has come to its end."""
    return state in (JobState.DONE, JobState.CANCELED)
