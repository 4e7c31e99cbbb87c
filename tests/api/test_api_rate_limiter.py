"""The rate gate: pace, 429, and one gate for several event loops."""

from __future__ import annotations

import asyncio
import threading

from hypothesis import given
from hypothesis import strategies as st

from dyntui.api.rate_limiter import RateLimiter, RateLimiters
from dyntui.api.waits import Waits


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@given(st.integers(1, 6000), st.lists(st.floats(0, 2), max_size=200))
def test_no_minute_ever_sees_more_than_the_rate_and_a_second_of_burst(rate, pauses):
    clock = Clock()
    gate = RateLimiter(rate, clock=clock)
    leaves = []
    for pause in pauses:
        clock.at += pause
        leaves.append(clock.at + gate.reserve())
    for first in leaves:
        within = [leave for leave in leaves if first <= leave < first + 60]
        assert len(within) <= rate + rate / 60 + 1


def test_no_rate_means_no_waiting():
    gate = RateLimiter(0)
    assert [gate.reserve() for _ in range(100)] == [0.0] * 100


def test_a_429_holds_everybody_and_halves_the_pace_which_comes_back_slowly():
    clock = Clock()
    gate = RateLimiter(600, clock=clock)
    gate.hold(10)
    assert gate.reserve() >= 10
    assert gate.per_minute == 300
    gate.hold(5)
    assert gate.per_minute == 300, "a second 429 of the same wave does not halve again"
    for _ in range(6):
        clock.at += 61
        gate.reserve()
    assert gate.per_minute == 600


async def test_waiting_ends_when_the_hold_does():
    gate = RateLimiter(0)
    gate.hold(0.05)
    await gate.acquire(Waits(lambda: None))
    assert gate.waiting == 0


def test_one_gate_serves_several_event_loops():
    gate = RateLimiter(60_000)
    done = []

    def loop() -> None:
        async def work() -> None:
            for _ in range(20):
                await gate.acquire(Waits(lambda: None))
            done.append(1)

        asyncio.run(work())

    threads = [threading.Thread(target=loop) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [1, 1, 1]


def test_bulk_calls_pass_both_gates():
    gates = RateLimiters()
    assert gates.of("bulkCreateUser") == (gates.bulk, gates.default)
    assert gates.of("getUser") == (gates.default,)
