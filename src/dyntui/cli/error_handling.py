"""How the command line and the console end: every error in words, with its exit code."""

from __future__ import annotations

from collections.abc import Callable

from dyntui.core.errors import DyntuiError

__all__ = ["ended"]


def ended(
    run: Callable[[], int], *, debug: Callable[[], bool] = lambda: False, printed: Callable[[], int] = lambda: 0
) -> int:
    """The exit code of `run`, which may fail. debug: whether the whole traceback is wanted. printed: how many rows of
    the result were printed."""
    try:
        return run()
    except DyntuiError as error:
        return _fail(error, debug(), printed())
    except BrokenPipeError:
        from dyntui.cli.output import silence_stdout

        silence_stdout()
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        hint = "Check the disk and the permissions; nothing that was journaled is lost."
        return _fail(
            DyntuiError(f"The system refused: {error.strerror or error}{where}.", hint=hint), debug(), printed()
        )


def _fail(error: DyntuiError, debug: bool, printed: int) -> int:
    from dyntui.cli.context import fail

    return fail(error, debug=debug, printed=printed)
