"""Opens a web page in the default browser, where there is a desktop; the browser gets no token in its environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from urllib.parse import urlsplit

from dyntui.config.tokens import without_token_variables
from dyntui.core.errors import UsageError
from dyntui.tui.shell.startup import is_remote

__all__ = ["browser_unavailable_reason", "open_page"]


def _opener() -> str | None:
    if sys.platform == "darwin":
        return shutil.which("open")
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return shutil.which("xdg-open")
    return None


def browser_unavailable_reason() -> str:
    """Return why no page can be opened, "" when one can."""
    if is_remote():
        return "This is an SSH session: a browser would open on the remote machine."
    return "" if _opener() else "There is no desktop session to open a browser in."


def open_page(url: str) -> None:
    """Open `url`, which was shown in full before. Raises UsageError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise UsageError("Only http and https addresses can be opened.")
    opener = _opener()
    if reason := browser_unavailable_reason():
        raise UsageError(reason)
    assert opener is not None
    try:
        subprocess.Popen(
            [opener, url],
            env=without_token_variables(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise UsageError(f"The browser cannot be started: {error.strerror}.") from None
