"""The rate rate_limiter: pace, 429, and one rate_limiter for several event loops."""

from __future__ import annotations

import asyncio
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.families import slow_except

from dyntui.api.rate_limiter import RateLimiter, RateLimiters
from dyntui.api.waits import Waits


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@given(st.integers(1, 6000), st.lists(st.floats(0, 2), max_size=200))
def test_no_minute_has_more_requests_than_the_rate(rate: float, pauses: list[float]) -> None:
    clock = Clock()
    rate_limiter = RateLimiter(rate, clock=clock)
    leaves = []
    for pause in pauses:
        clock.at += pause
        leaves.append(clock.at + rate_limiter.reserve())
    for first in leaves:
        within = [leave for leave in leaves if first <= leave < first + 60]
        assert len(within) <= rate


@pytest.mark.parametrize("rate", slow_except([1, 10, 60, 61, 150, 1500], 1, 10, 61, 150))
def test_a_rate_is_used_to_at_least_98_percent_after_a_pause_too(rate: int) -> None:
    clock = Clock()
    rate_limiter = RateLimiter(rate, clock=clock)
    for _ in range(2):
        clock.at += 1000
        begun = clock.at
        sent = 0
        while clock.at < begun + 6000:
            if (delay := rate_limiter.try_reserve()) > 0:
                assert rate_limiter.places()[0] == 0
                clock.at += delay
            else:
                sent += 1
        assert 98 * rate <= sent <= 100 * rate


def test_without_a_rate_requests_do_not_wait() -> None:
    rate_limiter = RateLimiter(0)
    assert [rate_limiter.reserve() for _ in range(100)] == [0.0] * 100


def test_a_429_delays_all_requests_and_halves_the_rate_which_recovers_slowly() -> None:
    clock = Clock()
    rate_limiter = RateLimiter(600, clock=clock)
    rate_limiter.hold(10)
    assert rate_limiter.reserve() >= 10
    assert rate_limiter.per_minute == 300
    rate_limiter.hold(5)
    assert rate_limiter.per_minute == 300, "a second 429 of the same wave does not halve again"
    for _ in range(6):
        clock.at += 61
        rate_limiter.reserve()
    assert rate_limiter.per_minute == 600


async def test_a_waiting_request_continues_when_the_delay_ends() -> None:
    rate_limiter = RateLimiter(0)
    rate_limiter.hold(0.05)
    await rate_limiter.acquire(Waits(lambda: None))
    assert rate_limiter.waiting == 0


def test_one_limiter_works_with_several_event_loops() -> None:
    rate_limiter = RateLimiter(60_000)
    done = []

    def loop() -> None:
        async def work() -> None:
            for _ in range(20):
                await rate_limiter.acquire(Waits(lambda: None))
            done.append(1)

        asyncio.run(work())

    threads = [threading.Thread(target=loop) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [1, 1, 1]


def test_bulk_requests_count_for_both_limiters() -> None:
    rate_limiters = RateLimiters()
    assert rate_limiters.for_operation("bulkCreateUser") == (rate_limiters.bulk, rate_limiters.default)
    assert rate_limiters.for_operation("getUser") == (rate_limiters.default,)


def test_embedded_wallets_and_invites_have_limits_of_their_own() -> None:
    limiters = RateLimiters()
    assert limiters.for_operation("createEmbeddedWallet") == (limiters.embedded_wallets, limiters.default)
    assert limiters.for_operation("createInvite") == (limiters.invites, limiters.default)
    assert (limiters.embedded_wallets.per_minute, limiters.invites.per_minute) == (300, 20)
    assert RateLimiters(0, 0).invites.per_minute == 0
    assert RateLimiters(0, 0, invites=5).invites.per_minute == 5
