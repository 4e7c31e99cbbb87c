"""Whatever the server does and whenever the process is killed: nothing twice, nothing lost, nothing untrue."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from faults_fixtures import trial

FAULTY = ("--fault", "cut-after=0.2", "--fault", "429=0.1", "--fault", "502-after=0.1")
VERY_FAULTY = [
    "cut-after=0.1",
    "502-after=0.06",
    "half=0.06",
    "truncate=0.05",
    "cut-before=0.05",
    "500-before=0.04",
    "429=0.04",
    "html=0.02",
]
LATE = ["late=0.2", "502-after=0.05", "429=0.05"]


def faults(named: list[str]) -> tuple[str, ...]:
    return tuple(word for name in named for word in ("--fault", name))


def test_a_killed_import_on_a_faulty_server_ends_right(serve: Callable[..., Any], tmp_path: Path) -> None:
    with serve(*FAULTY, users=100) as sandbox:
        truth = trial(
            sandbox,
            tmp_path / "home",
            rows=150,
            kills=2,
            seed=1,
            options=("--settle", "0.5", "--rate", "0", "--batch", "10"),
        )
    assert truth.problems == []
    assert truth.kills == 2
    assert truth.states.total() == 150


@pytest.mark.slow
def test_three_kills_of_2000_rows(serve: Callable[..., Any], tmp_path: Path) -> None:
    with serve(*FAULTY, users=500) as sandbox:
        truth = trial(sandbox, tmp_path / "home", rows=2000, kills=3, seed=2, options=("--settle", "1", "--rate", "0"))
    assert truth.problems == []
    assert truth.kills == 3


@pytest.mark.slow
@pytest.mark.parametrize("run", range(15))
def test_many_faults_and_random_kills(serve: Callable[..., Any], tmp_path: Path, run: int) -> None:
    with serve(*faults(VERY_FAULTY), users=100) as sandbox:
        truth = trial(
            sandbox,
            tmp_path / "home",
            rows=400,
            kills=5,
            seed=100 + run,
            options=("--settle", "1", "--rate", "0", "--batch", "25"),
        )
    assert truth.problems == []


@pytest.mark.slow
@pytest.mark.parametrize("run", range(15))
def test_requests_that_are_applied_after_the_cut(serve: Callable[..., Any], tmp_path: Path, run: int) -> None:
    with serve(*faults(LATE), users=100) as sandbox:
        truth = trial(
            sandbox,
            tmp_path / "home",
            rows=400,
            kills=5,
            seed=200 + run,
            options=("--settle", "1", "--rate", "0", "--batch", "25"),
        )
    assert truth.problems == []
