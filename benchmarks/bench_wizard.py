"""Keys in the import wizard on a file of 100,000 rows: no key may wait for more than 100 ms."""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.measure import Figure, print_figures, run_in_pty, run_in_turns

ROWS = 100_000
MAX_MS = 100.0


def write_csv(path: Path) -> None:
    """Write rows of which one in fifty has a problem."""
    with path.open("w") as file:
        file.write("email,first name,last name,country\n")
        for n in range(ROWS):
            at = "@@" if n % 50 == 7 else "@"
            file.write(f"person{n}{at}example.com,Ada{n},Lovelace,{('GB', 'Germany')[n % 2]}\n")


def make_keys(path: Path) -> str:
    """Return the keys from the users to the plan. The path of the file is pasted."""
    pasted = f"\x1b[200~{path}\x1b[201~".encode().hex()
    steps = (
        "?~Action.id escape wait:300 i~Source",
        f"x:{pasted}~Parse",
        "down*4@parse up*4@parse wait:2500",
        "]~choose down*4@map t enter wait:500",
        # the jump bar while rows are read and checked: each letter changes its suggestions
        "] :@ready-making u@ready-making s@ready-making e@ready-making r@ready-making s@ready-making escape wait:6000",
        "down*20@rows pagedown*15@page end@end home@home n*10@next-problem f*6@all-rows",
        "tab down*3@kinds tab u@undo d@leave-out u@undo wait:500",
        "]~check wait:500 enter :@checking u@checking s@checking e@checking escape wait:4000",
        "]~sent wait:1000 down*10@plan",
    )
    return " ".join(steps)


_MEASURED = (
    "parse",
    "map",
    "ready-making",
    "rows",
    "page",
    "end",
    "home",
    "next-problem",
    "all-rows",
    "kinds",
    "undo",
    "leave-out",
    "checking",
    "plan",
)
"""The labels of the measured keys; the others go from step to step."""


def main() -> bool:
    """Run the benchmark. Returns whether all targets are met."""
    with tempfile.TemporaryDirectory(prefix="dyntuibench") as folder:
        path = Path(folder) / "users.csv"
        write_csv(path)
        demo = ("-m", "dyntui", "demo", "--no-tour", "--users", "1000")
        wizard = partial(run_in_pty, *demo, marker=r"@\w+\.", keys=make_keys(path))
        found = run_in_turns({"wizard": wizard})["wizard"]
    lines = [
        Figure(f"{label}: longest time to the first output", times[-1], "ms", None, MAX_MS)
        for label in _MEASURED
        if (times := found.keys(label, "first"))
    ]
    lines.append(Figure("memory at the end", found.median("peak_rss_mib"), "MiB"))
    return print_figures(f"Keys in the import wizard at {ROWS:,} rows", lines)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
