"""Print the size of the code and the time of its tests: `make stats`.

Lines of Python and the word `Any` by package of `src`, the same of tests, scripts and benchmarks, the snapshots, the
import cycles, and the number of tests and seconds of the last `make test`, which leaves them in .pytest_cache.
"""

from __future__ import annotations

import re
import runpy
import sys
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "dyntui"
LAST_RUN = ROOT / ".pytest_cache" / "make-test.xml"
"""The JUnit report of the last `make test`."""
_ANY = re.compile(r"\bAny\b")


def count_python(files: Iterable[Path]) -> tuple[int, int]:
    """Return the lines of Python files, and how often they contain the word `Any`."""
    texts = [file.read_text(encoding="utf-8") for file in files]
    return sum(text.count("\n") for text in texts), sum(len(_ANY.findall(text)) for text in texts)


def python_rows(root: Path = ROOT) -> list[tuple[str, int, int]]:
    """Return name, lines and `Any` of each package of src, of all of src, and of the other folders."""
    source = root / "src" / "dyntui"
    rows = [
        (f"{folder.name}/", *count_python(folder.rglob("*.py")))
        for folder in sorted(source.iterdir())
        if _is_package(folder)
    ]
    rows.append(("top level", *count_python(source.glob("*.py"))))
    rows.append(("src", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    return rows + [(name, *count_python((root / name).rglob("*.py"))) for name in ("tests", "scripts", "benchmarks")]


def _is_package(folder: Path) -> bool:
    return any(folder.glob("*.py"))


def last_run(report: Path = LAST_RUN) -> str:
    """Return the number of tests and the seconds of a JUnit report; "not run" when there is none."""
    try:
        suite = ElementTree.parse(report).getroot().find("testsuite")
    except (OSError, ElementTree.ParseError):
        return "not run"
    if suite is None:
        return "not run"
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    text = f"{int(suite.get('tests', 0)):,} tests in {float(suite.get('time', 0)):.0f} s"
    return f"{text}, {failed} failed" if failed else text


def main() -> int:
    """Print the table."""
    print(f"{'':14}{'lines':>8}{'Any':>7}")
    for name, lines, any_count in python_rows():
        print(f"{name:14}{lines:8,}{any_count:7,}")
    snapshots = list((ROOT / "tests").rglob("*.svg"))
    snapshot_lines = sum(file.read_bytes().count(b"\n") for file in snapshots)
    cycles = runpy.run_path(str(ROOT / "scripts" / "check_import_cycles.py"))
    cycle = cycles["find_cycle"](cycles["import_graph"]())
    print(f"\nsnapshots     {len(snapshots):,} with {snapshot_lines:,} lines")
    print(f"import cycles {' -> '.join(cycle) or 'none'}")
    print(f"make test     {last_run()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
