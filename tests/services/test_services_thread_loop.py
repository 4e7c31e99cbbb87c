"""Work in a thread with its own event loop: results, errors, and the end of work that is canceled."""

from __future__ import annotations

import asyncio
import threading

import pytest

from dyntui.services.thread_loop import run_in_thread


async def test_work_runs_in_another_thread_and_loop() -> None:
    async def work() -> tuple[int, asyncio.AbstractEventLoop]:
        return threading.get_ident(), asyncio.get_running_loop()

    thread, loop = await run_in_thread(work)
    assert thread != threading.get_ident()
    assert loop is not asyncio.get_running_loop()


async def test_an_error_is_raised_by_the_caller() -> None:
    async def work() -> None:
        raise ValueError("one")

    with pytest.raises(ValueError, match="one"):
        await run_in_thread(work)


async def test_a_step_that_takes_long_does_not_stop_this_loop() -> None:
    go_on = threading.Event()

    async def work() -> bool:
        return go_on.wait(20)

    task = asyncio.create_task(run_in_thread(work))
    await asyncio.sleep(0)
    go_on.set()
    assert await task


async def test_canceling_cancels_the_work_and_waits_for_its_end() -> None:
    started, ended = asyncio.Event(), False
    loop = asyncio.get_running_loop()

    async def work() -> None:
        nonlocal ended
        loop.call_soon_threadsafe(started.set)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended = True

    task = asyncio.create_task(run_in_thread(work))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended


async def test_work_that_is_canceled_before_it_starts_ends() -> None:
    async def work() -> None:
        await asyncio.get_running_loop().create_future()

    task = asyncio.create_task(run_in_thread(work))
    await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(20):
        with pytest.raises(asyncio.CancelledError):
            await task
