"""Run long asynchronous work in a thread with an event loop of its own, so that keys of the console do not wait for it.

Exports and scans of the console use it; jobs have a thread of their own (`imports/job_thread.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TypeVar

from dyntui.core.process_state import shorten_switch_interval

__all__ = ["run_in_thread"]

T = TypeVar("T")

_SWITCH_INTERVAL_S = 0.001


async def run_in_thread(work: Callable[[], Coroutine[object, object, T]]) -> T:
    """Run `work` in a thread with its own event loop and return its result. A client of this loop cannot be used there.

    Canceling the caller cancels the work, and waits until it has ended.
    """
    shorten_switch_interval(_SWITCH_INTERVAL_S)
    running: tuple[asyncio.AbstractEventLoop, asyncio.Task[object]] | None = None
    is_canceled = False

    async def run() -> T:
        nonlocal running
        task = asyncio.current_task()
        assert task is not None
        running = asyncio.get_running_loop(), task
        if is_canceled:
            raise asyncio.CancelledError
        return await work()

    thread = asyncio.ensure_future(asyncio.to_thread(lambda: asyncio.run(run())))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        is_canceled = True
        if running is not None:
            loop, task = running
            with suppress(RuntimeError):  # the loop is closed: the work has ended meanwhile
                loop.call_soon_threadsafe(task.cancel)
        await asyncio.wait([thread])
        if not thread.cancelled():
            thread.exception()  # of work that ended before it was canceled
        raise
