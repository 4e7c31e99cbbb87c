"""Keys in the users table, against a plain virtual table and Textual's DataTable filled with rows like them; memory by
rows; and that nothing is sent while nothing happens, or when a refresh finds nothing new."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.measure import Line, in_pty, sandbox, show

MOVES = "down*20@cursor pagedown*15@page down*40@warm down*20@scroll"
ENDS = "home@first end@end home@first end@end home@first end@end"
KEYS = f"{MOVES} {ENDS} wait:5000"
OURS = f"{KEYS} r@refresh wait:500 r@refresh wait:500 r@refresh wait:500 r@refresh wait:500"
PEER = 1_000
"""Rows in the DataTable: as many as the keys go through."""
USERS = r"@\w+\."
CAPS = {"cursor": 500.0, "scroll": 8192.0, "page": 8192.0, "end": 8192.0}


def figures(result: dict[str, Any], label: str, painted: str = "first_ms") -> tuple[float, float, float]:
    """p50 and p95 to what the key paints (ms), and all bytes, of the keys with that label.

    painted: the console writes a frame at once, and rows that had to be fetched come later, so its first write is what
    the key painted. Textual by itself writes a frame in three parts: the last of them counts.
    """
    group = result["keys"][label]
    return group[painted]["p50"], group[painted]["p95"], group["bytes"]["p50"]


def memory(result: dict[str, Any]) -> float:
    """The most that the console itself took, in MiB."""
    peak = result["peak_rss_mib"]
    return float(peak["p50"] if isinstance(peak, dict) else peak)


def latency(ours: dict[str, Any], plain: dict[str, Any], stock: dict[str, Any], many: dict[str, Any]) -> list[Line]:
    lines = []
    for label, cap in CAPS.items():
        p50, p95, size = figures(ours, label)
        floor = figures(plain, label, "last_ms")
        peer = figures(stock, label, "last_ms")
        lines += [
            Line(f"{label}: p50", p50, "ms", floor[0]),
            Line(f"{label}: p95 against a plain virtual table", p95, "ms", floor[1], 1.5),
            Line(f"{label}: p95 against DataTable", p95, "ms", peer[1]),
            Line(f"{label}: p95 at 1,000,000 rows against 1,000", figures(many, label)[1], "ms", p95, 1.5),
            Line(f"{label}: p95 with rows that had to be fetched", ours["keys"][label]["last_ms"]["p95"], "ms"),
            Line(f"{label}: bytes", size, "B", None, cap),
            Line(f"{label}: bytes by DataTable", peer[2], "B"),
        ]
    return lines


def main() -> bool:
    plain = in_pty("-m", "benchmarks.floors", "table", "1000", marker="user0@", keys=KEYS)
    stock = in_pty("-m", "benchmarks.floors", "datatable", str(PEER), marker="user0@", keys=KEYS)
    ours = {}
    for users in (1_000, 100_000, 1_000_000):
        with sandbox(users) as served:
            ours[users] = in_pty("-m", "dyntui", marker=USERS, keys=OURS, environ=served)
    first, many = ours[1_000], ours[1_000_000]
    lines = latency(first, plain, stock, many)
    lines += [
        Line("memory at 1,000 rows", memory(first), "MiB"),
        Line("memory at 100,000 rows", memory(ours[100_000]), "MiB", memory(first), 1.2),
        Line("memory at 1,000,000 rows", memory(many), "MiB", memory(first), 1.2),
        Line("idle for 5 s: bytes", float(many["keys"]["idle"]["bytes"]["p50"]), "B", None, 0.0),
        Line("a refresh that changes nothing: bytes", float(many["keys"]["refresh"]["bytes"]["p50"]), "B", None, 0.0),
    ]
    return show("Keys in the users table at 120x40", lines)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
