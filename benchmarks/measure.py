"""Run a program under ptybench, and set figures against their floor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
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
) -> dict[str, Any]:
    """What ptybench measures of `command`: see benchmarks/ptybench.py. marker: a regex that is on the ready screen."""
    with tempfile.TemporaryDirectory(prefix="dyntui-bench-") as home:
        given = {"DYNTUI_HOME": home, "TEXTUAL_ANIMATIONS": "none", **environ}
        arguments = [sys.executable, str(HERE / "ptybench.py"), "--size", size, "--marker", marker, "--keys", keys]
        arguments += ["--runs", str(runs), "--warmup", str(warmup), "--sync", "--unset", "PYTHONDONTWRITEBYTECODE"]
        arguments += [part for name, value in given.items() for part in ("--env", f"{name}={value}")]
        arguments += [*extra, "--", sys.executable, *command]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=HERE.parent)
    if done.returncode:
        raise SystemExit(f"ptybench failed: {done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout)
    if not result["ok"]:
        raise SystemExit(f"{' '.join(command)} never showed {marker!r}")
    return result


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
