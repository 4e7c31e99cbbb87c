"""Before the first screen and after the last: whether this terminal can show the console, and leaving it in order."""

from __future__ import annotations

import asyncio
import io
import locale
import os
import signal
import sys
from collections.abc import Callable, Mapping
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

_SIGNALS = ("SIGTERM", "SIGHUP")
_LOOK_EVERY = 2.0
"""Seconds between looks at whether the terminal is still there."""
_PLAIN = "Use the plain commands instead: `dyntui users list`, `dyntui --help`."


def check_terminal(environ: Mapping[str, str] | None = None) -> None:
    """Refuse, with the reason, a terminal that cannot show the console."""
    environ = os.environ if environ is None else environ
    if not (sys.__stdin__ and sys.__stdin__.isatty() and sys.__stderr__ and sys.__stderr__.isatty()):
        raise UsageError("The console needs a terminal for its input and its screen (standard error).", hint=_PLAIN)
    name = environ.get("TERM", "")
    if name in ("", "dumb", "unknown"):
        raise UsageError(f"This terminal cannot show the console (TERM={name or 'not set'}).", hint=_PLAIN)
    encoding = _encoding()
    if encoding.lower().replace("-", "") != "utf8":
        raise UsageError(
            f"The console needs a UTF-8 locale, and this one is {encoding}.",
            hint="Set LANG=C.UTF-8 (or another that ends in .UTF-8) and start again.",
        )


def _encoding() -> str:
    """The encoding of the terminal by the locale; Python's UTF-8 mode would hide it."""
    try:
        locale.setlocale(locale.LC_CTYPE, "")
    except locale.Error:
        return "unknown"
    return locale.nl_langinfo(locale.CODESET) if hasattr(locale, "nl_langinfo") else "utf-8"


def is_remote(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the terminal is at the other end of an SSH connection."""
    environ = os.environ if environ is None else environ
    return bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))


def animation_level(wanted: bool, environ: Mapping[str, str] | None = None) -> Literal["none", "basic", "full"]:
    """How much may move: TEXTUAL_ANIMATIONS decides, then the setting; over SSH nothing does."""
    environ = os.environ if environ is None else environ
    match environ.get("TEXTUAL_ANIMATIONS", "").lower():
        case "none":
            return "none"
        case "basic":
            return "basic"
        case "full":
            return "full"
    return "full" if wanted and not is_remote(environ) else "none"


class _HangupSafeWriter(io.TextIOWrapper):
    """A terminal to write to that may go away: what is written then, nobody sees."""

    def write(self, text: str, /) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def survive_hangup() -> None:
    """Keep Textual's output thread alive when its terminal has gone: who still writes would wait for it for ever."""
    screen = sys.__stderr__
    assert screen is not None
    to_screen = io.BufferedWriter(io.FileIO(screen.fileno(), "w", closefd=False))
    lasting = _HangupSafeWriter(to_screen, encoding="utf-8", errors=screen.errors)
    sys.__stderr__ = lasting  # type: ignore[misc]  # it is where Textual's driver looks for the terminal


def exit_on_signals(leave: Callable[..., None]) -> None:
    """Leave in order, terminal restored, when the process is asked to end; a signal kills a Textual app mid-screen."""
    if sys.platform == "win32":
        return
    loop = asyncio.get_running_loop()
    for name in _SIGNALS:
        number = getattr(signal, name)
        loop.add_signal_handler(number, leave, None, 128 + number)
    _leave_when_gone(loop, leave)


def _leave_when_gone(loop: asyncio.AbstractEventLoop, leave: Callable[..., None]) -> None:
    """A terminal that was closed does not always say so with a signal, and Textual would read its end for ever."""
    import select

    if not sys.__stdin__ or not sys.__stdin__.isatty():
        return
    poll = select.poll()
    poll.register(sys.__stdin__.fileno(), 0)

    def look() -> None:
        if any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0)):
            leave(None, 128 + signal.SIGHUP)
        else:
            loop.call_later(_LOOK_EVERY, look)

    loop.call_later(_LOOK_EVERY, look)


def remove_signal_handlers() -> None:
    """Give the signals back."""
    if sys.platform == "win32":
        return
    loop = asyncio.get_running_loop()
    for name in _SIGNALS:
        loop.remove_signal_handler(getattr(signal, name))
