"""Whether the lean writer is used, and how far away the terminal is: for `doctor`, without importing Textual."""

from __future__ import annotations

import os
import re
import select
import time
from collections.abc import Mapping

from dyntui.core.errors import UsageError

__all__ = ["LEAN", "SEEN", "STOCK", "lean_status", "round_trip", "switched_off", "wanted"]

LEAN = "lean"
STOCK = "textual"
SEEN = ("8.2.8",)
"""Versions of Textual whose private names are known to be as expected; others are looked at."""
_VARIABLE = "DYNTUI_TERMINAL"
_REPORT = re.compile(rb"\x1b\[\d+;\d+R")


def wanted(setting: str = "", environ: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Which writer is asked for (LEAN or STOCK), and what requests it."""
    environ = os.environ if environ is None else environ
    value, where = (environ[_VARIABLE], _VARIABLE) if environ.get(_VARIABLE) else (setting or LEAN, "settings")
    if value not in (LEAN, STOCK):
        raise UsageError(
            f"{where}: the terminal writer is {LEAN} or {STOCK}, not {value!r}.", hint=f"{LEAN} is the default."
        )
    return value, where


def switched_off(setting: str = "", environ: Mapping[str, str] | None = None) -> str:
    """Why the lean writer is not wanted or not possible here; empty when it is."""
    which, where = wanted(setting, environ)
    if which == STOCK:
        return f"{where} says so"
    return "" if os.name == "posix" else "the lean writer is for POSIX terminals"


def lean_status(setting: str = "", environ: Mapping[str, str] | None = None) -> tuple[bool, str]:
    """Whether the console sends only what changed, and why, in one line."""
    if reason := switched_off(setting, environ):
        return False, f"Textual's own output: {reason}"
    from importlib.metadata import version

    textual = version("textual")
    if textual not in SEEN:
        from dyntui.tui.kit.terminal.textual_internals import differs

        if reason := differs():
            return False, f"Textual's own output: Textual {textual} is not as expected: {reason}"
    return True, f"only what changed (Textual {textual})"


def round_trip(limit: float = 1.0) -> float | None:
    """Seconds until the terminal answers where its cursor is; None without a terminal, or when it does not answer."""
    try:
        import termios
        import tty

        terminal = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except (ImportError, OSError):
        return None
    try:
        before = termios.tcgetattr(terminal)
        try:
            tty.setcbreak(terminal, termios.TCSAFLUSH)
            started = time.monotonic()
            os.write(terminal, b"\x1b[6n")
            return _answer_after(terminal, started, limit)
        finally:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
    except termios.error:
        return None
    finally:
        os.close(terminal)


def _answer_after(terminal: int, started: float, limit: float) -> float | None:
    heard = b""
    while (left := started + limit - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            heard += os.read(terminal, 100)
            if _REPORT.search(heard):
                return time.monotonic() - started
    return None
