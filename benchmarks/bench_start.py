"""Time to the first frame and the first users against a minimal Textual app, and of two commands.

`--help` is compared with Python that does nothing, `users list` with a short script that uses httpx.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

from benchmarks.measure import RUNS, Figure, print_figures, run_in_pty, run_in_turns, sandbox

USERS = r"@\w+\."


def measure_commands_ms(
    *commands: Sequence[str], environ: Mapping[str, str] = MappingProxyType({}), runs: int = 9
) -> list[float]:
    """Return the median run time of each command of Python in milliseconds. They run in turn, after one turn more."""
    variables = {**os.environ, **environ}
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(runs + 1):
        for found, command in zip(times, commands, strict=True):
            started = time.perf_counter()
            quiet = subprocess.DEVNULL
            subprocess.run([sys.executable, *command], stdout=quiet, stderr=quiet, check=True, env=variables)
            found.append((time.perf_counter() - started) * 1000)
    return [statistics.median(found[1:]) for found in times]


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
            warm_up=("bare", "cached", "demo"),
        )
        script, users_list = measure_commands_ms(
            ["-m", "benchmarks.list_users_httpx"],
            ["-m", "dyntui", "users", "list", "--limit", "50"],
            environ={**served, "DYNTUI_HOME": home},
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
            Figure("dyntui --help, against Python", shown_help, "ms", python, 3.5),
            Figure("dyntui --help, against the import of click", shown_help, "ms", click),
            Figure("dyntui users list, against a script with httpx", users_list, "ms", script, 1.2),
            Figure(
                "memory at the first users, including the sandbox", figure("demo", "boot_rss_mib"), "MiB", memory, 2.2
            ),
            Figure("memory at the first users, from a server", figure("rows", "boot_rss_mib"), "MiB", memory, 2.2),
        ],
    )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
