"""What the terminal is sent: the lean writer beside Textual's own output, in the users table, and on a slow line."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.measure import Line, in_pty, middle, show

DEMO = ("-m", "dyntui", "demo", "--users", "1000")
MARKER = r"@\w+\."
ROWS = "down*20@cursor pagedown*15@page down*40@warm down*20@scroll wait:5000"
SCREENS = "down enter@detail escape@back ?@modal escape@close / type:walter@typed escape escape"
AT_REST = ("--quiesce", "300")
BPS, ROUND_TRIP = 8192, 150
HELD = "burst:down*90/33@held"
CAPS = {
    "first screen": None,
    "cursor": 500.0,
    "scroll": 700.0,
    "page": 4000.0,
    "detail": 15_000.0,
    "modal": 12_000.0,
    "typed": 150.0,
}


def measured(writer: str, keys: str, *extra: str, line: tuple[str, ...] = ()) -> dict[str, Any]:
    """The figures of each group of keys, and of the first screen. line: what is between program and terminal."""
    wanted = ("--answer", "--env", f"DYNTUI_TERMINAL={writer}", *extra)
    command = (*line, sys.executable, *DEMO) if line else DEMO
    result = in_pty(*command, marker=MARKER, keys=keys, extra=wanted)
    first = {"bytes": {"p50": middle(result["boot_bytes"])}, "ms": middle(result["marker_ms"])}
    return {"first screen": first, **result["keys"]}


def on_a_fast_line() -> list[Line]:
    lean = measured("lean", ROWS) | measured("lean", SCREENS, *AT_REST)
    stock = measured("textual", ROWS) | measured("textual", SCREENS, *AT_REST)
    lines = []
    for label, cap in CAPS.items():
        lines.append(Line(f"{label}: bytes", lean[label]["bytes"]["p50"], "B", None, cap))
        lines.append(Line(f"{label}: bytes by Textual", stock[label]["bytes"]["p50"], "B"))
    for label in ("cursor", "scroll", "page"):
        p95 = [groups[label]["last_ms"]["p95"] for groups in (lean, stock)]
        lines.append(Line(f"{label}: p95 against Textual's output", p95[0], "ms", p95[1], 1.2))
    lines.append(Line("idle for 5 s: bytes", lean["idle"]["bytes"]["sum"], "B", None, 0.0))
    return lines


def on_a_slow_line() -> list[Line]:
    line = ("-m", "benchmarks.slowline", "--bps", str(BPS), "--rtt", str(ROUND_TRIP), "--")
    patient = ("--settle", "2500", "--settle-max", "20", "--step-timeout", "120", "--quiesce", "1000")
    lean = measured("lean", HELD, *patient, line=line)
    # Once is enough: it takes a minute, and there is nothing to hold.
    stock = measured("textual", HELD, *patient, "--runs", "1", "--warmup", "0", line=line)
    held, held_by_stock = lean["held"], stock["held"]
    return [
        Line("start to the first users", lean["first screen"]["ms"], "ms", stock["first screen"]["ms"]),
        Line("a key held for 3 s, at rest after", held["lag_ms"]["p50"], "ms", None, 2.0 * ROUND_TRIP),
        Line("the slowest of these runs", held["lag_ms"]["max"], "ms"),
        Line("the same by Textual", held_by_stock["lag_ms"]["p50"], "ms"),
        Line("bytes meanwhile", held["bytes"]["p50"], "B", held_by_stock["bytes"]["p50"]),
    ]


def main() -> bool:
    fast = show("Bytes to the terminal, users table at 120x40", on_a_fast_line())
    return show(f"The same at {BPS} bytes/s and {ROUND_TRIP} ms round trip", on_a_slow_line()) and fast


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
