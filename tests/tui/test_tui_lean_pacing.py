"""Frames wait for the terminal, but not for one that does not answer; little queues, whatever the line carries."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dyntui.tui.lean.pacing import QUESTION, Pacing


@dataclass
class Link:
    """A line of `bps` characters a second, `rtt` seconds there and back; a program that always has more to send."""

    bps: float
    rtt: float
    pacing: Pacing = field(default_factory=Pacing)
    now: float = 0.0
    free_at: float = 0.0
    sent: list[tuple[float, float]] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)

    def frame(self, size: int) -> None:
        if self.pacing.question(self.now, size):
            self.free_at = max(self.free_at, self.now) + size / self.bps
            self.answers.append(self.free_at + self.rtt)
            self.sent.append((self.now, self.free_at + self.rtt / 2))

    def until(self, then: float) -> None:
        while self.answers and self.answers[0] <= then:
            self.now = self.answers.pop(0)
            self.pacing.answered(self.now)
        self.now = then

    def hold_a_key(self, seconds: float, size: int) -> None:
        """Send frames of that size whenever it is allowed."""
        end = self.now + seconds
        while self.now < end:
            may = self.pacing.wait_until(self.now)
            if may <= self.now:
                self.frame(size)
                self.until(self.now + 1 / 60)
            else:
                self.until(min([may, *self.answers[:1]]))

    def hold_cursor_down(self, presses: int) -> float:
        """Press a key every 33 ms, each a line more in the next frame; seconds from the last press to rest."""
        pressed = [self.now + 0.033 * press + self.rtt / 2 for press in range(presses)]
        last = pressed[-1] - self.rtt / 2
        lines = 0
        while pressed or lines:
            may = self.pacing.wait_until(self.now) if lines else float("inf")
            if may <= self.now:
                self.frame(260 + 90 * lines)
                lines = 0
                continue
            then = min([may, *pressed[:1], *self.answers[:1]])
            if then in pressed:
                pressed.remove(then)
                lines += 1
            self.until(then)
        return self.sent[-1][1] - last

    @property
    def worst(self) -> float:
        """The longest that a frame took to arrive."""
        return max(arrived - at for at, arrived in self.sent)


def test_a_terminal_that_never_answers_is_never_waited_for():
    pacing = Pacing()
    questions = []
    for second in range(100):
        assert pacing.wait_until(second) == second
        assert pacing.deadline is None
        questions.append(pacing.question(second, 500))
    assert 1 <= questions.count(QUESTION) <= 3, "and it is not asked for ever"


def test_once_it_has_answered_the_next_frame_waits_for_the_answer():
    pacing = Pacing()
    pacing.question(0.0, 10)
    pacing.answered(0.1)
    assert pacing.wait_until(0.2) == 0.2
    pacing.question(0.2, 1000)
    assert pacing.wait_until(0.21) > 0.25
    pacing.answered(0.3)
    assert pacing.wait_until(0.3) == 0.3


def test_a_terminal_that_stops_to_answer_is_given_up():
    pacing = Pacing()
    pacing.question(0.0, 10)
    pacing.answered(0.1)
    now = 1.0
    for _ in range(3):
        pacing.question(now, 100)
        assert pacing.deadline is not None
        assert pacing.deadline - now < 5
        now = pacing.deadline
        pacing.given_up()
        assert pacing.wait_until(now) == now
    pacing.question(now, 100)
    assert pacing.wait_until(now) == now


def test_it_is_waited_for_again_when_it_answers_again():
    pacing = Pacing()
    pacing.answered(0.0)
    for now in (1.0, 10.0, 20.0):
        pacing.question(now, 10)
        pacing.given_up()
    pacing.answered(21.0)
    pacing.question(22.0, 10)
    assert pacing.deadline is not None


@given(st.integers(2000, 2_000_000), st.floats(0.001, 0.8), st.integers(50, 4000), st.integers(500, 20_000))
def test_little_queues_on_any_line(bps, rtt, size, first):
    link = Link(bps, rtt)
    link.frame(first)
    link.until(link.answers[0])
    link.sent.clear()
    link.hold_a_key(10 * rtt, size)
    alone = rtt / 2 + size / bps
    assert link.worst <= 2 * alone + rtt + 0.001


@pytest.mark.parametrize("presses", range(80, 100))
def test_after_a_held_key_the_screen_is_at_rest_within_two_round_trips(presses):
    link = Link(bps=8192, rtt=0.15)
    for size in (600, 3600, 470):
        link.frame(size)
        link.until(link.now + 2)
    assert link.hold_cursor_down(presses) < 0.3
    assert len(link.sent) > 30, "and it was followed meanwhile"


def test_on_a_far_but_fast_line_typing_does_not_wait_for_answers():
    link = Link(bps=1_000_000, rtt=0.3)
    link.frame(5000)
    link.until(link.answers[0])
    link.hold_a_key(3.0, 100)
    assert len(link.sent) > 50


def test_a_line_that_gets_slower_is_noticed():
    link = Link(bps=200_000, rtt=0.1)
    link.frame(5000)
    link.until(link.answers[0])
    link.hold_a_key(2.0, 400)
    link.bps = 4000
    link.hold_a_key(10.0, 400)
    link.sent.clear()
    link.hold_a_key(10.0, 400)
    assert link.worst < 0.5


def test_the_round_trip_is_the_shortest_of_late():
    pacing = Pacing()
    for now, took in ((0.0, 0.5), (1.0, 0.15), (2.0, 0.2)):
        pacing.question(now, 10)
        pacing.answered(now + took)
    assert pacing.round_trip == pytest.approx(0.15)
