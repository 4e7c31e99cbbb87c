"""Start: the first useful frame, and the first users, against a bare Textual app; and `--help` against bare Python.

The programs take turns, so that whatever else the machine does slows all of them alike.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from typing import Any

from benchmarks.measure import RUNS, Line, in_pty, sandbox, show

USERS = r"@\w+\."
TURNS = 3 * RUNS


def seconds(*command: str, runs: int = 9) -> float:
    """The median time of a plain command, in milliseconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def main() -> bool:
    once = partial(in_pty, runs=1, warmup=0)
    with sandbox(500) as served, tempfile.TemporaryDirectory(prefix="dyntui-bench-") as kept:
        again = {**served, "DYNTUI_HOME": kept}
        programs = {
            "bare": partial(once, "-m", "benchmarks.floors", "bare", marker="row 0"),
            "frame": partial(once, "-m", "dyntui", marker="sandbox", environ=served),
            "rows": partial(once, "-m", "dyntui", marker=USERS, environ=served),
            "kept": partial(once, "-m", "dyntui", marker=USERS, environ=again),
            "demo": partial(once, "-m", "dyntui", "demo", "--users", "500", marker=USERS),
        }
        for start in programs.values():  # so that everything is compiled, and rows are kept
            start()
        found: dict[str, list[dict[str, Any]]] = {name: [] for name in programs}
        for _ in range(TURNS):
            for name, start in programs.items():
                found[name].append(start())

    def figure(name: str, what: str = "marker_ms") -> float:
        return float(statistics.median(each[what] for each in found[name]))

    floor, memory = figure("bare"), figure("bare", "boot_rss_mib")
    return show(
        "Start (exec to painted, ms)",
        [
            Line("bare Textual app", floor, "ms"),
            Line("first useful frame", figure("frame"), "ms", floor, 1.3),
            Line("first users, kept on disk from before", figure("kept"), "ms", floor, 2.0),
            Line("first users, from a server, nothing kept", figure("rows"), "ms", floor),
            Line("first users, sandbox in the same process", figure("demo"), "ms", floor),
            Line("dyntui --help", seconds("-m", "dyntui", "--help"), "ms", seconds("-c", "pass"), 6.0),
            Line("memory at the first users, sandbox included", figure("demo", "boot_rss_mib"), "MiB", memory, 2.2),
            Line("memory at the first users, from a server", figure("rows", "boot_rss_mib"), "MiB", memory, 2.2),
        ],
    )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
