"""Runs programs under ptybench and compares figures with their baselines. The bench_* modules call it."""

from __future__ import annotations

import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dyntui.store.journal import Journal

FOLDER = Path(__file__).parent
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
BULK_ROWS = 50
"""Users of a bulk request, as many as the vendor allows."""
MAX_SPREAD = 0.3
"""A figure whose runs are further apart, as a share of their median, is not reliable."""
MAX_SHARE_OF_OTHERS = 0.1
"""Figures that are measured while other programs use more of the machine are not reliable."""


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

    def turns_p95(self, label: str, figure: str) -> tuple[float, ...]:
        """Return the 95th percentile of each turn of a figure of the keys with a label."""
        turns = []
        for result in self.results:
            turn = Turns()
            turn.results = [result]
            turns.append(turn.p95(label, figure))
        return tuple(turns)

    def p50(self, label: str, figure: str) -> float:
        """Return the median of a figure of the keys with a label."""
        return statistics.median(self.keys(label, figure))

    def p95(self, label: str, figure: str) -> float:
        """Return the 95th percentile of a figure of the keys with a label."""
        found = self.keys(label, figure)
        return statistics.quantiles(found, n=20, method="inclusive")[-1] if len(found) > 1 else found[0]


def run_in_turns(
    programs: Mapping[str, Callable[..., dict[str, Any]]],
    turns: int = RUNS,
    *,
    warm_up: Collection[str] | None = None,
) -> dict[str, Turns]:
    """Run the programs in turn, so that other load on the machine affects all of them equally.

    Each program is a `run_in_pty` without the number of runs. Before the first turn those of `warm_up`, by default all,
    are started once without keys, so that their code is compiled and in memory. Progress is shown on standard error.
    """
    compileall.compile_dir(FOLDER.parent / "src", quiet=1)
    found = {name: Turns() for name in programs}
    for name in programs if warm_up is None else warm_up:
        print(f"  warm-up: {name}", file=sys.stderr, flush=True)
        programs[name](runs=1, warmup=0, keys="")
    for turn in range(1, turns + 1):
        for name, program in programs.items():
            print(f"  turn {turn} of {turns}: {name}", file=sys.stderr, flush=True)
            found[name].results.append(program(runs=1, warmup=0, per_key=True))
    return found


@contextmanager
def sandbox(users: int, *options: str, gives_way: bool = False) -> Iterator[dict[str, str]]:
    """Run a sandbox on loopback. Yields the environment variables with which dyntui uses it.

    options: further options of `dyntui sandbox`. gives_way: whether other processes get the processor first, so that
    the sandbox disturbs them as little as a server on another machine.
    """
    command = [
        *(("nice", "-n", "19") if gives_way else ()),
        sys.executable,
        "-m",
        "dyntui",
        "sandbox",
        "--port",
        "0",
        "--users",
        str(users),
        *options,
    ]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=FOLDER.parent,
        start_new_session=gives_way,
    ) as served:
        try:
            if gives_way:
                lower_session_priority(served.pid)
            assert served.stdout is not None
            words = served.stdout.readline().split()
            yield {"DYNTUI_BASE_URL": words[2], "DYNTUI_ENVIRONMENT_ID": words[4], "DYNTUI_TOKEN": words[6]}
        finally:
            served.terminate()


def lower_session_priority(pid: int) -> None:
    """Give the session of a process the lowest priority: Linux shares the processor between sessions, then in them."""
    group = Path(f"/proc/{pid}/autogroup")
    if group.exists():
        group.write_text("19")


def write_csv(path: Path, rows: int) -> Path:
    """Write users with email, names, country and username to a CSV file."""
    with path.open("w") as file:
        file.write("email,firstName,lastName,country,username\n")
        for number in range(rows):
            file.write(f"person{number}@example.com,First{number % 1000},Last{number % 777},US,user_{number}\n")
    return path


def prepare_import(file: Path, *, rate: float | None) -> Journal:
    """Read a file of `write_csv` into the journal of a job. rate: as in `JobOptions`."""
    from dyntui.importer import open_source, propose_mapping
    from dyntui.services.imports.jobs import JobLocation
    from dyntui.services.imports.prepare import prepare_job

    environment = os.environ.get("DYNTUI_ENVIRONMENT_ID", "none")
    location = JobLocation("bench", os.environ.get("DYNTUI_BASE_URL", "none"), environment, "sandbox")
    with open_source(file) as source:
        mapping = propose_mapping(source.info, source.sample()).with_constant("emailVerifiedAt", "unverified")
        options = {"batch": BULK_ROWS, "rate": rate, "settle": 30.0}
        return prepare_job(source.info, source.rows(), mapping, location, options=options)


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
    runs: tuple[float, ...] = ()
    """The values of the runs, or their ratios, of which `value` is the median; to tell how far they are apart."""

    @property
    def compared(self) -> float:
        """The ratio to the baseline, or the value without one."""
        return self.value / self.baseline if self.baseline else self.value

    @property
    def spread(self) -> float:
        """How far the runs are apart, as a share of their median; 0 for one run."""
        return (max(self.runs) - min(self.runs)) / (statistics.median(self.runs) or 1.0) if self.runs else 0.0

    @property
    def bound(self) -> str:
        """The target as text; "" for none."""
        return "" if self.target is None else f"at {'least' if self.at_least else 'most'} {self.target:g}"

    @property
    def is_met(self) -> bool:
        """Whether the target is met; True without a target."""
        if self.target is None:
            return True
        return self.compared >= self.target if self.at_least else self.compared <= self.target


@dataclass(frozen=True)
class Table:
    """The figures of a benchmark under one title."""

    title: str
    figures: tuple[Figure, ...]


printed: list[Table] = []
"""The tables that were printed, for the summary."""


def print_figures(title: str, figures: Sequence[Figure]) -> bool:
    """Print the figures. Returns whether all targets are met."""
    printed.append(Table(title, tuple(figures)))
    print(f"\n{title}")
    for figure in figures:
        baseline = f"baseline {figure.baseline:>12,.1f}  ratio {figure.compared:>7.2f}" if figure.baseline else " " * 37
        met = "" if figure.target is None else f"  {figure.bound}  {'met' if figure.is_met else 'NOT MET'}"
        apart = f"  runs {figure.spread:.0%} apart" if figure.spread > MAX_SPREAD else ""
        print(f"  {figure.name:<44}{figure.value:>14,.1f} {figure.unit:<7}{baseline}{met}{apart}", flush=True)
    return all(figure.is_met for figure in figures)


class MachineLoad:
    """The share of the machine that other programs use, from its creation on."""

    def __init__(self) -> None:
        self._started = self._read()

    @staticmethod
    def _read() -> tuple[float, float, float]:
        """Return the time, and the CPU seconds of all programs and those of this one and its ended children."""
        with Path("/proc/stat").open() as file:
            user, nice, system, _, _, irq, softirq, steal = map(int, file.readline().split()[1:9])
        busy = (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
        return time.monotonic(), busy, sum(os.times()[:4])

    @property
    def seconds(self) -> float:
        """Seconds since the creation."""
        return time.monotonic() - self._started[0]

    @property
    def share_of_others(self) -> float:
        """The share of all CPUs that other programs used, from 0 to 1."""
        seconds, busy, own = (after - before for before, after in zip(self._started, self._read(), strict=True))
        return max(0.0, busy - own) / (seconds * (os.cpu_count() or 1))
