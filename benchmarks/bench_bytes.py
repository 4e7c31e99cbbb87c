"""Bytes sent to the terminal by the lean writer and by Textual, in the users table, on fast and slow connections."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.measure import RUNS, Figure, print_figures, run_in_pty, run_in_turns

DEMO = ("-m", "dyntui", "demo", "--no-tour", "--users", "1000")
MARKER = r"@\w+\."
ROWS = "down*30@cursor pagedown*20@page down*40@warm down*30@scroll"
SCREENS = "down enter@detail escape@back ?@modal escape@close enter 0 / type:walter@typed escape escape"
"""The text is typed where only the field shows it."""
MORE_TYPED = " escape / type:walter@filtered escape escape : type:webhook@jumped escape"
"""A filter changes the rows, and a jump its suggestions."""
AT_REST = ("--quiesce", "300")
BPS, ROUND_TRIP = 8192, 150
HELD = "burst:down*90/33@held"
CAPS = {
    "cursor": 500.0,
    "scroll": 700.0,
    "page": 4000.0,
    "detail": 15_000.0,
    "modal": 12_000.0,
    "typed": 150.0,
}
KEYS_IN_ROWS = ("cursor", "scroll", "page")
TYPED = {"filtered": "typed in a filter, with its rows", "jumped": "typed in the jump bar, with suggestions"}
"""What is typed without a target, because it changes more than the field."""


def make_program(writer: str, keys: str, *extra: str, link: tuple[str, ...] = ()) -> Callable[..., dict[str, Any]]:
    """Return a function that measures the console with a writer. `link`: the command between program and terminal."""
    arguments = ("--answer", "--env", f"DYNTUI_TERMINAL={writer}", *extra)
    return partial(
        run_in_pty, *(*link, sys.executable, *DEMO) if link else DEMO, marker=MARKER, keys=keys, extra=arguments
    )


def measure_fast_link() -> list[Figure]:
    """Measure the bytes of keys and screens without a limit of the connection."""
    found = run_in_turns(
        {
            f"{writer} {what}": make_program(writer, keys, *extra)
            for writer, more in (("lean", MORE_TYPED), ("textual", ""))
            for what, keys, extra in (("rows", ROWS, ()), ("screens", SCREENS + more, AT_REST))
        },
        warm_up=("lean rows", "textual rows"),
    )
    lean, stock = found["lean rows"], found["textual rows"]
    lines = [
        Figure("first screen: bytes", lean.median("boot_bytes"), "B"),
        Figure("first screen: bytes by Textual", stock.median("boot_bytes"), "B"),
    ]
    for label, cap in CAPS.items():
        what = "rows" if label in KEYS_IN_ROWS else "screens"
        lines.append(Figure(f"{label}: bytes", found[f"lean {what}"].p50(label, "bytes"), "B", None, cap))
        lines.append(Figure(f"{label}: bytes by Textual", found[f"textual {what}"].p50(label, "bytes"), "B"))
    for label, name in TYPED.items():
        sent = found["lean screens"].keys(label, "bytes")
        lines.append(Figure(f"{name}: bytes, mean", sum(sent) / len(sent), "B"))
    for label in KEYS_IN_ROWS:
        p95 = lean.p95(label, "last"), stock.p95(label, "last")
        runs = lean.turns_p95(label, "last")
        lines.append(Figure(f"{label}: p95 against Textual's output", p95[0], "ms", p95[1], 1.2, runs=runs))
    return lines


def measure_slow_link() -> list[Figure]:
    """Measure start and a held key over a slow connection."""
    link = ("-m", "benchmarks.slow_link", "--bps", str(BPS), "--rtt", str(ROUND_TRIP), "--")
    timeouts = ("--settle", "2500", "--settle-max", "20", "--step-timeout", "120", "--quiesce", "1000")
    lean = run_in_turns({"lean": make_program("lean", HELD, *timeouts, link=link)}, warm_up=())["lean"]
    lines = [
        Figure("start to the first users", lean.median("marker_ms"), "ms"),
        Figure("a key held for 3 s, until the last output", lean.p50("held", "lag"), "ms", None, 2.0 * ROUND_TRIP),
        Figure("a key held for 3 s, slowest run", max(lean.keys("held", "lag")), "ms"),
        Figure("a key held for 3 s: bytes", lean.p50("held", "bytes"), "B"),
    ]
    if RUNS > 1:  # it takes a minute and has no target
        stock = make_program("textual", HELD, *timeouts, link=link)(runs=1, warmup=0)
        held = stock["keys"]["held"]
        lines += [
            Figure("start to the first users, by Textual", stock["marker_ms"], "ms"),
            Figure("a key held for 3 s, by Textual", held["lag_ms"]["p50"], "ms"),
            Figure("a key held for 3 s: bytes by Textual", held["bytes"]["p50"], "B"),
        ]
    return lines


def main() -> bool:
    """Run the benchmark. Returns whether all targets are met."""
    fast = print_figures("Bytes to the terminal, users table at 120x40", measure_fast_link())
    return print_figures(f"Users table at {BPS} bytes/s and {ROUND_TRIP} ms round trip", measure_slow_link()) and fast


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
