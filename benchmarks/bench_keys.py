"""Latency of keys in the users table against a plain virtual table and Textual's own output, and memory by row count.

Also checks that nothing is sent when the console is idle, or when a refresh finds no changes. It takes about
3 minutes with 3 runs.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial

from benchmarks.measure import RUNS, Figure, Turns, print_figures, run_in_pty, run_in_turns, sandbox

KEYS = "down*30@cursor pagedown*20@page burst:down*40/10@warm down*30@scroll" + " home@first end@end" * 7
"""The measured keys. The burst moves the cursor to the last line, where each further key scrolls."""
IDLE = " wait:5000" + " r@refresh wait:500" * 4
DATATABLE_ROWS = 1_000
"""Rows in the DataTable: as many as the keys pass."""
USERS = r"@\w+\."
CAPS = {"cursor": 500.0, "scroll": 700.0, "page": 4000.0, "end": 8192.0}


def make_figures(console: Turns, plain: Turns, stock: Turns | None, textual: Turns, many: Turns) -> list[Figure]:
    """Return the latency of keys in ms and the bytes that they send.

    The console writes a frame in one write and fetched rows later, so its first write counts. Textual writes a frame in
    three parts, so its last write counts.
    """
    lines = []
    for label, cap in CAPS.items():
        p95, baseline = console.p95(label, "first"), plain.p95(label, "last")
        lines += [
            Figure(f"{label}: p50", console.p50(label, "first"), "ms", plain.p50(label, "last")),
            Figure(
                f"{label}: p95 against a plain virtual table",
                p95,
                "ms",
                baseline,
                1.3,
                runs=console.turns_p95(label, "first"),
            ),
            Figure(f"{label}: p95 against Textual's own output", p95, "ms", textual.p95(label, "last"), 1.1),
            Figure(f"{label}: p95 with 1,000,000 rows", many.p95(label, "first"), "ms", baseline, 1.3),
            Figure(f"{label}: p95 with rows that are fetched", console.p95(label, "last"), "ms"),
            Figure(f"{label}: bytes", console.p50(label, "bytes"), "B", None, cap),
        ]
        if stock is not None:
            lines += [
                Figure(f"{label}: p95 against DataTable", p95, "ms", stock.p95(label, "last")),
                Figure(f"{label}: bytes by DataTable", stock.p50(label, "bytes"), "B"),
            ]
    return lines


def main() -> bool:
    """Run the benchmark. Returns whether all targets are met."""
    programs = {
        "plain": partial(run_in_pty, "-m", "benchmarks.baselines", "table", "1000", marker="user0@", keys=KEYS),
    }
    if RUNS > 1:  # it has no target
        command = ("-m", "benchmarks.baselines", "datatable", str(DATATABLE_ROWS))
        programs["stock"] = partial(run_in_pty, *command, marker="user0@", keys=KEYS)
    with ExitStack() as served:
        # At rest the console loads what its first screen did not need, which counts in the memory of both.
        keys_by_users = {1_000: KEYS + " wait:1500", 1_000_000: KEYS + IDLE}
        for users, keys in keys_by_users.items():
            environ = served.enter_context(sandbox(users))
            console = partial(run_in_pty, "-m", "dyntui", marker=USERS, keys=keys)
            programs[f"{users:,}"] = partial(console, environ=environ)
            if users == DATATABLE_ROWS:
                programs["textual"] = partial(console, environ={**environ, "DYNTUI_TERMINAL": "textual"})
        found = run_in_turns(programs, warm_up=[name for name in programs if name in ("plain", "stock", "1,000")])
    first, many = found["1,000"], found["1,000,000"]
    memory = first.median("peak_rss_mib")
    lines = make_figures(first, found["plain"], found.get("stock"), found["textual"], many)
    lines += [
        Figure("memory at 1,000 rows", memory, "MiB"),
        Figure("memory at 1,000,000 rows", many.median("peak_rss_mib"), "MiB", memory, 1.1),
        Figure("idle for 5 s: bytes", max(many.keys("idle", "bytes")), "B", None, 0.0),
        Figure("a refresh that changes nothing: bytes", many.p50("refresh", "bytes"), "B", None, 0.0),
    ]
    return print_figures("Keys in the users table at 120x40", lines)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
