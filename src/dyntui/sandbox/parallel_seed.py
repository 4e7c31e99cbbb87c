"""Make the rows of the sample users for the store; with many users, in several processes.

One process needs half a minute for a million users. `UserRepository.insert_sample_users` is the caller.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator

from dyntui.sandbox.ids import Ids
from dyntui.sandbox.sample_users import SampleUsers
from dyntui.sandbox.user_record import UserRow

__all__ = ["Chunk", "make_chunks"]

Chunk = tuple[list[UserRow], list[tuple[str, int]]]
"""Rows for the store, and the sorted unique keys, each with the position of its user."""

_CHUNK_SIZE = 20_000
_PARALLEL_FROM = 200_000
"""Number of users from which several processes are faster than one."""


def make_chunks(sample_users: SampleUsers) -> Iterator[Chunk]:
    """Yield the rows and keys of all sample users, oldest first."""
    starts = range(1, sample_users.count + 1, _CHUNK_SIZE)
    worker_count = min(4, os.cpu_count() or 1)
    if sample_users.count < _PARALLEL_FROM or worker_count < 2:
        yield from (_make_chunk(sample_users, start) for start in starts)
        return
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing import get_context

    arguments = (sample_users.ids.seed, sample_users.count, sample_users.newest_ms)
    waiting: deque[Future[Chunk]] = deque()
    with ProcessPoolExecutor(
        worker_count, mp_context=get_context("spawn"), initializer=_start_worker, initargs=arguments
    ) as pool:
        for start in starts:
            waiting.append(pool.submit(_make_chunk_in_worker, start))
            if len(waiting) > 2 * worker_count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _make_chunk(sample_users: SampleUsers, start: int) -> Chunk:
    found = list(sample_users.make_rows(start, min(start + _CHUNK_SIZE, sample_users.count + 1)))
    return [row for row, _ in found], sorted((key, row[0]) for row, own in found for key in own)


_worker_users: SampleUsers | None = None
"""The sample users of a worker process, set by the initializer of the pool."""


def _start_worker(seed: int, count: int, newest_ms: int) -> None:
    import signal

    global _worker_users
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent process handles Ctrl+C
    _worker_users = SampleUsers(Ids(seed), count, newest_ms)


def _make_chunk_in_worker(start: int) -> Chunk:
    assert _worker_users is not None
    return _make_chunk(_worker_users, start)
