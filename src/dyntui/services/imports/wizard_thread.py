"""The thread for the slow work of the import wizard, so that keys never wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from dyntui.core.errors import StoppedError
from dyntui.core.process_state import shorten_switch_interval

if TYPE_CHECKING:
    from dyntui.services.imports.wizard_service import WizardService

__all__ = ["WizardThread"]

T = TypeVar("T")
_SWITCH = 0.001
_WHILE, _PAUSE = 0.2, 0.02


class WizardThread:
    """Runs work in order on one WizardService in a thread of its own.

    typed_at: returns the time of the last key (seconds, `time.monotonic`). Python runs one thread at a time: while
    you type, long work pauses between small chunks.
    """

    def __init__(self, typed_at: Callable[[], float] = lambda: 0.0) -> None:
        # Rows are mapped in Python: without this a key waits for five times as long for its turn.
        shorten_switch_interval(_SWITCH)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="wizard")
        self._typed_at = typed_at
        self._service = self._pool.submit(self._make_service)
        self._closed = False

    def submit(self, work: Callable[[WizardService], T]) -> Future[T]:
        """Run `work` in the thread and return its future. Raises StoppedError after `close`."""
        if self._closed:
            raise StoppedError("The wizard was left.")
        return self._pool.submit(lambda: work(self._service.result()))

    def close(self) -> None:
        """Close the file and the job after the current work; does not wait."""
        if not self._closed:
            self._closed = True
            self._pool.submit(lambda: self._service.result().close())
            self._pool.shutdown(wait=False)

    def _make_service(self) -> WizardService:
        """Make the service; its modules are imported in this thread."""
        from dyntui.services.imports.wizard_service import WizardService

        return WizardService(self._yield_to_input)

    def _yield_to_input(self) -> None:
        if time.monotonic() - self._typed_at() < _WHILE:
            time.sleep(_PAUSE)
