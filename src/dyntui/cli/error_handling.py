"""Turns errors into exit codes: the command line and the console both run inside `run_with_exit_code`."""

from __future__ import annotations

from collections.abc import Callable

from dyntui.core.errors import DyntuiError

__all__ = ["run_with_exit_code"]


def run_with_exit_code(
    run: Callable[[], int], *, debug: Callable[[], bool] = lambda: False, printed: Callable[[], int] = lambda: 0
) -> int:
    """Call `run` and return its exit code. An error is printed on standard error and becomes an exit code too.

    The options are read after an error: debug: whether to print the traceback; printed: number of result rows printed.
    """
    try:
        return run()
    except DyntuiError as error:
        return _report_error(error, debug(), printed())
    except BrokenPipeError:
        from dyntui.cli.output import silence_stdout

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
        return _report_error(system_error, debug(), printed())


def _report_error(error: DyntuiError, debug: bool, printed: int) -> int:
    from dyntui.cli.context import report_error

    return report_error(error, debug=debug, printed=printed)
