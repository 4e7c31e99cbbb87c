"""The thread in which the wizard's slow work is done, so that keys never wait for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from dyntui.core.errors import Stopped
from dyntui.services.imports.wizard_bench import Bench

__all__ = ["Clerk"]

T = TypeVar("T")


class Clerk:
    """Does what it is given, one thing after another, in a thread of its own, on one Bench."""

    def __init__(self) -> None:
        self._bench = Bench()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="wizard")
        self._closed = False

    def do(self, work: Callable[[Bench], T]) -> Future[T]:
        """Hand it work; what comes of it. Raises Stopped when the clerk has left."""
        if self._closed:
            raise Stopped("The wizard was left.")
        return self._pool.submit(work, self._bench)

    def close(self) -> None:
        """Let go of the file and the job once what is under way is done; nothing waits for it."""
        if not self._closed:
            self._closed = True
            self._pool.submit(self._bench.close)
            self._pool.shutdown(wait=False)
