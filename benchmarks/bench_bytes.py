"""What the terminal is sent: the lean writer beside Textual's own output, in the users table, and on a slow line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.measure import Line, in_pty, in_turns, show

DEMO = ("-m", "dyntui", "demo", "--users", "1000")
MARKER = r"@\w+\."
ROWS = "down*30@cursor pagedown*20@page down*40@warm down*30@scroll wait:5000"
SCREENS = "down enter@detail escape@back ?@modal escape@close / type:walter@typed escape escape"
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


def by(writer: str, keys: str, *extra: str, line: tuple[str, ...] = ()) -> Callable[..., dict[str, Any]]:
    """The console with that writer. line: what is between program and terminal."""
    wanted = ("--answer", "--env", f"DYNTUI_TERMINAL={writer}", *extra)
    return partial(in_pty, *(*line, sys.executable, *DEMO) if line else DEMO, marker=MARKER, keys=keys, extra=wanted)


def on_a_fast_line() -> list[Line]:
    found = in_turns(
        {
            f"{writer} {what}": by(writer, keys, *extra)
            for what, keys, extra in (("rows", ROWS, ()), ("screens", SCREENS, AT_REST))
            for writer in ("lean", "textual")
        }
    )
    lean, stock = found["lean rows"], found["textual rows"]
    lines = [
        Line("first screen: bytes", lean.median("boot_bytes"), "B"),
        Line("first screen: bytes by Textual", stock.median("boot_bytes"), "B"),
    ]
    for label, cap in CAPS.items():
        what = "rows" if label in KEYS_IN_ROWS else "screens"
        lines.append(Line(f"{label}: bytes", found[f"lean {what}"].p50(label, "bytes"), "B", None, cap))
        lines.append(Line(f"{label}: bytes by Textual", found[f"textual {what}"].p50(label, "bytes"), "B"))
    for label in KEYS_IN_ROWS:
        p95 = lean.p95(label, "last"), stock.p95(label, "last")
        lines.append(Line(f"{label}: p95 against Textual's output", p95[0], "ms", p95[1], 1.2))
    lines.append(Line("idle for 5 s: bytes", max(lean.keys("idle", "bytes")), "B", None, 0.0))
    return lines


def on_a_slow_line() -> list[Line]:
    line = ("-m", "benchmarks.slow_link", "--bps", str(BPS), "--rtt", str(ROUND_TRIP), "--")
    patient = ("--settle", "2500", "--settle-max", "20", "--step-timeout", "120", "--quiesce", "1000")
    lean = in_turns({"lean": by("lean", HELD, *patient, line=line)})["lean"]
    # Once is enough: it takes a minute, and there is nothing to hold.
    stock = by("textual", HELD, *patient, line=line)(runs=1, warmup=0)
    held_by_stock = stock["keys"]["held"]
    return [
        Line("start to the first users", lean.median("marker_ms"), "ms", stock["marker_ms"]),
        Line("a key held for 3 s, at rest after", lean.p50("held", "lag"), "ms", None, 2.0 * ROUND_TRIP),
        Line("the slowest of these runs", max(lean.keys("held", "lag")), "ms"),
        Line("the same by Textual", held_by_stock["lag_ms"]["p50"], "ms"),
        Line("bytes meanwhile", lean.p50("held", "bytes"), "B", held_by_stock["bytes"]["p50"]),
    ]


def main() -> bool:
    fast = show("Bytes to the terminal, users table at 120x40", on_a_fast_line())
    return show(f"The same at {BPS} bytes/s and {ROUND_TRIP} ms round trip", on_a_slow_line()) and fast


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
