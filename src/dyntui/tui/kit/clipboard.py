"""Copying to the clipboard of the terminal with OSC 52, which also works over SSH."""

from __future__ import annotations

import base64
import os
import re
import sys
from typing import TYPE_CHECKING, Protocol

from dyntui.core.text import safe, without_controls

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

__all__ = ["MAX_BYTES", "ClipboardApp", "osc52_sequence", "paste_safe_text", "send_to_clipboard"]

MAX_BYTES = 74_994
"""Bytes that terminals take at most."""
_BREAKS = "(\r?\n)"
_SCREEN_PART = 700
"""GNU screen passes strings through in parts of at most 768 bytes."""


class ClipboardApp(Protocol):
    """What copying needs of the app."""

    clipboard_text: str
    """The text that was copied last."""

    def write_to_terminal(self, data: str) -> None:
        """Write an escape sequence to the terminal without changing the screen."""

    def notify(self, message: str, severity: SeverityLevel = "information") -> None:
        """Show a notification."""


def osc52_sequence(text: str) -> str | None:
    """Return the escape sequence that copies `text`, wrapped for tmux and GNU screen; None when it is too long."""
    data = without_controls(text).encode("utf-8", "replace")
    if len(data) > MAX_BYTES:
        return None
    plain = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    if os.environ.get("TMUX"):
        # tmux uses the plain one (set-clipboard) or passes on the wrapped one (allow-passthrough), by configuration.
        wrapped = plain.replace("\x1b", "\x1b\x1b")
        return f"{plain}\x1bPtmux;{wrapped}\x1b\\"
    if os.environ.get("STY") or os.environ.get("TERM", "").startswith("screen"):
        parts = (plain[at : at + _SCREEN_PART] for at in range(0, len(plain), _SCREEN_PART))
        return "".join(f"\x1bP{part}\x1b\\" for part in parts)
    return plain


def paste_safe_text(text: str, *, lines: bool = False) -> str:
    """Return `text` with control characters and hidden characters made visible, so that it can be pasted anywhere.

    Line breaks are made visible too, because one that is pasted into a shell runs the text before it.
    lines: whether to keep them, for text that dyntui made of several lines, such as JSON.
    """
    if not lines:
        return safe(text, sys.maxsize)
    return "".join(part if part in ("\n", "\r\n") else safe(part, sys.maxsize) for part in re.split(_BREAKS, text))


def send_to_clipboard(console: ClipboardApp, text: str, what: str, *, lines: bool = False) -> None:
    """Copy `text` to the clipboard, made safe by `paste_safe_text`, and show a notification.

    what: what the text is, such as `user id`. lines: as in `paste_safe_text`.
    """
    text = paste_safe_text(text, lines=lines)
    subject = what[:1].upper() + what[1:]
    data = osc52_sequence(text)
    if data is None:
        console.notify(
            f"{subject} not copied: a terminal accepts at most {MAX_BYTES:,} bytes.",
            "warning",
        )
        return
    console.write_to_terminal(data)
    console.clipboard_text = text
    console.notify(f"{subject} copied to the clipboard")
