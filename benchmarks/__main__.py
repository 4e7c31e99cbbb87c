"""`python -m benchmarks [NAME ...]`: run bench_NAME of each, or all; ratios against a floor in the same run.

BENCH_RUNS (3) says how often each is run. Noise is about 15 %: read the ratios, not the times.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def main() -> int:
    names = sys.argv[1:] or sorted(
        path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py")
    )
    held = [import_module(f"benchmarks.bench_{name}").main() for name in names]
    return 0 if all(result is not False for result in held) else 1


if __name__ == "__main__":
    sys.exit(main())
