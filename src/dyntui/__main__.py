"""`python -m dyntui`, and the console script."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and exit with its code. Without a word on it there is nothing to parse: the console."""
    if sys.argv[1:] or "_DYNTUI_COMPLETE" in os.environ:
        from dyntui.cli.root import main as run
    else:
        from dyntui.cli.opening import main as run

    sys.exit(run())


if __name__ == "__main__":
    main()
