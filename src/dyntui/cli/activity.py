"""Show on a terminal what a command does that takes longer than two seconds."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

from dyntui.cli.progress import PROGRESS_INTERVAL_S, clear_activity, show_activity
from dyntui.cli.streams import is_plain

__all__ = ["shown_activity"]

_DELAY_S = 2.0
_INTERVAL_S = 1.0


@asynccontextmanager
async def shown_activity(describe: Callable[[], str]) -> AsyncIterator[None]:
    """Show what happens in the block on a line of standard error, if that is a terminal and nothing else shows it.

    describe: returns the text, to which the duration is added.
    """
    if not sys.stderr.isatty():
        yield
        return

    async def show() -> None:
        begin_s = monotonic()
        interval_s = PROGRESS_INTERVAL_S if is_plain() else _INTERVAL_S
        await asyncio.sleep(max(_DELAY_S, interval_s if is_plain() else 0))
        while True:
            show_activity(f"{describe()}, {monotonic() - begin_s:.0f} s")
            await asyncio.sleep(interval_s)

    task = asyncio.create_task(show())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        clear_activity()
