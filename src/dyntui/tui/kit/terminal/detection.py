"""Which output is used for the terminal, and the round trip to it; for `dyntui doctor`, without importing Textual."""

from __future__ import annotations

import os
import re
import select
import time

from dyntui.core.errors import UsageError

__all__ = [
    "CHECKED_VERSIONS",
    "LEAN",
    "STOCK",
    "configured_output",
    "lean_disabled_reason",
    "lean_status",
    "measure_round_trip",
]

LEAN = "lean"
"""Send only what changed (`kit.terminal`)."""
STOCK = "textual"
"""Textual's own output."""
CHECKED_VERSIONS = ("8.2.8",)
"""Versions of Textual whose private names are as expected. Those of other versions are checked at start."""
_VARIABLE = "DYNTUI_TERMINAL"
_REPORT_TIMEOUT_S = 1.0
_REPORT = rb"\x1b\[\d+;\d+R"


def configured_output(setting: str = "") -> tuple[str, str]:
    """Return the configured output (LEAN or STOCK), and where it is configured."""
    variable = os.environ.get(_VARIABLE)
    value, source = (variable, _VARIABLE) if variable else (setting or LEAN, "settings")
    if value not in (LEAN, STOCK):
        raise UsageError(
            f"{source}: the terminal output must be {LEAN} or {STOCK}, not {value!r}.", hint=f"{LEAN} is the default."
        )
    return value, source


def lean_disabled_reason(setting: str = "") -> str:
    """Return why the lean output is not configured or not possible; "" when it is used."""
    output, source = configured_output(setting)
    if output == STOCK:
        return f"set by {source}"
    return "" if os.name == "posix" else "the lean output works only on POSIX terminals"


def lean_status(setting: str = "") -> tuple[bool, str]:
    """Return whether the console sends only what changed, and one line with the reason."""
    if reason := lean_disabled_reason(setting):
        return False, f"Textual's own output, {reason}"
    from importlib.metadata import version

    textual = version("textual")
    if textual not in CHECKED_VERSIONS:
        from dyntui.tui.kit.terminal.textual_internals import unexpected_internals

        if reason := unexpected_internals():
            return False, f"Textual's own output, because Textual {textual} is not as expected: {reason}"
    return True, f"only what changed (Textual {textual})"


def measure_round_trip() -> float | None:
    """Return the seconds until the terminal responds with its cursor position; None without a terminal or response."""
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
            return _wait_for_report(terminal, started)
        finally:
            termios.tcsetattr(terminal, termios.TCSAFLUSH, before)
    except termios.error:
        return None
    finally:
        os.close(terminal)


def _wait_for_report(terminal: int, started: float) -> float | None:
    received = b""
    while (time_left_s := started + _REPORT_TIMEOUT_S - time.monotonic()) > 0:
        if select.select([terminal], [], [], time_left_s)[0]:
            received += os.read(terminal, 100)
            if re.search(_REPORT, received):
                return time.monotonic() - started
    return None
