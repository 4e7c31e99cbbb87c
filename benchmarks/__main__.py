"""`python -m benchmarks [NAME ...]`: run the benchmarks bench_NAME, or all of them, and print a summary.

Each figure is compared with a baseline of the same run. BENCH_RUNS (default 3) is the number of runs; with one run all
benchmarks take about six minutes. The noise is about 15 %: compare ratios, not times. The summary names the figures
that are not reliable, because their runs are too far apart or other programs used the machine.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from benchmarks.measure import MAX_SHARE_OF_OTHERS, MAX_SPREAD, RUNS, Figure, MachineLoad, printed


@dataclass(frozen=True)
class Result:
    """What one benchmark measured."""

    name: str
    figures: tuple[Figure, ...]
    seconds: float
    share_of_others: float
    """The share of the machine that other programs used meanwhile."""


def run(name: str) -> Result:
    """Run the benchmark bench_NAME."""
    first, load = len(printed), MachineLoad()
    import_module(f"benchmarks.bench_{name}").main()
    figures = [figure for table in printed[first:] for figure in table.figures]
    return Result(name, tuple(figures), load.seconds, load.share_of_others)


def print_summary(results: list[Result]) -> None:
    """Print what was met, what was not, and what was not measured reliably."""
    print("\nSummary")
    unreliable: list[str] = []
    for result in results:
        targets = [figure for figure in result.figures if figure.target is not None]
        met = sum(figure.is_met for figure in targets)
        print(
            f"  {result.name:<12}{met:>3} of {len(targets):>2} targets met in {result.seconds:>5.0f} s, "
            f"other programs used {result.share_of_others:.0%} of the machine"
        )
        unreliable += unreliable_figures(result)
    for result in results:
        for figure in result.figures:
            if not figure.is_met:
                print(f"  NOT MET: {result.name}: {figure.name}: {figure.compared:,.2f}, {figure.bound}")
    for text in unreliable:
        print(f"  NOT RELIABLE: {text}")
    if RUNS == 1:
        print("  One run: how far runs are apart is not known; BENCH_RUNS=3 shows it.")
    print(f"  {sum(result.seconds for result in results):,.0f} s in all")


def unreliable_figures(result: Result) -> list[str]:
    """Return what a benchmark could not measure reliably, as texts."""
    if result.share_of_others > MAX_SHARE_OF_OTHERS:
        return [f"{result.name}: other programs used {result.share_of_others:.0%} of the machine; run it again alone"]
    return [
        f"{result.name}: {figure.name}: runs {figure.spread:.0%} apart"
        for figure in result.figures
        if figure.spread > MAX_SPREAD
    ]


def main() -> int:
    """Run the benchmarks. Returns 0 when all targets are met, else 1."""
    names = sys.argv[1:] or sorted(
        path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")
    )
    results = [run(name) for name in names]
    print_summary(results)
    return 0 if all(figure.is_met for result in results for figure in result.figures) else 1


if __name__ == "__main__":
    sys.exit(main())
