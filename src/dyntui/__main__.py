"""`python -m dyntui`, and the console script."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from dyntui.core.process_state import (
    install_crash_hook,
    open_closed_streams,
    pause_garbage_collection,
    skip_garbage_collection_at_exit,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


def main() -> None:
    """Run the command line and exit with its code. Without a word on it there is nothing to parse: the console."""
    install_crash_hook(_crashed)
    open_closed_streams()
    pause_garbage_collection()
    completes = "_DYNTUI_COMPLETE" in os.environ
    if sys.argv[1:] in (["--help"], ["-h"]) and not completes:
        from dyntui.cli.root_help import print_root_help

        if print_root_help():
            return
    if sys.argv[1:] or completes:
        from dyntui.cli.root import main as run
    else:
        from dyntui.cli.launch import main as run

    code = run()
    skip_garbage_collection_at_exit()
    _exit_on_signals(code)
    sys.exit(code)


def _exit_on_signals(code: int) -> None:
    """End the process with `code` also when a signal arrives while the interpreter shuts down: the work is done."""
    import signal

    def on_signal(number: int, frame: object) -> None:
        with suppress(Exception):
            sys.stdout.flush()
        os._exit(code)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, on_signal)


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print one line instead of a traceback, which could contain data that the server sent; nothing after ctrl+c."""
    if issubclass(kind, KeyboardInterrupt):
        return
    if not isinstance(error, Exception):
        sys.__excepthook__(kind, error, trace)
        return
    from dyntui.config.crash_report import report_crash

    print(report_crash(error), file=sys.stderr)


if __name__ == "__main__":
    main()
