"""Checks of the terminal before the console starts, and signals and hangups that end it."""

from __future__ import annotations

import asyncio
import io
import locale
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from dyntui.core.errors import UsageError

__all__ = [
    "animation_level",
    "check_terminal",
    "exit_on_signals",
    "is_remote",
    "remove_signal_handlers",
    "survive_hangup",
]

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
_HANGUP_EXIT = 128 + getattr(signal, "SIGHUP", 1)
_HANGUP_CHECK_INTERVAL_S = 2.0
"""Seconds between checks whether the terminal was closed."""
_HINT = "Use the command line instead, such as `dyntui users list`; see `dyntui --help`."


def check_terminal(plain: bool = False) -> None:
    """Raise UsageError when the terminal cannot show the console.

    plain: whether the console writes only text, which every terminal of a POSIX system can show.
    """
    if plain and os.name != "posix":
        raise UsageError("Plain mode of the console works only on POSIX systems.", hint=_HINT)
    if not (sys.__stdin__ and sys.__stdin__.isatty() and sys.__stderr__ and sys.__stderr__.isatty()):
        raise UsageError("The console needs a terminal as standard input and standard error.", hint=_HINT)
    name = os.environ.get("TERM", "")
    if name in ("", "dumb", "unknown") and not plain:
        raise UsageError(f"This terminal cannot show the console (TERM={name or 'not set'}).", hint=_HINT)
    encoding = locale.getencoding()  # the encoding of the locale also in Python's UTF-8 mode
    if os.name == "posix" and encoding.lower().replace("-", "") != "utf8":
        raise UsageError(
            f"The console needs a UTF-8 locale, but the locale is {encoding}.",
            hint="Set LANG=C.UTF-8, or another locale that ends in .UTF-8, and start again.",
        )


def is_remote() -> bool:
    """Return whether dyntui runs in an SSH session."""
    return bool(os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"))


def animation_level(enabled: bool) -> Literal["none", "basic", "full"]:
    """Return the animation level: TEXTUAL_ANIMATIONS decides, then `enabled`; never in an SSH session by default."""
    match os.environ.get("TEXTUAL_ANIMATIONS", "").lower():
        case "none" | "basic" | "full" as level:
            return level
    return "full" if enabled and not is_remote() else "none"


class _HangupSafeWriter(io.TextIOWrapper):
    """A text stream to the terminal that ignores errors, because the terminal may be closed."""

    def write(self, text: str, /) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def survive_hangup() -> None:
    """Let writes to a closed terminal be ignored. Otherwise Textual's output thread would end and block all writers."""
    screen = sys.__stderr__
    assert screen is not None
    stream = io.BufferedWriter(io.FileIO(screen.fileno(), "w", closefd=False))
    writer = _HangupSafeWriter(stream, encoding="utf-8", errors=screen.errors)
    sys.__stderr__ = writer  # type: ignore[misc]  # Textual's driver writes to it


def exit_on_signals(exit_app: Callable[..., None]) -> None:
    """Exit the app and restore the terminal on SIGINT, SIGTERM and SIGHUP, and when the terminal is closed."""
    if sys.platform == "win32":
        return
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, exit_app, None, 128 + number)
    # Not by the event loop, which would keep the signal that an external editor replaces the handler for.
    signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(exit_app, None, 128 + signal.SIGINT))
    _exit_on_hangup(loop, exit_app)


def _exit_on_hangup(loop: asyncio.AbstractEventLoop, exit_app: Callable[..., None]) -> None:
    """Exit when the terminal is closed. That does not always send a signal, and Textual would read its end forever."""
    import select

    if not sys.__stdin__ or not sys.__stdin__.isatty():
        return
    poll = select.poll()
    poll.register(sys.__stdin__.fileno(), 0)

    def check() -> None:
        if any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0)):
            exit_app(None, _HANGUP_EXIT)
        else:
            loop.call_later(_HANGUP_CHECK_INTERVAL_S, check)

    loop.call_later(_HANGUP_CHECK_INTERVAL_S, check)


def remove_signal_handlers() -> None:
    """Remove the signal handlers of `exit_on_signals`."""
    if sys.platform == "win32":
        return
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.remove_signal_handler(number)
    signal.signal(signal.SIGINT, signal.default_int_handler)
