"""Latency of keys in the users table against a plain virtual table and Textual's DataTable, and memory by row count.

Also checks that nothing is sent when the console is idle, or when a refresh finds no changes.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial

from benchmarks.measure import Figure, Turns, print_figures, run_in_pty, run_in_turns, sandbox

KEYS = "down*30@cursor pagedown*20@page down*40@warm down*30@scroll" + " home@first end@end" * 20 + " wait:5000"
CONSOLE_KEYS = KEYS + " r@refresh wait:500" * 4
DATATABLE_ROWS = 1_000
"""Rows in the DataTable: as many as the keys pass."""
USERS = r"@\w+\."
CAPS = {"cursor": 500.0, "scroll": 8192.0, "page": 8192.0, "end": 8192.0}


def make_figures(console: Turns, plain: Turns, stock: Turns, many: Turns) -> list[Figure]:
    """Return the latency of keys in ms and the bytes that they send.

    The console writes a frame in one write and fetched rows later, so its first write counts. Textual writes a frame in
    three parts, so its last write counts.
    """
    lines = []
    for label, cap in CAPS.items():
        p95, baseline = console.p95(label, "first"), plain.p95(label, "last")
        lines += [
            Figure(f"{label}: p50", console.p50(label, "first"), "ms", plain.p50(label, "last")),
            Figure(f"{label}: p95 against a plain virtual table", p95, "ms", baseline, 1.5),
            Figure(f"{label}: p95 with 1,000,000 rows", many.p95(label, "first"), "ms", baseline, 1.5),
            Figure(f"{label}: p95 against DataTable", p95, "ms", stock.p95(label, "last")),
            Figure(f"{label}: p95 with rows that are fetched", console.p95(label, "last"), "ms"),
            Figure(f"{label}: bytes", console.p50(label, "bytes"), "B", None, cap),
            Figure(f"{label}: bytes by DataTable", stock.p50(label, "bytes"), "B"),
        ]
    return lines


def main() -> bool:
    """Run the benchmark. Returns whether all targets are met."""
    programs = {
        "plain": partial(run_in_pty, "-m", "benchmarks.baselines", "table", "1000", marker="user0@", keys=KEYS),
        "stock": partial(
            run_in_pty, "-m", "benchmarks.baselines", "datatable", str(DATATABLE_ROWS), marker="user0@", keys=KEYS
        ),
    }
    with ExitStack() as served:
        for users in (1_000, 100_000, 1_000_000):
            environ = served.enter_context(sandbox(users))
            programs[f"{users:,}"] = partial(
                run_in_pty, "-m", "dyntui", marker=USERS, keys=CONSOLE_KEYS, environ=environ
            )
        found = run_in_turns(programs)
    first, many = found["1,000"], found["1,000,000"]
    memory = first.median("peak_rss_mib")
    lines = make_figures(first, found["plain"], found["stock"], many)
    lines += [
        Figure("memory at 1,000 rows", memory, "MiB"),
        Figure("memory at 100,000 rows", found["100,000"].median("peak_rss_mib"), "MiB", memory, 1.2),
        Figure("memory at 1,000,000 rows", many.median("peak_rss_mib"), "MiB", memory, 1.2),
        Figure("idle for 5 s: bytes", max(many.keys("idle", "bytes")), "B", None, 0.0),
        Figure("a refresh that changes nothing: bytes", many.p50("refresh", "bytes"), "B", None, 0.0),
    ]
    return print_figures("Keys in the users table at 120x40", lines)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
