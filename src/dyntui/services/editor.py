"""Edit a text in the external editor: in a private file, without tokens in the environment of the editor."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dyntui.config.tokens import without_token_variables
from dyntui.core.errors import UsageError

__all__ = ["edit", "editor"]


def editor() -> list[str]:
    """Return the command of the editor from VISUAL or EDITOR; [] for none."""
    try:
        return shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    except ValueError:
        return []  # an unbalanced quote


def edit(text: str) -> str:
    """Return `text` after it was edited. The editor must have the terminal meanwhile. Raises UsageError.

    Bytes that are not UTF-8 are returned as `\\xNN`.
    """
    command = editor()
    with tempfile.TemporaryDirectory(prefix="dyntui-") as folder:
        file = Path(folder) / "text.json"
        file.touch(0o600)
        file.write_text(text, encoding="utf-8")
        try:
            with _ignored_interrupt():
                ended = subprocess.run([*command, str(file)], env=without_token_variables(os.environ), check=False)
        except OSError as error:
            raise UsageError(
                f"The editor {command[0]} cannot be started: {error.strerror}.", hint="Set EDITOR."
            ) from None
        if ended.returncode != 0:
            raise UsageError(f"The editor failed with exit code {ended.returncode}; nothing was changed.")
        try:
            return file.read_text(encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise UsageError(f"The edited file cannot be read: {error.strerror}.") from None


@contextmanager
def _ignored_interrupt() -> Iterator[None]:
    """Ignore ctrl+c within the block: the terminal sends it to the editor and to this process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda *_: None)  # not SIG_IGN, which the editor would inherit
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
