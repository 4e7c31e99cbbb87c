"""Everything that the command line writes to a terminal or a pipe: the one place where text is made safe for it.

What a server, a file or a profile says may hold terminal sequences, bidi controls and line breaks. Nothing else in
`dyntui.cli` calls `click.echo`, `click.confirm`, `click.prompt` or `print`, or writes to a standard stream; a test
forbids it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

from dyntui.core.text import plain_json, safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dyntui.services.exports import Exporter, ExportFormat

__all__ = [
    "confirm",
    "flush",
    "ignore_closed_stream",
    "make_exporter",
    "print_json",
    "print_lines",
    "print_usage_error",
    "prompt",
    "show_progress",
    "silence_stdout",
]

_MAX_LINE_CHARS = 20_000
_MAX_PROGRESS_CHARS = 200


def print_lines(*lines: str, err: bool = False) -> None:
    """Each of `lines` on a line of its own, whatever is in it: a line break in one becomes visible."""
    click.echo("\n".join(safe(line, _MAX_LINE_CHARS) for line in lines), err=err)


def print_json(document: Any, *, indent: int | None = 2, ascii_only: bool = True) -> None:
    """A JSON document. What a terminal would act on or hide is written `\\uNNNN`, which reads back as the same; with
    `ascii_only` so is everything beyond ASCII."""
    click.echo(plain_json(json.dumps(document, ensure_ascii=ascii_only, indent=indent, default=str)))


def show_progress(text: str, *, end: bool = False) -> None:
    """Rewrite the line of the cursor on standard error, a terminal. end: nothing more comes on that line."""
    click.echo(f"\r\x1b[K{safe(text, _MAX_PROGRESS_CHARS)}", err=True, nl=end)


def confirm(question: str, *, default: bool = False, abort: bool = False) -> bool:
    """Ask a question on the terminal that is answered with yes or no. abort: raise Abort for no."""
    with _interruptible():
        return click.confirm(safe(question), default=default, abort=abort, err=True)


def prompt(
    question: str,
    *,
    default: str | None = None,
    choices: Sequence[str] = (),
    hidden: bool = False,
    twice: bool = False,
) -> str:
    """Ask for a text on the terminal. hidden: it is not shown as it is typed. twice: it has to be typed twice."""
    with _interruptible():
        answer: str = click.prompt(
            safe(question),
            default=default,
            type=click.Choice(list(choices)) if choices else None,
            hide_input=hidden,
            confirmation_prompt=twice,
            err=True,
        )
    return answer


@contextmanager
def _interruptible() -> Iterator[None]:
    """End the command at the first ctrl-c while a question waits for its answer.

    asyncio's own handler only cancels the running task, which does not end a blocking read: the question would stay,
    and the write that it confirms would be canceled after it had begun.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def print_usage_error(error: click.ClickException) -> None:
    """What click says of a mistake on the command line: its usage and where help is."""
    import io

    text = io.StringIO()
    error.show(file=text)
    print_lines(*text.getvalue().rstrip("\n").split("\n"), err=True)


def make_exporter(format: ExportFormat, columns: Sequence[str]) -> Exporter:
    """Writes rows to standard output: as they are into a pipe or a file, made safe on a terminal."""
    from dyntui.services.exports import Exporter

    return Exporter(sys.stdout.buffer, format, columns, on_terminal=sys.stdout.isatty())


def flush() -> None:
    """Hand on what was printed."""
    sys.stdout.flush()


@contextmanager
def ignore_closed_stream(stream: TextIO) -> Iterator[None]:
    """Write to `stream`, unless its terminal or pipe went away: that does not change how a command ends."""
    try:
        yield
    except OSError:
        # Whatever is still in its buffer goes nowhere, so that the interpreter can empty it at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def silence_stdout() -> None:
    """After a broken pipe: nothing more can be written, and the interpreter must not try when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
