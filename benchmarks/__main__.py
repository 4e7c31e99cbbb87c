"""`python -m benchmarks [NAME ...]`: run the benchmarks bench_NAME, or all of them.

Each figure is compared with a baseline of the same run. BENCH_RUNS (default 3) is the number of runs. The noise is
about 15 %: compare ratios, not times.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def main() -> int:
    """Run the benchmarks. Returns 0 when all targets are met, else 1."""
    names = sys.argv[1:] or sorted(
        path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")
    )
    results = [import_module(f"benchmarks.bench_{name}").main() for name in names]
    return 0 if all(result is not False for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
