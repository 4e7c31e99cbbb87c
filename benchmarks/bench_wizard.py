"""Keys in the import wizard on a file of 100,000 rows: no step may keep a key waiting for more than 100 ms."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Line, in_pty, middle, show

ROWS = 100_000
MOST_MS = 100.0


def people(path: Path) -> None:
    """Plain rows, one in fifty with a problem."""
    with path.open("w") as file:
        file.write("email,first name,last name,country\n")
        for n in range(ROWS):
            at = "@@" if n % 50 == 7 else "@"
            file.write(f"person{n}{at}example.com,Ada{n},Lovelace,{('GB', 'Germany')[n % 2]}\n")


def script(path: Path) -> str:
    """From the users to the plan. The file is pasted: the wizard takes a path that is pasted."""
    pasted = f"\x1b[200~{path}\x1b[201~".encode().hex()
    steps = (
        "?~EVERYWHERE escape wait:300 i~Source",
        f"x:{pasted}~Parse",
        "down*4@parse up*4@parse wait:4000",
        "]~choose down*4@map v enter wait:500",
        # the jump bar while rows are read and checked: every letter changes what it suggests
        "] :@ready-making u@ready-making s@ready-making e@ready-making r@ready-making s@ready-making escape wait:9000",
        "down*20@rows pagedown*15@page end@end home@home n*10@next-problem a*6@all-rows",
        "tab down*3@kinds tab u@undo x@leave-out u@undo wait:500",
        "]~check wait:500 enter :@checking u@checking s@checking e@checking escape wait:6000",
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
"""The labels of what is measured; the other keys go from step to step."""


def main() -> bool:
    with tempfile.TemporaryDirectory(prefix="dyntuibench") as folder:
        path = Path(folder) / "people.csv"
        people(path)
        result = in_pty("-m", "dyntui", "demo", "--users", "1000", marker=r"@\w+\.", keys=script(path))
    lines = [
        Line(f"{label}: longest until the screen answers", group["first_ms"]["max"], "ms", None, MOST_MS)
        for label, group in result["keys"].items()
        if "first_ms" in group and label in _MEASURED
    ]
    lines.append(Line("memory at the end", middle(result["peak_rss_mib"]), "MiB"))
    return show(f"Keys in the import wizard at {ROWS:,} rows", lines)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
