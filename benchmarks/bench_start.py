"""Start: the first useful frame, and the first users, against a bare Textual app; and `--help` against bare Python."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from benchmarks.measure import Line, in_pty, middle, show


def seconds(*command: str, runs: int = 9) -> float:
    """The median time of a plain command, in milliseconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def main() -> bool:
    bare = in_pty("-m", "benchmarks.floors", "bare", marker="row 0")
    frame = in_pty("-m", "dyntui", "demo", "--users", "500", marker="sandbox")
    rows = in_pty("-m", "dyntui", "demo", "--users", "500", marker=r"@\w+\.")
    floor = middle(bare["marker_ms"])
    return show(
        "Start (exec to painted, ms)",
        [
            Line("bare Textual app", floor, "ms"),
            Line("first useful frame", middle(frame["marker_ms"]), "ms", floor, 1.3),
            Line("first users, sandbox in process", middle(rows["marker_ms"]), "ms", floor, 2.0),
            Line("dyntui --help", seconds("-m", "dyntui", "--help"), "ms", seconds("-c", "pass"), 6.0),
            Line("memory at the first users", middle(rows["boot_rss_mib"]), "MiB", middle(bare["boot_rss_mib"]), 2.2),
        ],
    )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
