"""Run a program under ptybench, and set figures against their floor."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

HERE = Path(__file__).parent
RUNS = int(os.environ.get("BENCH_RUNS", "3"))


def in_pty(
    *command: str,
    marker: str,
    keys: str = "",
    size: str = "120x40",
    extra: tuple[str, ...] = (),
    environ: Mapping[str, str] = MappingProxyType({}),
    runs: int = RUNS,
    warmup: int = 1,
    per_key: bool = False,
) -> dict[str, Any]:
    """What ptybench measures of `command`: see benchmarks/ptybench.py. marker: a regex that is on the ready screen."""
    with tempfile.TemporaryDirectory(prefix="dyntui-bench-") as home:
        given = {"DYNTUI_HOME": home, "TEXTUAL_ANIMATIONS": "none", **environ}
        arguments = [sys.executable, str(HERE / "ptybench.py"), "--size", size, "--marker", marker, "--keys", keys]
        arguments += ["--runs", str(runs), "--warmup", str(warmup), "--sync", "--unset", "PYTHONDONTWRITEBYTECODE"]
        arguments += [part for name, value in given.items() for part in ("--env", f"{name}={value}")]
        arguments += [*extra, *["--per-key"] * per_key, "--", sys.executable, *command]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=HERE.parent)
    if done.returncode:
        raise SystemExit(f"ptybench failed: {done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout)
    if not result["ok"]:
        raise SystemExit(f"{' '.join(command)} never showed {marker!r}")
    return result


class Turns:
    """What ptybench measured of one program, once for each of its turns."""

    def __init__(self) -> None:
        self.results: list[dict[str, Any]] = []

    def median(self, figure: str) -> float:
        """The median of a figure of the whole run."""
        return float(statistics.median(result[figure] for result in self.results))

    def keys(self, label: str, figure: str) -> list[float]:
        """That figure of each key with that label, in all turns, in rising order."""
        records = (record for result in self.results for record in result["records"] if record["label"] == label)
        return sorted(float(record[figure]) for record in records if record.get(figure) is not None)

    def p50(self, label: str, figure: str) -> float:
        return statistics.median(self.keys(label, figure))

    def p95(self, label: str, figure: str) -> float:
        found = self.keys(label, figure)
        return statistics.quantiles(found, n=20, method="inclusive")[-1] if len(found) > 1 else found[0]


def in_turns(programs: Mapping[str, Callable[..., dict[str, Any]]], turns: int = RUNS) -> dict[str, Turns]:
    """Run programs one after another, and again, so that whatever else the machine does slows all of them alike.

    Each is an `in_pty` that lacks nothing but how often; before the first turn each runs once, to be compiled.
    """
    found = {name: Turns() for name in programs}
    for turn in range(turns + 1):
        for name, program in programs.items():
            result = program(runs=1, warmup=0, per_key=True)
            if turn:
                found[name].results.append(result)
    return found


@contextmanager
def sandbox(users: int) -> Iterator[dict[str, str]]:
    """A sandbox on loopback; what a dyntui has to have in its environment to work with it."""
    command = [sys.executable, "-m", "dyntui", "sandbox", "--port", "0", "--users", str(users)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=HERE.parent
    ) as served:
        try:
            assert served.stdout is not None
            words = served.stdout.readline().split()
            yield {"DYNTUI_BASE_URL": words[2], "DYNTUI_ENVIRONMENT_ID": words[4], "DYNTUI_TOKEN": words[6]}
        finally:
            served.terminate()


def middle(value: Any) -> float:
    """The median of a figure that ptybench gives as min/p50/max when there were several runs."""
    return float(value["p50"] if isinstance(value, dict) else value)


@dataclass(frozen=True)
class Line:
    """One figure beside its floor. target: the ratio (without a floor: the value) not to be passed; None: told only.

    at_least: the target is a minimum.
    """

    name: str
    value: float
    unit: str
    floor: float | None = None
    target: float | None = None
    at_least: bool = False

    @property
    def measured(self) -> float:
        return self.value / self.floor if self.floor else self.value

    @property
    def holds(self) -> bool:
        if self.target is None:
            return True
        return self.measured >= self.target if self.at_least else self.measured <= self.target


def show(title: str, lines: list[Line]) -> bool:
    """Print the lines; whether every target holds."""
    print(f"\n{title}")
    for line in lines:
        floor = f"floor {line.floor:>12,.1f}  ratio {line.measured:>7.2f}" if line.floor else " " * 34
        sign = "at least" if line.at_least else "at most"
        target = (
            "" if line.target is None else f"  {sign} {line.target:g}  {'holds' if line.holds else 'DOES NOT HOLD'}"
        )
        print(f"  {line.name:<44}{line.value:>14,.1f} {line.unit:<7}{floor}{target}", flush=True)
    return all(line.holds for line in lines)
