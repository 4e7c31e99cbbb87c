"""Time to the first frame and to the first users, against a minimal Textual app, and of `--help` against Python."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial

from benchmarks.measure import RUNS, Figure, print_figures, run_in_pty, run_in_turns, sandbox

USERS = r"@\w+\."


def measure_commands_ms(*commands: Sequence[str], runs: int = 15) -> list[float]:
    """Return the median run time of each command of Python in milliseconds. They run in turn."""
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(runs):
        for found, command in zip(times, commands, strict=True):
            started = time.perf_counter()
            subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)
            found.append((time.perf_counter() - started) * 1000)
    return [statistics.median(found) for found in times]


def main() -> bool:
    """Run the benchmark. Returns whether all targets are met."""
    with sandbox(500) as served, tempfile.TemporaryDirectory(prefix="dyntui-bench-") as home:
        with_cache = {**served, "DYNTUI_HOME": home}
        found = run_in_turns(
            {
                "bare": partial(run_in_pty, "-m", "benchmarks.baselines", "bare", marker="row 0"),
                "frame": partial(run_in_pty, "-m", "dyntui", marker="sandbox", environ=served),
                "rows": partial(run_in_pty, "-m", "dyntui", marker=USERS, environ=served),
                "cached": partial(run_in_pty, "-m", "dyntui", marker=USERS, environ=with_cache),
                "demo": partial(run_in_pty, "-m", "dyntui", "demo", "--no-tour", "--users", "500", marker=USERS),
            },
            3 * RUNS,
        )

    def figure(name: str, what: str = "marker_ms") -> float:
        return found[name].median(what)

    baseline, memory = figure("bare"), figure("bare", "boot_rss_mib")
    python, click, shown_help = measure_commands_ms(["-c", "pass"], ["-c", "import click"], ["-m", "dyntui", "--help"])
    return print_figures(
        "Start (from exec to painted, ms)",
        [
            Figure("bare Textual app", baseline, "ms"),
            Figure("first useful frame", figure("frame"), "ms", baseline, 1.2),
            Figure("first users, from the row cache", figure("cached"), "ms", baseline, 2.0),
            Figure("first users, from a server without row cache", figure("rows"), "ms", baseline),
            Figure("first users, sandbox in the same process", figure("demo"), "ms", baseline),
            Figure("dyntui --help, against Python", shown_help, "ms", python, 4.5),
            Figure("dyntui --help, against the import of click", shown_help, "ms", click),
            Figure(
                "memory at the first users, including the sandbox", figure("demo", "boot_rss_mib"), "MiB", memory, 2.2
            ),
            Figure("memory at the first users, from a server", figure("rows", "boot_rss_mib"), "MiB", memory, 2.2),
        ],
    )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
