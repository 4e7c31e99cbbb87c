"""Keys in the users table, against a plain virtual table and Textual's DataTable filled with rows like them; memory by
rows; and that nothing is sent while nothing happens, or when a refresh finds nothing new."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial

from benchmarks.measure import Line, Turns, in_pty, in_turns, sandbox, show

KEYS = "down*30@cursor pagedown*20@page down*40@warm down*30@scroll" + " home@first end@end" * 20 + " wait:5000"
OURS = KEYS + " r@refresh wait:500" * 4
PEER = 1_000
"""Rows in the DataTable: as many as the keys go through."""
USERS = r"@\w+\."
CAPS = {"cursor": 500.0, "scroll": 8192.0, "page": 8192.0, "end": 8192.0}


def latency(ours: Turns, plain: Turns, stock: Turns, many: Turns) -> list[Line]:
    """What a key paints, in ms, and all that it sends.

    The console writes a frame at once, and rows that had to be fetched come later, so its first write is what the key
    painted. Textual by itself writes a frame in three parts: the last of them counts.
    """
    lines = []
    for label, cap in CAPS.items():
        p95, floor = ours.p95(label, "first"), plain.p95(label, "last")
        lines += [
            Line(f"{label}: p50", ours.p50(label, "first"), "ms", plain.p50(label, "last")),
            Line(f"{label}: p95 against a plain virtual table", p95, "ms", floor, 1.5),
            Line(f"{label}: the same with 1,000,000 rows", many.p95(label, "first"), "ms", floor, 1.5),
            Line(f"{label}: p95 against DataTable", p95, "ms", stock.p95(label, "last")),
            Line(f"{label}: p95 with rows that had to be fetched", ours.p95(label, "last"), "ms"),
            Line(f"{label}: bytes", ours.p50(label, "bytes"), "B", None, cap),
            Line(f"{label}: bytes by DataTable", stock.p50(label, "bytes"), "B"),
        ]
    return lines


def main() -> bool:
    programs = {
        "plain": partial(in_pty, "-m", "benchmarks.baselines", "table", "1000", marker="user0@", keys=KEYS),
        "stock": partial(in_pty, "-m", "benchmarks.baselines", "datatable", str(PEER), marker="user0@", keys=KEYS),
    }
    with ExitStack() as served:
        for users in (1_000, 100_000, 1_000_000):
            environ = served.enter_context(sandbox(users))
            programs[f"{users:,}"] = partial(in_pty, "-m", "dyntui", marker=USERS, keys=OURS, environ=environ)
        found = in_turns(programs)
    first, many = found["1,000"], found["1,000,000"]
    memory = first.median("peak_rss_mib")
    lines = latency(first, found["plain"], found["stock"], many)
    lines += [
        Line("memory at 1,000 rows", memory, "MiB"),
        Line("memory at 100,000 rows", found["100,000"].median("peak_rss_mib"), "MiB", memory, 1.2),
        Line("memory at 1,000,000 rows", many.median("peak_rss_mib"), "MiB", memory, 1.2),
        Line("idle for 5 s: bytes", max(many.keys("idle", "bytes")), "B", None, 0.0),
        Line("a refresh that changes nothing: bytes", many.p50("refresh", "bytes"), "B", None, 0.0),
    ]
    return show("Keys in the users table at 120x40", lines)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
