"""The terminal's clipboard (OSC 52). It may be at the other end of an SSH connection: we say `sent`, never `copied`."""

from __future__ import annotations

import base64
import os
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from dyntui.core.text import safe, without_controls

if TYPE_CHECKING:
    from textual.notifications import SeverityLevel

__all__ = ["MAX_BYTES", "ClipboardApp", "osc52_sequence", "paste_safe_text", "send_to_clipboard"]

MAX_BYTES = 74_994
"""Bytes that terminals take at most."""
_BREAKS = re.compile("(\r?\n)")
_SCREEN_PART = 700
"""GNU screen passes strings through in parts of at most 768 bytes."""


class ClipboardApp(Protocol):
    """An app that has a terminal and says what happened."""

    clipboard_text: str

    def write_to_terminal(self, data: str) -> None:
        """Write a sequence for the terminal itself."""

    def notify(self, message: str, severity: SeverityLevel = "information") -> None:
        """Show a notification."""


def osc52_sequence(text: str, environ: Mapping[str, str] | None = None) -> str | None:
    """The bytes that put `text` into the clipboard, wrapped for tmux and GNU screen; None when it is too long."""
    environ = os.environ if environ is None else environ
    data = without_controls(text).encode("utf-8", "replace")
    if len(data) > MAX_BYTES:
        return None
    plain = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    if environ.get("TMUX"):
        # tmux takes the plain one (set-clipboard) or hands on the wrapped one (allow-passthrough), as it is set up.
        wrapped = plain.replace("\x1b", "\x1b\x1b")
        return f"{plain}\x1bPtmux;{wrapped}\x1b\\"
    if environ.get("STY") or environ.get("TERM", "").startswith("screen"):
        parts = (plain[at : at + _SCREEN_PART] for at in range(0, len(plain), _SCREEN_PART))
        return "".join(f"\x1bP{part}\x1b\\" for part in parts)
    return plain


def paste_safe_text(text: str, *, lines: bool = False) -> str:
    """`text` as it may be pasted anywhere: what a terminal would act on or hide is visible.

    A value is one line, so that a line break in it does not run what stands before it in a shell. lines: it is a text
    of ours in lines (JSON, CSV, a value a line), and keeps its line breaks.
    """
    if not lines:
        return safe(text, sys.maxsize)
    return "".join(part if part in ("\n", "\r\n") else safe(part, sys.maxsize) for part in _BREAKS.split(text))


def send_to_clipboard(console: ClipboardApp, text: str, what: str, *, lines: bool = False) -> None:
    """Send `text` to the clipboard, as `copied` makes it, and say so."""
    text = paste_safe_text(text, lines=lines)
    data = osc52_sequence(text)
    if data is None:
        console.notify(f"The {what} is too long for the terminal's clipboard ({MAX_BYTES:,} bytes at most).", "warning")
        return
    console.write_to_terminal(data)
    console.clipboard_text = text
    console.notify(f"Sent to clipboard: {what}.")
