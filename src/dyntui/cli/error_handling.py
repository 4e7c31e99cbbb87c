"""Turns errors into exit codes: the command line and the console both run inside `run_with_exit_code`."""

from __future__ import annotations

import sys
from collections.abc import Callable

from dyntui.core.errors import DyntuiError

__all__ = ["report_error", "run_with_exit_code"]


def run_with_exit_code(
    run: Callable[[], int], *, debug: Callable[[], bool] = lambda: False, printed: Callable[[], int] = lambda: 0
) -> int:
    """Call `run` and return its exit code. An error is printed on standard error and becomes an exit code too.

    The options are read after an error: debug: whether to print the traceback; printed: number of result rows printed.
    """
    try:
        return run()
    except DyntuiError as error:
        return report_error(error, debug=debug(), printed=printed())
    except BrokenPipeError:
        from dyntui.cli.streams import silence_stdout

        silence_stdout()
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        path = f" ({error.filename})" if error.filename else ""
        system_error = DyntuiError(
            f"Operating system error: {error.strerror or error}{path}.",
            hint="Check free disk space and permissions. Rows recorded in an import journal are not lost.",
        )
        return report_error(system_error, debug=debug(), printed=printed())


def report_error(error: DyntuiError, *, debug: bool = False, printed: int = 0) -> int:
    """Print an error and its hint on standard error and return its exit code.

    printed: number of result rows that were printed before the error.
    """
    from dyntui.cli.output import print_lines
    from dyntui.cli.streams import ignore_closed_stream
    from dyntui.core.redact import redact
    from dyntui.core.text import quantity

    message, hint = error.for_command_line()
    lines = [f"error: {redact(message, people=False)}"]
    if debug:
        import traceback

        lines[:0] = redact("".join(traceback.format_exception(error))).rstrip("\n").split("\n")
    lines += [f"       {redact(line, people=False)}" for line in hint.split("\n") if line]
    if printed:
        lines.append(f"       The output is incomplete: {quantity(printed, 'row')} printed.")
    with ignore_closed_stream(sys.stderr):
        print_lines(*lines, err=True)
    return error.exit_code
