"""`python -m dyntui`, and the console script."""

from __future__ import annotations

import os
import sys

from dyntui.core.process_state import install_crash_hook

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


def main() -> None:
    """Run the command line and exit with its code. Without a word on it there is nothing to parse: the console."""
    install_crash_hook(_crashed)
    if sys.argv[1:] or "_DYNTUI_COMPLETE" in os.environ:
        from dyntui.cli.root import main as run
    else:
        from dyntui.cli.launch import main as run

    sys.exit(run())


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print one line instead of a traceback, which could contain data that the server sent."""
    if not isinstance(error, Exception):
        sys.__excepthook__(kind, error, trace)
        return
    from dyntui.config.crash_report import report

    print(report(error), file=sys.stderr)


if __name__ == "__main__":
    main()
