"""What the environment of the process tells of its terminal: colors, erasing, size, job control. Without Textual."""

from __future__ import annotations

import os
import signal
import sys
import time

__all__ = [
    "erases_with_background",
    "has_job_control",
    "in_gnu_screen",
    "restores_title",
    "stop_process_group",
    "terminal_size",
]

_USUAL_TERM = "xterm-256color"
"""A terminal whose terminfo entry has both abilities on every system, so that curses need not be loaded."""
_CONTINUE_LIMIT_S = 0.2
"""Seconds after which a process that still runs after SIGTSTP counts as one that cannot be stopped."""


def in_gnu_screen() -> bool:
    """Return whether GNU screen is between this process and the terminal, which takes 256 colors at most."""
    return bool(os.environ.get("STY"))


def erases_with_background() -> bool:
    """Return whether the terminal erases with the background color, and parts of a line.

    GNU screen does not, whatever TERM is set to; a TERM that starts with its name may not either.
    """
    name = os.environ.get("TERM", "")
    if in_gnu_screen() or not name or name.startswith("screen"):
        return False
    if name == _USUAL_TERM:
        return True
    try:
        import curses

        curses.setupterm(name, fd=1)
        return curses.tigetflag("bce") == 1 and curses.tigetstr("ech") is not None
    except (ImportError, curses.error):
        return False


def restores_title() -> bool:
    """Return whether a title may be set: GNU screen and the Linux console cannot restore the previous title."""
    return not in_gnu_screen() and os.environ.get("TERM", "") != "linux"


def terminal_size() -> tuple[int, int] | None:
    """Return columns and lines of the terminal; None when they are unknown.

    The console is drawn on standard error. Standard output may be redirected, and COLUMNS and LINES may be for another
    terminal.
    """
    for stream in (sys.__stderr__, sys.__stdin__):
        try:
            size = os.get_terminal_size(stream.fileno()) if stream is not None else (0, 0)
        except (OSError, ValueError):
            continue
        if all(size):
            return size[0], size[1]
    return None


def has_job_control() -> bool:
    """Return whether a shell may have started this process and can continue it: False for a session leader."""
    if os.name != "posix" or os.getsid(0) == os.getpid():
        return False
    try:
        return os.getsid(os.getppid()) == os.getsid(0)
    except OSError:
        return False


def stop_process_group() -> bool:
    """Stop this process group, as ctrl+z in a shell does, and return when it is continued.

    Returns False when the system did not stop it, because no shell can continue it. A process that is continued in the
    background is stopped again, until it is in the foreground.
    """
    continued: list[int] = []
    before = {
        signal.SIGTSTP: signal.signal(signal.SIGTSTP, signal.SIG_DFL),
        signal.SIGCONT: signal.signal(signal.SIGCONT, lambda number, _frame: continued.append(number)),
    }
    try:
        while True:
            continued.clear()
            os.killpg(os.getpgrp(), signal.SIGTSTP)
            end = time.monotonic() + _CONTINUE_LIMIT_S
            while not continued and time.monotonic() < end:
                time.sleep(0.005)
            if not continued or _in_foreground():
                return bool(continued)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_foreground() -> bool:
    assert sys.__stdin__ is not None
    try:
        return os.tcgetpgrp(sys.__stdin__.fileno()) == os.getpgrp()
    except OSError:
        return True
