"""Frames wait for the terminal, but not for one that does not answer; little queues, whatever the line carries."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.tui.kit.terminal.flow_control import CURSOR_QUERY, MAX_IN_FLIGHT, FlowControl


class Clock:
    """Seconds that pass when the test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def answering(clock: Clock | None = None, round_trip: float = 0.01) -> FlowControl:
    """Of a terminal that has answered, after so many seconds."""
    pacing = FlowControl(clock := clock or Clock())
    assert pacing.on_frame(10) == CURSOR_QUERY
    clock.now += round_trip
    pacing.on_response()
    return pacing


@dataclass
class Link:
    """A line of `bps` characters a second, `rtt` seconds there and back, by a clock of its own."""

    bps: float
    rtt: float
    pacing: FlowControl = field(default_factory=answering)
    now: float = 0.0
    free_at: float = 0.0
    sent: list[tuple[float, float]] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)

    def frame(self, size: int) -> None:
        assert self.pacing.on_frame(size)
        self.free_at = max(self.free_at, self.now) + size / self.bps
        self.answers.append(self.free_at + self.rtt)
        self.sent.append((self.now, self.free_at + self.rtt / 2))

    def until(self, then: float) -> None:
        while self.answers and self.answers[0] <= then:
            self.answers.pop(0)
            self.pacing.on_response()
        self.now = then

    def hold_a_key(self, seconds: float, size: int) -> None:
        """Send frames of that size whenever it is allowed, at most sixty a second."""
        end = self.now + seconds
        while self.now < end:
            if self.pacing.may_send:
                self.frame(size)
                self.until(self.now + 1 / 60)
            else:
                self.until(self.answers[0])

    def hold_cursor_down(self, presses: int, late: float) -> float:
        """Press a key every 33 ms, each a line more in the next frame; seconds from the last press to rest."""
        start = self.now + late
        pressed = [start + 0.033 * press + self.rtt / 2 for press in range(presses)]
        last = pressed[-1] - self.rtt / 2
        lines = 0
        while pressed or lines:
            if lines and self.pacing.may_send:
                self.frame(260 + 90 * lines)
                lines = 0
                continue
            then = min(pressed[:1] + self.answers[:1])
            if then in pressed:
                pressed.remove(then)
                lines += 1
            self.until(then)
        return self.sent[-1][1] - last


def test_a_terminal_without_responses_causes_no_wait() -> None:
    pacing = FlowControl()
    queries = []
    for _ in range(100):
        assert pacing.may_send
        assert not pacing.is_waiting
        queries.append(pacing.on_frame(500))
    assert queries.count(CURSOR_QUERY) == 2, "and it is not asked for ever"


def test_after_a_response_a_frame_waits_while_much_output_is_pending() -> None:
    pacing = answering()
    pacing.on_frame(MAX_IN_FLIGHT - 1)
    assert pacing.may_send
    pacing.on_frame(1)
    assert not pacing.may_send
    pacing.on_response()
    assert pacing.may_send


def test_a_terminal_that_stops_responding_is_ignored_until_it_responds_again() -> None:
    pacing = answering()
    pacing.on_frame(5000)
    pacing.on_timeout()
    for question in (CURSOR_QUERY, CURSOR_QUERY, ""):
        assert pacing.may_send and not pacing.is_waiting
        assert pacing.on_frame(5000) == question
    pacing.on_response()
    assert pacing.on_frame(5000) == CURSOR_QUERY
    assert not pacing.may_send


@pytest.mark.parametrize(
    ("round_trip", "least", "most"), [(0.0, 0.5, 0.51), (0.01, 0.5, 0.51), (0.2, 0.75, 0.85), (9.0, 5.0, 5.1)]
)
def test_the_timeout_is_four_times_the_response_time(round_trip: float, least: float, most: float) -> None:
    clock = Clock()
    pacing = answering(clock, round_trip)
    for size in (5000, 100):
        pacing.on_frame(size)
        clock.now += round_trip
        pacing.on_response()
    pacing.on_frame(1500)
    assert least <= pacing.time_left_s <= most
    clock.now += least
    assert pacing.time_left_s <= most - least
    assert not pacing.may_send


def test_a_slow_line_has_time_for_a_large_frame() -> None:
    clock = Clock()
    pacing = answering(clock, 0.15)
    for size in (5000, 100, 7000):
        pacing.on_frame(size)
        clock.now += 0.15 + size / 8192 - 0.001
        assert pacing.time_left_s > 0, size
        clock.now += 0.001
        pacing.on_response()


def test_the_timeout_is_longer_after_a_lost_response() -> None:
    clock = Clock()
    pacing = answering(clock)
    pacing.on_frame(5000)
    pacing.on_response()
    pacing.on_frame(1500)
    before = pacing.time_left_s
    pacing.on_timeout()
    pacing.on_frame(100)
    pacing.on_response()
    pacing.on_frame(1500)
    assert before < pacing.time_left_s <= 2 * before
    for _ in range(10):
        clock.now += 0.01
        pacing.on_response()
        pacing.on_frame(100)
    assert pacing.time_left_s <= 0.51


def test_another_terminal_is_queried_again() -> None:
    pacing = answering()
    pacing.on_frame(5000)
    pacing.restart()
    assert pacing.may_send
    assert pacing.on_frame(5000) == CURSOR_QUERY
    assert pacing.may_send


@given(st.integers(1000, 2_000_000), st.floats(0.001, 0.8), st.integers(50, 20_000))
def test_pending_output_is_within_the_window_on_any_line(bps: int, rtt: float, size: int) -> None:
    link = Link(bps, rtt)
    link.hold_a_key(10 * rtt, size)
    worst = max(arrived - at for at, arrived in link.sent)
    assert worst <= rtt / 2 + (MAX_IN_FLIGHT + size) / bps + 0.001


@pytest.mark.parametrize("late", [0.0, 0.005, 0.01, 0.02])
def test_the_screen_is_idle_within_two_round_trips_after_key_repeat(late: float) -> None:
    for presses in range(80, 100):
        link = Link(bps=8192, rtt=0.15)
        assert link.hold_cursor_down(presses, late) < 0.3
        assert len(link.sent) > 30, "and it was followed meanwhile"


def test_typing_on_a_fast_line_with_high_latency_hardly_waits() -> None:
    link = Link(bps=1_000_000, rtt=0.3)
    link.hold_a_key(3.0, 100)
    assert len(link.sent) > 100


def test_frames_larger_than_the_window_are_sent_one_by_one() -> None:
    link = Link(bps=1_000_000, rtt=0.1)
    link.hold_a_key(3.0, 4000)
    assert 25 < len(link.sent) < 35
