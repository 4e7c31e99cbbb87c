"""Start: the first useful frame, and the first users, against a bare Textual app; and `--help` against bare Python."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial

from benchmarks.measure import RUNS, Line, in_pty, in_turns, sandbox, show

USERS = r"@\w+\."


def seconds(*command: str, runs: int = 9) -> float:
    """The median time of a plain command, in milliseconds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def main() -> bool:
    with sandbox(500) as served, tempfile.TemporaryDirectory(prefix="dyntui-bench-") as kept:
        again = {**served, "DYNTUI_HOME": kept}
        found = in_turns(
            {
                "bare": partial(in_pty, "-m", "benchmarks.baselines", "bare", marker="row 0"),
                "frame": partial(in_pty, "-m", "dyntui", marker="sandbox", environ=served),
                "rows": partial(in_pty, "-m", "dyntui", marker=USERS, environ=served),
                "kept": partial(in_pty, "-m", "dyntui", marker=USERS, environ=again),
                "demo": partial(in_pty, "-m", "dyntui", "demo", "--users", "500", marker=USERS),
            },
            3 * RUNS,
        )

    def figure(name: str, what: str = "marker_ms") -> float:
        return found[name].median(what)

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
