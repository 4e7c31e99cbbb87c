"""Many sample people at once: made in several processes, because a million of them take half a minute in one."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator

from dyntui.sandbox.ids import Ids
from dyntui.sandbox.sample_users import SampleUsers
from dyntui.sandbox.user_record import Row

__all__ = ["Chunk", "make_chunks"]

Chunk = tuple[list[Row], list[tuple[str, int]]]
"""Rows for the store, and the keys that must be unique, sorted, each with its position."""

_CHUNK_SIZE = 20_000
_PARALLEL_FROM = 200_000
"""From so many people on, starting processes is the smaller part."""


def make_chunks(people: SampleUsers) -> Iterator[Chunk]:
    """All people of a sandbox, oldest first."""
    starts = range(1, people.count + 1, _CHUNK_SIZE)
    workers = min(4, os.cpu_count() or 1)
    if people.count < _PARALLEL_FROM or workers < 2:
        yield from (_make_chunk(people, start) for start in starts)
        return
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing import get_context

    recipe = (people.ids.seed, people.count, people.newest)
    waiting: deque[Future[Chunk]] = deque()
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_start_worker, initargs=recipe
    ) as pool:
        for start in starts:
            waiting.append(pool.submit(_make_chunk_in_worker, start))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _make_chunk(people: SampleUsers, start: int) -> Chunk:
    found = list(people.rows(start, min(start + _CHUNK_SIZE, people.count + 1)))
    return [row for row, _ in found], sorted((key, row[0]) for row, own in found for key in own)


_worker_users: SampleUsers | None = None


def _start_worker(seed: int, count: int, newest: int) -> None:
    """The start of a process: the same people, made from the same seed."""
    import signal

    global _people  # what a process of a pool has from its initializer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl+c is for the one who waits
    _worker_users = SampleUsers(Ids(seed), count, newest)


def _make_chunk_in_worker(start: int) -> Chunk:
    assert _worker_users is not None
    return _make_chunk(_worker_users, start)
