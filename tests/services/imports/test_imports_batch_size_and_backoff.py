"""Batch size, backoff, the server's clock and the pace that people are told."""

from __future__ import annotations

import time as system_time
from datetime import UTC, datetime
from email.utils import format_datetime

from hypothesis import given
from hypothesis import strategies as st

from dyntui.services.imports.backoff import Backoff
from dyntui.services.imports.batch_size import BatchSize
from dyntui.services.imports.progress import Pace
from dyntui.services.imports.server_clock import ServerClock


def test_batches_halve_after_failures_and_grow_after_successes() -> None:
    size = BatchSize(100)
    size.record_failure(system_time.monotonic())
    size.record_failure(system_time.monotonic())
    assert size.rows == 25
    for _ in range(10):
        size.record_failure(system_time.monotonic())
    assert size.rows == 10
    sizes = []
    for _ in range(12):
        size.record_success(0.1, 0.0)
        sizes.append(size.rows)
    assert sizes == [10, 10, 20, 20, 20, 40, 40, 40, 80, 80, 80, 100]


def test_a_slow_response_is_a_failure_and_a_refused_size_is_not_sent_again() -> None:
    size = BatchSize(100)
    size.record_success(60.0, system_time.monotonic())
    assert size.rows == 50
    size.record_too_large(50)
    for _ in range(20):
        size.record_success(0.1, 0.0)
    assert size.rows == 25
    size.record_too_large(1)
    assert size.rows == 1


def test_failures_of_requests_that_were_in_flight_together_halve_once() -> None:
    size, started = BatchSize(100), system_time.monotonic()
    for _ in range(16):
        size.record_failure(started)
    assert size.rows == 50


def test_a_late_refusal_of_a_larger_size_does_not_raise_the_limit() -> None:
    size = BatchSize(100)
    size.record_too_large(100, 25)
    assert size.record_too_large(100) == 25


def test_a_fixed_batch_size_is_not_adapted() -> None:
    size = BatchSize(100, adaptive=False)
    size.record_failure(system_time.monotonic())
    size.record_success(60.0, system_time.monotonic())
    assert size.rows == 100
    size.record_too_large(100)
    assert size.rows == 50


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def wait_until_none(backoff: Backoff, time: Time) -> tuple[list[float], float]:
    delays: list[float] = []
    start = time.now
    while (delay := backoff.next_delay()) is not None:
        delays.append(delay)
        time.now += delay
    return delays, time.now - start


def test_the_backoff_grows_and_lasts_longer_after_an_earlier_response() -> None:
    time = Time()
    backoff = Backoff(time, lambda low, high: 1.0)
    delays, spent = wait_until_none(backoff, time)
    assert delays[:4] == [0.2, 0.4, 0.8, 1.6]
    assert 20 < spent < 60
    backoff.record_success()
    delays, spent = wait_until_none(backoff, time)
    assert delays[0] == 0.2
    assert max(delays) == 30.0
    assert 600 < spent < 660


@given(
    offset=st.integers(-3_600_000, 3_600_000),
    answers=st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 500), st.integers(0, 500)), min_size=1),
)
def test_the_server_time_is_not_estimated_later_than_possible(offset: int, answers: list[tuple[int, int, int]]) -> None:
    """Whatever the clocks say, `not_before` is a lower bound of the server's time, and within a second and the trip."""
    clock = ServerClock()
    best = None
    for at, request_ms, response_ms in answers:
        sent = 1_700_000_000_000 + at
        answered = sent + request_ms + offset
        second = datetime.fromtimestamp(answered // 1000, UTC)
        clock.observe_headers(sent, sent + request_ms + response_ms, {"date": format_datetime(second, usegmt=True)})
        error = request_ms + response_ms + 999
        best = error if best is None else min(best, error)
    assert best is not None
    moment = 1_700_000_000_000
    assert moment + offset - best - 1 <= clock.not_before(moment) <= moment + offset


def test_without_a_date_header_two_seconds_of_difference_are_assumed() -> None:
    clock = ServerClock()
    clock.observe_headers(0, 10, {})
    clock.observe_headers(0, 10, {"date": "nonsense"})
    assert clock.not_before(10_000) == 8_000


def test_a_clock_that_was_set_is_measured_again() -> None:
    clock = ServerClock()
    clock.observe(0, 0, 5_000, 5_999)
    clock.observe(1_000, 1_000, 1_000, 1_999)
    assert clock.not_before(2_000) == 2_000


def test_the_rate_is_measured_over_the_last_seconds() -> None:
    time = Time()
    pace = Pace(time)
    assert pace.eta_s(10) is None
    for second in range(30):
        time.now = float(second)
        pace.mark(second * (10 if second <= 15 else 100))
    assert 90 <= pace.rows_per_second <= 260
    assert pace.eta_s(1000) is not None
