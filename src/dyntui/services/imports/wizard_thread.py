"""The thread in which the wizard's slow work is done, so that keys never wait for it."""

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
    """Does what it is given, one thing after another, in a thread of its own, on one Bench.

    typed_at: when somebody typed last (seconds, `time.monotonic`). Python runs one thread at a time: while somebody
    types, long work is done in small portions, and what the key does comes first.
    """

    def __init__(self, typed_at: Callable[[], float] = lambda: 0.0) -> None:
        # Rows are mapped in Python: without this a key waits for five times as long for its turn.
        shorten_switch_interval(_SWITCH)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="wizard")
        self._typed_at = typed_at
        self._service = self._pool.submit(self._make_service)
        self._closed = False

    def submit(self, work: Callable[[WizardService], T]) -> Future[T]:
        """Hand it work; what comes of it. Raises Stopped when the clerk has left."""
        if self._closed:
            raise StoppedError("The wizard was left.")
        return self._pool.submit(lambda: work(self._service.result()))

    def close(self) -> None:
        """Let go of the file and the job once what is under way is done; nothing waits for it."""
        if not self._closed:
            self._closed = True
            self._pool.submit(lambda: self._service.result().close())
            self._pool.shutdown(wait=False)

    def _make_service(self) -> WizardService:
        """A service; what it needs is read in the clerk's thread."""
        from dyntui.services.imports.wizard_service import WizardService

        return WizardService(self._yield_to_input)

    def _yield_to_input(self) -> None:
        if time.monotonic() - self._typed_at() < _WHILE:
            time.sleep(_PAUSE)
