"""Random keys into the console in a real terminal, on every screen and during every load: none is lost, none runs
twice, none ends it."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.tui import random_typing
from tests.tui.pty_support import Pty
from tests.tui.random_typing import BUSY, IDLE, Step, key, script

_LIMIT = 40.0
_MAX_REST = 3.0
_ROWS = 30


class Run:
    """A console that is typed into, and what was typed."""

    def __init__(self, home: Path, latency_ms: int) -> None:
        self.home = home
        self.log = home.with_suffix(".log")
        program = [sys.executable, random_typing.__file__, str(latency_ms), str(self.log)]
        self.terminal = Pty("", home, command=program, columns=80, lines=14)
        self.steps: list[Step] = []

    def type(self, step: Step) -> None:
        """Type one step; where it has a token, wait until the prompt shows that and nothing else."""
        self.steps.append(step)
        self.terminal.read_for(step.after)
        self.terminal.child.send(b"".join(typed.data for typed in step.typed))
        if step.token:
            self.wait(f": {step.token}")

    def wait(self, last_line: str) -> None:
        """Wait until the last line of the screen says this, whole."""
        end = time.monotonic() + _LIMIT
        while self._last_line() != last_line:
            assert self.terminal.read(), f"it ended\n{self}"
            assert time.monotonic() < end, f"not {last_line!r} but {self._last_line()!r}\n{self}"

    def _last_line(self) -> str:
        return self.terminal.emulator.text.split("\n")[-1].strip()

    def rest(self) -> None:
        """Wait until nothing that was typed goes on: a dialog may open or close later than its key."""
        end = time.monotonic() + _MAX_REST
        seen = -1
        while (seen != len(self.terminal.raw) or self._is_busy) and time.monotonic() < end:
            seen = len(self.terminal.raw)
            self.terminal.read_for(0.15)

    @property
    def _is_busy(self) -> bool:
        states = [line for line in self.log.read_text().split("\n") if line in (BUSY, IDLE)]
        return states[-1:] == [BUSY]

    def check(self) -> None:
        """Every key came, in order, was given to a screen once, and the console is still in order."""
        self.terminal.child.kill(signal.SIGTERM)
        assert self.terminal.ended() == 128 + signal.SIGTERM, str(self)
        for what in ("came", "given"):
            assert self._logged(what) == self._sent, f"{what}\n{self}"
        assert not list(self.home.glob("state/crashes/*")), str(self)

    @property
    def _sent(self) -> list[str]:
        return [name for step in self.steps for typed in step.typed for name in typed.keys]

    def _logged(self, what: str) -> list[str]:
        return [line.split(" ", 1)[1] for line in self.log.read_text().split("\n") if line.startswith(f"{what} ")]

    def _state(self) -> str:
        """What the console waits for, and which keys it has."""
        if not self.terminal.child.isalive():
            return "It has ended."
        self.terminal.child.kill(signal.SIGUSR1)
        end = time.monotonic() + 5.0
        while random_typing.END_OF_STATE not in self.log.read_text() and time.monotonic() < end:
            self.terminal.read()
        keys = [f"{what} {len(self._logged(what))}: {self._logged(what)[-30:]}" for what in ("came", "given")]
        lines = [
            line for line in self.log.read_text().split("\n") if not line.startswith(("came ", "given ", BUSY, IDLE))
        ]
        return "\n".join([f"sent {len(self._sent)}: {self._sent[-30:]}", *keys, *lines])

    def __str__(self) -> str:
        crashes = "\n".join(path.read_text() for path in self.home.glob("state/crashes/*"))
        screen, written = self.terminal.emulator.text, repr(self.terminal.raw[-2000:])
        return "\n".join([*map(str, self.steps), screen, f"written last: {written}", self._state(), crashes])


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    started: list[Run] = []
    yield started
    for run in started:
        run.terminal.close()


@pytest.mark.waits
@pytest.mark.parametrize(
    "seeds",
    [
        *(range(first, first + 4) for first in range(0, 20, 4)),
        *(pytest.param(range(seed, seed + 1), marks=pytest.mark.slow) for seed in range(200)),
    ],
    ids=str,
)
def test_random_keys(seeds: range, tmp_path: Path, runs: list[Run]) -> None:
    run = Run(tmp_path / "home", latency_ms=random.Random(seeds[0]).choice([0, 30, 200]))
    runs.append(run)
    for seed in seeds:
        first, *others = script(seed)
        if run.steps:
            run.type(Step(0.0, (key("escape"),)))
            # A dialog of the seed before may have waited until its prompt was closed.
            first = replace(first, typed=(*[key("escape")] * 15, *first.typed))
        for step in (first, *others):
            if step.token and run.steps:
                run.rest()
            run.type(step)
        run.rest()
        typed, token = random_typing.token_of(seed)
        run.type(Step(0.0, (*[key("escape")] * 15, *typed), token))
    run.check()


@pytest.mark.parametrize("seed", [pytest.param(0), *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3))])
def test_counted_keys_are_counted_one_time(seed: int, tmp_path: Path, runs: list[Run]) -> None:
    rng = random.Random(seed)
    run = Run(tmp_path / "home", latency_ms=20)
    runs.append(run)
    run.terminal.wait(f"1 of {_ROWS}")
    for number in range(3):
        marks, moves = rng.randrange(5, 20), rng.randrange(1, 8)
        keys = [*"Ug", *["space"] * marks, *"jjjkkk", *"j" * moves]
        while keys:
            part = [keys.pop(0) for _ in range(min(len(keys), rng.randrange(1, 12)))]
            run.type(Step(rng.choice([0.0, 0.0, rng.uniform(0, 0.03)]), tuple(map(key, part))))
        token = f"{number}end"
        run.type(Step(0.0, (key(":"), *random_typing.text(token)), token))
        run.type(Step(0.0, (key("escape"),)))
        run.terminal.wait(f"{min(_ROWS, marks + moves + 1)} of {_ROWS} · {marks} marked")
    run.check()
