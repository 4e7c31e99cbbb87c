"""Keys in the users table: latency and bytes, against a plain virtual table and Textual's DataTable; memory by rows."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.measure import Line, in_pty, show

KEYS = "down*20@cursor pagedown*15@page down*40@warm down*20@scroll end@end wait:5000"


def figures(result: dict[str, Any], label: str) -> tuple[float, float, float]:
    """p50 and p95 to the last byte (ms), and bytes, of the keys with that label."""
    group = result["keys"][label]
    return group["last_ms"]["p50"], group["last_ms"]["p95"], group["bytes"]["p50"]


def main() -> bool:
    plain = in_pty("-m", "benchmarks.floors", "table", "1000", marker="user0@", keys=KEYS)
    stock = in_pty("-m", "benchmarks.floors", "datatable", "400", marker="user0@", keys=KEYS)
    ours = {
        rows: in_pty("-m", "dyntui", "demo", "--users", str(rows), marker=r"@\w+\.", keys=KEYS)
        for rows in (1_000, 100_000)
    }
    lines = []
    caps = {"cursor": 500.0, "page": 8192.0, "scroll": 8192.0}
    for label in ("cursor", "scroll", "page"):
        p50, p95, size = figures(ours[1_000], label)
        _, floor, _ = figures(plain, label)
        lines += [
            Line(f"{label}: p50", p50, "ms"),
            Line(f"{label}: p95 against a plain virtual table", p95, "ms", floor, 1.5),
            Line(f"{label}: p95 against DataTable", p95, "ms", figures(stock, label)[1]),
            Line(f"{label}: bytes", size, "B", None, caps[label]),
            Line(f"{label}: p95 at 100,000 rows against 1,000", figures(ours[100_000], label)[1], "ms", p95, 1.5),
        ]
    idle = ours[1_000]["keys"].get("idle", {}).get("bytes", {}).get("sum", 0)
    lines.append(Line("idle for 5 s: bytes", float(idle), "B", None, 0.0))
    return show("Keys in the users table at 120x40", lines)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
