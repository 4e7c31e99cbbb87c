"""Show on standard error of a terminal how far a command is, on a line that the next output replaces."""

from __future__ import annotations

import sys
from time import monotonic

import click

from dyntui.cli.capture import captured
from dyntui.cli.streams import ignore_closed_stream, is_plain
from dyntui.core.text import safe

__all__ = ["PROGRESS_INTERVAL_S", "clear_activity", "omit_activity", "show_activity", "show_progress"]

PROGRESS_INTERVAL_S = 5.0
"""Seconds between lines of progress that are not replaced."""
_last_progress_s = 0.0
"""The monotonic time of the last line of progress in plain mode."""
_has_progress = False
"""Whether this command has shown progress."""
_has_activity = False
"""Whether the cursor is at the end of a line of `show_activity`."""
_MAX_PROGRESS_CHARS = 200


def show_progress(text: str, *, end: bool = False) -> None:
    """Replace the current line of a terminal on standard error; nothing for a pipe. end: also end the line.

    In plain mode it is a line of its own, every few seconds and at the end.
    """
    global _last_progress_s, _has_progress
    if not sys.stderr.isatty():
        return
    clear_activity()
    _has_progress = True
    if is_plain():
        if end or monotonic() - _last_progress_s >= PROGRESS_INTERVAL_S:
            _last_progress_s = monotonic()
            click.echo(safe(text, _MAX_PROGRESS_CHARS), err=True)
    else:
        click.echo(f"\r\x1b[K{safe(text, _MAX_PROGRESS_CHARS)}", err=True, nl=end)


def show_activity(text: str) -> None:
    """Show what the command does on a line of the terminal that the next output replaces.

    Nothing is shown after progress, which says more, and while the output is captured.
    """
    global _has_activity
    if _has_progress or captured() is not None:
        return
    with ignore_closed_stream(sys.stderr):
        clear_activity()
        _has_activity = not is_plain()
        click.echo(safe(text, _MAX_PROGRESS_CHARS), err=True, nl=is_plain())


def clear_activity() -> None:
    """Remove the line of `show_activity`."""
    global _has_activity
    if _has_activity:
        _has_activity = False
        with ignore_closed_stream(sys.stderr):
            click.echo("\r\x1b[K", err=True, nl=False)


def omit_activity() -> None:
    """Show no activity from now on, because the output itself shows what happens."""
    global _has_progress
    _has_progress = True
