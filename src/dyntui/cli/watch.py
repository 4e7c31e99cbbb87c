"""`--watch`: repeat a command that reads, and show its output again or print what changed in it."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dyntui.cli.capture import CapturedLine, captured_output
from dyntui.cli.output import print_captured, redraw
from dyntui.cli.streams import flush, is_plain, sleep_while_read
from dyntui.core.errors import DyntuiError, UsageError
from dyntui.core.text import safe

if TYPE_CHECKING:
    from dyntui.cli.context import CliContext

__all__ = ["watch_option"]

F = TypeVar("F", bound=Callable[..., Any])

_DEFAULT_S, _SHORTEST_S, _LONGEST_S = 5.0, 1.0, 3600.0
_LONGEST_AFTER_ERRORS_S = 300.0
"""Seconds between repetitions at most after errors, when fewer were chosen."""


def watch_option(command: F) -> F:
    """Add --watch to a command that only reads. It is placed directly above `pass_context`."""

    @functools.wraps(command)
    def repeatable(*args: object, watch: float | None, **options: Any) -> object:
        if watch is None:
            return command(*args, **options)
        from dyntui.cli.context import CliContext

        context = click.get_current_context().ensure_object(CliContext)
        _check_options(context, options)
        context.keeps_credential = True
        return _repeat(context, watch, functools.partial(command, *args, **options))

    option = click.option(
        "--watch",
        type=click.FloatRange(_SHORTEST_S, _LONGEST_S),
        is_flag=False,
        flag_value=_DEFAULT_S,
        show_default=False,
        metavar="[SECONDS]",
        help="Repeat every 5 or SECONDS seconds until ctrl+c. In a pipe, print only new and changed lines.",
    )
    return option(repeatable)  # type: ignore[return-value]


def _check_options(context: CliContext, options: Mapping[str, object]) -> None:
    if context.prints_data and (not context.output.is_streamed or context.output.format == "csv"):
        used = f"-o {context.output.format}" if context.output.format else "--jq"
        raise UsageError(f"--watch and {used} cannot be combined: there is no last document.", hint="Use --ndjson.")
    if options.get("all_rows"):
        raise UsageError("--watch and --all cannot be combined.", hint="Use --limit: it is read each time.")


def _repeat(context: CliContext, interval_s: float, command: Callable[[], object]) -> object:
    """Repeat a command until it is interrupted. After temporary errors the interval doubles; others end it."""
    from dyntui.core.times import clock_text, now

    redraws = sys.stdout.isatty() and not is_plain()
    before: Sequence[CapturedLine] = ()
    delay_s, failed = interval_s, False
    while True:
        problem = ""
        lines = before
        try:
            with captured_output() as captured:
                command()
            lines, delay_s = captured, interval_s
        except DyntuiError as error:
            if not error.is_temporary:
                raise
            delay_s = min(delay_s * 2, max(interval_s, _LONGEST_AFTER_ERRORS_S))
            problem = f"{error.message} Trying again in {delay_s:g} s."
        if redraws:
            title = f"Every {interval_s:g} s, {clock_text(now(), 'seconds')}. Press ctrl+c to end."
            redraw([title, *([safe(problem)] if problem else []), *(line.text for line in lines)])
        else:
            print_captured(_changes(before, lines))
            if problem and not failed:
                context.print_message(problem)
            flush()
        failed, before = bool(problem), lines
        _wait(delay_s)


def _wait(seconds: float) -> None:
    from dyntui.cli.context import run

    run(sleep_while_read(seconds))


def _changes(before: Sequence[CapturedLine], lines: Sequence[CapturedLine]) -> list[CapturedLine]:
    """Return the lines that were not there before. Columns that became wider are no change."""
    known = {" ".join(line.text.split()) for line in before}
    return [line for line in lines if " ".join(line.text.split()) not in known]
