"""Imports on a faulty server with a killed process: no user is created twice or lost, and the report is correct."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.faults.faults_fixtures import trial

FAULTY = ("cut-after=0.2", "429=0.1", "502-after=0.1")
VERY_FAULTY = (
    "cut-after=0.1",
    "502-after=0.06",
    "half=0.06",
    "truncate=0.05",
    "cut-before=0.05",
    "500-before=0.04",
    "429=0.04",
    "html=0.02",
)
LATE = ("late=0.2", "502-after=0.05", "429=0.05")


@pytest.mark.waits
def test_a_killed_import_on_a_faulty_server_is_completed_correctly(serve: Callable[..., Any], tmp_path: Path) -> None:
    with serve(faults=FAULTY, users=100) as sandbox:
        result = trial(
            sandbox,
            tmp_path / "home",
            rows=150,
            kills=2,
            seed=1,
            options=("--settle", "0.5", "--rate", "0", "--batch", "10"),
        )
    assert result.problems == []
    assert result.kills == 2
    assert result.states.total() == 150


@pytest.mark.slow
def test_an_import_of_2000_rows_is_killed_three_times(serve: Callable[..., Any], tmp_path: Path) -> None:
    with serve(faults=FAULTY, users=500) as sandbox:
        result = trial(sandbox, tmp_path / "home", rows=2000, kills=3, seed=2, options=("--settle", "1", "--rate", "0"))
    assert result.problems == []
    assert result.kills == 3


@pytest.mark.slow
@pytest.mark.parametrize("run", range(15))
def test_many_faults_and_random_kills(serve: Callable[..., Any], tmp_path: Path, run: int) -> None:
    with serve(faults=VERY_FAULTY, users=100) as sandbox:
        result = trial(
            sandbox,
            tmp_path / "home",
            rows=400,
            kills=5,
            seed=100 + run,
            options=("--settle", "1", "--rate", "0", "--batch", "25"),
        )
    assert result.problems == []


@pytest.mark.slow
@pytest.mark.parametrize("run", range(15))
def test_requests_that_are_applied_after_the_connection_is_cut(
    serve: Callable[..., Any], tmp_path: Path, run: int
) -> None:
    with serve(faults=LATE, users=100) as sandbox:
        result = trial(
            sandbox,
            tmp_path / "home",
            rows=400,
            kills=5,
            seed=200 + run,
            options=("--settle", "1", "--rate", "0", "--batch", "25"),
        )
    assert result.problems == []


@pytest.mark.slow
@pytest.mark.parametrize("faults", [VERY_FAULTY, LATE], ids=["faults", "late"])
@pytest.mark.parametrize("run", range(15))
def test_kills_with_16_requests_in_flight(
    serve: Callable[..., Any], tmp_path: Path, run: int, faults: tuple[str, ...]
) -> None:
    with serve(faults=faults, users=100, latency_ms=200) as sandbox:
        result = trial(
            sandbox,
            tmp_path / "home",
            rows=400,
            kills=5,
            seed=300 + run,
            options=("--settle", "1", "--rate", "0", "--batch", "10"),
            module="tests.faults.in_flight_command",
        )
    assert result.problems == []
