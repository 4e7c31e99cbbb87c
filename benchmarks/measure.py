"""Runs programs under ptybench and compares figures with their baselines. The bench_* modules call it."""

from __future__ import annotations

import compileall
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

FOLDER = Path(__file__).parent
RUNS = int(os.environ.get("BENCH_RUNS", "3"))


def run_in_pty(
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
    """Measure `command` with benchmarks/ptybench.py. `marker` is a regex that the ready screen matches."""
    with tempfile.TemporaryDirectory(prefix="dyntui-bench-") as home:
        variables = {"DYNTUI_HOME": home, "TEXTUAL_ANIMATIONS": "none", **environ}
        arguments = [sys.executable, str(FOLDER / "ptybench.py"), "--size", size, "--marker", marker, "--keys", keys]
        arguments += ["--runs", str(runs), "--warmup", str(warmup), "--sync", "--unset", "PYTHONDONTWRITEBYTECODE"]
        arguments += [part for name, value in variables.items() for part in ("--env", f"{name}={value}")]
        arguments += [*extra, *["--per-key"] * per_key, "--", sys.executable, *command]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=FOLDER.parent)
    if done.returncode:
        raise SystemExit(f"ptybench failed: {done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout)
    if not result["ok"]:
        raise SystemExit(f"{' '.join(command)} never showed {marker!r}")
    return result


class Turns:
    """The results of one program, one for each turn."""

    def __init__(self) -> None:
        self.results: list[dict[str, Any]] = []

    def median(self, figure: str) -> float:
        """Return the median of a figure of whole runs."""
        return float(statistics.median(result[figure] for result in self.results))

    def keys(self, label: str, figure: str) -> list[float]:
        """Return a figure of all keys with a label, sorted."""
        records = (record for result in self.results for record in result["records"] if record["label"] == label)
        return sorted(float(record[figure]) for record in records if record.get(figure) is not None)

    def p50(self, label: str, figure: str) -> float:
        """Return the median of a figure of the keys with a label."""
        return statistics.median(self.keys(label, figure))

    def p95(self, label: str, figure: str) -> float:
        """Return the 95th percentile of a figure of the keys with a label."""
        found = self.keys(label, figure)
        return statistics.quantiles(found, n=20, method="inclusive")[-1] if len(found) > 1 else found[0]


def run_in_turns(programs: Mapping[str, Callable[..., dict[str, Any]]], turns: int = RUNS) -> dict[str, Turns]:
    """Run the programs in turn, so that other load on the machine affects all of them equally.

    Each program is a `run_in_pty` without the number of runs. Before the first turn each is started once without keys,
    so that its code is compiled and in memory. Progress is shown on standard error.
    """
    compileall.compile_dir(FOLDER.parent / "src", quiet=1)
    found = {name: Turns() for name in programs}
    for turn in range(turns + 1):
        for name, program in programs.items():
            print(f"  {f'turn {turn} of {turns}' if turn else 'warm-up'}: {name}", file=sys.stderr, flush=True)
            if turn:
                found[name].results.append(program(runs=1, warmup=0, per_key=True))
            else:
                program(runs=1, warmup=0, keys="")
    return found


@contextmanager
def sandbox(users: int) -> Iterator[dict[str, str]]:
    """Run a sandbox on loopback. Yields the environment variables with which dyntui uses it."""
    command = [sys.executable, "-m", "dyntui", "sandbox", "--port", "0", "--users", str(users)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=FOLDER.parent
    ) as served:
        try:
            assert served.stdout is not None
            words = served.stdout.readline().split()
            yield {"DYNTUI_BASE_URL": words[2], "DYNTUI_ENVIRONMENT_ID": words[4], "DYNTUI_TOKEN": words[6]}
        finally:
            served.terminate()


def median_of(value: Any) -> float:
    """Return the median of a figure, which ptybench gives as min/p50/max for several runs."""
    return float(value["p50"] if isinstance(value, dict) else value)


@dataclass(frozen=True)
class Figure:
    """One measured figure."""

    name: str
    """The label."""
    value: float
    """The measured value."""
    unit: str
    """The unit of the value."""
    baseline: float | None = None
    """The value of the baseline; None when there is none."""
    target: float | None = None
    """The maximum of the ratio to the baseline, or of the value without a baseline; None for no target."""
    at_least: bool = False
    """Whether the target is a minimum."""

    @property
    def compared(self) -> float:
        """The ratio to the baseline, or the value without one."""
        return self.value / self.baseline if self.baseline else self.value

    @property
    def is_met(self) -> bool:
        """Whether the target is met; True without a target."""
        if self.target is None:
            return True
        return self.compared >= self.target if self.at_least else self.compared <= self.target


def print_figures(title: str, lines: list[Figure]) -> bool:
    """Print the figures. Returns whether all targets are met."""
    print(f"\n{title}")
    for line in lines:
        baseline = f"baseline {line.baseline:>12,.1f}  ratio {line.compared:>7.2f}" if line.baseline else " " * 37
        sign = "at least" if line.at_least else "at most"
        target = "" if line.target is None else f"  {sign} {line.target:g}  {'met' if line.is_met else 'NOT MET'}"
        print(f"  {line.name:<44}{line.value:>14,.1f} {line.unit:<7}{baseline}{target}", flush=True)
    return all(line.is_met for line in lines)
