"""Properties of the standard streams: color, width, encoding, and streams that were closed."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TextIO

__all__ = [
    "flush",
    "has_color",
    "ignore_closed_stream",
    "is_plain",
    "silence_stdout",
    "sleep_while_read",
    "terminal_width",
    "use_utf8",
]

_PIPE_CHECK_S = 1.0
"""Seconds after which a pipe is checked for its reader."""


def has_color(stream: TextIO) -> bool:
    """Return whether to print in color: only on a terminal, without NO_COLOR or --no-color, and not in plain mode."""
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return not is_plain()


def terminal_width() -> int:
    """Return the number of columns of the terminal on standard output; 0 for a pipe or a file."""
    return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else 0


def is_plain() -> bool:
    """Return whether plain mode is on: only lines of text, for screen readers."""
    from dyntui.config.settings import Settings

    return Settings.load().plain


def flush() -> None:
    """Flush standard output."""
    sys.stdout.flush()


@contextmanager
def ignore_closed_stream(stream: TextIO) -> Iterator[None]:
    """Ignore errors of writes to a stream whose terminal or pipe was closed. The exit code does not change."""
    try:
        yield
    except OSError:
        # The interpreter flushes the buffer at exit, which must not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


async def sleep_while_read(seconds: float) -> None:
    """Wait between two outputs. Raises BrokenPipeError when nobody reads standard output any more, as after `head`."""
    import asyncio

    end_s = monotonic() + seconds
    while True:
        if _has_no_reader(sys.stdout):
            raise BrokenPipeError
        left_s = end_s - monotonic()
        if left_s <= 0:
            return
        await asyncio.sleep(min(left_s, _PIPE_CHECK_S))


def _has_no_reader(stream: TextIO) -> bool:
    """Return whether a stream is a pipe without a reader. Windows and streams without a file do not tell."""
    import select

    if sys.platform == "win32":
        return False
    poll = select.poll()
    try:
        poll.register(stream.fileno(), 0)
    except (OSError, ValueError):
        return False
    return bool(poll.poll(0))


def use_utf8() -> None:
    """Write UTF-8 into pipes and files, whatever the locale is; on a terminal, show what it lacks as `\\uNNNN`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower().replace("-", "") != "utf8":
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8")


def silence_stdout() -> None:
    """Discard further output after a broken pipe, so that the flush at exit does not fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
