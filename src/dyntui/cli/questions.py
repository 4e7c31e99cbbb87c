"""Ask on the terminal: questions that are answered with yes or no, and texts. All text is made safe for a terminal."""

from __future__ import annotations

import functools
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click
from click import termui

from dyntui.cli.progress import clear_activity
from dyntui.core.errors import UsageError
from dyntui.core.text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

__all__ = ["can_ask", "confirm", "prompt"]

_TERMINAL = "CONIN$" if sys.platform == "win32" else "/dev/tty"
"""The device of the terminal that the command was started on."""


def can_ask() -> bool:
    """Return whether a question can be asked on the terminal, also while standard input is a pipe or a file.

    It cannot be asked with `< /dev/null`, which says that nobody answers, and with `2> FILE`, where it is not seen.
    """
    if not sys.stderr.isatty():
        return False
    if sys.stdin.isatty():
        return True
    try:
        if stat.S_ISCHR(os.fstat(sys.stdin.fileno()).st_mode):
            return False
        with Path(_TERMINAL).open(encoding="utf-8"):
            return True
    except OSError:
        return False


def confirm(question: str, *, default: bool = False, abort: bool = False, on_terminal: bool = False) -> bool:
    """Ask a yes/no question.

    abort: raise click.Abort when the answer is no, and UsageError when there is neither a terminal nor an answer on
    standard input; for a command that has --yes. on_terminal: read the answer from the terminal even if standard input
    is a pipe, which `can_ask` allows.
    """
    with _interruptible_input(on_terminal):
        try:
            return click.confirm(safe(question), default=default, abort=abort, err=True)
        except click.Abort as error:
            if not (abort and isinstance(error.__context__, EOFError)) or sys.stdin.isatty():
                raise
            click.echo(err=True)
            raise UsageError("Not confirmed. Re-run with --yes", hint=safe(question)) from None


def prompt(
    question: str,
    *,
    default: str | None = None,
    choices: Sequence[str] = (),
    hidden: bool = False,
    twice: bool = False,
    on_terminal: bool = False,
) -> str:
    """Ask for a text. hidden: do not show what is typed. twice: require it to be typed twice. on_terminal: as above."""
    with _interruptible_input(on_terminal):
        answer: str = click.prompt(
            safe(question),
            default=default,
            show_default=bool(default),
            type=click.Choice(list(choices)) if choices else None,
            hide_input=hidden,
            confirmation_prompt=twice,
            err=True,
        )
    return answer


@contextmanager
def _interruptible_input(on_terminal: bool) -> Iterator[None]:
    """End the command at the first signal while a question of click waits for its answer.

    on_terminal: whether the answer is read from the terminal when standard input is not one.
    """
    from dyntui.cli.signals import stop_signals

    clear_activity()
    functions = termui.visible_prompt_func, termui.hidden_prompt_func
    with ExitStack() as stack:
        if on_terminal and not sys.stdin.isatty():
            source: TextIO = stack.enter_context(Path(_TERMINAL).open(encoding="utf-8"))
        else:
            source = sys.stdin
        signals = stack.enter_context(stop_signals())
        stack.enter_context(signals.reading_input())
        termui.visible_prompt_func = functools.partial(_read_line, source=source)
        termui.hidden_prompt_func = functools.partial(_read_hidden_line, source=source)
        try:
            yield
        finally:
            termui.visible_prompt_func, termui.hidden_prompt_func = functions


def _read_line(prompt: str, *, source: TextIO) -> str:
    """Read a line from `source`, without its line break. Raises EOFError at the end of the input.

    prompt: the end of the question; click has printed the rest. Input that is not text is read as one U+FFFD.
    """
    click.echo(prompt, nl=False, err=True)
    if source.isatty():
        _wait_for_input(source.fileno())
    try:
        line = source.readline()
    except UnicodeDecodeError:
        return "\N{REPLACEMENT CHARACTER}"
    if not line:
        raise EOFError
    return line.removesuffix("\n")


def _read_hidden_line(prompt: str, *, source: TextIO) -> str:
    """Read a line as `_read_line`, without echo."""
    termios = _termios()
    if termios is None or not source.isatty():
        import getpass

        return getpass.getpass(prompt)
    terminal = source.fileno()
    before = termios.tcgetattr(terminal)
    hidden = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
    try:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, hidden)
        return _read_line(prompt, source=source)
    finally:
        termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
        click.echo(err=True)


def _termios() -> ModuleType | None:
    """Return the module that turns off the echo of a terminal; None on Windows."""
    try:
        import termios
    except ImportError:
        return None
    return termios


def _wait_for_input(terminal: int) -> None:
    """Wait until a line was typed, and let the handlers of signals run meanwhile."""
    from dyntui.cli.signals import active_signals

    if sys.platform != "win32":
        active_signals().wait_for_input(terminal)
