"""Stop a command on SIGINT, SIGTERM and SIGHUP, so that cleanup runs and no partial file remains.

`dyntui.cli.root` handles signals with this module from the first word of the command line to the exit code.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio

__all__ = ["StopSignals", "active_signals", "default_signals", "ending_signals", "stop_signals"]

T = TypeVar("T")

_NUMBERS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_SAME_STOP_S = 0.3
"""Signals this close together are one stop: `timeout` sends SIGTERM twice, and a closing terminal SIGHUP."""
_CHECK_INTERVAL_S = 0.5
"""Interval at which a command that goes on after a signal is stopped again."""
_CANCEL_AGAIN_CHECKS = 4
"""Number of intervals that an event loop has for its cleanup before its task is canceled again."""
_MAX_HANDLED = 2
"""Number of signals that a running job handles. The next one ends the process."""


class StopSignals:
    """Handles the signals of one command.

    In an event loop, the first signal cancels the task of the command. Elsewhere, and in code that blocks the event
    loop, it raises KeyboardInterrupt (SIGINT) or SystemExit (128 + its number). Python discards an exception that is
    raised inside a weak reference callback, in `__del__` and in some of its C code, and a task can miss that it was
    canceled; therefore a timer repeats both until the command ends. A second signal ends the process at once.

    A signal that is ignored, as SIGHUP under nohup, stays ignored.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        """The signal that stops the command."""
        self.on_signal: Callable[[str], None] | None = None
        """Called with the name of each signal instead of stopping the command, because a job runs that can pause."""
        self._handled = 0
        self._last_s = -_SAME_STOP_S
        self._is_reading_input = False
        self._task: asyncio.Task[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._has_loop_run = False
        self._checks = 0
        self._raised: list[BaseException] = []
        self._before: dict[int, Any] = {}
        self._pipe: tuple[int, int] | None = None
        self._fd_before = -1

    def install(self) -> None:
        """Install the handlers, and a pipe that each signal writes to.

        Python runs a handler after the system call that the signal interrupts. A signal that comes right before the
        call interrupts nothing; the pipe ends the wait of the event loop, or of a question, in that case too.
        """
        if sys.platform != "win32":
            self._pipe = os.pipe()
            for end in self._pipe:
                os.set_blocking(end, False)
            self._fd_before = signal.set_wakeup_fd(self._pipe[1], warn_on_full_buffer=False)
        for number in _NUMBERS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._on_signal)
        if hasattr(signal, "SIGALRM"):
            self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._on_timer)

    def remove(self) -> None:
        """Restore the handlers from before."""
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()
        if self._pipe is not None:
            signal.set_wakeup_fd(self._fd_before)
            for end in self._pipe:
                os.close(end)
            self._pipe = None

    def run(self, work: Coroutine[object, object, T]) -> T:
        """Run `work` in an event loop and return its result. Raises the exception of the signal that stopped it."""
        import asyncio

        results: list[T] = []
        try:
            with asyncio.Runner() as runner:
                runner.run(self._run_as_task(work, results))
        except asyncio.CancelledError:
            if not results:  # else the signal came after the last step, and asyncio cancels the task all the same
                self.raise_if_stopped()
                raise
        finally:
            self._task = self._loop = None
        return results[0]

    async def _run_as_task(self, work: Coroutine[object, object, T], results: list[T]) -> None:
        import asyncio

        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if self._pipe is not None:
            self._loop.add_reader(self._pipe[0], self._empty_pipe)
        try:
            self.raise_if_stopped()
            results.append(await work)
        finally:
            work.close()

    def raise_if_stopped(self) -> None:
        """Raise the exception of the signal that stops the command, if one arrived."""
        if self.number is not None:
            error = KeyboardInterrupt() if self.number == signal.SIGINT else SystemExit(128 + self.number)
            self._raised.append(error)
            raise error

    @contextmanager
    def reading_input(self) -> Iterator[None]:
        """Let a signal end a blocking read of the terminal at once, also in an event loop.

        Raises the exception of a signal that arrived before, so that an answer that was typed ahead confirms nothing.
        """
        self._is_reading_input = True
        try:
            self.raise_if_stopped()
            yield
        finally:
            self._is_reading_input = False

    def wait_for_input(self, file: int) -> None:
        """Wait until a file can be read, and let the handlers of signals run meanwhile."""
        signaled = [] if self._pipe is None else [self._pipe[0]]
        while file not in select.select([file, *signaled], [], [])[0]:
            self._empty_pipe()

    def _empty_pipe(self) -> None:
        if self._pipe is not None:
            with suppress(BlockingIOError):
                os.read(self._pipe[0], 512)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        now_s = time.monotonic()
        if now_s - self._last_s < _SAME_STOP_S:
            return
        self._last_s = now_s
        if self.on_signal is not None and self._handled < _MAX_HANDLED:
            self._handled += 1
            self.on_signal(signal.Signals(number).name)
            return
        if self.number is not None or self.on_signal is not None:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        self.number = number
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, _CHECK_INTERVAL_S, _CHECK_INTERVAL_S)
        if self._task is None or self._is_reading_input:
            self.raise_if_stopped()
        else:
            self._cancel_task(self._task)

    def _cancel_task(self, task: asyncio.Task[Any]) -> None:
        task.cancel()
        self._has_loop_run = False
        self._wake_loop()

    def _wake_loop(self) -> None:
        """Let the event loop confirm that it runs, which ends its wait for input too."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._on_loop_run)

    def _on_loop_run(self) -> None:
        self._has_loop_run = True

    def _on_timer(self, number: int, frame: FrameType | None) -> None:
        task = self._task
        if self.number is None or self._is_unwinding() or (task is not None and task.done()):
            return
        if task is None or not self._has_loop_run:
            self.raise_if_stopped()
        self._checks += 1
        if self._checks % _CANCEL_AGAIN_CHECKS == 0 and task is not None:
            self._cancel_task(task)
        else:
            self._has_loop_run = False
            self._wake_loop()

    def is_cause_of(self, error: BaseException) -> bool:
        """Return whether Python made this error of the exception of a signal, as Python 3.11 does in `__set_name__`."""
        return type(error) is RuntimeError and error.__cause__ in self._raised

    def _is_unwinding(self) -> bool:
        """Return whether the interrupted code is the cleanup after the exception of a signal."""
        asyncio = sys.modules.get("asyncio")
        error = sys.exc_info()[1]
        visited: list[BaseException] = []
        while error is not None and error not in visited:
            if error in self._raised or (asyncio is not None and isinstance(error, asyncio.CancelledError)):
                return True
            visited.append(error)
            error = error.__context__
        return False


_active: StopSignals | None = None


def active_signals() -> StopSignals:
    """Return the signals of the command that runs, or in another thread signals that nothing sets."""
    if _active is None or threading.current_thread() is not threading.main_thread():
        return StopSignals()
    return _active


@contextmanager
def stop_signals() -> Iterator[StopSignals]:
    """Handle signals within the block; only the main thread can, and an inner block uses the handlers of the outer."""
    global _active
    if _active is not None or threading.current_thread() is not threading.main_thread():
        yield active_signals()
        return
    _active = signals = StopSignals()
    try:
        signals.install()
        yield signals
    except RuntimeError as error:
        if signals.is_cause_of(error):
            signals.raise_if_stopped()
        raise
    finally:
        signals.remove()
        _active = None


@contextmanager
def default_signals() -> Iterator[None]:
    """Restore the handlers from before within the block, for the console, which handles signals itself."""
    signals = active_signals()
    signals.remove()
    try:
        yield
    finally:
        if signals is _active:
            signals.install()


@contextmanager
def ending_signals() -> Iterator[None]:
    """End the process at the first signal within the block: for C code, which no handler of Python interrupts."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _NUMBERS}
    handled = {number: handler for number, handler in before.items() if handler not in (None, signal.SIG_IGN)}
    try:
        for number in handled:
            signal.signal(number, signal.SIG_DFL)
        yield
    finally:
        for number, handler in handled.items():
            signal.signal(number, handler)
