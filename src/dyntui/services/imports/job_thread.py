"""Run a job in a thread with an event loop of its own, so that the console stays responsive."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dyntui.services.actions.resource_changes import JOBS
from dyntui.services.imports.job_control import JobControl, StopRequest
from dyntui.services.imports.job_service import precheck_job, run_job
from dyntui.services.imports.jobs import JobLocation, check_location
from dyntui.services.imports.progress import Progress
from dyntui.services.imports.reports import write_reports
from dyntui.services.imports.runner import RunResult
from dyntui.store.journal import Journal
from dyntui.store.states import JobState

if TYPE_CHECKING:
    from dyntui.api.permit import WritePermit
    from dyntui.services.connection import Connection

__all__ = ["JobThread"]


@dataclass(slots=True)
class JobThread:
    """Runs a job once. All methods may be called from any thread."""

    path: Path
    """The file of the journal."""
    connection: Connection
    permit: WritePermit
    _: KW_ONLY
    first: int | None = None
    """Stop after this many rows; None for all."""
    on_change: Callable[[], None] | None = None
    """Called from the thread of the job after each snapshot and at the end."""
    progress: Progress | None = field(default=None, init=False)
    """The latest snapshot."""
    result: RunResult | None = field(default=None, init=False)
    """How the run ended; None while it runs."""
    error: BaseException | None = field(default=None, init=False)
    """The exception that ended the run; None while it runs."""
    _control: JobControl = field(default_factory=JobControl, init=False)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name=f"job {self.path.stem}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def pause(self, reason: str = "paused") -> None:
        """Finish the request in flight and stop; a new JobThread resumes the job."""
        self._control.request_stop(StopRequest.PAUSE, reason)

    def cancel(self, reason: str = "cancelled") -> None:
        """Finish the request in flight and skip the remaining rows."""
        self._control.request_stop(StopRequest.CANCEL, reason)

    def join(self, seconds: float | None = None) -> bool:
        """Wait for the end of the run and return whether it ended within `seconds`."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def _report(self, progress: Progress | None = None) -> None:
        if progress is not None:
            self.progress = progress
        if self.on_change is not None:
            self.on_change()

    def _run(self) -> None:
        try:
            with Journal.open(self.path) as journal:
                check_location(journal, JobLocation.of(self.connection.profile))
                self.result = asyncio.run(self._work(journal))
                if self.result.is_planned or self.result.state is not JobState.PAUSED:
                    write_reports(journal)
        except Exception as error:  # noqa: BLE001  # handed to whoever watches, in another thread
            self.error = error
        finally:
            self.connection.changes.mark_changed(JOBS)
            self._report()

    async def _work(self, journal: Journal) -> RunResult:
        async with self.connection.new_client() as client:
            await precheck_job(journal, client)
            return await run_job(
                journal,
                self.connection,
                client,
                self.permit,
                first=self.first,
                control=self._control,
                on_progress=self._report,
            )
